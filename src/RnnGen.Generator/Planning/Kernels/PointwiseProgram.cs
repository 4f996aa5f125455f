using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>An element-wise program over one vector of units.</summary>
/// <param name="Loads">Values that are read, and from where.</param>
/// <param name="Steps">Ids of the values that are computed, in order; constants are written in place.</param>
/// <param name="Stores">Values that are written, and where to.</param>
internal sealed record PointwiseProgram(
    IReadOnlyList<PointwiseAccess> Loads, IReadOnlyList<int> Steps, IReadOnlyList<PointwiseAccess> Stores)
{
    /// <param name="available">Where values can be loaded from instead of being computed.</param>
    public static PointwiseProgram Create(
        StepGraph graph, IReadOnlyList<PointwiseAccess> stores, IReadOnlyDictionary<int, Place> available)
    {
        SortedDictionary<int, Place> loads = [];
        SortedSet<int> steps = [];
        Stack<int> open = new(stores.Select(s => s.Node));
        while (open.Count > 0)
        {
            int id = open.Pop();
            if (available.TryGetValue(id, out Place? place))
            {
                loads[id] = place;
            }
            else if (graph[id].Kind == NodeKind.Pointwise && steps.Add(id))
            {
                foreach (int operand in graph[id].Operands)
                {
                    open.Push(operand);
                }
            }
            else if (graph[id].Kind is not (NodeKind.Constant or NodeKind.Pointwise))
            {
                throw new InvalidOperationException($"Value {id} ({graph[id].Kind} {graph[id].Name}) is neither computed nor kept.");
            }
        }

        return new PointwiseProgram(loads.Select(l => new PointwiseAccess(l.Key, l.Value)).ToList(), steps.ToList(), stores);
    }

    /// <summary>
    /// The program in stages, each of which a kernel runs over all rows before the next: a costly function of a costly
    /// function's result begins a new one, so that no row waits for its own chain of them. A later stage reads what
    /// the earlier ones stored.
    /// </summary>
    public IReadOnlyList<PointwiseProgram> Stages(StepGraph graph)
    {
        IReadOnlyDictionary<int, int> levels = Levels(graph);
        List<PointwiseProgram> stages = [];
        Dictionary<int, Place> available = Loads.ToDictionary(l => l.Node, l => l.Place);
        foreach (IGrouping<int, PointwiseAccess> stores in Stores.GroupBy(s => Math.Max(1, levels.TryGetValue(s.Node, out int level) ? level : 0)).OrderBy(g => g.Key))
        {
            if (!CanCompute(graph, stores.Select(s => s.Node), available))
            {
                return [this];
            }

            PointwiseProgram stage = Create(graph, [.. stores], available);
            stages.Add(stage);
            foreach (int lost in available.Where(a => stores.Any(s => a.Value.MayShare(s.Place))).Select(a => a.Key).ToList())
            {
                available.Remove(lost);
            }

            foreach (PointwiseAccess store in stores.Where(s => s.Place.Kind != PlaceKind.VectorGradient))
            {
                available[store.Node] = store.Place;
            }
        }

        return stages.Count == 1 ? [this] : stages;
    }

    /// <summary>The stages where each runs over the rows of several steps: what a step leaves to the next must be known in the stage that reads it.</summary>
    public IReadOnlyList<PointwiseProgram> StagesOverSteps(StepGraph graph)
    {
        IReadOnlyList<PointwiseProgram> stages = Stages(graph);
        return stages.Select((stage, i) => stages.Skip(i + 1).Any(stage.ReadsStepBefore)).Any(waits => waits) ? [this] : stages;
    }

    // Whether it reads what another program leaves to the next step.
    private bool ReadsStepBefore(PointwiseProgram other) => other.Stores.Any(s =>
        (s.Place.Kind == PlaceKind.NextState && Loads.Any(l => l.Place == Place.PreviousState(s.Place.State)))
        || (s.Place.Kind == PlaceKind.Carry && Loads.Any(l => l.Place == s.Place)));

    /// <summary>How many costly functions wait for each other from the loaded values to each value.</summary>
    public IReadOnlyDictionary<int, int> Levels(StepGraph graph)
    {
        Dictionary<int, int> levels = Loads.ToDictionary(l => l.Node, _ => 0);
        foreach (int step in Steps)
        {
            levels[step] = graph[step].Operands.Max(o => levels.TryGetValue(o, out int l) ? l : 0) + (graph[step].Function!.IsCostly ? 1 : 0);
        }

        return levels;
    }

    /// <summary>How many costly functions wait for each other from a loaded value on to the end.</summary>
    public int ChainFrom(StepGraph graph, int node)
    {
        Dictionary<int, int> chains = [];
        foreach (int step in Steps.Reverse())
        {
            int chain = (chains.TryGetValue(step, out int behind) ? behind : 0) + (graph[step].Function!.IsCostly ? 1 : 0);
            foreach (int operand in graph[step].Operands)
            {
                chains[operand] = Math.Max(chain, chains.TryGetValue(operand, out int other) ? other : 0);
            }
        }

        return chains.TryGetValue(node, out int longest) ? longest : 0;
    }

    // Each value is looked at once, however many read it.
    private static bool CanCompute(StepGraph graph, IEnumerable<int> nodes, Dictionary<int, Place> available)
    {
        HashSet<int> seen = [];
        Stack<int> open = new(nodes);
        while (open.Count > 0)
        {
            int id = open.Pop();
            if (available.ContainsKey(id) || graph[id].Kind == NodeKind.Constant || !seen.Add(id))
            {
                continue;
            }

            if (graph[id].Kind != NodeKind.Pointwise)
            {
                return false;
            }

            foreach (int operand in graph[id].Operands)
            {
                open.Push(operand);
            }
        }

        return true;
    }

    /// <summary>
    /// The program in the order in which it is written: a value is loaded just before it is used and stored as soon as
    /// it is known and its place has been read, so that few values are alive at once.
    /// </summary>
    public IReadOnlyList<PointwiseStatement> Order(StepGraph graph)
    {
        List<PointwiseStatement> statements = [];
        Dictionary<int, Place> loads = Loads.ToDictionary(l => l.Node, l => l.Place);
        Dictionary<Place, int> unread = Loads.GroupBy(l => l.Place).ToDictionary(g => g.Key, g => g.Count());
        ILookup<int, int> storesOf = Enumerable.Range(0, Stores.Count).ToLookup(i => Stores[i].Node);
        SortedSet<int> ready = [.. Enumerable.Range(0, Stores.Count).Where(i => graph[Stores[i].Node].Kind == NodeKind.Constant)];
        foreach (int step in Steps)
        {
            foreach (int operand in graph[step].Operands)
            {
                Load(operand);
            }

            ready.UnionWith(storesOf[step]);
            statements.Add(new PointwiseStatement(PointwiseStatementKind.Compute, step, null));
            Store();
        }

        foreach (PointwiseAccess store in Stores)
        {
            Load(store.Node);
        }

        Store();
        return statements;

        void Load(int id)
        {
            if (loads.TryGetValue(id, out Place? place))
            {
                statements.Add(new PointwiseStatement(PointwiseStatementKind.Load, id, place));
                ready.UnionWith(storesOf[id]);
                unread[place]--;
                loads.Remove(id);
            }
        }

        void Store()
        {
            foreach (int store in ready.Where(r => !IsUnread(Stores[r].Place)).ToList())
            {
                statements.Add(new PointwiseStatement(PointwiseStatementKind.Store, Stores[store].Node, Stores[store].Place));
                ready.Remove(store);
            }
        }

        // Whether a value is still to be read from there.
        bool IsUnread(Place place) => Waits(place) || (place.Kind == PlaceKind.NextState && Waits(Place.PreviousState(place.State)));

        bool Waits(Place place) => unread.TryGetValue(place, out int count) && count > 0;
    }

    /// <summary>The buffers that the program reads and writes besides its slot, in a fixed order.</summary>
    public IReadOnlyList<Place> Buffers(IReadOnlyList<string> states, int made = 0) => Places(states, made).Where(Touches).ToList();

    /// <summary>All buffers of a layer with a number of made values.</summary>
    public static IEnumerable<Place> Places(IReadOnlyList<string> states, int made) => states.Select(Place.PreviousState)
        .Concat(states.Select(Place.NextState))
        .Concat([Place.Output, Place.OutputAdjoint])
        .Concat(states.Select(Place.Carry))
        .Concat(Enumerable.Range(0, made).Select(Place.Made))
        .Concat(Enumerable.Range(0, made).Select(Place.MadeAdjoint));

    /// <summary>Whether it reads per-unit parameters, from the packed weights.</summary>
    public bool ReadsVectors => Loads.Any(l => l.Place.Kind == PlaceKind.Vector);

    /// <summary>Whether it adds to the gradients of per-unit parameters.</summary>
    public bool AddsGradients => Stores.Any(s => s.Place.Kind == PlaceKind.VectorGradient);

    public bool Touches(Place place) => Loads.Concat(Stores).Any(a => a.Place == place);
}

internal enum PointwiseStatementKind { Load, Compute, Store }

/// <summary>One line of an element-wise program: a value is loaded from a place, computed, or stored to a place.</summary>
internal sealed record PointwiseStatement(PointwiseStatementKind Kind, int Node, Place? Place);

/// <summary>A value and the place that it is read from or written to.</summary>
internal sealed record PointwiseAccess(int Node, Place Place);

internal enum PlaceKind { Lane, Mean, PreviousState, DroppedState, NextState, Output, OutputAdjoint, Carry, Vector, VectorGradient, Made, MadeAdjoint }

/// <summary>Where a value of a step is stored in memory.</summary>
/// <param name="Index">The lane, for <see cref="PlaceKind.Lane"/>, the number behind the lanes, for <see cref="PlaceKind.Mean"/>, and the panel, for <see cref="PlaceKind.Vector"/> and <see cref="PlaceKind.VectorGradient"/>; which of the made values, for those.</param>
/// <param name="State">The state, where it is one's.</param>
internal sealed record Place(PlaceKind Kind, int Index, string State)
{
    /// <summary>The kernels' parameter that says where a buffer begins.</summary>
    public string Parameter => Kind switch
    {
        PlaceKind.PreviousState => $"{State}Previous",
        PlaceKind.DroppedState => $"{State}Dropped",
        PlaceKind.NextState => $"{State}Next",
        PlaceKind.Output => "output",
        PlaceKind.OutputAdjoint => "outputAdjoint",
        PlaceKind.Made => $"{State}Values",
        PlaceKind.Carry or PlaceKind.MadeAdjoint => $"{State}Adjoint",
        _ => throw Choices.Unimplemented(Kind),
    };

    /// <summary>Whether the two may be one place in memory; a state that no product reads is updated in place.</summary>
    public bool MayShare(Place other) => this == other
        || (State == other.State && Kind == PlaceKind.PreviousState && other.Kind == PlaceKind.NextState);

    /// <summary>A lane of the step's slot.</summary>
    public static Place Lane(int index) => new(PlaceKind.Lane, index, "");

    /// <summary>A number that all units of a row share, behind the lanes of the step's slot.</summary>
    public static Place Mean(int index) => new(PlaceKind.Mean, index, "");

    public static Place PreviousState(string name) => new(PlaceKind.PreviousState, -1, name);

    /// <summary>The previous state as products read it where recurrent dropout leaves some of it out.</summary>
    public static Place DroppedState(string name) => new(PlaceKind.DroppedState, -1, name);

    public static Place NextState(string name) => new(PlaceKind.NextState, -1, name);

    /// <summary>The layer's output, where it is no state.</summary>
    public static Place Output { get; } = new(PlaceKind.Output, -1, "");

    /// <summary>∂L/∂output, given by the layer above.</summary>
    public static Place OutputAdjoint { get; } = new(PlaceKind.OutputAdjoint, -1, "");

    /// <summary>The adjoint that a state carries back through time: read from the step after, written for the step before.</summary>
    public static Place Carry(string name) => new(PlaceKind.Carry, -1, name);

    /// <summary>A per-unit parameter, in its panel of the packed weights.</summary>
    public static Place Vector(int panel) => new(PlaceKind.Vector, panel, "");

    /// <summary>The sum of a per-unit parameter's gradients, in the same panel; what is stored there is added.</summary>
    public static Place VectorGradient(int panel) => new(PlaceKind.VectorGradient, panel, "");

    /// <summary>A value of the step that a matrix product of the same step reads.</summary>
    public static Place Made(int index) => new(PlaceKind.Made, index, MadeName(index));

    /// <summary>What flows to such a value from the products.</summary>
    public static Place MadeAdjoint(int index) => new(PlaceKind.MadeAdjoint, index, MadeName(index));

    /// <summary>What such a value goes by in the kernels.</summary>
    public static string MadeName(int index) => $"made{index}";
}
