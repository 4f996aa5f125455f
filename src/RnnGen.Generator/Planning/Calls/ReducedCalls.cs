using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>Where the integers are stored into which a source's rows are turned.</summary>
internal readonly record struct CodeOffset(ProductSource Source, int Offset)
{
    /// <summary>The kernels' parameter for it.</summary>
    public static string Parameter(ProductSource source) => $"{source.Name}Codes";

    public static IEnumerable<KernelArgument> Arguments(IEnumerable<CodeOffset> codes) => codes.Select(c => new KernelArgument(Parameter(c.Source), c.Offset));

    public static IEnumerable<KernelOperand> Operands(IEnumerable<CodeOffset> codes) => codes.Select(c => (KernelOperand)Parameter(c.Source));
}

/// <summary>One step of several rows that predict with weights of fewer bits.</summary>
/// <param name="Lanes">Where the pre-activations go.</param>
/// <param name="BlockStride">From a block's lanes to the next block's.</param>
internal sealed record ReducedKernel(
    PlannedLayer Layer, SourceRows Source, int Lanes, int BlockStride, IReadOnlyList<CodeOffset> Codes, IReadOnlyList<BufferOffset> Buffers, RowRange Rows) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Predict;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Source.Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("source", Source.Offset), new("sourceRow", Source.Row),
        new("lanes", Lanes), new("blockStride", BlockStride), .. CodeOffset.Arguments(Codes), .. Of(Buffers), new(FirstLast, Rows),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
        [Input, "source", "sourceRow", Packs, Layer.Pack, Layer.ReducedPack, Arena, "lanes", "blockStride", .. CodeOffset.Operands(Codes), .. Passed(Buffers), FirstLast];
}

/// <summary>One step of one sequence with weights of fewer bits.</summary>
/// <param name="Lanes">Where the pre-activations go.</param>
/// <param name="Turn">In which direction the weights are read; null where that is always the same.</param>
internal sealed record ReducedStepKernel(
    PlannedLayer Layer, SourceRows Source, int Lanes, IReadOnlyList<CodeOffset> Codes, IReadOnlyList<BufferOffset> Buffers, int? Turn) : KernelCall(Layer)
{
    public override string Kernel => KernelNames.Step;

    public override IReadOnlyList<KernelArgument> Arguments =>
    [
        new(Input, Source.Memory), new(Packs, Argument.Packs), new(Arena, Argument.Arena), new("source", Source.Offset), new("lanes", Lanes),
        .. CodeOffset.Arguments(Codes), .. Of(Buffers), .. Turn is { } turn ? [new("turn", turn)] : System.Array.Empty<KernelArgument>(),
    ];

    public override IReadOnlyList<KernelOperand> Operands =>
    [
        Input, "source", Packs, Layer.Pack, Layer.ReducedPack, Arena, "lanes", .. CodeOffset.Operands(Codes), .. Passed(Buffers), .. Turn is null ? [] : new KernelOperand[] { "turn" },
    ];
}
