using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// What one layer's kernels are written from: a value, so that equal layers of several models share their kernels.
/// </summary>
/// <param name="Cell">The equations.</param>
/// <param name="Activation">What the equations' free function f stands for.</param>
/// <param name="Accuracy">How exactly costly functions are computed outside training.</param>
/// <param name="Gradients">What flows through it in training.</param>
internal sealed record LayerShape(
    CellSource Cell,
    Activation Activation,
    int InputSize,
    int Size,
    Precision Precision,
    Accuracy Accuracy,
    LayerGradients Gradients)
{
    /// <summary>The format of the weights that predictions read.</summary>
    public WeightFormat PredictionWeights { get; init; }

    /// <summary>Whether a gradient flows through it, to its own parameters or to what it reads and starts from; if not, it has no reverse pass.</summary>
    public bool HasReverse => Gradients.HasReverse;

    /// <summary>Whether the layer above gives a gradient at every step (and not only through the carried state).</summary>
    public bool HasOutputAdjoint => Gradients.HasOutputAdjoint;

    /// <summary>Whether a layer below wants a gradient.</summary>
    public bool NeedsInputAdjoint => Gradients.NeedsInputAdjoint;

    /// <summary>Whether products read previous states of which training leaves some out.</summary>
    public bool DropsStates => Gradients.DropsStates;

    /// <summary>Whether steps of the input whose weight gradients are summed together may lie apart.</summary>
    public bool SkipsSteps => Gradients.SkipsSteps;

    /// <summary>Whether each step waits for what other units make of the one before, so that no call has many.</summary>
    public bool StepsAlone => Gradients.StepsAlone;

    /// <summary>Whether costly functions are coarser outside training.</summary>
    public bool IsFast => Accuracy switch
    {
        Accuracy.Exact => false,
        Accuracy.Fast => true,
        _ => throw Choices.Unimplemented(Accuracy),
    };
}

/// <summary>What flows through a layer in training.</summary>
internal readonly record struct LayerGradients(bool HasReverse, bool HasOutputAdjoint, bool NeedsInputAdjoint, bool DropsStates, bool SkipsSteps, bool StepsAlone = false);

/// <summary>The layer's program with its sizes: panels, packs and matrix products.</summary>
/// <remarks>
/// Units are stored in blocks of 64 bytes. A <em>panel</em> is one lane of one block: 16 floats (8 doubles) wide; a per-unit parameter is a panel without inputs.
/// The forward pack is read from front to back: for each block [panel][16] of biases and per-unit parameters, then for each source [column][lane][16] of weights.
/// The weight gradient has the same form. The reverse pack of a source is [its block][block, lane, unit][16].
/// </remarks>
internal sealed class LayerPlan
{
    // Bytes of the first-level cache that lanes may take.
    private const int CachedLanes = 24_000;

    // Bytes of it that lanes may take beside the weights and the inputs of a product.
    private const int ScannedLanes = 16_000;

    // The maximum number of rows of a register tile.
    private const int TileRows = 8;

    // The share of the weights that are the input's from which on it pays to multiply it for many steps at once.
    private const double MinimumInputShare = 1.0 / 6;

    // Bytes of weights that stay in the first-level cache from one step to the next.
    public const int CachedWeights = 40_000;

    private static readonly RecentValues<LayerShape, LayerPlan> s_plans = new(256, Make);

    private readonly IReadOnlyList<BlockReference>[,] _weights;
    private readonly int[] _sourceOffsets;
    private readonly IReadOnlyList<int>[] _lanes;
    private IReadOnlyList<StreamedGroup>? _streamedGroups;
    private IReadOnlyList<StreamedGroup>? _recurrentGroups;
    private SharedTail? _tail;
    private IReadOnlyList<IReadOnlyList<int>>? _lanesByChain;

    private LayerPlan(LayerShape shape, CellDefinition definition, CellProgram program)
    {
        Shape = shape;
        Definition = definition;
        Program = program;
        Block = Scalar.PerBlock(shape.Precision);
        Blocks = BlocksOf(WidestSize);
        States = program.Cell.States.Select(s => s.Name).ToList();
        Sources = program.PreActivations
            .SelectMany(p => Graph[p].Terms)
            .Select(t => Graph[t.Source])
            .Distinct()
            .Select(SourceOf)
            .OrderBy(s => s.IsInput ? 0 : s.IsState ? 1 : 2)
            .Select((s, i) => s with { Index = i })
            .ToList();
        ReverseSources = Sources.Where(s => shape.HasReverse && (!s.IsInput || shape.NeedsInputAdjoint)).ToList();
        ForwardBuffers = Sources.Where(s => !s.IsInput).Select(ReadState)
            .Union(CellProgram.Buffers(program.ForwardPhases, States, program.Made.Count))
            .ToList();
        StepBuffers = Sources.Where(s => !s.IsInput).Select(s => s.IsMade ? ReadState(s) : Place.PreviousState(s.Name))
            .Union(CellProgram.Buffers(program.InferencePhases, States, program.Made.Count))
            .ToList();
        BackwardBuffers = CellProgram.Buffers(program.BackwardPhases, States, program.Made.Count);

        _weights = new IReadOnlyList<BlockReference>[Lanes, Sources.Count];
        for (int lane = 0; lane < Lanes; lane++)
        {
            foreach (ProductSource source in Sources)
            {
                _weights[lane, source.Index] = Graph[program.PreActivations[lane]].Terms
                    .Where(t => t.Source == source.Node)
                    .Select(t => t.Weight)
                    .ToList();
            }
        }

        _lanes = Sources.Select(s => (IReadOnlyList<int>)Enumerable.Range(0, Lanes).Where(l => Feeds(s, l)).ToList()).ToArray();

        // A block of the pack is read from front to back: the biases and per-unit parameters, then by source and column the weights of the lanes that it feeds.
        _sourceOffsets = new int[Sources.Count + 1];
        _sourceOffsets[0] = Panels * Block;
        foreach (ProductSource source in Sources)
        {
            _sourceOffsets[source.Index + 1] = _sourceOffsets[source.Index] + source.Columns * ColumnStep(source);
        }

        Reduced = ReducedPack.Of(this);
    }

    /// <summary>The plan of a layer: parsing, checking and writing a model ask for the same few again and again, an editor at every key.</summary>
    public static LayerPlan Create(LayerShape shape) => s_plans.Of(shape);

    private static LayerPlan Make(LayerShape shape)
    {
        CellDefinition definition = shape.Cell.Definition;
        CellGraph cell = CellGraph.Build(definition, shape.Activation.Function());
        return new LayerPlan(shape, definition, shape.HasReverse ? CellProgram.Create(cell, shape.HasOutputAdjoint, shape.NeedsInputAdjoint) : CellProgram.CreateWithoutReverse(cell));
    }

    public LayerShape Shape { get; }

    public CellDefinition Definition { get; }

    public CellProgram Program { get; }

    public StepGraph Graph => Program.Graph;

    public int InputSize => Shape.InputSize;

    public int Size => Shape.Size;

    /// <summary>Values in a block: 16 floats or 8 doubles.</summary>
    public int Block { get; }

    /// <summary>Blocks of the widest of its values.</summary>
    public int Blocks { get; }

    /// <summary>Values that the layer gives at a step.</summary>
    public int OutputSize => SizeOf(Graph[Program.Cell.Output].Width);

    /// <summary>Width of a row of its outputs.</summary>
    public int OutputRow => RowOf(OutputSize);

    /// <summary>The greatest of its values' widths.</summary>
    public int WidestSize => Program.Widths.Max(SizeOf);

    /// <summary>The width of a fused tile.</summary>
    public string FusedWidth => Program.Widths.Single();

    /// <summary>Values of a width, such as H.</summary>
    public int SizeOf(string width) => width == CellNames.InputWidth ? InputSize : Definition.SizeOf(width, Size);

    /// <summary>Values of a state.</summary>
    public int StateSize(string state) => SizeOf(StateOf(state).Width);

    /// <summary>A state's name in the equations.</summary>
    public string WrittenName(string state) => StateOf(state).Name;

    private CellState StateOf(string state) => Definition.States.First(s => s.Code == state);

    /// <summary>Width of a row of a state.</summary>
    public int StateRow(string state) => RowOf(StateSize(state));

    /// <summary>Width of a row of a value that the step makes for its own products.</summary>
    public int MadeRow(string name) => RowOf(Sources.First(s => s.IsMade && s.Name == name).Columns);

    /// <summary>Width of a row of a buffer that the element-wise programs read or write.</summary>
    public int RowOf(Place place) => place.Kind switch
    {
        PlaceKind.Output or PlaceKind.OutputAdjoint => OutputRow,
        PlaceKind.Made or PlaceKind.MadeAdjoint => MadeRow(place.State),
        PlaceKind.PreviousState or PlaceKind.DroppedState or PlaceKind.NextState or PlaceKind.Carry => StateRow(place.State),
        _ => throw Choices.Unimplemented(place.Kind),
    };

    public int RowOf(int size) => Scalar.PaddedRow(size, Shape.Precision);

    /// <summary>Width of a row of the gradient towards the input: the row of the layer below.</summary>
    public int InputRowStride => Scalar.PaddedRow(InputSize, Shape.Precision);

    public int Lanes => Program.PreActivations.Count;

    /// <summary>Panels of a block: one a lane, and one a per-unit parameter.</summary>
    public int Panels => Lanes + Program.Vectors.Count;

    /// <summary>A value that the step makes for its own products, for readers.</summary>
    public string MadeText(int index) => Graph[Program.Made[index]].Name is { Length: > 0 } name ? name : $"value {index} that products read";

    // What is neither the input nor a state is made by the step.
    private ProductSource SourceOf(Node node) => node.Kind switch
    {
        NodeKind.Input => new(0, node.Id, node.Name, true, InputSize),
        NodeKind.State => new(0, node.Id, Program.Cell.States.First(s => s.Previous == node.Id).Name, false, SizeOf(node.Width)),
        _ => new(0, node.Id, Place.MadeName(Program.Made.ToList().IndexOf(node.Id)), false, SizeOf(node.Width), IsMade: true),
    };

    /// <summary>Width of a row of a block's slot: all its lanes, and what all units of a row share.</summary>
    public int SlotRow => Scalar.PaddedRow(NumbersOffset + Program.MeanCount, Shape.Precision);

    /// <summary>Where the numbers that all units of a row share are stored in the row of the first block's slot.</summary>
    public int NumbersOffset => Program.LaneCount * Block;

    /// <summary>Units of the last block of a number of units.</summary>
    public int TailUnits(int size) => size - (BlocksOf(size) - 1) * Block;

    /// <summary>Units of a lane of pre-activations, or of a per-unit parameter.</summary>
    public int PanelSize(int panel) => SizeOf(Graph[panel < Lanes ? Program.PreActivations[panel] : Program.Vectors[panel - Lanes]].Width);

    public IReadOnlyList<string> States { get; }

    /// <summary>What matrix products read: the input, then states, then values that the step makes, each with its number of columns.</summary>
    public IReadOnlyList<ProductSource> Sources { get; }

    /// <summary>Sources whose adjoint is a matrix product: recurrent states, values that the step makes, and the input where the layer below wants it.</summary>
    public IReadOnlyList<ProductSource> ReverseSources { get; }

    /// <summary>The buffers that the forward kernel is given: what the element-wise program touches, and the states that products read.</summary>
    public IReadOnlyList<Place> ForwardBuffers { get; }

    /// <summary>
    /// Blocks that have lanes of their own where several rows are predicted: one, if a block's equations run before the next block's products, which then take its
    /// place in the first-level cache.
    /// </summary>
    public int PredictedLanes => Program.IsFused && BlockGroup == 1 ? 1 : Blocks;

    /// <summary>Whether a single sequence's step keeps its pre-activations in registers, and needs no lanes.</summary>
    public bool StepsInRegisters => Blocks == 1 && Program.IsFused;

    /// <summary>Whether a sequence that is fed step by step has a kernel of its own: where a block needs nothing of the others.</summary>
    public bool HasStream => Program.IsFused;

    /// <summary>Whether that kernel keeps pre-activations in registers, block by block: where reading the weights is not what takes the time.</summary>
    public bool StreamsInRegisters => HasStream && (Blocks == 1 || IsCached);

    // Whether the first-level cache holds the weights from one step to the next.
    private bool IsCached => PackLength * Scalar.Bytes(Shape.Precision) <= CachedWeights;

    /// <summary>Its last units, where such a kernel computes several of their lanes in one vector; null where it does not.</summary>
    public SharedTail? Tail => _tail ??= SharedTail.Of(this);

    /// <summary>Whether it reads the weights in groups of blocks, each step the other way than the one before.</summary>
    public bool StreamsToAndFro => HasStream && !StreamsInRegisters;

    /// <summary>
    /// Whether steps of one sequence that are there at once are computed together: the products with the input for all of them, and then step after step the rest.
    /// Where the first-level cache holds all weights, or few of them are the input's, a step after the other is as fast.
    /// </summary>
    public bool ReadsAhead => Reduced is null && (Scans || (States.Count > 0 && !IsCached && InputShare >= MinimumInputShare));

    /// <summary>The share of its weights that the input is multiplied with.</summary>
    public double InputShare => Sources.Where(s => s.IsInput).Sum(s => (double)s.Columns * ColumnStep(s)) / Sources.Sum(s => (double)s.Columns * ColumnStep(s));

    /// <summary>
    /// The groups of blocks of such a layer, whose steps go through them to and fro; none where all blocks of a step are computed together.
    /// </summary>
    public IReadOnlyList<StreamedGroup> RecurrentGroups => _recurrentGroups ??= !Program.IsFused || Sources.All(s => s.IsInput) ? [] : StreamedGroup.Recurrent(this);

    /// <summary>From a step's place of a buffer to the next step's, where a sequence's steps are computed together; 0 for what each step writes over.</summary>
    public int BlockStep(Place place) => place.Kind switch
    {
        PlaceKind.Output => OutputRow,
        PlaceKind.Made => 0,
        PlaceKind.PreviousState or PlaceKind.NextState => BlockStep(place.State),
        _ => throw Choices.Unimplemented(place.Kind),
    };

    /// <summary>The same for a state: one that products read, or the layers above, has a row for each step; and all have where the steps are rows of one product.</summary>
    public int BlockStep(string state) => Scans || OutputState == state || Sources.Any(s => s.IsState && s.Name == state) ? StateRow(state) : 0;

    /// <summary>The state that is the layer's output; null where the output has a buffer of its own.</summary>
    public string? OutputState => Program.Cell.States.Where(s => s.Next == Program.Cell.Output).Select(s => s.Name).FirstOrDefault();

    /// <summary>The groups of blocks of such a kernel.</summary>
    public IReadOnlyList<StreamedGroup> StreamedGroups => _streamedGroups ??= StreamedGroup.Of(this);

    /// <summary>Length of the lanes of such a kernel: one group's, for each of its ranges of columns.</summary>
    public int StreamedLanes => StreamedGroups.Max(g => g.Blocks * g.Ranges.Count) * SlotRow;

    /// <summary>The lanes in groups, those first whose functions make the longest chain: a step of one sequence waits for these.</summary>
    public IReadOnlyList<IReadOnlyList<int>> LanesByChain => _lanesByChain ??= Enumerable.Range(0, Lanes)
        .GroupBy(l => Program.Inference.ChainFrom(Graph, Program.PreActivations[l]))
        .OrderByDescending(g => g.Key)
        .Select(g => (IReadOnlyList<int>)g.ToList())
        .ToList();

    /// <summary>
    /// Whether the step of a sequence that is fed step by step is a dot product, with the one row of the transposed weights that the backward pass keeps:
    /// a layer of one unit and no state, whose input stands in whole blocks.
    /// </summary>
    public bool HasDot => Program.IsFused && WidestSize == 1 && Lanes == 1 && States.Count == 0 && Shape.NeedsInputAdjoint;

    /// <summary>Whether predicting has an element-wise program of its own: one that keeps less, or is coarser.</summary>
    public bool InfersApart => Program.InferencePhases.Sum(p => p.Program.Stores.Count) < Program.ForwardPhases.Sum(p => p.Program.Stores.Count)
        || (Shape.IsFast && Program.InferencePhases.Any(p => p.Program.Steps.Any(s => Graph[s].Function!.FastText != Graph[s].Function!.Text)));

    /// <summary>
    /// Whether no product reads what an earlier step or the step itself makes: then the products of many steps are one product, whose rows are these steps' rows, and only
    /// the equations follow the order of time. Of minGRU, SRU and the like, and of every cell that is written so.
    /// </summary>
    public bool Scans => !Shape.StepsAlone && States.Count > 0 && Program.IsFused && Sources.All(s => s.IsInput);

    /// <summary>Rows of such a product, of one step or of several: as many as leave the lanes of the blocks that are computed together in the first-level cache.</summary>
    public int ScannedRows => Math.Max(TileRows, ScannedLanes / (BlockGroup * SlotRow * Scalar.Bytes(Shape.Precision)) / TileRows * TileRows);

    /// <summary>Rows whose lanes stay in the first-level cache while the phases between two matrix products run over them.</summary>
    public int CachedRows => Math.Max(1, CachedLanes / (Blocks * SlotRow * Scalar.Bytes(Shape.Precision)));

    /// <summary>Whether pre-activations have biases, whose gradients are the sums of the lanes' adjoints.</summary>
    public bool HasBiases => Enumerable.Range(0, Lanes).Any(l => BiasesOf(l).Count > 0);

    /// <summary>Whether the backward pass adds to the gradients of per-unit parameters.</summary>
    public bool BackwardAddsGradients => Shape.HasReverse && Program.Vectors.Count > 0;

    /// <summary>Whether the backward pass reads packed weights beside those of its products with states and inputs.</summary>
    public bool BackwardReadsPacks => Program.BackwardPhases.Any(p => p.ReadsVectors || p.Products.Count > 0);

    /// <summary>The values that the step makes and its products read, with a reverse pack each.</summary>
    public IEnumerable<ProductSource> MadeSources => Sources.Where(s => s.IsMade);

    /// <summary>The buffers that the kernel of a single sequence's step is given.</summary>
    public IReadOnlyList<Place> StepBuffers { get; }

    /// <summary>The buffers that the backward kernel is given.</summary>
    public IReadOnlyList<Place> BackwardBuffers { get; }

    public int BlocksOf(int size) => (size + Block - 1) / Block;

    /// <summary>The weight blocks by which a source feeds a lane.</summary>
    public IReadOnlyList<BlockReference> WeightsOf(int lane, ProductSource source) => _weights[lane, source.Index];

    /// <summary>The equations as written, with the layer's own function for f.</summary>
    public IEnumerable<string> Equations => Definition.Equations.Select(e => Definition.HasActivation ? WithActivation(e) : e.Text);

    // An identity needs no parentheses where it is all that the line computes.
    private string WithActivation(CellEquation equation)
    {
        bool isAll = Shape.Activation == Activation.Identity && equation.Expression is Expression.Call { Function: "f" };
        string text = System.Text.RegularExpressions.Regex.Replace(equation.Text, @"\bf\s*\(", isAll ? "" : $"{Shape.Activation.Function()?.Name}(");
        return isAll ? text.Substring(0, text.LastIndexOf(')')) : text;
    }

    /// <summary>
    /// A lane as part of an identifier, by the gate of its weights: <c>_i</c>; where lanes share a gate, by their source
    /// too: <c>_nx</c>; empty for a cell without gates.
    /// </summary>
    public string LaneName(int lane)
    {
        if (lane >= Lanes)
        {
            return $"_{Graph[Program.Vectors[lane - Lanes]].Vector}";
        }

        AffineTerm first = Graph[Program.PreActivations[lane]].Terms[0];
        string gate = GateOf(first.Weight);
        bool isShared = Program.PreActivations.Count(p => GateOf(Graph[p].Terms[0].Weight) == gate) > 1;
        return isShared ? $"{gate}{Sources.First(s => s.Node == first.Source).Name}" : gate;

        static string GateOf(BlockReference block) => block.Tensor.Gates.Count == 0 ? "" : $"_{block.Tensor.Gates[block.Block]}";
    }

    /// <summary>The biases of a lane.</summary>
    public IReadOnlyList<BlockReference> BiasesOf(int lane) => Graph[Program.PreActivations[lane]].Biases;

    /// <summary>Whether steps whose gradients of a source's weights are summed together may lie apart.</summary>
    public bool SkipsSteps(ProductSource? source) => Shape.SkipsSteps && source is { IsInput: true };

    public bool Feeds(ProductSource source, int lane) => lane < Lanes && WeightsOf(lane, source).Count > 0;

    /// <summary>Lanes that a source feeds.</summary>
    public IReadOnlyList<int> LanesOf(ProductSource source) => _lanes[source.Index];

    /// <summary>Offset of a lane's bias within its block of the forward pack.</summary>
    public int BiasOffset(int lane) => lane * Block;

    /// <summary>Offset of a lane's weights of a source's first column within its block of the forward pack.</summary>
    public int WeightOffset(int lane, ProductSource source) => _sourceOffsets[source.Index] + LanesOf(source).TakeWhile(l => l != lane).Count() * Block;

    /// <summary>From a column's weights to those of the next: a block for each lane that the source feeds.</summary>
    public int ColumnStep(ProductSource source) => LanesOf(source).Count * Block;

    /// <summary>Length of one block of the forward pack.</summary>
    public int PackBlock => _sourceOffsets[Sources.Count];

    public long PackLength => (long)Blocks * PackBlock;

    /// <summary>The pack that predictions read, where its weights take fewer bits; null where they read the forward pack.</summary>
    public ReducedPack? Reduced { get; }

    /// <summary>Length of one panel of a source's reverse pack.</summary>
    public int ReversePanel(ProductSource source) => LanesOf(source).Sum(l => BlocksOf(PanelSize(l))) * Block * Block;

    /// <summary>The lanes that a source feeds, those of equal width together, with their place in its reverse pack.</summary>
    public IReadOnlyList<ReverseGroup> ReverseGroups(ProductSource source)
    {
        List<ReverseGroup> groups = [];
        int offset = 0;
        foreach (IGrouping<int, int> lanes in LanesOf(source).GroupBy(PanelSize))
        {
            groups.Add(new ReverseGroup(lanes.ToList(), lanes.Key, offset));
            offset += BlocksOf(lanes.Key) * lanes.Count() * Block * Block;
        }

        return groups;
    }

    public long ReversePackLength(ProductSource source) => (long)BlocksOf(source.Columns) * ReversePanel(source);

    /// <summary>Blocks that are computed together: enough of them that a tile of one-lane cells is as wide as one of four lanes.</summary>
    public static int GroupOf(int lanes, int blocks) => Math.Min(Math.Max(1, 4 / lanes), blocks);

    /// <summary>Blocks of the forward pass and the weight gradient that are computed together.</summary>
    public int BlockGroup => GroupOf(Lanes, Blocks);

    /// <summary>The forward products over <paramref name="blocks"/> blocks computed together: from inputs and states to the slot.</summary>
    /// <param name="lanes">The lanes of a phase.</param>
    /// <param name="columns">Per source, the columns that are summed, where not all are; the sums start from the bias where the first is among them.</param>
    public PanelProduct ForwardProduct(int blocks, IReadOnlyList<int> lanes, IReadOnlyList<SegmentRun>? columns = null)
    {
        IReadOnlyList<SegmentRun> runs = columns ?? Sources.Select(s => new SegmentRun(0, s.Columns)).ToList();
        return ForwardProduct(blocks, lanes, runs, runs[0].Start == 0 && runs[0].Length > 0 ? ProductStart.Bias : ProductStart.Zero);
    }

    /// <summary>All products of a phase.</summary>
    public PanelProduct ForwardProduct(int blocks, CellPhase phase) => ForwardProduct(blocks, phase.Products);

    /// <summary>The part of a phase's products that reads the input: from the bias on, into the lanes; null where none of its lanes does.</summary>
    public PanelProduct? InputProduct(int blocks, CellPhase phase) => !ReadsInput(phase) ? null
        : ForwardProduct(blocks, phase.Products, Sources.Select(s => new SegmentRun(0, s.IsInput ? s.Columns : 0)).ToList(), ProductStart.Bias);

    /// <summary>What is left of a phase's products when the lanes hold those with the input; null where nothing is.</summary>
    public PanelProduct? RecurrentProduct(int blocks, CellPhase phase)
    {
        bool isBegun = ReadsInput(phase);
        List<int> lanes = phase.Products.Where(l => !isBegun || Sources.Any(s => !s.IsInput && Feeds(s, l))).ToList();
        return lanes.Count == 0 ? null
            : ForwardProduct(blocks, lanes, Sources.Select(s => new SegmentRun(0, s.IsInput ? 0 : s.Columns)).ToList(), isBegun ? ProductStart.Sum : ProductStart.Bias);
    }

    private bool ReadsInput(CellPhase phase) => Sources.Any(s => s.IsInput && phase.Products.Any(l => Feeds(s, l)));

    private PanelProduct ForwardProduct(int blocks, IReadOnlyList<int> lanes, IReadOnlyList<SegmentRun> runs, ProductStart start)
    {
        List<Panel> panels = [];
        for (int block = 0; block < blocks; block++)
        {
            foreach (int lane in lanes)
            {
                panels.Add(new Panel(
                    block * PackBlock + BiasOffset(lane),
                    block,
                    lane * Block,
                    Sources.Select(s => Feeds(s, lane) && runs[s.Index].Length > 0 ? WeightOffset(lane, s) + runs[s.Index].Start * ColumnStep(s) - BiasOffset(lane) : (int?)null).ToEquatableArray()));
            }
        }

        IReadOnlyList<ProductSegment> segments = Sources
            .Select(s => new ProductSegment(s.Name, ColumnStep(s), 0, [runs[s.Index]], []))
            .ToList();
        return new PanelProduct(panels, segments, start, LiveVectors(PanelSize(lanes[0])), Block);
    }

    /// <summary>A reverse product: from the lanes' adjoints to the adjoint of a source.</summary>
    public PanelProduct ReverseProduct(ProductSource source, int blocks)
    {
        IReadOnlyList<ReverseGroup> groups = ReverseGroups(source);
        List<Panel> panels = Enumerable.Range(0, blocks)
            .Select(b => new Panel(b * ReversePanel(source), 0, b * Block, groups.Select(g => (int?)g.Offset).ToEquatableArray()))
            .ToList();
        ProductStart start = !source.IsInput && !source.IsMade && !Shape.DropsStates && Program.HasDirectAdjoint(source.Name) ? ProductStart.Sum : ProductStart.Zero;
        return new PanelProduct(panels, groups.Select(ReverseSegment).ToList(), start, LiveVectors(source.Columns), Block);
    }

    // The reduction runs over blocks, lanes, units; in the last block over its live units only.
    private ProductSegment ReverseSegment(ReverseGroup group)
    {
        IReadOnlyList<int> lanes = group.Lanes;
        int tailUnits = TailUnits(group.Size), blocks = BlocksOf(group.Size);
        bool partial = tailUnits < Block;
        List<SegmentRun> runs = [];
        foreach (int lane in lanes)
        {
            if (runs.Count > 0 && runs[runs.Count - 1].End == lane * Block)
            {
                runs[runs.Count - 1] = new SegmentRun(runs[runs.Count - 1].Start, (lane + 1) * Block);
            }
            else
            {
                runs.Add(new SegmentRun(lane * Block, (lane + 1) * Block));
            }
        }

        List<SegmentRun> tail = partial ? lanes.Select(l => new SegmentRun(l * Block, l * Block + tailUnits)).ToList() : [];
        return new ProductSegment(group.Offset == 0 ? "g" : $"g{group.Offset}", Block, partial ? blocks - 1 : blocks, runs, tail);
    }

    /// <summary>Where products read a state in training.</summary>
    public Place ReadState(ProductSource source) => source.IsMade ? Place.Made(Program.Made.ToList().IndexOf(source.Node)) : Shape.DropsStates ? Place.DroppedState(source.Name) : Place.PreviousState(source.Name);

    /// <summary>Values of a block that are ever read: all of them, but for a layer of one partial block.</summary>
    public int LiveVectors(int size) => Math.Min(size, Block);
}

/// <summary>Lanes of equal width in the reverse pack of a source.</summary>
/// <param name="Size">Their units.</param>
/// <param name="Offset">Where they begin in a panel of the pack.</param>
internal sealed record ReverseGroup(IReadOnlyList<int> Lanes, int Size, int Offset);

/// <summary>A value that matrix products read.</summary>
/// <param name="Index">Its position among the layer's sources.</param>
/// <param name="IsMade">Whether the step itself makes it, as the reset state of a GRU.</param>
internal sealed record ProductSource(int Index, int Node, string Name, bool IsInput, int Columns, bool IsMade = false)
{
    public bool IsState => !IsInput && !IsMade;
}
