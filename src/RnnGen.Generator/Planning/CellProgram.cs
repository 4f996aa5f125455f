using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Graph;

namespace RnnGen.Generator.Planning;

/// <summary>
/// A cell's step as the kernels run it: matrix products into pre-activations, each in a lane of its own, then an
/// element-wise program; and in reverse an element-wise program from adjoints to the pre-activations' adjoints, in
/// the same lanes, then matrix products. Values that the reverse program needs are kept in lanes too, in place of
/// the pre-activations.
/// </summary>
/// <param name="Cell">The forward step.</param>
/// <param name="Reverse">The derived reverse step.</param>
/// <param name="PreActivations">Ids of the affine values; the index is the lane.</param>
/// <param name="Places">Where forward values stand that the reverse program can load, until it has stored the adjoints.</param>
/// <param name="LaneCount">Lanes of a slot: enough for the pre-activations and for the kept values.</param>
/// <param name="Forward">From pre-activations and previous states to next states, output and kept values.</param>
/// <param name="Inference">The same without the kept values.</param>
/// <param name="Backward">From kept values, states and adjoints to the pre-activations' adjoints and what flows to previous states directly.</param>
internal sealed record CellProgram(
    CellGraph Cell,
    ReverseGraph Reverse,
    IReadOnlyList<int> PreActivations,
    IReadOnlyDictionary<int, Place> Places,
    int LaneCount,
    PointwiseProgram Forward,
    PointwiseProgram Inference,
    PointwiseProgram Backward)
{
    public StepGraph Graph => Cell.Graph;

    /// <summary>Whether the output is the next value of a state, so that no buffer of its own is needed.</summary>
    public bool OutputIsState => Cell.States.Any(s => s.Next == Cell.Output);

    /// <summary>Whether part of the state's adjoint flows to the previous step without a matrix product.</summary>
    public bool HasDirectAdjoint(string state) => Backward.Stores.Any(s => s.Place == Place.Carry(state));

    public static CellProgram Create(CellGraph cell, bool hasOutputAdjoint, bool needsInputAdjoint)
    {
        StepGraph graph = cell.Graph;
        int forwardCount = graph.Nodes.Count;
        ReverseGraph reverse = ReverseGraph.Derive(cell, hasOutputAdjoint, needsInputAdjoint);

        List<int> preActivations = graph.Nodes.Take(forwardCount).Where(n => n.Kind == NodeKind.Affine).Select(n => n.Id).ToList();
        List<Node> forwardNodes = graph.Nodes.Take(forwardCount).ToList();
        List<AffineTerm> terms = preActivations.SelectMany(p => graph[p].Terms).ToList();
        Require(cell, terms.All(t => graph[t.Source].Kind is NodeKind.Input or NodeKind.State),
            "has a matrix product of a value that the same step computes");
        Require(cell, forwardNodes.All(n => n.Kind != NodeKind.Vector), "has per-unit parameters");
        Require(cell, forwardNodes.All(n => n.Width is "" or "H" || n.Id == cell.Input), "has a second width");
        Require(cell, preActivations.All(p => graph[p].Terms.Count > 0), "has a bias without a matrix product beside it");
        Require(cell, terms.Select(t => t.Weight).Concat(preActivations.SelectMany(p => graph[p].Biases)).GroupBy(b => b).All(g => g.Count() == 1),
            "uses a weight or a bias twice");
        Require(cell, preActivations.All(reverse.Adjoints.ContainsKey), "has a matrix product that reaches neither its output nor a state");
        Require(cell, forwardNodes.All(n => n.Function is null || !n.Operands.Contains(cell.Input)) && cell.Output != cell.Input
            && cell.States.All(s => s.Next != cell.Input), "reads its input outside a matrix product");
        Require(cell, reverse.States.All(s => s.Previous is not null), "has a state that no equation reads");
        Require(cell, cell.States.Select(s => s.Next).Concat(cell.States.Select(s => s.Previous)).Distinct().Count() == 2 * cell.States.Count,
            "has a state that only repeats another");

        // What the reverse program stores: each pre-activation's adjoint, and the direct part of each state's.
        List<PointwiseAccess> backwardStores = [];
        for (int lane = 0; lane < preActivations.Count; lane++)
        {
            backwardStores.Add(new PointwiseAccess(reverse.Adjoints[preActivations[lane]], Place.Lane(lane)));
        }

        foreach (StateAdjoints state in reverse.States)
        {
            if (state.Previous is { } previous && DirectPart(graph, previous) is { } direct)
            {
                backwardStores.Add(new PointwiseAccess(direct, Place.Carry(state.Name)));
            }
        }

        // What it loads: adjoints, states, and forward values that cost more to compute again than to keep.
        Dictionary<int, Place> stored = [];
        foreach (StateNodes state in cell.States)
        {
            stored[state.Previous] = Place.PreviousState(state.Name);
            stored[state.Next] = Place.NextState(state.Name);
        }

        if (!stored.ContainsKey(cell.Output))
        {
            stored[cell.Output] = Place.Output;
        }

        List<int> kept = Kept(graph, forwardCount, backwardStores.Select(s => s.Node), stored);
        AssignLanes(kept, preActivations, stored);
        Dictionary<int, Place> places = new(stored);
        if (reverse.OutputAdjoint is { } outputAdjoint)
        {
            stored[outputAdjoint] = Place.OutputAdjoint;
        }

        foreach (StateAdjoints state in reverse.States)
        {
            stored[state.Next] = Place.Carry(state.Name);
        }

        PointwiseProgram backward = PointwiseProgram.Create(graph, backwardStores, stored);

        // The forward program.
        Dictionary<int, Place> available = cell.States.ToDictionary(s => s.Previous, s => Place.PreviousState(s.Name));
        for (int lane = 0; lane < preActivations.Count; lane++)
        {
            available[preActivations[lane]] = Place.Lane(lane);
        }

        List<PointwiseAccess> results = cell.States.Select(s => new PointwiseAccess(s.Next, Place.NextState(s.Name))).ToList();
        if (cell.States.All(s => s.Next != cell.Output))
        {
            results.Add(new PointwiseAccess(cell.Output, Place.Output));
        }

        IEnumerable<PointwiseAccess> keptStores = kept
            .Where(k => !(available.TryGetValue(k, out Place? place) && place == stored[k]))
            .Select(k => new PointwiseAccess(k, stored[k]));
        PointwiseProgram forward = PointwiseProgram.Create(graph, [.. keptStores, .. results], available);
        PointwiseProgram inference = PointwiseProgram.Create(graph, results, available);
        int lanes = Math.Max(preActivations.Count, kept.Select(k => stored[k].Index + 1).DefaultIfEmpty(0).Max());
        return new CellProgram(cell, reverse, preActivations, places, lanes, forward, inference, backward);
    }

    // ∂L/∂previous is (direct part) + (one affine value); the kernels add the products to the direct part.
    private static int? DirectPart(StepGraph graph, int adjoint)
    {
        Node node = graph[adjoint];
        if (node.Kind == NodeKind.Affine)
        {
            return null;
        }

        if (node.Function == Function.Add && graph[node.Operands[1]].Kind == NodeKind.Affine)
        {
            return node.Operands[0];
        }

        if (node.Function == Function.Subtract && graph[node.Operands[0]].Kind == NodeKind.Affine)
        {
            // (-direct) + products was written as a difference.
            return graph.Apply(Function.Negate, node.Operands[1]);
        }

        return adjoint;
    }

    private static List<int> Kept(StepGraph graph, int forwardCount, IEnumerable<int> roots, Dictionary<int, Place> stored)
    {
        SortedSet<int> kept = [];
        HashSet<int> seen = [];
        foreach (int root in roots)
        {
            Visit(root);
        }

        return kept.ToList();

        void Visit(int id)
        {
            Node node = graph[id];
            if (!seen.Add(id) || stored.ContainsKey(id))
            {
                return;
            }

            if (id < forwardCount && (node.Kind is NodeKind.Affine or NodeKind.Input || node.Function is { IsCostly: true }))
            {
                kept.Add(id);
                return;
            }

            foreach (int source in node.Sources)
            {
                Visit(source);
            }
        }
    }

    // A kept pre-activation stays where it is; the others take the free lanes in order.
    private static void AssignLanes(List<int> kept, List<int> preActivations, Dictionary<int, Place> stored)
    {
        HashSet<int> taken = [];
        foreach (int id in kept.Where(preActivations.Contains))
        {
            taken.Add(preActivations.IndexOf(id));
            stored[id] = Place.Lane(preActivations.IndexOf(id));
        }

        int lane = 0;
        foreach (int id in kept.Where(k => !preActivations.Contains(k)))
        {
            while (!taken.Add(lane))
            {
                lane++;
            }

            stored[id] = Place.Lane(lane);
        }
    }

    private static void Require(CellGraph cell, bool condition, string otherwise)
    {
        if (!condition)
        {
            string names = string.Join(", ", cell.States.Select(s => s.Name));
            throw new NotSupportedException($"The cell with states {names} {otherwise}; only products of the input and of states, followed by element-wise functions, are compiled.");
        }
    }
}
