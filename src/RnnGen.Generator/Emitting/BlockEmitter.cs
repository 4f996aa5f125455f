using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes several steps of one sequence: a matrix product with the inputs of all of them, which reads the input's weights once for many steps, and then step after step
/// the products with the state. A sum is added up in the order of the forward pass, so the bits are the same. A layer that does not read ahead streams its steps.
/// </summary>
internal sealed class BlockEmitter(KernelContext context)
{
    private const string Recur = "Recur";

    private LayerPlan Layer => context.Layer;

    private string Number => context.Number;

    /// <summary>From a step's lanes to the next step's.</summary>
    private int StepOfLanes => Layer.Blocks * Layer.SlotRow;

    /// <param name="products">Writes the forward product, whose one-row tiles the steps share.</param>
    public void Write(ProductEmitter products)
    {
        if (Layer.States.Count == 0 || Layer.Scans)
        {
            return;
        }

        context.Writer.Line();
        if (Layer.ReadsAhead)
        {
            WriteReadAhead();
            if (Layer.RecurrentGroups.Count > 0)
            {
                WriteGroups(products);
            }
            else
            {
                WriteRecurrence(products);
            }
        }
        else
        {
            WriteStreamed();
        }
    }

    private void WriteReadAhead()
    {
        SourceWriter writer = context.Writer;
        ProductEmitter inputs = new(context, "Input", Layer.Sources.Select(s => s.IsInput ? "xStride" : "0").ToList(), StepOfLanes);
        writer.Write("// Steps first to last of one sequence: the products with the inputs of all of them into their lanes, then step after step what is left.");
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {KernelNames.Block}(ref {Number} inputs, int source, int xStride, ref {Number} packs, int pack, ref {Number} arena, int slots, {KernelEmitter.BufferParameters(Layer.StepBuffers)}, int first, int last)"))
        {
            writer.Write($"""
                const int blockStride = {Layer.SlotRow};
                ref {Number} x = ref Unsafe.Add(ref inputs, source);
                ref {Number} weights = ref Unsafe.Add(ref packs, pack);
                """);
            foreach (CellPhase phase in Layer.Program.InferencePhases.Where(p => p.Products.Count > 0 && Layer.InputProduct(1, p) is not null))
            {
                using (writer.Open(""))
                {
                    int blocks = Layer.BlocksOf(Layer.SizeOf(phase.Width));
                    inputs.WriteLoops(blocks, LayerPlan.GroupOf(phase.Products.Count, blocks), b => Layer.InputProduct(b, phase)!, Layer.PackBlock, "slots", "blockStride", isOneRow: false, null);
                }
            }

            writer.Line();
            using (writer.Open("for (int step = first; step < last; step++)"))
            {
                writer.Write($"{Recur}(ref weights, ref arena, slots + step * {StepOfLanes}, {StepBuffers()}{(Layer.RecurrentGroups.Count > 0 ? ", step % 2" : "")});");
            }
        }

        inputs.WriteTiles();
    }

    private void WriteRecurrence(ProductEmitter products)
    {
        SourceWriter writer = context.Writer;
        writer.Line();
        writer.Write("// What is left of a step when the products with its input are in the lanes.");
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"private static void {Recur}(ref {Number} weights, ref {Number} arena, int slots, {KernelEmitter.BufferParameters(Layer.StepBuffers)})"))
        {
            foreach (ProductSource source in Layer.Sources.Where(s => !s.IsInput))
            {
                writer.Write($"ref {Number} {source.Name} = ref Unsafe.Add(ref arena, {(source.IsMade ? Layer.ReadState(source) : Place.PreviousState(source.Name)).Parameter});");
            }

            StepEmitter.WriteBlocks(context, products, Layer.RecurrentProduct);
        }
    }

    private void WriteGroups(ProductEmitter products)
    {
        SourceWriter writer = context.Writer;
        SharedMethods methods = new(writer, $"{Recur}Group");
        string[] sources = Layer.Sources.Where(s => !s.IsInput).Select(s => $"ref {s.Name}").ToArray();
        writer.Line();
        writer.Write("""
            // What is left of a step when the products with its input are in the lanes: group by group of blocks, from the first to the last at even steps (turn 0) and back at odd ones,
            // so that a step begins with the weights that the one before has left in the first-level cache.
            """);
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"private static void {Recur}(ref {Number} weights, ref {Number} arena, int slots, {KernelEmitter.BufferParameters(Layer.StepBuffers)}, int turn)"))
        {
            foreach (ProductSource source in Layer.Sources.Where(s => !s.IsInput))
            {
                writer.Write($"ref {Number} {source.Name} = ref Unsafe.Add(ref arena, {Place.PreviousState(source.Name).Parameter});");
            }

            writer.Write($"ref {Number} lanes = ref Unsafe.Add(ref arena, slots);");
            StreamEmitter.WriteToAndFro(writer, Layer.RecurrentGroups, WriteCalls);
        }

        methods.Write();

        void WriteCalls(IEnumerable<StreamedGroup> groups)
        {
            foreach (StreamedGroup group in groups)
            {
                string method = methods.Share(
                    $"{group.Blocks} block{(group.Blocks == 1 ? "" : "s")} of units.",
                    [.. sources.Select(s => s.Replace("ref ", $"ref {Number} ")), $"ref {Number} w", $"ref {Number} lanes", $"ref {Number} arena", KernelEmitter.BufferParameters(Layer.StepBuffers)],
                    () => WriteGroup(products, group.Blocks));
                writer.Write($"{method}({SourceWriter.Join(sources)}, {StreamEmitter.Offset("weights", group.Block * Layer.PackBlock)}, {StreamEmitter.Offset("lanes", group.Block * Layer.SlotRow)}, {StreamEmitter.Offset("arena", group.Block * Layer.Block)}, {SourceWriter.Join(Layer.StepBuffers.Select(b => b.Parameter))});");
            }
        }
    }

    private void WriteGroup(ProductEmitter products, int blocks)
    {
        context.Writer.Write($"""
            const int row = 0, xStride = 0, blockStride = {Layer.SlotRow};
            ref {Number} o = ref lanes;
            """);
        products.WriteRow(Layer.RecurrentProduct(blocks, Layer.Program.InferencePhases[0])!);
        context.Writer.Line();
        StreamEmitter.WriteEquations(context, blocks, isSplit: false);
    }

    private void WriteStreamed()
    {
        SourceWriter writer = context.Writer;
        bool hasLanes = !Layer.StreamsInRegisters;
        writer.Write("// Steps first to last of one sequence, one after the other: with few inputs there is nothing to gain from reading ahead.");
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {KernelNames.Block}(ref {Number} inputs, int source, int xStride, ref {Number} packs, int pack, {(Layer.Tail is null ? "" : "int tail, ")}ref {Number} arena, {(hasLanes ? "int slots, " : "")}{KernelEmitter.BufferParameters(Layer.StepBuffers)}, int first, int last)"))
        using (writer.Open("for (int step = first; step < last; step++)"))
        {
            writer.Write($"{(Layer.HasStream ? KernelNames.Stream : KernelNames.Step)}(ref inputs, source + step * xStride, ref packs, pack, {(Layer.Tail is null ? "" : "tail, ")}ref arena, {(hasLanes ? "slots, " : "")}{StepBuffers()}{(Layer.StreamsToAndFro ? ", step % 2" : "")});");
        }
    }

    // The buffers of a step.
    private string StepBuffers() => SourceWriter.Join(Layer.StepBuffers.Select(b => Layer.BlockStep(b) is > 0 and var step ? $"{b.Parameter} + step * {step}" : b.Parameter));
}
