using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the step of a single sequence: the forward kernel's sums in the same order, so that the bits are the same.
/// A layer of one block keeps them in registers up to the states; a larger one puts the sums of all blocks
/// into their lanes first, so that the chains of its element-wise functions overlap. Streaming, which waits for nothing but
/// its own chain, has a step of its own where the first-level cache holds the weights: block by block, with sums that stay in
/// registers and are added up in parts, so that the next block's products go on while a block's functions wait for each other.
/// Where it does not hold them, <see cref="StreamEmitter"/> writes it.
/// </summary>
internal sealed class StepEmitter(KernelContext context)
{
    // Accumulators that leave enough registers for the operands.
    private const int Accumulators = 8;

    // Multiplications of a source that are written one after the other, without a loop.
    private const int MaximumUnrolled = 96;

    // Parts of a sum that are worth adding up in the end.
    private const int MaximumParts = 4;

    private LayerPlan Layer => context.Layer;

    /// <param name="products">Writes the forward product, whose one-row tiles a larger layer shares.</param>
    public void Write(ProductEmitter products)
    {
        Write(products, KernelNames.Step, "// One step of one sequence, with Forward's sums in Forward's order.", Layer.StepsInRegisters, 1);
        if (Layer.StreamsToAndFro)
        {
            context.Writer.Line();
            new StreamEmitter(context, products).Write();
        }

        if (Layer.StreamsInRegisters)
        {
            context.Writer.Line();
            if (StreamsAsItSteps)
            {
                WriteSameStream();
            }
            else
            {
                Write(products, KernelNames.Stream, "// The same for streaming: each sum in parts that do not wait for each other.", true, MaximumParts);
            }

            if (Layer.Blocks > 1)
            {
                WriteBlockMethod(KernelEmitter.StreamBlock, Layer.Block);
            }

            if (HasRest)
            {
                WriteBlockMethod(KernelEmitter.StreamRest, Layer.TailUnits(Layer.WidestSize));
            }
        }

        if (Layer.HasDot)
        {
            context.Writer.Line();
            WriteDot();
        }
    }

    // Whether a stream's step has the same text: one block, whose sums leave no registers for parts.
    private bool StreamsAsItSteps => Layer.StepsInRegisters && Passes(Layer.WidestSize).All(pass => Parts(MaximumParts, pass.Count * Layer.Lanes) == 1);

    private void WriteSameStream()
    {
        string number = context.Number;
        context.Writer.Write($"""
            // The same for streaming: the sums take all registers, so they are not added up in parts.
            [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
            public static void {KernelNames.Stream}(ref {number} inputs, int source, ref {number} packs, int pack, ref {number} arena, {KernelEmitter.BufferParameters(Layer.StepBuffers)}) =>
                {KernelNames.Step}(ref inputs, source, ref packs, pack, ref arena, {SourceWriter.Join(Layer.StepBuffers.Select(b => b.Parameter))});
            """);
    }

    private void Write(ProductEmitter products, string kernel, string comment, bool isInRegisters, int maximumParts)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        string slots = isInRegisters ? "" : "int slots, ";
        writer.Write(comment);
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {kernel}(ref {number} inputs, int source, ref {number} packs, int pack, ref {number} arena, {slots}{KernelEmitter.BufferParameters(Layer.StepBuffers)})"))
        {
            writer.Write($"""
                ref {number} x = ref Unsafe.Add(ref inputs, source);
                ref {number} weights = ref Unsafe.Add(ref packs, pack);
                """);
            foreach (ProductSource source in Layer.Sources.Where(s => !s.IsInput))
            {
                writer.Write($"ref {number} {source.Name} = ref Unsafe.Add(ref arena, {(source.IsMade ? Layer.ReadState(source) : Place.PreviousState(source.Name)).Parameter});");
            }

            if (isInRegisters)
            {
                WriteInRegisters(maximumParts);
            }
            else
            {
                WriteBlocks(products);
            }
        }
    }

    private void WriteDot()
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        ProductSource source = Layer.Sources[0];
        writer.Write("// The same for one unit: a dot product with its weights in the transposed pack.");
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {KernelNames.Dot}(ref {number} inputs, int source, ref {number} packs, int pack, ref {number} arena, int transposed, {KernelEmitter.BufferParameters(Layer.StepBuffers)})"))
        {
            List<int> vectors = KernelContext.Range(context.VectorsOf(Layer.Block)).ToList();
            writer.Write($"""
                ref {number} x = ref Unsafe.Add(ref inputs, source);
                ref {number} w = ref Unsafe.Add(ref packs, pack);
                ref {number} row = ref Unsafe.Add(ref packs, transposed);
                """);
            vectors.ForEach(v => writer.Write($"{context.Vector} sum{v} = {context.Vector}.Zero;"));
            using (writer.OpenRange("int", "block", 0, Layer.BlocksOf(source.Columns)))
            {
                foreach (int v in vectors)
                {
                    string Load(string name, int step) => $"{context.Vectors}.LoadUnsafe(ref {name}, (nuint)(block * {step} + {v * context.VectorLength}))";
                    writer.Write($"sum{v} = VectorMath.MultiplyAdd({Load("x", Layer.Block)}, {Load("row", Layer.ReversePanel(source))}, sum{v});");
                }
            }

            string sum = string.Join(" + ", vectors.Select(v => $"sum{v}"));
            for (int bits = context.Target.Bits; bits > 128; bits /= 2)
            {
                writer.Write($"Vector{bits}<{number}> of{bits} = {sum};");
                sum = $"of{bits}.GetLower() + of{bits}.GetUpper()";
            }

            writer.Line();
            new PointwiseEmitter(context, Layer.Program.Inference, Layer.FusedWidth, isInference: true).WriteBody(
                "_0",
                place => place.Kind == PlaceKind.Lane ? $"{context.Vectors}.CreateScalar(Vector128.Sum({sum}) + Unsafe.Add(ref w, {Layer.BiasOffset(0)}))" : Start(place.Index, 0),
                place => $"ref Unsafe.Add(ref arena, {place.Parameter})");
        }
    }

    private void WriteBlocks(ProductEmitter products)
    {
        SourceWriter writer = context.Writer;
        IReadOnlyList<CellPhase> phases = Layer.Program.InferencePhases;
        foreach (Place buffer in CellProgram.Buffers(phases, Layer.States, Layer.Program.Made.Count))
        {
            writer.Write($"ref {context.Number} {buffer.Parameter}Rows = ref Unsafe.Add(ref arena, {buffer.Parameter});");
        }

        writer.Write($"const int row = 0, xStride = 0, blockStride = {Layer.SlotRow};");
        for (int i = 0; i < phases.Count; i++)
        {
            CellPhase phase = phases[i];
            using (Layer.Program.IsFused ? (IDisposable?)null : writer.Open(""))
            {
                if (phase.Products.Count > 0)
                {
                    int size = Layer.SizeOf(phase.Width), panels = context.Target.RowPanels(context.VectorsOf(Layer.LiveVectors(size)));
                    products.WriteLoops(Layer.BlocksOf(size), Math.Max(1, panels / phase.Products.Count), b => Layer.ForwardProduct(b, phase.Products), Layer.PackBlock, "slots", $"{Layer.SlotRow}", isOneRow: true, null);
                }

                KernelEmitter.WriteMeans(context, phase, KernelEmitter.ProgramName(KernelEmitter.ForwardMeans, i), "0", "1", $"{Layer.SlotRow}");
                if (phase.Program.Stores.Count > 0)
                {
                    PointwiseEmitter.WriteBlocks(context, phase);
                }
            }
        }
    }

    private void WriteInRegisters(int maximumParts)
    {
        if (Layer.Blocks == 1)
        {
            context.Writer.Write($"ref {context.Number} w = ref weights;");
            WriteUnits(Layer.WidestSize, maximumParts);
            return;
        }

        // A block is a method: in a loop the compiler would keep the functions' constants in the registers that the sums need.
        int whole = HasRest ? Layer.Blocks - 1 : Layer.Blocks;
        using (context.Writer.OpenRange("int", "block", 0, whole))
        {
            WriteCall(KernelEmitter.StreamBlock, "block");
        }

        if (HasRest)
        {
            WriteCall(KernelEmitter.StreamRest, $"{whole}");
        }

        void WriteCall(string method, string block) => context.Writer.Write(
            $"{method}({SourceWriter.Join(Layer.Sources.Select(s => $"ref {s.Name}"))}, ref Unsafe.Add(ref weights, {block} * {Layer.PackBlock}), ref Unsafe.Add(ref arena, {block} * {Layer.Block}), {SourceWriter.Join(Layer.StepBuffers.Select(b => b.Parameter))});");
    }

    // Whether the last block is streamed by a method of its own, since it needs fewer vectors.
    private bool HasRest => Layer.Blocks > 1 && context.VectorsOf(Layer.TailUnits(Layer.WidestSize)) < context.VectorsOf(Layer.Block);

    private void WriteBlockMethod(string method, int units)
    {
        string number = context.Number;
        context.Writer.Line();
        context.Writer.Write($"// {units} units of it.");
        context.Writer.Write(KernelContext.Optimized);
        using (context.Writer.Open($"private static void {method}({SourceWriter.Join(Layer.Sources.Select(s => $"ref {number} {s.Name}"))}, ref {number} w, ref {number} arena, {KernelEmitter.BufferParameters(Layer.StepBuffers)})"))
        {
            WriteUnits(units, MaximumParts);
        }
    }

    private void WriteUnits(int units, int maximumParts)
    {
        SourceWriter writer = context.Writer;
        PointwiseEmitter pointwise = new(context, Layer.Program.Inference, Layer.FusedWidth, isInference: true);
        foreach (List<int> pass in Passes(units))
        {
            WriteSums(pass, Parts(maximumParts, pass.Count * Layer.Lanes));
            foreach (int vector in pass)
            {
                string unit = vector == 0 ? "" : $" + {vector * context.VectorLength}";
                string Address(Place place) => $"ref Unsafe.Add(ref arena, {place.Parameter}{unit})";
                writer.Line();
                pointwise.WriteBody(
                    $"_{vector}",
                    place => place.Kind switch
                    {
                        PlaceKind.Lane => Sum(place.Index, vector),
                        PlaceKind.Vector => Start(place.Index, vector),
                        PlaceKind.PreviousState => $"{context.Vectors}.LoadUnsafe({Address(place)})",
                        _ => throw Choices.Unimplemented(place.Kind),
                    },
                    Address);
            }
        }
    }

    // As many vectors of units at once as there are accumulators for all their lanes.
    private IEnumerable<List<int>> Passes(int units)
    {
        int width = Math.Max(1, Accumulators / Layer.Lanes);
        List<int> vectors = KernelContext.Range(context.VectorsOf(units)).ToList();
        for (int i = 0; i < vectors.Count; i += width)
        {
            yield return vectors.Skip(i).Take(width).ToList();
        }
    }

    // A power of two, so that the parts can be added up in pairs, and no more than there are registers for.
    private int Parts(int maximum, int sums)
    {
        int parts = maximum;
        while (parts > 1 && parts * sums > context.Target.RowPanels(1))
        {
            parts /= 2;
        }

        return parts;
    }

    private void WriteSums(List<int> pass, int parts)
    {
        SourceWriter writer = context.Writer;
        writer.Line();
        writer.Write($"// sum{{lane}}_{{vector}}{(parts > 1 ? "{part}" : "")}, from the bias on");
        ForEachSum((lane, vector) => writer.Write(
            $"{context.Vector} {Sum(lane, vector)} = {Start(lane, vector)};"));
        for (int part = 1; part < parts; part++)
        {
            ForEachSum((lane, vector) => writer.Write($"{context.Vector} {Sum(lane, vector, part)} = {context.Vector}.Zero;"));
        }

        foreach (ProductSource source in Layer.Sources)
        {
            using (writer.Open(""))
            {
                WriteProducts(source, pass, parts);
            }
        }

        // Two and two, then these.
        for (int half = parts / 2; half > 0; half /= 2)
        {
            for (int part = 0; part < half; part++)
            {
                ForEachSum((lane, vector) => writer.Write($"{Sum(lane, vector, part)} += {Sum(lane, vector, part + half)};"));
            }
        }

        void ForEachSum(Action<int, int> action)
        {
            foreach (int vector in pass)
            {
                for (int lane = 0; lane < Layer.Lanes; lane++)
                {
                    action(lane, vector);
                }
            }
        }
    }

    // A source's values times their weights, in a loop where they are many.
    private void WriteProducts(ProductSource source, List<int> pass, int parts)
    {
        SourceWriter writer = context.Writer;
        IReadOnlyList<int> lanes = Layer.LanesOf(source);
        string pointer = $"{source.Name}w";
        writer.Write($"ref {context.Number} {pointer} = ref Unsafe.Add(ref w, {Layer.WeightOffset(lanes[0], source)});");
        if (source.Columns * lanes.Count * pass.Count <= MaximumUnrolled)
        {
            WriteColumns(source, pointer, parts, pass);
            return;
        }

        int whole = source.Columns / parts * parts;
        if (whole > 0)
        {
            using (parts == 1 ? writer.OpenRange("nint", "k", 0, whole) : writer.Open($"for (nint k = 0; k < {whole}; k += {parts})"))
            {
                for (int part = 0; part < parts; part++)
                {
                    WriteColumn(source, pointer, new(part == 0 ? "value" : $"value{part}", part == 0 ? "k" : $"k + {part}", part, part), lanes, pass);
                }

                writer.Write($"{pointer} = ref Unsafe.Add(ref {pointer}, {parts * Layer.ColumnStep(source)});");
            }
        }

        for (int part = 0; part < source.Columns - whole; part++)
        {
            WriteColumn(source, pointer, new($"rest{part}", $"{whole + part}", part, part), lanes, pass);
        }
    }

    // All columns of a source. What the longest chains wait for comes first; the input was there before.
    private void WriteColumns(ProductSource source, string pointer, int parts, List<int> pass)
    {
        IReadOnlyList<int> fed = Layer.LanesOf(source);
        IReadOnlyList<IReadOnlyList<int>> groups = source.IsInput ? [fed] : Layer.LanesByChain.Select(g => g.Intersect(fed).ToList()).Where(g => g.Count > 0).ToList();
        for (int group = 0; group < groups.Count; group++)
        {
            for (int k = 0; k < source.Columns; k++)
            {
                WriteColumn(source, pointer, new(groups.Count == 1 ? $"value{k}" : $"value{k}_{group}", $"{k}", k, k % parts), groups[group], pass);
            }
        }
    }

    // A value of a source: its variable, where it is stored, how many columns its weights are after the pointer, and the part of the sums that it is added to.
    private readonly record struct Column(string Value, string Index, int Offset, int Part);

    // One value of a source times its weights.
    private void WriteColumn(ProductSource source, string pointer, Column column, IReadOnlyList<int> lanes, List<int> pass)
    {
        SourceWriter writer = context.Writer;
        int origin = Layer.WeightOffset(Layer.LanesOf(source)[0], source);
        writer.Write($"{context.Vector} {column.Value} = {context.Vectors}.Create(Unsafe.Add(ref {source.Name}, {column.Index}));");
        foreach (int vector in pass)
        {
            foreach (int lane in lanes)
            {
                int offset = Layer.WeightOffset(lane, source) - origin + column.Offset * Layer.ColumnStep(source) + vector * context.VectorLength;
                string sum = Sum(lane, vector, column.Part);
                writer.Write($"{sum} = VectorMath.MultiplyAdd({column.Value}, {context.Vectors}.LoadUnsafe(ref {pointer}, {offset}), {sum});");
            }
        }
    }

    // A lane's bias, or a per-unit parameter.
    private string Start(int panel, int vector) => $"{context.Vectors}.LoadUnsafe(ref w, {Layer.BiasOffset(panel) + vector * context.VectorLength})";

    private static string Sum(int lane, int vector, int part = 0) => $"sum{lane}_{vector}{(part == 0 ? "" : $"{(char)('a' + part)}")}";
}
