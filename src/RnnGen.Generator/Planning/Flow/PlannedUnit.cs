using System.Collections.Generic;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning.Flow;

/// <summary>When a unit runs.</summary>
internal enum Clock
{
    /// <summary>At every step of the input sequence.</summary>
    Input,

    /// <summary>Once, when each row has had its last step.</summary>
    End,

    /// <summary>At every step of the decoded sequence.</summary>
    Output,
}

/// <summary>A part of the data flow: a layer with kernels of its own, or an op around them.</summary>
/// <param name="name">Its name in the generated code: <c>Lstm0</c>, <c>Head</c>.</param>
/// <param name="steps">Steps that it runs at.</param>
internal abstract class PlannedUnit(string name, Clock clock, int steps)
{
    /// <summary>Position in the data flow, given when it becomes a part of it.</summary>
    public int Index { get; set; } = -1;

    public string Name { get; } = name;

    public Clock Clock { get; } = clock;

    public int Steps { get; } = steps;

    /// <summary>The declared layer that it is, or is a direction of; null for what follows from others.</summary>
    public LayerSpecification? Declared { get; init; }

    /// <summary>Values that it gives at a step.</summary>
    public abstract int Width { get; }

    /// <summary>The units whose values it reads at its steps; what has none is given from outside.</summary>
    public IReadOnlyList<PlannedUnit> Sources { get; init; } = [];

    /// <summary>All units that it depends on.</summary>
    public virtual IEnumerable<PlannedUnit> Reads => Sources;

    /// <summary>The unit whose values are read in its place when the model predicts.</summary>
    public virtual PlannedUnit Predicted => this;

    public bool RunsAtEnd => Clock == Clock.End;

    /// <summary>The number of its own parameters.</summary>
    public virtual long Parameters => 0;

    /// <summary>Whether a parameter of its own is learned, or a gradient with respect to what it is given is wanted.</summary>
    public virtual bool Learns => false;

    /// <summary>Whether its values depend on a parameter that is learned, or on an input whose gradient is wanted, so that a gradient flows through it.</summary>
    public bool IsTrained { get; set; }

    /// <summary>Whether its values depend on a state that sequences may start from, so that a gradient flows through it where they do.</summary>
    public bool IsStateful { get; set; }

    /// <summary>Whether a gradient flows through it, in all steps or in those of sequences that start from states.</summary>
    public bool Flows => IsTrained || IsStateful;
}
