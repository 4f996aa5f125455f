using System.Collections.Generic;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>Steps that are one call, in a layer whose products read the input alone.</summary>
/// <param name="Rows">Rows that a step has room for.</param>
/// <param name="Count">Their number.</param>
/// <param name="Live">The numbers of live rows from the first of them on.</param>
internal sealed record ScannedSteps(int Rows, int Count, Argument.LiveFrom Live)
{
    /// <param name="from">The first step.</param>
    /// <param name="to">The one after the last.</param>
    public static ScannedSteps Of(PlannedLayer layer, int rows, int from, int to) => new(rows, to - from, new(layer.Clock, from));

    /// <summary>What a call gives.</summary>
    public IReadOnlyList<KernelArgument> Arguments(string live) => [new("steps", Count), new(live, Live)];

    /// <summary>What the kernel is given.</summary>
    public IReadOnlyList<KernelOperand> Operands(string live) => [Rows, "steps", live];
}

/// <summary>Many steps forward: the products of all of them, and the equations in the order of time.</summary>
internal sealed record ScanKernel(PlannedLayer Layer, SourceRows Source, LaneRows Lanes, IReadOnlyList<BufferOffset> Buffers, ScannedSteps Steps) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Scan;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Source.Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("source", Source.Offset), new("sourceRow", Source.Row),
        new("lanes", Lanes.Offset), new("blockStride", Lanes.BlockStride), .. Of(Buffers), .. Steps.Arguments(Live),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
        [Input, "source", "sourceRow", Packs, Layer.Pack, Arena, "lanes", "blockStride", .. Passed(Buffers), .. Steps.Operands(Live), Layer.IsReverse];
}

/// <summary>Many steps back: the adjoints of their pre-activations, against the order of time.</summary>
/// <param name="Gradient">Where the gradients of per-unit parameters are added; null where the layer has none.</param>
/// <param name="Lanes">Where the lanes of the first of the steps are stored.</param>
internal sealed record ScanBackKernel(PlannedLayer Layer, int? Gradient, int Lanes, int BlockStride, IReadOnlyList<BufferOffset> Buffers, ScannedSteps Steps) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Backward;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        .. Layer.Plan.BackwardReadsPacks ? [new(Packs, Argument.Packs)] : System.Array.Empty<KernelArgument>(),
        .. Gradient is null ? [] : new KernelArgument[] { new(Sums, Argument.Sums) }, new(Arena, Argument.Arena),
        .. Gradient is { } gradient ? [new("gradient", gradient)] : System.Array.Empty<KernelArgument>(), new("lanes", Lanes), new("blockStride", BlockStride), .. Of(Buffers), .. Steps.Arguments(Live),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
    [
        .. Layer.Plan.BackwardReadsPacks ? [Packs, Layer.Pack] : System.Array.Empty<KernelOperand>(),
        .. Gradient is null ? [] : new KernelOperand[] { Sums, "gradient" }, Arena, "lanes", "blockStride", .. Passed(Buffers), .. Steps.Operands(Live), Layer.IsReverse,
    ];
}

/// <summary>From the adjoints of many steps' pre-activations to those of the input.</summary>
/// <param name="Lanes">Where the lanes of the first of the steps are stored.</param>
internal sealed record ScannedAdjointKernel(PlannedLayer Layer, ProductSource Source, int Lanes, int BlockStride, int Target, ScannedSteps Steps) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.ScannedAdjoint(Source);

    public override IReadOnlyList<KernelArgument> Arguments =>
        [new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("lanes", Lanes), new("blockStride", BlockStride), new("target", Target), .. Steps.Arguments(Live)];

    public override IReadOnlyList<KernelOperand> Operands => [Packs, Layer.ReversePacks[Source.Name], Arena, "lanes", "blockStride", "target", .. Steps.Operands(Live)];
}
