using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;

namespace RnnGen.Generator.Losses;

/// <summary>What a loss's equations may name and call.</summary>
/// <param name="numbers">Numbers, but not lists of them.</param>
/// <param name="given">All names that a line defines, and where.</param>
internal sealed class LossScope(IReadOnlyDictionary<string, double> numbers, IReadOnlyDictionary<string, CellToken> given) : EquationScope(numbers, given)
{
    private bool _draws;

    /// <summary>Whether the equation is that of a draw, which chance and functions of it may take part in.</summary>
    public bool Draws
    {
        get => _draws;
        set
        {
            _draws = value;
            foreach (string chance in (string[])[LossParser.FirstChance, LossParser.SecondChance])
            {
                _ = value ? Known.Add(chance) : Known.Remove(chance);
            }
        }
    }

    public override string Functions => LossFunctions.Names;

    public override IReadOnlyList<int>? OperandCounts(string function) => LossFunctions.OperandCounts(function) ?? (Draws ? LossFunctions.DrawnOperandCounts(function) : null);

    public override string Unknown(string name) =>
        $"'{name}' is neither an output ({LossParser.Output} unless a line says: values mean, raw), nor {LossParser.Target}, nor a number (number {name} = 1), nor a value of an earlier line";

    public override string TooEarly(string name, bool isItself) => name == LossParser.Draw ? $"'{name}' is a value by chance, which no other line reads" : isItself ? $"'{name}' depends on itself" : $"'{name}' is defined by a later line; put that line first";
}
