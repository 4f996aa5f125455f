using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Calls;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the kernels that predict with weights of fewer bits: of several rows, and of one sequence. Only the products differ from those of training: 8-bit ones read integers, into which
/// each row of a source is turned first. Sums are added up in the same order in both kernels, so that the bits are the same.
/// </summary>
internal sealed class ReducedEmitter
{
    // Blocks whose equations one sequence computes level by level: functions that wait for each other leave time for the other block's. The values of more would not fit into registers.
    private const int BlocksAtOnce = 2;

    private readonly KernelContext _context;
    private readonly ProductEmitter _products;

    // Groups that differ in their place only share a method.
    private readonly SharedMethods _groups;

    public ReducedEmitter(KernelContext context)
    {
        _context = context;
        List<string> strides = Layer.Sources.Select(s => Reduced.ReadsCodes ? $"{Reduced.CodeRow(s)}" : SourceStride(s)).ToList();
        _products = new ProductEmitter(context, "Predict", strides, Layer.SlotRow, reduced: ReducedTileEmitter.Of(context, strides));
        _groups = new SharedMethods(context.Writer, "StepGroup");
    }

    private LayerPlan Layer => _context.Layer;

    private ReducedPack Reduced => Layer.Reduced!;

    private SourceWriter Writer => _context.Writer;

    private IReadOnlyList<CellPhase> Phases => Layer.Program.InferencePhases;

    public void Write()
    {
        WriteRows();
        Writer.Line();
        WriteStep();
        _products.WriteTiles();
    }

    private void WriteRows()
    {
        Writer.Write($"// One step for rows first to last that predict with {Format}.");
        Writer.Write(KernelContext.Optimized);
        using (Writer.Open($"public static void {KernelNames.Predict}(ref float inputs, int source, int xStride, ref float packs, int pack, int reducedPack, ref float arena, int slots, int blockStride, {CodeParameters}{KernelEmitter.BufferParameters(Layer.ForwardBuffers)}, int first, int last)"))
        {
            Writer.Write(KernelEmitter.NoRows);
            if (Layer.Scans)
            {
                Writer.Write("const bool descends = false;");
            }

            WriteReferences(Layer.ReadState, "first", "last");
            HashSet<ProductSource> coded = [];
            KernelEmitter.WritePhases(
                _context, Phases,
                (phase, then) =>
                {
                    WriteCodes(phase, coded, Layer.ReadState, "first", "last");
                    int blocks = Layer.BlocksOf(Layer.SizeOf(phase.Width));
                    _products.WriteLoops(blocks, LayerPlan.GroupOf(phase.Products.Count, blocks), b => Reduced.Product(b, phase.Products), Reduced.BlockLength, "slots", "blockStride", isOneRow: false, then);
                },
                (index, block, count) => KernelEmitter.WriteInference(_context, index, block, count));
        }
    }

    private void WriteStep()
    {
        Writer.Write($"// One step of one sequence, with the sums of {KernelNames.Predict} in the same order.{(Reduced.TakesTurns ? " The weights are read to and fro: an even step (turn 0)\n// ends with those that an odd one (turn 1) begins with." : "")}");
        Writer.Write(KernelContext.Optimized);
        using (Writer.Open($"public static void {KernelNames.Step}(ref float inputs, int source, ref float packs, int pack, int reducedPack, ref float arena, int slots, {CodeParameters}{KernelEmitter.BufferParameters(Layer.StepBuffers)}{(Reduced.TakesTurns ? ", int turn" : "")})"))
        {
            WriteReferences(ReadStep, "0", "1");
            if (Layer.Program.IsFused)
            {
                WriteGroups();
            }
            else
            {
                WriteBlocks();
            }
        }

        _groups.Write();
    }

    private string Format => Reduced.ReadsCodes ? "8-bit weights" : "bfloat16 weights";

    private string CodeParameters => string.Concat(Reduced.CodedSources.Select(s => $"int {CodeOffset.Parameter(s)}, "));

    // From a row of what products read to the next.
    private string SourceStride(ProductSource source) => source.IsInput ? "xStride" : $"{Layer.RowOf(source.Columns)}";

    private Place ReadStep(ProductSource source) => source.IsMade ? Layer.ReadState(source) : Place.PreviousState(source.Name);

    // The packs, and what products read: integers, or the sources themselves.
    private void WriteReferences(Func<ProductSource, Place> place, string first, string last)
    {
        Writer.Write($"""
            ref float weights = ref Unsafe.Add(ref packs, pack);
            ref float {ReducedTileEmitter.Weights} = ref Unsafe.Add(ref packs, reducedPack);
            """);
        foreach (ProductSource source in Layer.Sources)
        {
            Writer.Write($"ref float {source.Name} = ref {(Reduced.ReadsCodes ? $"Unsafe.Add(ref arena, {CodeOffset.Parameter(source)})" : Values(source, place))};");
        }
    }

    private static string Values(ProductSource source, Func<ProductSource, Place> place) =>
        source.IsInput ? "Unsafe.Add(ref inputs, source)" : $"Unsafe.Add(ref arena, {place(source).Parameter})";

    // What a phase's products are the first to read.
    private void WriteCodes(CellPhase phase, HashSet<ProductSource> coded, Func<ProductSource, Place> place, string first, string last)
    {
        foreach (ProductSource source in Reduced.CodedSources.Where(s => Layer.LanesOf(s).Intersect(phase.Products).Any() && coded.Add(s)))
        {
            string stride = first == "0" ? "0" : SourceStride(source);
            Writer.Write($"Int8Math.{(Reduced.IsBounded(source) ? "Encode" : "MeasureAndEncode")}(ref {Values(source, place)}, {stride}, {source.Columns}, ref {source.Name}, {Reduced.CodeRow(source)}, {first}, {last});");
        }
    }

    // Group by group of blocks, the products and then the equations.
    private void WriteGroups()
    {
        WriteCodes(Phases[0], [], ReadStep, "0", "1");
        List<(int Block, int Count)> groups = [];
        for (int block = 0; block < Layer.Blocks; block += Reduced.Group)
        {
            groups.Add((block, Math.Min(Reduced.Group, Layer.Blocks - block)));
        }

        Writer.Write("ref float lanes = ref Unsafe.Add(ref arena, slots);");
        if (!Reduced.TakesTurns)
        {
            groups.ForEach(g => WriteCall(g.Block, g.Count));
            return;
        }

        using (Writer.Open("if (turn == 0)"))
        {
            groups.ForEach(g => WriteCall(g.Block, g.Count));
        }

        groups.Reverse();
        using (Writer.Open("else"))
        {
            groups.ForEach(g => WriteCall(g.Block, g.Count));
        }
    }

    private void WriteCall(int block, int count)
    {
        string panels = Phases[0].ReadsVectors ? $"{Offset("weights", block * Layer.PackBlock)}, " : "";
        Writer.Write($"{MethodOf(count)}({SourceWriter.Join(Layer.Sources.Select(s => $"ref {s.Name}"))}, {Offset(ReducedTileEmitter.Weights, block * Reduced.BlockLength)}, {panels}ref lanes, {Offset("arena", block * Layer.Block)}, {SourceWriter.Join(Layer.StepBuffers.Select(b => b.Parameter))}{(Reduced.TakesTurns ? ", turn" : "")});");

        static string Offset(string name, int offset) => offset == 0 ? $"ref {name}" : $"ref Unsafe.Add(ref {name}, {offset})";
    }

    private string MethodOf(int blocks) => _groups.Share(
        $"{blocks} block{(blocks == 1 ? "" : "s")} of units: the products into their lanes, then the equations, element by element{(blocks == 1 ? "" : ", level by level of two blocks")}.",
        [
            .. Layer.Sources.Select(s => $"ref float {s.Name}"), "ref float w", .. Phases[0].ReadsVectors ? ["ref float panels"] : Array.Empty<string>(), "ref float lanes", "ref float arena",
            KernelEmitter.BufferParameters(Layer.StepBuffers), .. Reduced.TakesTurns ? ["int turn"] : Array.Empty<string>(),
        ],
        () => WriteGroup(blocks));

    private void WriteGroup(int blocks)
    {
        Writer.Write($"const int row = 0, xStride = 0, blockStride = {Layer.SlotRow};");
        Writer.Write("ref float o = ref lanes;");
        PanelProduct product = Reduced.Product(blocks, Phases[0].Products);
        if (!Reduced.TakesTurns)
        {
            _products.WriteRow(product);
        }
        else
        {
            using (Writer.Open("if (turn == 0)"))
            {
                _products.WriteRow(product);
            }

            using (Writer.Open("else"))
            {
                _products.WriteRow(product, isReversed: true);
            }
        }

        PointwiseEmitter pointwise = new(_context, Phases[0].Program, Layer.FusedWidth, isInference: true);
        IReadOnlyDictionary<int, int> levels = Phases[0].Program.Levels(Layer.Graph);
        int units = _context.VectorsOf(Layer.LiveVectors(Layer.WidestSize)) * _context.VectorLength;
        for (int first = 0; first < blocks; first += BlocksAtOnce)
        {
            Writer.Line();
            using (Writer.Open($"for (int unit = 0; unit < {units}; unit += {_context.VectorLength})"))
            {
                PointwiseEmitter.WriteLevels(Writer, Enumerable.Range(first, Math.Min(BlocksAtOnce, blocks - first))
                    .SelectMany(block => pointwise.Lines(levels, $"_{block}", place => Load(place, block), place => Address(place, block))));
            }
        }
    }

    private string Load(Place place, int block) => place.Kind switch
    {
        PlaceKind.Lane => $"{_context.Vectors}.LoadUnsafe(ref lanes, (nuint)({block * Layer.SlotRow + place.Index * Layer.Block} + unit))",
        PlaceKind.Vector => $"{_context.Vectors}.LoadUnsafe(ref panels, (nuint)({block * Layer.PackBlock + Layer.BiasOffset(place.Index)} + unit))",
        PlaceKind.PreviousState => $"{_context.Vectors}.LoadUnsafe({Address(place, block)})",
        _ => throw Choices.Unimplemented(place.Kind),
    };

    private string Address(Place place, int block) => $"ref arena, (nuint)({place.Parameter} + {block * Layer.Block} + unit)";

    // Phase by phase, the products of all blocks and then the equations of all.
    private void WriteBlocks()
    {
        foreach (Place buffer in CellProgram.Buffers(Phases, Layer.States, Layer.Program.Made.Count))
        {
            Writer.Write($"ref float {buffer.Parameter}Rows = ref Unsafe.Add(ref arena, {buffer.Parameter});");
        }

        Writer.Write($"const int row = 0, xStride = 0, blockStride = {Layer.SlotRow};");
        HashSet<ProductSource> coded = [];
        for (int i = 0; i < Phases.Count; i++)
        {
            CellPhase phase = Phases[i];
            using (Writer.Open(""))
            {
                if (phase.Products.Count > 0)
                {
                    WriteCodes(phase, coded, ReadStep, "0", "1");
                    int blocks = Layer.BlocksOf(Layer.SizeOf(phase.Width));
                    _products.WriteLoops(blocks, LayerPlan.GroupOf(phase.Products.Count, blocks), b => Reduced.Product(b, phase.Products), Reduced.BlockLength, "slots", $"{Layer.SlotRow}", isOneRow: true, null);
                }

                KernelEmitter.WriteMeans(_context, phase, KernelEmitter.ProgramName(KernelEmitter.ForwardMeans, i), "0", "1", $"{Layer.SlotRow}");
                if (phase.Program.Stores.Count > 0)
                {
                    PointwiseEmitter.WriteBlocks(_context, phase);
                }
            }
        }
    }
}
