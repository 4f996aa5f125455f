using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes what a layer whose products read the input alone has beside other layers' kernels: many steps at once, whose rows are the rows of one product, and
/// the order of time in its equations (<see cref="LayerPlan.Scans"/>).
/// </summary>
internal static class ScanEmitter
{
    /// <summary>Parameters: the rows of one step or of several, and whether time goes from the last of them to the first.</summary>
    public const string RowsInOrder = "int first, int last, bool descends";

    /// <summary>Parameters: the units of a layer that a call computes.</summary>
    public const string SomeBlocks = "int firstBlock, int lastBlock";

    /// <summary>Parameters: which part of a work it is, and of how many.</summary>
    public const string Part = "int part, int parts";

    /// <summary>The loop over these rows.</summary>
    public const string InOrder = "for (int left = last - first, row = descends ? last - 1 : first; left > 0; left--, row += descends ? -1 : 1)";

    /// <summary>Parameters: steps of the backward pass, the rows that a step has room for, and the live rows of each.</summary>
    public const string StepsBack = "int stepRows, int steps, ref int live, bool descends";

    /// <summary>These as arguments.</summary>
    public const string PassedSteps = "stepRows, steps, ref live, descends";

    /// <summary>Writes the forward pass of many steps.</summary>
    public static void WriteForward(KernelContext context)
    {
        LayerPlan layer = context.Layer;
        string number = context.Number;
        string buffers = SourceWriter.Join(System.Linq.Enumerable.Select(layer.ForwardBuffers, b => b.Parameter));
        context.Writer.Write("// Many steps. Where all rows are live, those of several steps follow each other, so that they are rows of one product.");
        context.Writer.Write(KernelContext.Optimized);
        using (context.Writer.Open($"public static void {KernelNames.Scan}(ref {number} inputs, int source, int xStride, ref {number} packs, int pack, ref {number} arena, int slots, int blockStride, {KernelEmitter.BufferParameters(layer.ForwardBuffers)}, int stepRows, int steps, ref int live, {Part}, bool descends)"))
        {
            WriteBlocks(context);
            WriteRuns(context, "descends", $"{KernelNames.Forward}(ref inputs, source, xStride, ref packs, pack, ref arena, slots, blockStride, {buffers}, runs.First, runs.Last, descends, firstBlock, lastBlock{(layer.Reduced is null ? ", false" : "")});");
        }
    }

    /// <summary>Writes the product that gives the adjoint of a source at many steps.</summary>
    public static void WriteAdjoint(KernelContext context, ProductSource source)
    {
        string number = context.Number;
        context.Writer.Write("// The same for many steps.");
        context.Writer.Write(KernelContext.Optimized);
        using (context.Writer.Open($"public static void {KernelNames.ScannedAdjoint(source)}(ref {number} packs, int pack, ref {number} arena, int slots, int blockStride, int target, int stepRows, int steps, ref int live, {Part})"))
        {
            LayerPlan layer = context.Layer;
            context.Writer.Write($"""
                int from = (int)((long)part * steps / parts), row = from * stepRows;
                steps = (int)((part + 1L) * steps / parts) - from;
                slots += row * {layer.SlotRow};
                target += row * {layer.InputRowStride};
                live = ref Unsafe.Add(ref live, from);
                """);
            WriteRuns(context, "false", $"{KernelNames.Adjoint(source)}(ref packs, pack, ref arena, slots, blockStride, target, runs.First, runs.Last);");
        }
    }

    /// <summary>Writes which blocks of units are a part's: whole groups of those that are computed together.</summary>
    public static void WriteBlocks(KernelContext context)
    {
        LayerPlan layer = context.Layer;
        int groups = (layer.Blocks + layer.BlockGroup - 1) / layer.BlockGroup;
        string last = $"(part + 1) * {groups} / parts * {layer.BlockGroup}";
        context.Writer.Write($"int firstBlock = part * {groups} / parts * {layer.BlockGroup}, lastBlock = {(groups * layer.BlockGroup == layer.Blocks ? last : $"global::System.Math.Min({last}, {layer.Blocks})")};");
    }

    private static void WriteRuns(KernelContext context, string descends, string call)
    {
        context.Writer.Write($"StepRuns runs = new(ref live, steps, stepRows, {context.Layer.ScannedRows}, {descends});");
        using (context.Writer.Open("while (runs.Next())"))
        {
            context.Writer.Write(call);
        }
    }
}
