using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// A cell's step as the kernels run it, in phases: matrix products into pre-activations, each in a lane of its own, and means over
/// a row's units; then an element-wise program. In reverse the same from adjoints to the pre-activations' adjoints, in
/// the same lanes. A cell of one phase, as RNN, LSTM and GRU are, is one fused tile: its lanes are still in the cache when
/// its equations run. Values that the reverse program needs are kept in lanes too, in place of the pre-activations.
/// </summary>
/// <param name="Cell">The forward step.</param>
/// <param name="Reverse">The derived reverse step; null in a layer that no gradient flows through.</param>
/// <param name="PreActivations">Ids of the affine values; the index is the lane.</param>
/// <param name="Vectors">Ids of the per-unit parameters; their panels follow those of the pre-activations.</param>
/// <param name="Made">Ids of values that matrix products of the same step read; each has a buffer of rows.</param>
/// <param name="Places">Where forward values stand that the reverse program can load, until it has stored the adjoints.</param>
/// <param name="LaneCount">Lanes of a slot: enough for the pre-activations and the kept values.</param>
/// <param name="MeanCount">Numbers behind the lanes of the first block's slot: a row's means, and what is made of them alone.</param>
/// <param name="ForwardPhases">From pre-activations and previous states to next states, output and kept values.</param>
/// <param name="InferencePhases">The same without the kept values, in a fused tile.</param>
/// <param name="BackwardPhases">From kept values, states and adjoints to the pre-activations' adjoints and what flows to previous states directly; none without a reverse step.</param>
/// <param name="IsFused">Whether products and equations are one fused tile of one width, forward and back. If not, the phases of the forward step predict too.</param>
internal sealed record CellProgram(
    CellGraph Cell,
    ReverseGraph? Reverse,
    IReadOnlyList<int> PreActivations,
    IReadOnlyList<int> Vectors,
    IReadOnlyList<int> Made,
    IReadOnlyDictionary<int, Place> Places,
    int LaneCount,
    int MeanCount,
    IReadOnlyList<CellPhase> ForwardPhases,
    IReadOnlyList<CellPhase> InferencePhases,
    IReadOnlyList<CellPhase> BackwardPhases,
    bool IsFused)
{
    /// <summary>The symbol of the layer's size.</summary>
    public const string LayerWidth = "H";

    public StepGraph Graph => Cell.Graph;

    /// <summary>The symbols of the widths that its values have, but for the input's.</summary>
    public IReadOnlyList<string> Widths { get; } = WidthsOf(Cell);

    public PointwiseProgram Forward => ForwardPhases[0].Program;

    public PointwiseProgram Inference => InferencePhases[0].Program;

    public PointwiseProgram Backward => BackwardPhases[0].Program;

    /// <summary>Whether the output is the next value of a state, so that no buffer of its own is needed.</summary>
    public bool OutputIsState => Cell.States.Any(s => s.Next == Cell.Output);

    /// <summary>Whether part of the state's adjoint flows to the previous step without a matrix product.</summary>
    public bool HasDirectAdjoint(string state) => BackwardPhases.Any(p => p.Program.Stores.Any(s => s.Place == Place.Carry(state)));

    /// <summary>Whether the step takes means over a row's units, so that its equations run row by row.</summary>
    public bool HasMeans => MeanCount > 0;

    /// <summary>The buffers that phases read and write besides their slot, in a fixed order.</summary>
    public static IReadOnlyList<Place> Buffers(IReadOnlyList<CellPhase> phases, IReadOnlyList<string> states, int made) =>
        PointwiseProgram.Places(states, made).Where(b => phases.Any(p => p.Touches(b))).ToList();

    /// <summary>The program of a layer that is trained, or that a gradient flows through.</summary>
    /// <param name="hasOutputAdjoint">Whether the layer above gives a gradient at every step.</param>
    /// <param name="needsInputAdjoint">Whether the layer below wants one.</param>
    public static CellProgram Create(CellGraph cell, bool hasOutputAdjoint, bool needsInputAdjoint)
    {
        int forwardCount = cell.Graph.Nodes.Count;
        return Create(cell, forwardCount, ReverseGraph.Derive(cell, hasOutputAdjoint, needsInputAdjoint));
    }

    /// <summary>The program of a layer that no gradient flows through: it has no reverse step, and keeps nothing for one.</summary>
    public static CellProgram CreateWithoutReverse(CellGraph cell) => Create(cell, cell.Graph.Nodes.Count, null);

    // An output that is a number has the layer's size.
    private static IReadOnlyList<string> WidthsOf(CellGraph cell) => cell.Live
        .Where(n => n != cell.Input && (n == cell.Output || cell.Graph[n].Width.Length > 0))
        .Select(n => cell.Graph[n].Width is { Length: > 0 } width ? width : LayerWidth)
        .Distinct()
        .ToList();

    private static CellProgram Create(CellGraph cell, int forwardCount, ReverseGraph? reverse)
    {
        StepGraph graph = cell.Graph;
        IReadOnlyList<int> live = cell.Live;
        List<int> preActivations = live.Where(n => graph[n].Kind == NodeKind.Affine).ToList();
        List<int> vectors = live.Where(n => graph[n].Kind == NodeKind.Vector).ToList();
        List<int> made = preActivations.SelectMany(p => graph[p].Terms).Select(t => t.Source)
            .Where(s => graph[s].Kind is not (NodeKind.Input or NodeKind.State)).Distinct().OrderBy(s => s).ToList();

        Dictionary<int, Place> means = [];
        PhasePlanner forward = new(graph, forwardCount, preActivations, WidthOf, means);
        PhasePlanner backward = new(graph, forwardCount, [], WidthOf, means);
        IReadOnlyList<PointwiseAccess> backwardStores = reverse is null ? [] : BackwardStores(cell, reverse, preActivations, vectors);

        // A product whose result nothing needs, since what flows back cancels out, is not made.
        HashSet<int> needed = [.. graph.Closure(backwardStores.Select(s => s.Node))];
        for (int i = 0; i < made.Count; i++)
        {
            if (reverse is not null && reverse.Products.TryGetValue(made[i], out int adjoint) && needed.Contains(adjoint))
            {
                backward.AddProduct(adjoint, Place.MadeAdjoint(i));
            }
        }

        // What it loads: adjoints, states, and forward values that cost more to compute again than to keep. What all units of a row share is a number of the row, also where
        // it is a state's next value too: what is made of numbers alone reads numbers.
        Dictionary<int, Place> stored = [];
        foreach (StateNodes state in cell.States)
        {
            stored[state.Previous] = Place.PreviousState(state.Name);
            Store(state.Next, Place.NextState(state.Name));
        }

        if (!stored.ContainsKey(cell.Output))
        {
            Store(cell.Output, Place.Output);
        }

        for (int i = 0; i < vectors.Count; i++)
        {
            stored[vectors[i]] = Place.Vector(preActivations.Count + i);
        }

        for (int i = 0; i < made.Count; i++)
        {
            if (!stored.ContainsKey(made[i]))
            {
                Store(made[i], Place.Made(i));
            }
        }

        // Lanes that later stand for something else would be read by the program of another width.
        bool isFused = WidthsOf(cell).Count == 1 && forward.PhasesOf(cell.States.Select(s => s.Next).Append(cell.Output)) == 1 && backward.PhasesOf(backwardStores.Select(s => s.Node)) <= 1;
        List<int> kept = Kept(graph, forwardCount, backwardStores.Select(s => s.Node), stored);
        foreach (int mean in kept.Where(graph.IsUniform))
        {
            stored[mean] = forward.MeanOf(mean);
        }

        int lanes = AssignLanes(kept, preActivations, stored, isFused ? 0 : preActivations.Count, isFused);
        Dictionary<int, Place> places = new(stored);
        if (reverse?.OutputAdjoint is { } outputAdjoint)
        {
            stored[outputAdjoint] = Place.OutputAdjoint;
        }

        foreach (StateAdjoints state in reverse?.States ?? [])
        {
            stored[state.Next] = Place.Carry(state.Name);
        }

        IReadOnlyList<CellPhase> backwardPhases = backward.Plan(backwardStores, [], stored, ref lanes);

        // The forward program.
        Dictionary<int, Place> available = cell.States.ToDictionary(s => s.Previous, s => Place.PreviousState(s.Name));
        for (int i = 0; i < vectors.Count; i++)
        {
            available[vectors[i]] = Place.Vector(preActivations.Count + i);
        }

        List<PointwiseAccess> results = cell.States.Select(s => new PointwiseAccess(s.Next, Place.NextState(s.Name))).ToList();
        if (cell.States.All(s => s.Next != cell.Output))
        {
            results.Add(new PointwiseAccess(cell.Output, Place.Output));
        }

        List<PointwiseAccess> madeStores = made.Select((m, i) => new PointwiseAccess(m, Place.Made(i))).ToList();
        List<PointwiseAccess> keptStores = kept
            .Where(k => !(preActivations.IndexOf(k) is >= 0 and var own && stored[k] == Place.Lane(own)))
            .Select(k => new PointwiseAccess(k, stored[k]))
            .ToList();
        int inferenceLanes = preActivations.Count;
        IReadOnlyList<CellPhase> forwardPhases = forward.Plan([.. keptStores, .. madeStores, .. results], madeStores, available, ref lanes);
        // Several phases share their means, which stand in the same lanes whether or not anything is kept.
        IReadOnlyList<CellPhase> inferencePhases = isFused ? forward.Plan(results, [], available, ref inferenceLanes) : forwardPhases;
        lanes = Math.Max(lanes, preActivations.Count);
        if (!isFused)
        {
            LaneAllocation allocation = new(forwardPhases, backwardPhases, preActivations);
            (forwardPhases, backwardPhases, inferencePhases, lanes) = (allocation.Forward, allocation.Backward, allocation.Forward, allocation.Count);
            places = places.Where(p => p.Value.Kind != PlaceKind.Mean).ToDictionary(p => p.Key, p => allocation.Placed(p.Value));
        }

        return new CellProgram(cell, reverse, preActivations, vectors, made, places, lanes, means.Count, forwardPhases, inferencePhases, backwardPhases, isFused);

        void Store(int node, Place place)
        {
            if (!graph.IsUniform(node))
            {
                stored[node] = place;
            }
        }

        // A number has the width of what it stands for.
        string WidthOf(PointwiseAccess store) => graph[store.Node].Width is { Length: > 0 } width ? width : store.Place.Kind switch
        {
            PlaceKind.Carry or PlaceKind.NextState => graph[cell.States.First(s => s.Name == store.Place.State).Previous].Width,
            PlaceKind.Lane when store.Place.Index < preActivations.Count => graph[preActivations[store.Place.Index]].Width,
            PlaceKind.VectorGradient => graph[vectors[store.Place.Index - preActivations.Count]].Width,
            // A number that is the output, or that a product reads, has the layer's size.
            PlaceKind.Output or PlaceKind.Made => LayerWidth,
            _ => throw new InvalidOperationException($"{store.Place} holds no number."),
        };
    }

    // What the reverse program stores: each pre-activation's adjoint, each vector's gradient, and the direct part of each state's.
    private static IReadOnlyList<PointwiseAccess> BackwardStores(CellGraph cell, ReverseGraph reverse, IReadOnlyList<int> preActivations, IReadOnlyList<int> vectors)
    {
        List<PointwiseAccess> stores = [];
        for (int lane = 0; lane < preActivations.Count; lane++)
        {
            stores.Add(new PointwiseAccess(reverse.AdjointOf(cell.Graph, preActivations[lane]), Place.Lane(lane)));
        }

        for (int i = 0; i < vectors.Count; i++)
        {
            stores.Add(new PointwiseAccess(reverse.AdjointOf(cell.Graph, vectors[i]), Place.VectorGradient(preActivations.Count + i)));
        }

        foreach ((StateAdjoints state, StateNodes nodes) in reverse.States.Zip(cell.States, (s, n) => (s, n)))
        {
            // Nothing flows to a state that no equation reads.
            int? product = reverse.Products.TryGetValue(nodes.Previous, out int flows) ? flows : null;
            if ((state.Previous is { } previous ? DirectPart(cell.Graph, previous, product) : cell.Graph.Constant(0)) is { } direct)
            {
                stores.Add(new PointwiseAccess(direct, Place.Carry(state.Name)));
            }
        }

        return stores;
    }

    // ∂L/∂previous is (direct part) + (what flows back through products); the kernels add the products to the direct part.
    private static int? DirectPart(StepGraph graph, int adjoint, int? product)
    {
        Node node = graph[adjoint];
        return adjoint == product ? null
            : product is null ? adjoint
            : node.Function == Function.Add && node.Operands[1] == product ? node.Operands[0]
            // (-direct) + products was written as a difference.
            : node.Function == Function.Subtract && node.Operands[0] == product ? graph.Apply(Function.Negate, node.Operands[1])
            : throw new InvalidOperationException($"The products' part of the adjoint {adjoint} is not found.");
    }

    private static List<int> Kept(StepGraph graph, int forwardCount, IEnumerable<int> roots, Dictionary<int, Place> stored)
    {
        SortedSet<int> kept = [];
        HashSet<int> seen = [];
        Stack<int> open = new(roots);
        while (open.Count > 0)
        {
            int id = open.Pop();
            Node node = graph[id];
            if (!seen.Add(id) || stored.ContainsKey(id))
            {
                continue;
            }

            if (id < forwardCount && (node.Kind is NodeKind.Affine or NodeKind.Input or NodeKind.Mean || node.Function is { IsCostly: true }))
            {
                kept.Add(id);
                continue;
            }

            foreach (int source in node.Sources)
            {
                open.Push(source);
            }
        }

        return kept.ToList();
    }

    // In a fused tile a kept pre-activation stays where it is, and the others take the free lanes in order; where there are several
    // phases, each lane has one use. Gives the number of lanes in use.
    private static int AssignLanes(List<int> kept, List<int> preActivations, Dictionary<int, Place> stored, int first, bool isFused)
    {
        HashSet<int> taken = [];
        foreach (int id in kept.Where(k => isFused && preActivations.Contains(k)))
        {
            taken.Add(preActivations.IndexOf(id));
            stored[id] = Place.Lane(preActivations.IndexOf(id));
        }

        int lane = first;
        foreach (int id in kept.Where(k => !stored.ContainsKey(k)))
        {
            while (!taken.Add(lane))
            {
                lane++;
            }

            stored[id] = Place.Lane(lane);
        }

        return Math.Max(first, taken.Select(t => t + 1).DefaultIfEmpty(0).Max());
    }
}

/// <summary>What runs between two element-wise programs, and the second of them; all of it is of one width.</summary>
/// <param name="Width">The symbol of the width, such as H.</param>
/// <param name="Products">Forward, the lanes whose matrix products come first; in reverse, the made values whose adjoints do.</param>
/// <param name="Means">What it stores is summed over each row's units, and its mean stored.</param>
/// <param name="Uniform">What is made of means alone, once a row.</param>
/// <param name="Program">The element-wise program.</param>
internal sealed record CellPhase(string Width, IReadOnlyList<int> Products, PointwiseProgram Means, PointwiseProgram Uniform, PointwiseProgram Program)
{
    public bool HasMeans => Means.Stores.Count + Uniform.Stores.Count > 0;

    public bool ReadsVectors => Means.ReadsVectors || Program.ReadsVectors;

    public bool Touches(Place place) => Means.Touches(place) || Program.Touches(place);
}
