using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>
/// The ops around layers, in the order in which values go through them: each adds what a place asks it for, and returns what it was given where that is
/// nothing. And the ops that are declared as layers, by their names in <see cref="DeclaredOps"/>.
/// </summary>
internal static class OpList
{
    private static readonly IReadOnlyList<Func<FlowBuilder, LayerPlace, PlannedUnit?, PlannedUnit?>> s_before = [Dropout.Before];

    // From the values of a layer, in both directions where it has two, to those that the next one reads.
    private static readonly IReadOnlyList<Func<FlowBuilder, LayerPlace, IReadOnlyList<PlannedUnit>, IReadOnlyList<PlannedUnit>>> s_after =
    [
        FinalState.After, SideBySide.After, ResidualSum.After, Pooled.After, Attend.After,
    ];

    private static readonly IReadOnlyDictionary<string, Func<OpDeclaration, Op>> s_declared = new Dictionary<string, Func<OpDeclaration, Op>>
    {
        ["LayerNorm"] = static declaration => new LayerNormalization(declaration),
    };

    /// <summary>What a layer reads; null where that is the model's input, or what a decoder is fed.</summary>
    public static PlannedUnit? Before(FlowBuilder flow, LayerPlace place) => s_before.Aggregate(place.Input, (values, op) => op(flow, place, values));

    /// <summary>What is read of a layer.</summary>
    /// <param name="values">Its values: those of both directions where it has two.</param>
    public static PlannedUnit After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values) => s_after.Aggregate(values, (given, op) => op(flow, place, given)).Single();

    /// <summary>The op that a layer is.</summary>
    public static Op Declared(OpDeclaration declaration) =>
        s_declared.TryGetValue(declaration.Layer.Cell.Name, out Func<OpDeclaration, Op>? make) ? make(declaration) : throw new InvalidOperationException($"There is no op '{declaration.Layer.Cell.Name}'.");
}

/// <summary>A layer that is an op, where it stands in its model.</summary>
/// <param name="Source">What it reads.</param>
/// <param name="AddVector">Makes a parameter of the given name, length and kind.</param>
internal sealed record OpDeclaration(LayerSpecification Layer, PlannedUnit Source, string Name, Func<string, int, string, PlannedVector> AddVector);
