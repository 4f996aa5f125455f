using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// Cuts a step's values into phases: a matrix product of a value that the step computes, and a mean over a row's units, begin a new one,
/// since they need all units of what they read. What costs little is computed again in a later phase; the rest stands in a lane, and what all units of a row share as one number.
/// </summary>
internal sealed class PhasePlanner
{
    private readonly StepGraph _graph;
    private readonly int _forwardCount;
    private readonly Dictionary<int, Place> _products = [];
    private readonly Dictionary<int, int> _phases = [];
    private readonly bool _isForward;
    private readonly Func<PointwiseAccess, string> _widthOf;
    private readonly Dictionary<int, Place> _means;

    /// <param name="forwardCount">Values of the forward step; in reverse they are known from the start.</param>
    /// <param name="preActivations">The lanes' products; none in reverse.</param>
    /// <param name="widthOf">The width of what is stored.</param>
    /// <param name="means">Where what all units of a row share stands, forward and in reverse.</param>
    public PhasePlanner(StepGraph graph, int forwardCount, IReadOnlyList<int> preActivations, Func<PointwiseAccess, string> widthOf, Dictionary<int, Place> means)
    {
        (_graph, _forwardCount, _isForward, _widthOf, _means) = (graph, forwardCount, preActivations.Count > 0, widthOf, means);
        for (int lane = 0; lane < preActivations.Count; lane++)
        {
            _products[preActivations[lane]] = Place.Lane(lane);
        }
    }

    /// <summary>A value that a product of the reverse pass gives.</summary>
    public void AddProduct(int node, Place place) => _products[node] = place;

    /// <summary>The place of a value that all units of a row share.</summary>
    public Place MeanOf(int node)
    {
        if (!_means.TryGetValue(node, out Place? place))
        {
            _means[node] = place = Place.Mean(_means.Count);
        }

        return place;
    }

    /// <summary>How many phases it takes until all of <paramref name="roots"/> are known.</summary>
    public int PhasesOf(IEnumerable<int> roots) => roots.Select(PhaseOf).DefaultIfEmpty(-1).Max() + 1;

    // In which phase a value is known.
    private int PhaseOf(int id)
    {
        Stack<int> open = new([id]);
        while (open.Count > 0)
        {
            int value = open.Peek();
            List<int> waits = _phases.ContainsKey(value) ? [] : Earlier(_graph[value]).Where(e => !_phases.ContainsKey(e)).ToList();
            if (waits.Count > 0)
            {
                waits.ForEach(open.Push);
                continue;
            }

            open.Pop();
            if (!_phases.ContainsKey(value))
            {
                Node node = _graph[value];
                bool isNext = node.Kind is NodeKind.Affine or NodeKind.Mean;
                _phases[value] = Earlier(node).Select(e => _phases[e] + (isNext ? 1 : 0)).DefaultIfEmpty(0).Max();
            }
        }

        return _phases[id];
    }

    // The values whose phases decide a value's own.
    private IEnumerable<int> Earlier(Node node) => !_isForward && node.Id < _forwardCount ? [] : node.Kind switch
    {
        NodeKind.Affine when _products.ContainsKey(node.Id) => node.Terms.Select(t => t.Source).Where(s => _graph[s].Kind is not (NodeKind.Input or NodeKind.State)),
        NodeKind.Mean or NodeKind.Pointwise => node.Operands,
        _ => [],
    };

    /// <summary>The phases that store all of <paramref name="stores"/>.</summary>
    /// <param name="early">Stores that stand in their own phase, as what a later product reads must; so do those of lanes and gradients.</param>
    /// <param name="available">Where values stand from the start.</param>
    /// <param name="lanes">Lanes in use; more are taken for what later phases read.</param>
    public IReadOnlyList<CellPhase> Plan(
        IReadOnlyList<PointwiseAccess> stores, IReadOnlyList<PointwiseAccess> early, IReadOnlyDictionary<int, Place> available, ref int lanes)
    {
        Dictionary<int, Place> known = available.ToDictionary(a => a.Key, a => a.Value);
        int count = PhasesOf(stores.Select(s => s.Node));
        List<PointwiseAccess>[] programs = Enumerable.Range(0, count).Select(_ => new List<PointwiseAccess>()).ToArray();
        List<int>[] shared = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();

        // A state's place may be read by any phase, so it is written in the last one.
        foreach (PointwiseAccess store in stores)
        {
            if (store.Place.Kind == PlaceKind.Mean)
            {
                Share(store.Node);
                continue;
            }

            programs[store.Place.Kind is PlaceKind.Lane or PlaceKind.VectorGradient || early.Contains(store) ? PhaseOf(store.Node) : count - 1].Add(store);
        }

        // From the last phase on, what each reads of earlier ones.
        Dictionary<int, Place> later = [];
        HashSet<int> numbers = [];
        for (int phase = count - 1; phase >= 0; phase--)
        {
            HashSet<int> seen = [];
            numbers.Clear();
            for (int i = 0; i < programs[phase].Count; i++)
            {
                Visit(programs[phase][i].Node, false, phase, seen, ref lanes);
            }

            for (int i = 0; i < shared[phase].Count; i++)
            {
                Visit(shared[phase][i], true, phase, seen, ref lanes);
            }
        }

        List<CellPhase> phases = [];
        for (int phase = 0; phase < count; phase++)
        {
            int at = phase;
            List<(string Width, int Product)> products = [];
            foreach (KeyValuePair<int, Place> product in _products.Where(p => PhaseOf(p.Key) == at))
            {
                products.Add((_graph[product.Key].Width, product.Value.Index));
                known[product.Key] = product.Value;
            }

            ILookup<string, PointwiseAccess> stored = programs[phase].ToLookup(_widthOf);
            ILookup<string, int> ofPhase = shared[phase].OrderBy(m => m).ToLookup(m => _graph[m].Width);
            foreach (string width in stored.Select(s => s.Key).Concat(products.Select(p => p.Width)).Concat(ofPhase.Select(m => m.Key)).Distinct())
            {
                List<int> means = ofPhase[width].Where(m => _graph[m].Kind == NodeKind.Mean).ToList(), others = ofPhase[width].Except(means).ToList();
                PointwiseProgram sums = PointwiseProgram.Create(_graph, means.Select(m => new PointwiseAccess(_graph[m].Operands[0], MeanOf(m))).ToList(), known);
                Know(means);
                PointwiseProgram uniform = PointwiseProgram.Create(_graph, others.Select(o => new PointwiseAccess(o, MeanOf(o))).ToList(), known);
                Know(others);
                phases.Add(new CellPhase(
                    width, products.Where(p => p.Width == width).Select(p => p.Product).ToList(), sums, uniform, PointwiseProgram.Create(_graph, stored[width].ToList(), known)));
            }

            foreach (PointwiseAccess store in programs[phase].Where(s => later.TryGetValue(s.Node, out Place? place) && place == s.Place))
            {
                known[store.Node] = store.Place;
            }
        }

        return phases;

        void Know(List<int> nodes)
        {
            foreach (int node in nodes)
            {
                known[node] = MeanOf(node);
            }
        }

        void Share(int id)
        {
            if (!shared[PhaseOf(id)].Contains(id))
            {
                shared[PhaseOf(id)].Add(id);
            }
        }

        // Walks from a value to all that its phase computes it from, in the order of the operands.
        void Visit(int root, bool isKnown, int phase, HashSet<int> seen, ref int lanes)
        {
            Stack<(int Id, bool IsKnown)> open = new([(root, isKnown)]);
            while (open.Count > 0)
            {
                (int id, bool readsOperands) = open.Pop();
                if (readsOperands || ReadsOperands(id, phase, seen, ref lanes))
                {
                    // What a number is made of is computed with it, once a phase, however often it is used; but for means and what costs much.
                    foreach (int operand in _graph[id].Operands.Reverse())
                    {
                        bool isPart = _graph.IsUniform(id) && _graph.IsUniform(operand) && _graph[operand] is { Kind: NodeKind.Pointwise, Function.IsCostly: false } && !known.ContainsKey(operand);
                        if (!isPart || numbers.Add(operand))
                        {
                            open.Push((operand, isPart));
                        }
                    }
                }
            }
        }

        // Whether a value is computed where it is read; otherwise it stands somewhere.
        bool ReadsOperands(int id, int phase, HashSet<int> seen, ref int lanes)
        {
            if (known.ContainsKey(id) || !seen.Add(id) || _products.ContainsKey(id))
            {
                return false;
            }

            if (_graph.IsUniform(id))
            {
                Share(id);
                return false;
            }

            if (_graph[id] is { Kind: NodeKind.Pointwise, Function.IsCostly: true } && PhaseOf(id) < phase)
            {
                LaneOf(id, ref lanes);
                return false;
            }

            return true;
        }

        // A lane that holds a value for later phases.
        int LaneOf(int id, ref int lanes)
        {
            if (_products.TryGetValue(id, out Place? product) && product.Kind == PlaceKind.Lane)
            {
                return product.Index;
            }

            if (known.TryGetValue(id, out Place? place) && place.Kind == PlaceKind.Lane)
            {
                return place.Index;
            }

            List<PointwiseAccess> program = programs[PhaseOf(id)];
            PointwiseAccess? there = program.FirstOrDefault(s => s.Node == id && s.Place.Kind == PlaceKind.Lane);
            if (there is null)
            {
                there = new PointwiseAccess(id, Place.Lane(lanes++));
                program.Add(there);
            }

            later[id] = there.Place;
            return there.Place.Index;
        }
    }
}
