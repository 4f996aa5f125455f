using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>From a cell's step and its reverse to the programs of its kernels: where each value is stored, and in which phase it is computed.</summary>
internal sealed class CellProgramPlanner
{
    private readonly CellGraph _cell;
    private readonly StepGraph _graph;
    private readonly ReverseGraph? _reverse;
    private readonly int _forwardCount;
    private readonly List<int> _preActivations;
    private readonly List<int> _vectors;
    private readonly List<int> _made;
    private readonly Dictionary<int, Place> _means = [];
    private readonly PhasePlanner _forward;
    private readonly PhasePlanner _backward;
    private readonly IReadOnlyList<PointwiseAccess> _backwardStores;
    private readonly Dictionary<int, Place> _stored = [];

    /// <param name="forwardCount">Values of the forward step; those of the reverse follow.</param>
    /// <param name="reverse">The derived reverse step; null where no gradient flows.</param>
    public CellProgramPlanner(CellGraph cell, int forwardCount, ReverseGraph? reverse)
    {
        (_cell, _graph, _reverse, _forwardCount) = (cell, cell.Graph, reverse, forwardCount);
        IReadOnlyList<int> live = cell.Live;
        _preActivations = live.Where(n => _graph[n].Kind == NodeKind.Affine).ToList();
        _vectors = live.Where(n => _graph[n].Kind == NodeKind.Vector).ToList();
        _made = _preActivations.SelectMany(p => _graph[p].Terms).Select(t => t.Source)
            .Where(s => _graph[s].Kind is not (NodeKind.Input or NodeKind.State)).Distinct().OrderBy(s => s).ToList();
        _forward = new PhasePlanner(_graph, forwardCount, _preActivations, WidthOf, _means);
        _backward = new PhasePlanner(_graph, forwardCount, [], WidthOf, _means);
        _backwardStores = reverse is null ? [] : BackwardStores(cell, reverse, _preActivations, _vectors);
    }

    public CellProgram Plan()
    {
        AddProducts();
        StoreForward();

        // Lanes that later stand for something else would be read by the program of another width.
        bool isFused = CellProgram.WidthsOf(_cell).Count == 1 && _forward.PhasesOf(_cell.States.Select(s => s.Next).Append(_cell.Output)) == 1 && _backward.PhasesOf(_backwardStores.Select(s => s.Node)) <= 1;
        List<int> kept = Kept(_graph, _forwardCount, _backwardStores.Select(s => s.Node), _stored);
        foreach (int mean in kept.Where(_graph.IsUniform))
        {
            _stored[mean] = _forward.MeanOf(mean);
        }

        int lanes = AssignLanes(kept, _preActivations, _stored, isFused ? 0 : _preActivations.Count, isFused);
        Dictionary<int, Place> places = new(_stored);
        StoreAdjoints();
        IReadOnlyList<CellPhase> backward = _backward.Plan(_backwardStores, [], _stored, ref lanes);
        (IReadOnlyList<CellPhase> forward, IReadOnlyList<CellPhase> inference) = PlanForward(kept, isFused, ref lanes);
        lanes = Math.Max(lanes, _preActivations.Count);
        if (!isFused)
        {
            LaneAllocation allocation = new(forward, backward, _preActivations);
            (forward, backward, inference, lanes) = (allocation.Forward, allocation.Backward, allocation.Forward, allocation.Count);
            places = places.Where(p => p.Value.Kind != PlaceKind.Mean).ToDictionary(p => p.Key, p => allocation.Placed(p.Value));
        }

        return new CellProgram
        {
            Cell = _cell,
            Reverse = _reverse,
            PreActivations = _preActivations,
            Vectors = _vectors,
            Made = _made,
            Places = places,
            LaneCount = lanes,
            MeanCount = _means.Count,
            ForwardPhases = forward,
            InferencePhases = inference,
            BackwardPhases = backward,
            IsFused = isFused,
        };
    }

    // A product whose result nothing needs, since what flows back cancels out, is not made.
    private void AddProducts()
    {
        HashSet<int> needed = [.. _graph.Closure(_backwardStores.Select(s => s.Node))];
        for (int i = 0; i < _made.Count; i++)
        {
            if (_reverse is not null && _reverse.Products.TryGetValue(_made[i], out int adjoint) && needed.Contains(adjoint))
            {
                _backward.AddProduct(adjoint, Place.MadeAdjoint(i));
            }
        }
    }

    // What the reverse program loads: adjoints, states, and forward values that cost more to compute again than to keep. What all units of a row share is a number of the row,
    // also where it is a state's next value too: what is made of numbers alone reads numbers.
    private void StoreForward()
    {
        foreach (StateNodes state in _cell.States)
        {
            _stored[state.Previous] = Place.PreviousState(state.Name);
            Store(state.Next, Place.NextState(state.Name));
        }

        if (!_stored.ContainsKey(_cell.Output))
        {
            Store(_cell.Output, Place.Output);
        }

        StoreVectors(_stored);
        for (int i = 0; i < _made.Count; i++)
        {
            if (!_stored.ContainsKey(_made[i]))
            {
                Store(_made[i], Place.Made(i));
            }
        }
    }

    private void StoreVectors(Dictionary<int, Place> places)
    {
        for (int i = 0; i < _vectors.Count; i++)
        {
            places[_vectors[i]] = Place.Vector(_preActivations.Count + i);
        }
    }

    private void StoreAdjoints()
    {
        if (_reverse?.OutputAdjoint is { } outputAdjoint)
        {
            _stored[outputAdjoint] = Place.OutputAdjoint;
        }

        foreach (StateAdjoints state in _reverse?.States ?? [])
        {
            _stored[state.Next] = Place.Carry(state.Name);
        }
    }

    private (IReadOnlyList<CellPhase> Forward, IReadOnlyList<CellPhase> Inference) PlanForward(List<int> kept, bool isFused, ref int lanes)
    {
        Dictionary<int, Place> available = _cell.States.ToDictionary(s => s.Previous, s => Place.PreviousState(s.Name));
        StoreVectors(available);
        List<PointwiseAccess> results = _cell.States.Select(s => new PointwiseAccess(s.Next, Place.NextState(s.Name))).ToList();
        if (_cell.States.All(s => s.Next != _cell.Output))
        {
            results.Add(new PointwiseAccess(_cell.Output, Place.Output));
        }

        List<PointwiseAccess> made = _made.Select((m, i) => new PointwiseAccess(m, Place.Made(i))).ToList();
        List<PointwiseAccess> keptStores = kept
            .Where(k => !(_preActivations.IndexOf(k) is >= 0 and var own && _stored[k] == Place.Lane(own)))
            .Select(k => new PointwiseAccess(k, _stored[k]))
            .ToList();
        int inferenceLanes = _preActivations.Count;
        IReadOnlyList<CellPhase> phases = _forward.Plan([.. keptStores, .. made, .. results], made, available, ref lanes);

        // Several phases share their means, which stand in the same lanes whether or not anything is kept.
        return (phases, isFused ? _forward.Plan(results, [], available, ref inferenceLanes) : phases);
    }

    private void Store(int node, Place place)
    {
        if (!_graph.IsUniform(node))
        {
            _stored[node] = place;
        }
    }

    // A number has the width of what it stands for.
    private string WidthOf(PointwiseAccess store) => _graph[store.Node].Width is { Length: > 0 } width ? width : store.Place.Kind switch
    {
        PlaceKind.Carry or PlaceKind.NextState => _graph[_cell.States.First(s => s.Name == store.Place.State).Previous].Width,
        PlaceKind.Lane when store.Place.Index < _preActivations.Count => _graph[_preActivations[store.Place.Index]].Width,
        PlaceKind.VectorGradient => _graph[_vectors[store.Place.Index - _preActivations.Count]].Width,
        // A number that is the output, or that a product reads, has the layer's size.
        PlaceKind.Output or PlaceKind.Made => CellProgram.LayerWidth,
        _ => throw new InvalidOperationException($"{store.Place} holds no number."),
    };

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
