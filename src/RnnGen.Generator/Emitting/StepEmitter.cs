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
                WriteBlockMethods();
            }
        }

        if (Layer.HasDot)
        {
            context.Writer.Line();
            WriteDot();
        }
    }

    // Whether a stream's step has the same text: one block, whose sums leave no registers for parts.
    private bool StreamsAsItSteps => Layer.StepsInRegisters && Tail is null && Passes(Layer.WidestSize).All(pass => PartsOf(pass, MaximumParts) == 1);

    // The layer's last units, where several lanes share a vector of this width.
    private SharedTail? Tail => Layer.Tail is { } tail && tail.LanesPerVector(context.VectorLength) > 1 ? tail : null;

    // Where a stream finds the pack of these units, whether this width has any or not.
    private string TailParameter => Layer.Tail is null ? "" : "int tail, ";

    private void WriteSameStream()
    {
        string number = context.Number;
        context.Writer.Write($"""
            // The same for streaming: the sums take all registers, so they are not added up in parts.
            [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
            public static void {KernelNames.Stream}(ref {number} inputs, int source, ref {number} packs, int pack, {TailParameter}ref {number} arena, {KernelEmitter.BufferParameters(Layer.StepBuffers)}) =>
                {KernelNames.Step}(ref inputs, source, ref packs, pack, ref arena, {SourceWriter.Join(Layer.StepBuffers.Select(b => b.Parameter))});
            """);
    }

    private void Write(ProductEmitter products, string kernel, string comment, bool isInRegisters, int maximumParts)
    {
        SourceWriter writer = context.Writer;
        string number = context.Number;
        bool streams = kernel == KernelNames.Stream;
        string slots = isInRegisters ? "" : "int slots, ", tail = streams ? TailParameter : "";
        writer.Write(comment);
        writer.Write(KernelContext.Optimized);
        using (writer.Open($"public static void {kernel}(ref {number} inputs, int source, ref {number} packs, int pack, {tail}ref {number} arena, {slots}{KernelEmitter.BufferParameters(Layer.StepBuffers)})"))
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
                WriteInRegisters(maximumParts, streams ? Tail : null);
            }
            else
            {
                WriteBlocks(context, products, Layer.ForwardProduct);
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

    /// <summary>Writes the step of one row whose lanes are in memory at <c>slots</c>: phase by phase the products, and then the equations.</summary>
    /// <param name="product">The products of a number of blocks in a phase; null where the lanes have all of them.</param>
    public static void WriteBlocks(KernelContext context, ProductEmitter products, Func<int, CellPhase, PanelProduct?> product)
    {
        LayerPlan layer = context.Layer;
        SourceWriter writer = context.Writer;
        IReadOnlyList<CellPhase> phases = layer.Program.InferencePhases;
        foreach (Place buffer in CellProgram.Buffers(phases, layer.States, layer.Program.Made.Count))
        {
            writer.Write($"ref {context.Number} {buffer.Parameter}Rows = ref Unsafe.Add(ref arena, {buffer.Parameter});");
        }

        writer.Write($"const int row = 0, xStride = 0, blockStride = {layer.SlotRow};");
        for (int i = 0; i < phases.Count; i++)
        {
            CellPhase phase = phases[i];
            using (layer.Program.IsFused ? (IDisposable?)null : writer.Open(""))
            {
                if (phase.Products.Count > 0 && product(1, phase) is not null)
                {
                    int size = layer.SizeOf(phase.Width), panels = context.Target.RowPanels(context.VectorsOf(layer.LiveVectors(size)));
                    products.WriteLoops(layer.BlocksOf(size), Math.Max(1, panels / phase.Products.Count), b => product(b, phase)!, layer.PackBlock, "slots", $"{layer.SlotRow}", isOneRow: true, null);
                }

                KernelEmitter.WriteMeans(context, phase, KernelEmitter.ProgramName(KernelEmitter.ForwardMeans, i), "0", "1", $"{layer.SlotRow}");
                if (phase.Program.Stores.Count > 0)
                {
                    PointwiseEmitter.WriteBlocks(context, phase);
                }
            }
        }
    }

    private void WriteInRegisters(int maximumParts, SharedTail? tail)
    {
        SourceWriter writer = context.Writer;
        if (tail is not null)
        {
            writer.Write($"ref {context.Number} {TailUnits.Pack} = ref Unsafe.Add(ref packs, tail);");
        }

        if (Layer.Blocks == 1)
        {
            writer.Write($"ref {context.Number} w = ref weights;");
            WriteUnits(tail?.Start ?? Layer.WidestSize, maximumParts, tail);
            return;
        }

        // A block is a method: in a loop the compiler would keep the functions' constants in the registers that the sums need.
        if (WholeBlocks > 0)
        {
            using (writer.OpenRange("int", "block", 0, WholeBlocks))
            {
                WriteCall(KernelEmitter.StreamBlock, "block");
            }
        }

        if (WholeBlocks < Layer.Blocks)
        {
            WriteCall(KernelEmitter.StreamRest, $"{WholeBlocks}", tail is null ? "" : $"ref {TailUnits.Pack}, ");
        }

        void WriteCall(string method, string block, string pack = "") => writer.Write(
            $"{method}({SourceWriter.Join(Layer.Sources.Select(s => $"ref {s.Name}"))}, ref Unsafe.Add(ref weights, {block} * {Layer.PackBlock}), {pack}ref Unsafe.Add(ref arena, {block} * {Layer.Block}), {SourceWriter.Join(Layer.StepBuffers.Select(b => b.Parameter))});");
    }

    // Units of the last block that no vector shares with others.
    private int LastUnits => Tail?.Start ?? Layer.TailUnits(Layer.WidestSize);

    // Blocks that are streamed alike; what is left has a method of its own, since it needs fewer vectors. A shared tail goes along with the units before it.
    private int WholeBlocks => Tail is { Start: 0 } ? Layer.Blocks - 2
        : context.VectorsOf(LastUnits) < context.VectorsOf(Layer.Block) ? Layer.Blocks - 1
        : Layer.Blocks;

    private void WriteBlockMethods()
    {
        if (WholeBlocks > 0)
        {
            WriteBlockMethod(KernelEmitter.StreamBlock, "", $"{Layer.Block} units of it", Layer.Block, null);
        }

        if (WholeBlocks < Layer.Blocks)
        {
            int units = Tail is { Start: 0 } ? Layer.Block : LastUnits;
            string comment = Tail is { } tail ? $"{units} units of it, and {tail.Units} of which {tail.LanesPerVector(context.VectorLength)} lanes share a vector" : $"{units} units of it";
            WriteBlockMethod(KernelEmitter.StreamRest, Tail is null ? "" : $"ref {context.Number} {TailUnits.Pack}, ", comment, units, Tail);
        }
    }

    private void WriteBlockMethod(string method, string pack, string comment, int units, SharedTail? tail)
    {
        string number = context.Number;
        context.Writer.Line();
        context.Writer.Write($"// {comment}.");
        context.Writer.Write(KernelContext.Optimized);
        using (context.Writer.Open($"private static void {method}({SourceWriter.Join(Layer.Sources.Select(s => $"ref {number} {s.Name}"))}, ref {number} w, {pack}ref {number} arena, {KernelEmitter.BufferParameters(Layer.StepBuffers)})"))
        {
            WriteUnits(units, MaximumParts, tail);
        }
    }

    // Pass by pass. A shared tail goes along with the last one, if the registers take the sums of both, and reads each value with it.
    private void WriteUnits(int units, int maximumParts, SharedTail? tail)
    {
        // A sum has as many parts as if no vector were shared.
        bool isWhole = units == Layer.Block;
        List<List<StepUnits>> passes = [];
        foreach (List<int> pass in Passes(tail is null || isWhole ? units : Layer.TailUnits(Layer.WidestSize)))
        {
            List<int> vectors = pass.Where(v => v < context.VectorsOf(units)).ToList();
            if (vectors.Count > 0)
            {
                passes.Add([new VectorUnits(context, vectors, PartsOf(pass, maximumParts))]);
            }
        }

        if (tail is not null)
        {
            TailUnits last = new(context, tail, PartsOf(Passes(Layer.TailUnits(Layer.WidestSize)).First(p => p.Contains(tail.Start / context.VectorLength)), maximumParts), isWhole ? 1 : 0);
            if (passes.Count > 0 && passes[passes.Count - 1].Append(last).Sum(u => u.Sums.Sum(s => s.Parts)) <= MaximumSums)
            {
                passes[passes.Count - 1].Add(last);
            }
            else
            {
                passes.Add([last]);
            }
        }

        foreach (List<StepUnits> pass in passes)
        {
            StepUnits.Write(context, pass);
        }
    }

    // Sums that leave registers for a value and a function's operands.
    private int MaximumSums => 3 * context.Target.RowPanels(1) / 2;

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
    private int PartsOf(List<int> pass, int maximum)
    {
        int parts = maximum;
        while (parts > 1 && parts * pass.Count * Layer.Lanes > context.Target.RowPanels(1))
        {
            parts /= 2;
        }

        return parts;
    }

    private string Start(int panel, int vector) => $"{context.Vectors}.LoadUnsafe(ref w, {Layer.BiasOffset(panel) + vector * context.VectorLength})";
}
