using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>Where a buffer is stored that a kernel's equations read or write.</summary>
internal readonly record struct BufferOffset(Place Place, int Offset);

/// <summary>What a layer reads at a step.</summary>
/// <param name="Memory">Where it is stored.</param>
internal sealed record SourceRows(Argument Memory, int Offset, int Row)
{
    public static SourceRows InArena(ValueRows values) => new(Argument.Arena, values.Offset, values.Row);
}

/// <summary>A parameter of a kernel, and what a call gives for it.</summary>
internal readonly record struct KernelArgument(string Name, Argument Value);

/// <summary>A call of one of a layer's kernels.</summary>
internal abstract record KernelCall(PlannedLayer Layer) : Call
{
    /// <summary>The kernel's name in its file.</summary>
    public abstract string Kernel { get; }

    /// <summary>Its name among the model's kernels: layers may share one.</summary>
    public virtual string Name => Layer.Name + Kernel;

    /// <summary>What the schedule gives, by name.</summary>
    public abstract IReadOnlyList<KernelArgument> Arguments { get; }

    /// <summary>What the kernel is given: parameters by name, and the layer's constants.</summary>
    public abstract IReadOnlyList<KernelOperand> Operands { get; }

    public sealed override Invocation Invocation => new(Callee.Kernels, Name, Arguments.Select(a => a.Value).ToList());

    protected const string Input = "x", Packs = "w", Arena = "a", Sums = "g", Live = "live", FirstLast = "first, last", Part = "part, parts";

    protected static IEnumerable<KernelArgument> Of(IEnumerable<BufferOffset> buffers) => buffers.Select(b => new KernelArgument(b.Place.Parameter, b.Offset));

    protected static IEnumerable<KernelArgument> Of(IEnumerable<SharedBuffer> buffers) => buffers.Select(b => new KernelArgument(b.Place.Parameter, b.Offset));

    protected static IEnumerable<KernelOperand> Passed(IEnumerable<SharedBuffer> buffers) => buffers.Select(b => (KernelOperand)b.Place.Parameter);

    /// <summary>Which part of a work that threads share it is.</summary>
    protected static IEnumerable<KernelArgument> PartOf(PlannedLayer layer) => layer.Plan.Scans ? [new(Part, new Argument.SharedPart())] : [];

    protected static IEnumerable<KernelOperand> PassedPart(PlannedLayer layer) => layer.Plan.Scans ? [Part] : [];

    protected static IEnumerable<KernelOperand> Passed(IEnumerable<BufferOffset> buffers) => buffers.Select(b => (KernelOperand)b.Place.Parameter);
}

/// <summary>What a kernel is given: one of the call's parameters, or a constant.</summary>
internal readonly record struct KernelOperand(string Parameter, Argument? Constant)
{
    public static implicit operator KernelOperand(string parameter) => new(parameter, null);

    public static implicit operator KernelOperand(int constant) => new("", constant);

    public static implicit operator KernelOperand(bool constant) => new("", constant);
}

/// <summary>One step of several rows.</summary>
/// <param name="Lanes">Where the pre-activations go, and what training keeps beside them.</param>
/// <param name="BlockStride">From a block's lanes to the next block's.</param>
/// <param name="Trains">Whether what the backward pass reads is kept.</param>
internal sealed record ForwardKernel(
    PlannedLayer Layer, SourceRows Source, int Lanes, int BlockStride, IReadOnlyList<BufferOffset> Buffers, RowRange Rows, bool Trains) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Forward;

    public override string Name => Layer.Name + (Trains ? Kernel : "Predict");

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Source.Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena),
        new("source", Source.Offset), new("sourceRow", Source.Row), new("lanes", Lanes), new("blockStride", BlockStride), .. Of(Buffers), new(FirstLast, Rows),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
        [Input, "source", "sourceRow", Packs, Layer.Pack, Arena, "lanes", "blockStride", .. Passed(Buffers), FirstLast, .. Layer.Plan.Scans ? new KernelOperand[] { Layer.IsReverse, 0, Layer.Plan.Blocks } : [], .. Layer.Plan.Reduced is null ? [!Trains] : System.Array.Empty<KernelOperand>()];
}

/// <summary>One step of one sequence.</summary>
/// <param name="Lanes">Where the pre-activations go; null where they stay in registers.</param>
/// <param name="Streams">Whether the sequence is fed step by step, so that nothing but the chain of dependent sums counts.</param>
/// <param name="Turn">In which direction the weights are read; null where that is always the same.</param>
internal sealed record StepKernel(PlannedLayer Layer, SourceRows Source, int? Lanes, IReadOnlyList<BufferOffset> Buffers, bool Streams, int? Turn) : KernelCall(Layer)
{
    public override string Kernel => Streams ? KernelNames.Stream : KernelNames.Step;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Source.Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("source", Source.Offset),
        .. Lanes is { } lanes ? [new("lanes", lanes)] : System.Array.Empty<KernelArgument>(), .. Of(Buffers), .. Turn is { } turn ? [new("turn", turn)] : System.Array.Empty<KernelArgument>(),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
    [
        Input, "source", Packs, Layer.Pack, .. Streams && Layer.TailPack is { } tail ? [tail] : System.Array.Empty<KernelOperand>(), Arena, .. Lanes is null ? [] : new KernelOperand[] { "lanes" },
        .. Passed(Buffers), .. Turn is null ? [] : new KernelOperand[] { "turn" },
    ];
}

/// <summary>Steps of one sequence, from the first to the last.</summary>
/// <param name="Lanes">Where the pre-activations of the first go; null where they stay in registers.</param>
internal sealed record BlockKernel(PlannedLayer Layer, SourceRows Source, int? Lanes, IReadOnlyList<BufferOffset> Buffers, RowRange Steps) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Block;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Source.Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("source", Source.Offset), new("sourceRow", Source.Row),
        .. Lanes is { } lanes ? [new("lanes", lanes)] : System.Array.Empty<KernelArgument>(), .. Of(Buffers), new(FirstLast, Steps),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
    [
        Input, "source", "sourceRow", Packs, Layer.Pack, .. !Layer.Plan.ReadsAhead && Layer.TailPack is { } tail ? [tail] : System.Array.Empty<KernelOperand>(), Arena,
        .. Lanes is null ? [] : new KernelOperand[] { "lanes" }, .. Passed(Buffers), FirstLast,
    ];
}

/// <summary>One step of one sequence, for a layer of one unit that has no state, whose input is another layer's output.</summary>
/// <param name="Transposed">Where the transposed weights are stored among the packs.</param>
internal sealed record DotKernel(PlannedLayer Layer, SourceRows Source, int Transposed, IReadOnlyList<BufferOffset> Buffers) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Dot;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Source.Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("source", Source.Offset), new("transposed", Transposed), .. Of(Buffers),
    ];

    public override IReadOnlyList<KernelOperand> Operands => [Input, "source", Packs, Layer.Pack, Arena, "transposed", .. Passed(Buffers)];
}

/// <summary>One step back: the adjoints of the pre-activations.</summary>
/// <param name="Gradient">Where the gradients of per-unit parameters are added; null where the layer has none.</param>
internal sealed record BackwardKernel(
    PlannedLayer Layer, int? Gradient, int Lanes, int BlockStride, IReadOnlyList<BufferOffset> Buffers, RowRange Rows) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Backward;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        .. Layer.Plan.BackwardReadsPacks ? [new(Packs, Argument.Packs)] : System.Array.Empty<KernelArgument>(),
        .. Gradient is null ? [] : new KernelArgument[] { new(Sums, Argument.Sums) }, new(Arena, Argument.Arena),
        .. Gradient is { } gradient ? [new("gradient", gradient)] : System.Array.Empty<KernelArgument>(), new("lanes", Lanes), new("blockStride", BlockStride), .. Of(Buffers), new(FirstLast, Rows),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
    [
        .. Layer.Plan.BackwardReadsPacks ? [Packs, Layer.Pack, .. Layer.Plan.MadeSources.Select(s => (KernelOperand)Layer.ReversePacks[s.Name])] : System.Array.Empty<KernelOperand>(),
        .. Gradient is null ? [] : new KernelOperand[] { Sums, "gradient" }, Arena, "lanes", "blockStride", .. Passed(Buffers), FirstLast,
    ];
}

/// <summary>From the pre-activations' adjoints to a source's.</summary>
internal sealed record AdjointKernel(PlannedLayer Layer, ProductSource Source, int Lanes, int BlockStride, int Target, RowRange Rows) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Adjoint(Source);

    public override IReadOnlyList<KernelArgument> Arguments =>
        [new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("lanes", Lanes), new("blockStride", BlockStride), new("target", Target), new(FirstLast, Rows)];

    public override IReadOnlyList<KernelOperand> Operands => [Packs, Layer.ReversePacks[Source.Name], Arena, "lanes", "blockStride", "target", FirstLast];
}

/// <summary>A chunk of steps whose gradients are summed at once; threads share it by blocks of units and not by rows.</summary>
/// <param name="Lanes">Where the first step's lanes are stored.</param>
/// <param name="LaneStep">From a step's lanes to the next step's.</param>
/// <param name="Gradient">Where among the sums.</param>
/// <param name="Live">The numbers of live rows from the first step on.</param>
internal sealed record GradientChunk(Argument Lanes, int LaneStep, int BlockStride, int Gradient, Argument Steps, Argument Live)
{
    /// <summary>From one of the steps to the next.</summary>
    public int Stride { get; init; } = 1;
}

/// <summary>The gradient of a source's weights over a chunk of steps.</summary>
/// <param name="From">Where its values at the first of the steps are stored.</param>
internal sealed record WeightGradientKernel(PlannedLayer Layer, ProductSource Source, Argument From, ValueRows Values, GradientChunk Chunk) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Gradient(Source);

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Arena, Argument.Arena), new(Sums, Argument.Sums), new("source", From), new("sourceStep", Values.StepLength), new("sourceRow", Values.Row),
        new("lanes", Chunk.Lanes), new("laneStep", Chunk.LaneStep), new("blockStride", Chunk.BlockStride), new("gradient", Chunk.Gradient), new("steps", Chunk.Steps),
        .. Skips ? (KernelArgument[])[new("stride", Chunk.Stride)] : [], new(Live, Chunk.Live), .. PartOf(Layer),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
        [Arena, Sums, "source", "sourceStep", "sourceRow", "lanes", "laneStep", "blockStride", "gradient", "steps", .. Skips ? (KernelOperand[])["stride"] : [], Live, .. PassedPart(Layer)];

    private bool Skips => Layer.Plan.SkipsSteps(Source);
}

/// <summary>The gradient of the biases over a chunk of steps.</summary>
internal sealed record BiasGradientKernel(PlannedLayer Layer, GradientChunk Chunk) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.BiasGradient;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Arena, Argument.Arena), new(Sums, Argument.Sums), new("lanes", Chunk.Lanes), new("laneStep", Chunk.LaneStep), new("blockStride", Chunk.BlockStride),
        new("gradient", Chunk.Gradient), new("steps", Chunk.Steps), new(Live, Chunk.Live), .. PartOf(Layer),
    ];

    public override IReadOnlyList<KernelOperand> Operands => [Arena, Sums, "lanes", "laneStep", "blockStride", "gradient", "steps", Live, .. PassedPart(Layer)];
}
