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
    /// <param name="means">Where what all units of a row share is stored, forward and in reverse.</param>
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
    /// <param name="available">Where values are stored from the start.</param>
    /// <param name="lanes">Lanes in use; more are taken for what later phases read.</param>
    public IReadOnlyList<CellPhase> Plan(
        IReadOnlyList<PointwiseAccess> stores, IReadOnlyList<PointwiseAccess> early, IReadOnlyDictionary<int, Place> available, ref int lanes)
    {
        Cut cut = new(this, PhasesOf(stores.Select(s => s.Node)), available, lanes);
        cut.Add(stores, early);
        cut.KeepForLater();
        lanes = cut.Lanes;
        return cut.Phases();
    }

    // What each phase stores, and what of that later ones read.
    private sealed class Cut
    {
        private readonly PhasePlanner _planner;
        private readonly StepGraph _graph;
        private readonly Dictionary<int, Place> _known;
        private readonly List<PointwiseAccess>[] _programs;
        private readonly List<int>[] _shared;
        private readonly Dictionary<int, Place> _later = [];
        private readonly HashSet<int> _numbers = [];

        public Cut(PhasePlanner planner, int count, IReadOnlyDictionary<int, Place> available, int lanes)
        {
            (_planner, _graph, Lanes) = (planner, planner._graph, lanes);
            _known = available.ToDictionary(a => a.Key, a => a.Value);
            _programs = Enumerable.Range(0, count).Select(_ => new List<PointwiseAccess>()).ToArray();
            _shared = Enumerable.Range(0, count).Select(_ => new List<int>()).ToArray();
        }

        public int Lanes { get; private set; }

        // A state's place may be read by any phase, so it is written in the last one.
        public void Add(IReadOnlyList<PointwiseAccess> stores, IReadOnlyList<PointwiseAccess> early)
        {
            foreach (PointwiseAccess store in stores)
            {
                if (store.Place.Kind == PlaceKind.Mean)
                {
                    Share(store.Node);
                    continue;
                }

                bool isEarly = store.Place.Kind is PlaceKind.Lane or PlaceKind.VectorGradient || early.Contains(store);
                _programs[isEarly ? _planner.PhaseOf(store.Node) : _programs.Length - 1].Add(store);
            }
        }

        // From the last phase on, what each reads of earlier ones.
        public void KeepForLater()
        {
            for (int phase = _programs.Length - 1; phase >= 0; phase--)
            {
                HashSet<int> seen = [];
                _numbers.Clear();
                for (int i = 0; i < _programs[phase].Count; i++)
                {
                    Visit(_programs[phase][i].Node, false, phase, seen);
                }

                for (int i = 0; i < _shared[phase].Count; i++)
                {
                    Visit(_shared[phase][i], true, phase, seen);
                }
            }
        }

        public IReadOnlyList<CellPhase> Phases()
        {
            List<CellPhase> phases = [];
            for (int phase = 0; phase < _programs.Length; phase++)
            {
                int at = phase;
                List<(string Width, int Product)> products = [];
                foreach (KeyValuePair<int, Place> product in _planner._products.Where(p => _planner.PhaseOf(p.Key) == at))
                {
                    products.Add((_graph[product.Key].Width, product.Value.Index));
                    _known[product.Key] = product.Value;
                }

                ILookup<string, PointwiseAccess> stored = _programs[phase].ToLookup(_planner._widthOf);
                ILookup<string, int> shared = _shared[phase].OrderBy(m => m).ToLookup(m => _graph[m].Width);
                foreach (string width in stored.Select(s => s.Key).Concat(products.Select(p => p.Width)).Concat(shared.Select(m => m.Key)).Distinct())
                {
                    phases.Add(Phase(width, products.Where(p => p.Width == width).Select(p => p.Product).ToList(), stored[width].ToList(), shared[width].ToList()));
                }

                foreach (PointwiseAccess store in _programs[phase].Where(s => _later.TryGetValue(s.Node, out Place? place) && place == s.Place))
                {
                    _known[store.Node] = store.Place;
                }
            }

            return phases;
        }

        // What is done for the values of one width.
        private CellPhase Phase(string width, IReadOnlyList<int> products, IReadOnlyList<PointwiseAccess> stored, IReadOnlyList<int> shared)
        {
            List<int> means = shared.Where(m => _graph[m].Kind == NodeKind.Mean).ToList(), others = shared.Except(means).ToList();
            PointwiseProgram sums = PointwiseProgram.Create(_graph, means.Select(m => new PointwiseAccess(_graph[m].Operands[0], _planner.MeanOf(m))).ToList(), _known);
            Know(means);
            PointwiseProgram uniform = PointwiseProgram.Create(_graph, others.Select(o => new PointwiseAccess(o, _planner.MeanOf(o))).ToList(), _known);
            Know(others);
            return new CellPhase(width, products, sums, uniform, PointwiseProgram.Create(_graph, stored, _known));
        }

        private void Know(List<int> nodes)
        {
            foreach (int node in nodes)
            {
                _known[node] = _planner.MeanOf(node);
            }
        }

        private void Share(int id)
        {
            List<int> shared = _shared[_planner.PhaseOf(id)];
            if (!shared.Contains(id))
            {
                shared.Add(id);
            }
        }

        // Walks from a value to all that its phase computes it from, in the order of the operands.
        private void Visit(int root, bool isKnown, int phase, HashSet<int> seen)
        {
            Stack<(int Id, bool IsKnown)> open = new([(root, isKnown)]);
            while (open.Count > 0)
            {
                (int id, bool readsOperands) = open.Pop();
                if (readsOperands || ReadsOperands(id, phase, seen))
                {
                    // What a number is made of is computed with it, once a phase, however often it is used; but for means and what costs much.
                    foreach (int operand in _graph[id].Operands.Reverse())
                    {
                        bool isPart = _graph.IsUniform(id) && _graph.IsUniform(operand) && _graph[operand] is { Kind: NodeKind.Pointwise, Function.IsCostly: false } && !_known.ContainsKey(operand);
                        if (!isPart || _numbers.Add(operand))
                        {
                            open.Push((operand, isPart));
                        }
                    }
                }
            }
        }

        // Whether a value is computed where it is read; otherwise it stands somewhere.
        private bool ReadsOperands(int id, int phase, HashSet<int> seen)
        {
            if (_known.ContainsKey(id) || !seen.Add(id) || _planner._products.ContainsKey(id))
            {
                return false;
            }

            if (_graph.IsUniform(id))
            {
                Share(id);
                return false;
            }

            if (_graph[id] is { Kind: NodeKind.Pointwise, Function.IsCostly: true } && _planner.PhaseOf(id) < phase)
            {
                KeepInLane(id);
                return false;
            }

            return true;
        }

        // A lane that holds a value for later phases, where none does yet.
        private void KeepInLane(int id)
        {
            if ((_planner._products.TryGetValue(id, out Place? product) && product.Kind == PlaceKind.Lane) || (_known.TryGetValue(id, out Place? place) && place.Kind == PlaceKind.Lane))
            {
                return;
            }

            List<PointwiseAccess> program = _programs[_planner.PhaseOf(id)];
            PointwiseAccess? there = program.FirstOrDefault(s => s.Node == id && s.Place.Kind == PlaceKind.Lane);
            if (there is null)
            {
                there = new PointwiseAccess(id, Place.Lane(Lanes++));
                program.Add(there);
            }

            _later[id] = there.Place;
        }
    }
}
