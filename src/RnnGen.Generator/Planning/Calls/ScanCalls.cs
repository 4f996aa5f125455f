using System.Collections.Generic;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>What threads share of a layer: calls that each of them makes for some of its units, or for some of the steps.</summary>
/// <param name="Index">Its number among the model's works.</param>
/// <param name="Title">What it is, for readers.</param>
internal sealed record SharedWork(int Index, string Title, IReadOnlyList<Call> Calls);

/// <summary>A shared work at some steps.</summary>
/// <param name="From">The first of them.</param>
/// <param name="To">The one after the last.</param>
/// <param name="IsLarge">Whether it is worth asking another thread.</param>
internal sealed record SharedCall(SharedWork Work, int From, int To, bool IsLarge) : Call
{
    public override Invocation Invocation => new(Callee.Shared, "Run", [Work.Index, From, To, IsLarge]);
}

/// <summary>The steps of a shared work, in a layer whose products read the input alone.</summary>
/// <param name="Rows">Rows that a step has room for.</param>
internal readonly record struct ScannedSteps(int Rows, Clock Clock)
{
    /// <summary>What a call gives.</summary>
    public IReadOnlyList<KernelArgument> Arguments(string live, string part) => [new("steps", new Argument.SharedCount()), new(live, new Argument.SharedLive(Clock)), new(part, new Argument.SharedPart())];

    /// <summary>What the kernel is given.</summary>
    public IReadOnlyList<KernelOperand> Operands(string live, string part) => [Rows, "steps", live, part];
}

/// <summary>Where a kernel of a shared work finds the lanes of the steps.</summary>
internal readonly record struct SharedLanes(Argument Lanes, int BlockStride)
{
    public static SharedLanes Of(LaneRows lanes) => new(new Argument.AtSharedStep(lanes.Offset, lanes.StepLength), lanes.BlockStride);
}

/// <summary>A buffer at the first of a shared work's steps.</summary>
internal readonly record struct SharedBuffer(Place Place, Argument Offset);

/// <summary>Many steps forward: the products of all of them, and the equations in the order of time.</summary>
internal sealed record ScanKernel(PlannedLayer Layer, Argument Memory, ValueRows Source, SharedLanes Lanes, IReadOnlyList<SharedBuffer> Buffers, ScannedSteps Steps) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Scan;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("source", new Argument.AtSharedStep(Source.Offset, Source.StepLength)), new("sourceRow", Source.Row),
        new("lanes", Lanes.Lanes), new("blockStride", Lanes.BlockStride), .. Of(Buffers), .. Steps.Arguments(Live, Part),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
        [Input, "source", "sourceRow", Packs, Layer.Pack, Arena, "lanes", "blockStride", .. Passed(Buffers), .. Steps.Operands(Live, Part), Layer.IsReverse];
}

/// <summary>Many steps back: the adjoints of their pre-activations, against the order of time.</summary>
/// <param name="Gradient">Where the gradients of per-unit parameters are added; null where the layer has none.</param>
internal sealed record ScanBackKernel(PlannedLayer Layer, int? Gradient, SharedLanes Lanes, IReadOnlyList<SharedBuffer> Buffers, ScannedSteps Steps) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Backward;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        .. Layer.Plan.BackwardReadsPacks ? [new(Packs, Argument.Packs)] : System.Array.Empty<KernelArgument>(),
        .. Gradient is null ? [] : new KernelArgument[] { new(Sums, Argument.Sums) }, new(Arena, Argument.Arena),
        .. Gradient is { } gradient ? [new("gradient", gradient)] : System.Array.Empty<KernelArgument>(), new("lanes", Lanes.Lanes), new("blockStride", Lanes.BlockStride),
        .. Of(Buffers), .. Steps.Arguments(Live, Part),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
    [
        .. Layer.Plan.BackwardReadsPacks ? [Packs, Layer.Pack] : System.Array.Empty<KernelOperand>(),
        .. Gradient is null ? [] : new KernelOperand[] { Sums, "gradient" }, Arena, "lanes", "blockStride", .. Passed(Buffers), .. Steps.Operands(Live, Part), Layer.IsReverse,
    ];
}

/// <summary>From the adjoints of many steps' pre-activations to those of the input.</summary>
internal sealed record ScannedAdjointKernel(PlannedLayer Layer, ProductSource Source, SharedLanes Lanes, Argument Target, ScannedSteps Steps) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.ScannedAdjoint(Source);

    public override IReadOnlyList<KernelArgument> Arguments =>
        [new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("lanes", Lanes.Lanes), new("blockStride", Lanes.BlockStride), new("target", Target), .. Steps.Arguments(Live, Part)];

    public override IReadOnlyList<KernelOperand> Operands => [Packs, Layer.ReversePacks[Source.Name], Arena, "lanes", "blockStride", "target", .. Steps.Operands(Live, Part)];
}
