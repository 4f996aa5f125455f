using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the step of a single sequence, for streaming: the forward kernel's sums in the same order, so that the bits
/// are the same. A layer of one block keeps them in registers up to the states; a larger one puts the sums of all blocks
/// into their lanes first, so that the chains of its element-wise functions overlap.
/// </summary>
internal sealed class StepEmitter(KernelContext context)
{
    // Accumulators that leave enough registers for the operands.
    private const int Accumulators = 8;

    private LayerPlan Layer => context.Layer;

    /// <param name="products">Writes the forward product, whose one-row tiles a larger layer shares.</param>
    public void Write(ProductEmitter products)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        string slots = Layer.StepsInRegisters ? "" : "int slots, ";
        writer.Write("// One step of one sequence, with Forward's sums in Forward's order.");
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {KernelEmitter.StepKernel}(ref {number} inputs, int source, ref {number} packs, int pack, ref {number} arena, {slots}{SourceWriter.Join(Layer.StepBuffers.Select(b => $"int {PointwiseEmitter.ParameterOf(b)}"))})"))
        {
            writer.Write($"""
                ref {number} x = ref Unsafe.Add(ref inputs, source);
                ref {number} weights = ref Unsafe.Add(ref packs, pack);
                """);
            foreach (ProductSource source in Layer.Sources.Where(s => !s.IsInput))
            {
                writer.Write($"ref {number} {source.Name} = ref Unsafe.Add(ref arena, {PointwiseEmitter.ParameterOf(source.IsMade ? Layer.ReadState(source) : Place.PreviousState(source.Name))});");
            }

            if (Layer.StepsInRegisters)
            {
                WriteBlock();
            }
            else
            {
                WriteBlocks(products);
            }
        }
    }

    private void WriteBlocks(ProductEmitter products)
    {
        SourceWriter writer = context.Writer;
        IReadOnlyList<CellPhase> phases = Layer.Program.InferencePhases;
        foreach (Place buffer in CellProgram.Buffers(phases, Layer.States, Layer.Program.Made.Count))
        {
            writer.Write($"ref {context.Number} {PointwiseEmitter.ParameterOf(buffer)}Rows = ref Unsafe.Add(ref arena, {PointwiseEmitter.ParameterOf(buffer)});");
        }

        writer.Write($"const int row = 0, xStride = 0, blockStride = {Layer.SlotRow};");
        foreach (CellPhase phase in phases)
        {
            using (Layer.Program.IsFused ? (IDisposable?)null : writer.Open(""))
            {
                if (phase.Products.Count > 0)
                {
                    products.WriteLoops(Layer.Blocks, LayerPlan.GroupOf(phase.Products.Count, Layer.Blocks), b => Layer.ForwardProduct(b, phase.Products), Layer.PackBlock, "slots", $"{Layer.SlotRow}", isOneRow: true, null);
                }

                KernelEmitter.WriteMeans(context, phase, "0", "1", $"{Layer.SlotRow}");
                if (phase.Program.Stores.Count > 0)
                {
                    PointwiseEmitter.WriteBlocks(context, phase.Program);
                }
            }
        }
    }

    private void WriteBlock()
    {
        SourceWriter writer = context.Writer;
        writer.Write($"ref {context.Number} w = ref weights;");

        // As many vectors of units at once as there are accumulators for all their lanes.
        List<int> vectors = KernelContext.Range(context.VectorsOf(Layer.Size)).ToList();
        int width = Math.Max(1, Accumulators / Layer.Lanes);
        PointwiseEmitter pointwise = new(context, Layer.Program.Inference, isInference: true);
        for (int i = 0; i < vectors.Count; i += width)
        {
            List<int> pass = vectors.Skip(i).Take(width).ToList();
            WriteSums(pass);
            foreach (int vector in pass)
            {
                string unit = vector == 0 ? "" : $" + {vector * context.VectorLength}";
                string Address(Place place) => $"ref Unsafe.Add(ref arena, {PointwiseEmitter.ParameterOf(place)}{unit})";
                writer.Line();
                pointwise.WriteBody(
                    $"_{vector}",
                    place => place.Kind == PlaceKind.Lane ? Sum(place.Index, vector)
                        : place.Kind == PlaceKind.Vector ? $"{context.Vectors}.LoadUnsafe(ref w, {Weight(place.Index, vector)})" : $"{context.Vectors}.LoadUnsafe({Address(place)})",
                    Address);
            }
        }
    }

    private void WriteSums(List<int> pass)
    {
        SourceWriter writer = context.Writer;
        writer.Line();
        writer.Write("// sum{lane}_{vector}, from the bias on");
        foreach (int vector in pass)
        {
            for (int lane = 0; lane < Layer.Lanes; lane++)
            {
                writer.Write($"{context.Vector} {Sum(lane, vector)} = {context.Vectors}.LoadUnsafe(ref w, {Weight(lane, vector)});");
            }
        }

        foreach (ProductSource source in Layer.Sources)
        {
            IReadOnlyList<int> lanes = Layer.LanesOf(source);
            int origin = Layer.PanelOffset(lanes[0]) + Layer.SourceOffset(lanes[0], source);
            string pointer = $"{source.Name}w";
            using (writer.Open(""))
            {
                writer.Write($"ref {context.Number} {pointer} = ref Unsafe.Add(ref w, {origin});");
                using (writer.OpenRange("nint", "k", 0, source.Columns))
                {
                    writer.Write($"{context.Vector} value = {context.Vectors}.Create(Unsafe.Add(ref {source.Name}, k));");
                    foreach (int vector in pass)
                    {
                        foreach (int lane in lanes)
                        {
                            int offset = Weight(lane, vector) + Layer.SourceOffset(lane, source) - origin;
                            writer.Write($"{Sum(lane, vector)} = VectorMath.MultiplyAdd(value, {context.Vectors}.LoadUnsafe(ref {pointer}, {offset}), {Sum(lane, vector)});");
                        }
                    }

                    writer.Write($"{pointer} = ref Unsafe.Add(ref {pointer}, {Layer.Block});");
                }
            }
        }
    }

    private int Weight(int lane, int vector) => Layer.PanelOffset(lane) + vector * context.VectorLength;

    private static string Sum(int lane, int vector) => $"sum{lane}_{vector}";
}
