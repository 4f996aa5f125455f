using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>
/// All ops, in the order in which values go through them. One around layers adds what a place asks it for, and returns what it was given where that is nothing; one that is
/// declared as a layer has the name that <see cref="DeclaredOps"/> has.
/// </summary>
internal static class OpList
{
    private static readonly IReadOnlyList<Func<ModelSpecification, IReadOnlyList<PlannedTable>, Op?>> s_inputs = [InputSequence.Of, FedOutputs.Of];

    private static readonly IReadOnlyList<Func<FlowBuilder, LayerPlace, PlannedUnit, PlannedUnit>> s_before = [Dropout.Before, StepWindows.Before];

    // From the values of a layer, in both directions where it has two, to those that the next one reads.
    private static readonly IReadOnlyList<Func<FlowBuilder, LayerPlace, IReadOnlyList<PlannedUnit>, IReadOnlyList<PlannedUnit>>> s_after =
    [
        FinalState.After, SideBySide.After, ResidualSum.After, Pooled.After, Attend.After,
    ];

    private static readonly IReadOnlyDictionary<string, Func<OpDeclaration, Op>> s_declared = new Dictionary<string, Func<OpDeclaration, Op>>
    {
        ["LayerNorm"] = static declaration => new LayerNormalization(declaration),
    };

    /// <summary>What is given to the layers that read no other; in each op's own order of steps there is at most one.</summary>
    public static IEnumerable<Op> Inputs(ModelSpecification model, IReadOnlyList<PlannedTable> tables) => s_inputs.Select(of => of(model, tables)).OfType<Op>();

    /// <summary>What a decoder's first layer reads.</summary>
    /// <param name="fed">What the decoder is fed.</param>
    /// <param name="width">Values of its last recurrent layer.</param>
    public static PlannedUnit ReadByDecoder(FlowBuilder flow, PlannedUnit fed, int width) => InputFeeding.Before(flow, fed, width);

    /// <summary>What becomes of the output layer's values.</summary>
    public static IEnumerable<Op> Ends(ModelSpecification model, PlannedUnit head)
    {
        Op? predicted = Predicted.Of(model, head);
        return [.. predicted is null ? [] : (Op[])[predicted], Outputs.Of(predicted ?? head), Loss.Of(model, head)];
    }

    /// <summary>The outputs of the model.</summary>
    /// <param name="head">The output layer.</param>
    /// <param name="input">What the input's steps are.</param>
    public static PlannedUnit AfterHead(FlowBuilder flow, PlannedUnit head, PlannedUnit input) => ResidualSum.OfOutputs(flow, head, input);

    /// <summary>What a layer reads.</summary>
    public static PlannedUnit Before(FlowBuilder flow, LayerPlace place) => s_before.Aggregate(place.Input, (values, op) => op(flow, place, values));

    /// <summary>What is read of a layer.</summary>
    /// <param name="values">Its values: those of both directions where it has two.</param>
    public static PlannedUnit After(FlowBuilder flow, LayerPlace place, IReadOnlyList<PlannedUnit> values) => s_after.Aggregate(values, (given, op) => op(flow, place, given)).Single();

    /// <summary>The op that a layer is.</summary>
    public static Op Declared(OpDeclaration declaration) =>
        s_declared.TryGetValue(declaration.Layer.Cell.Name, out Func<OpDeclaration, Op>? make) ? make(declaration) : throw new InvalidOperationException($"There is no op '{declaration.Layer.Cell.Name}'.");
}

/// <summary>A layer that is an op, and its place in the model.</summary>
/// <param name="Source">What it reads.</param>
/// <param name="AddVector">Makes a parameter of the given name, length and kind.</param>
internal sealed record OpDeclaration(LayerSpecification Layer, PlannedUnit Source, string Name, Func<string, int, string, PlannedVector> AddVector);
