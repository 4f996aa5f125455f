using System.Collections.Generic;

namespace RnnGen.Generator.Cells;

/// <summary>What equations may name and call.</summary>
/// <param name="numbers">Hyper-parameters.</param>
/// <param name="given">All names that a line defines, and where.</param>
internal abstract class EquationScope(IReadOnlyDictionary<string, double> numbers, IReadOnlyDictionary<string, CellToken> given)
{
    public IReadOnlyDictionary<string, double> Numbers { get; } = numbers;

    public IReadOnlyDictionary<string, CellToken> Given { get; } = given;

    /// <summary>What can be read already: what needs no equation, and values of the lines so far.</summary>
    public HashSet<string> Known { get; } = [];

    /// <summary>What has been read.</summary>
    public HashSet<string> Read { get; } = [];

    /// <summary>The parameters, their blocks known.</summary>
    public virtual IReadOnlyList<CellTensor> Tensors => [];

    /// <summary>The functions, for readers.</summary>
    public abstract string Functions { get; }

    /// <summary>How many values a function may be called with; null where no function has this name.</summary>
    public abstract IReadOnlyList<int>? OperandCounts(string function);

    /// <summary>The message for a name that nothing defines.</summary>
    public abstract string Unknown(string name);

    /// <summary>The message for a value that this line or a later one defines.</summary>
    public abstract string TooEarly(string name, bool isItself);

    /// <summary>Called for each function that an equation calls.</summary>
    public virtual void Call(string function)
    {
    }
}
