using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the step of a single sequence, for streaming: the forward kernel's sums in the same order, so that the bits
/// are the same, but kept in registers up to the states; nothing is kept for a reverse pass.
/// </summary>
internal sealed class StepEmitter(KernelContext context)
{
    // Accumulators that leave enough registers for the operands.
    private const int Accumulators = 8;

    private LayerPlan Layer => context.Layer;

    public void Write()
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        writer.Write("// One step of one sequence: Forward's sums in Forward's order, in registers up to the states.");
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {KernelEmitter.StepKernel}(ref {number} inputs, int source, ref {number} packs, int pack, ref {number} arena, {SourceWriter.Join(Layer.StepBuffers.Select(b => $"int {PointwiseEmitter.ParameterOf(b)}"))})"))
        {
            writer.Write($"""
                ref {number} x = ref Unsafe.Add(ref inputs, source);
                ref {number} weights = ref Unsafe.Add(ref packs, pack);
                """);
            foreach (ProductSource source in Layer.Sources.Where(s => !s.IsInput))
            {
                writer.Write($"ref {number} {source.Name} = ref Unsafe.Add(ref arena, {PointwiseEmitter.ParameterOf(Place.PreviousState(source.Name))});");
            }

            // Whole blocks in a loop; a last, partial block only as far as it has units.
            int group = Layer.BlockGroup;
            int whole = Layer.TailUnits == Layer.Block ? Layer.Blocks : Layer.Blocks - 1;
            int looped = whole / group * group;
            if (looped > group)
            {
                using (writer.Open($"for (int block = 0; block < {looped}; {(group == 1 ? "block++" : $"block += {group}")})"))
                {
                    WriteBlocks("block", group, Layer.Block);
                }
            }
            else if (looped > 0)
            {
                using (writer.Open(""))
                {
                    WriteBlocks("0", group, Layer.Block);
                }
            }

            if (whole > looped)
            {
                using (writer.Open(""))
                {
                    WriteBlocks($"{looped}", whole - looped, Layer.Block);
                }
            }

            if (Layer.Blocks > whole)
            {
                using (writer.Open(""))
                {
                    WriteBlocks($"{whole}", 1, Layer.TailUnits);
                }
            }
        }
    }

    private void WriteBlocks(string block, int blocks, int units)
    {
        SourceWriter writer = context.Writer;
        bool isFirst = block == "0";
        writer.Write($"ref {context.Number} w = ref {(isFirst ? "weights" : $"Unsafe.Add(ref weights, {block} * {Layer.PackBlock})")};");

        // As many vectors of units at once as there are accumulators for all their lanes.
        List<(int Block, int Vector)> vectors = KernelContext.Range(blocks)
            .SelectMany(b => KernelContext.Range(context.VectorsOf(units)).Select(v => (b, v)))
            .ToList();
        int width = Math.Max(1, Accumulators / Layer.Lanes);
        PointwiseEmitter pointwise = new(context, Layer.Program.Inference);
        for (int i = 0; i < vectors.Count; i += width)
        {
            List<(int Block, int Vector)> pass = vectors.Skip(i).Take(width).ToList();
            using (writer.Open(""))
            {
                WriteSums(pass);
                foreach ((int b, int v) in pass)
                {
                    string units0 = $"{(isFirst ? "" : $" + {block} * {Layer.Block}")}{(b * Layer.Block + v * context.VectorLength is var o and > 0 ? $" + {o}" : "")}";
                    string Address(Place place) => $"ref Unsafe.Add(ref arena, {PointwiseEmitter.ParameterOf(place)}{units0})";
                    writer.Line();
                    pointwise.WriteBody(
                        $"_{b * context.VectorsOf(units) + v}",
                        place => place.Kind == PlaceKind.Lane ? Sum(place.Index, b, v) : $"{context.Vectors}.LoadUnsafe({Address(place)})",
                        Address);
                }
            }
        }
    }

    private void WriteSums(List<(int Block, int Vector)> pass)
    {
        SourceWriter writer = context.Writer;
        writer.Write("// sum{lane}_{block}_{vector}, from the bias on");
        foreach ((int b, int v) in pass)
        {
            for (int lane = 0; lane < Layer.Lanes; lane++)
            {
                writer.Write($"{context.Vector} {Sum(lane, b, v)} = {context.Vectors}.LoadUnsafe(ref w, {Weight(lane, b, v)});");
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
                    foreach ((int b, int v) in pass)
                    {
                        foreach (int lane in lanes)
                        {
                            int offset = Weight(lane, b, v) + Layer.SourceOffset(lane, source) - origin;
                            writer.Write($"{Sum(lane, b, v)} = VectorMath.MultiplyAdd(value, {context.Vectors}.LoadUnsafe(ref {pointer}, {offset}), {Sum(lane, b, v)});");
                        }
                    }

                    writer.Write($"{pointer} = ref Unsafe.Add(ref {pointer}, {Layer.Block});");
                }
            }
        }
    }

    private int Weight(int lane, int block, int vector) =>
        block * Layer.PackBlock + Layer.PanelOffset(lane) + vector * context.VectorLength;

    private static string Sum(int lane, int block, int vector) => $"sum{lane}_{block}_{vector}";
}
