using System.Collections.Generic;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Planning;

/// <summary>
/// Memory and schedule of prediction layer by layer, for models in which a step depends on later ones; and then, where the model
/// decodes, step by step.
/// </summary>
internal sealed record UnrolledPrediction
{
    public required long ArenaLength { get; init; }

    public required IReadOnlyList<ArenaBuffer> Buffers { get; init; }

    /// <summary>The layers that read the input, and then what starts a decoder, or goes to the caller.</summary>
    public required IReadOnlyList<Call> Forward { get; init; }

    /// <summary>Where the output layer's values of one sequence's steps are kept; null where they are not.</summary>
    public required ArenaBuffer? Kept { get; init; }

    /// <summary>The decoder's steps; null where nothing is decoded.</summary>
    public required DecoderPlan? Decoder { get; init; }
}

/// <summary>One step of a decoder, for several rows: sequences, or beams of one.</summary>
internal sealed record DecoderPlan
{
    /// <summary>The maximum number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>What it is fed: embedded tokens, or numbers.</summary>
    public required FedRows Fed { get; init; }

    public required IReadOnlyList<PredictionState> States { get; init; }

    /// <summary>What it outputs: the output layer's values, or what is predicted of them.</summary>
    public required ValueRows Outputs { get; init; }

    /// <summary>The output layer's values.</summary>
    public required ValueRows Head { get; init; }

    /// <summary>The attention of each row over the input's steps, if it attends.</summary>
    public required ValueRows? Weights { get; init; }

    /// <summary>The calls of an even and of an odd step.</summary>
    public required IReadOnlyList<IReadOnlyList<Call>> Steps { get; init; }
}

/// <summary>
/// Memory and schedule of prediction, step by step: a state that products read alternates between two buffers, any
/// other is updated in place.
/// </summary>
internal sealed record PredictionPlan
{
    public required long ArenaLength { get; init; }

    public required IReadOnlyList<ArenaBuffer> Buffers { get; init; }

    /// <summary>Each layer's states.</summary>
    public required IReadOnlyList<PredictionState> States { get; init; }

    /// <summary>Where outputs are stored, [rows][width]: the output layer's values, or what is predicted of them.</summary>
    public required ValueRows Outputs { get; init; }

    /// <summary>The output layer's values.</summary>
    public required ValueRows Head { get; init; }

    /// <summary>Where the output layer's values of one sequence's steps are kept; null where they are not.</summary>
    public required ArenaBuffer? Kept { get; init; }

    /// <summary>What is kept of a pooled layer's outputs; null where none is.</summary>
    public required PlannedPool? Pool { get; init; }

    /// <summary>What the states are before the first step.</summary>
    public required IReadOnlyList<Call> Starts { get; init; }

    /// <summary>Per time step its calls; the first step finds the states in their even buffers.</summary>
    public required IReadOnlyList<IReadOnlyList<Call>> Steps { get; init; }
}
