using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Planning.Kernels;

/// <summary>
/// Gives the values of a step that runs in phases lanes in which they do not meet: a lane is free again once its value has been read for the last time, and before the
/// backward pass stores adjoints in it. A pre-activation that the backward pass needs stays where it is, if that lasts.
/// </summary>
internal sealed class LaneAllocation
{
    private readonly IReadOnlyList<CellPhase> _forward;
    private readonly IReadOnlyList<CellPhase> _backward;
    private readonly Dictionary<int, int> _places = [];
    private readonly HashSet<int> _stays = [];

    /// <param name="preActivations">Their lanes are given; those from there on have one use each.</param>
    public LaneAllocation(IReadOnlyList<CellPhase> forward, IReadOnlyList<CellPhase> backward, IReadOnlyList<int> preActivations)
    {
        (_forward, _backward) = (forward, backward);
        List<Span>[] taken = Enumerable.Range(0, preActivations.Count).Select(_ => new List<Span>()).ToArray();
        for (int lane = 0; lane < preActivations.Count; lane++)
        {
            int at = lane;
            if (forward.ToList().FindIndex(p => p.Products.Contains(at)) is >= 0 and int made)
            {
                taken[lane].Add(new Span(TimeOf(made, Part.Products), LastRead(lane, forward.Count, TimeOf(made, Part.Products) + 1)));
            }

            // An adjoint is there until the gradients have been summed.
            if (backward.Count > 0)
            {
                taken[lane].Add(new Span(Stored(lane, forward.Count), int.MaxValue));
            }
        }

        List<List<Span>> lanes = [.. taken];
        List<(int Lane, int Node, Span Span)> values = [];
        foreach (IGrouping<int, PointwiseAccess> stores in Phases.SelectMany(p => p.Program.Stores).Where(s => s.Place.Kind == PlaceKind.Lane && s.Place.Index >= preActivations.Count).GroupBy(s => s.Place.Index))
        {
            int born = Stored(stores.Key, 0);
            values.Add((stores.Key, stores.First().Node, new Span(born, LastRead(stores.Key, Phases.Count, born + 1))));
        }

        int OwnOf(int node) => preActivations.ToList().IndexOf(node);
        foreach ((int lane, int node, Span span) in values.OrderBy(v => v.Span.Start).ThenByDescending(v => OwnOf(v.Node) >= 0).ThenBy(v => v.Lane))
        {
            int own = OwnOf(node);
            if (own >= 0 && lanes[own].Skip(1).All(s => !s.Meets(span)))
            {
                lanes[own][0] = new Span(lanes[own][0].Start, Math.Max(lanes[own][0].End, span.End));
                _places[lane] = own;
                _stays.Add(node);
                continue;
            }

            int free = lanes.FindIndex(l => l.All(s => !s.Meets(span)));
            if (free < 0)
            {
                free = lanes.Count;
                lanes.Add([]);
            }

            lanes[free].Add(span);
            _places[lane] = free;
        }

        Count = lanes.Count;
        Forward = forward.Select(Placed).ToList();
        Backward = backward.Select(Placed).ToList();
    }

    /// <summary>Lanes in use.</summary>
    public int Count { get; }

    public IReadOnlyList<CellPhase> Forward { get; }

    public IReadOnlyList<CellPhase> Backward { get; }

    public Place Placed(Place place) => place.Kind == PlaceKind.Lane && _places.TryGetValue(place.Index, out int lane) ? Place.Lane(lane) : place;

    private enum Part { Products, Means, Program }

    // From when to when a lane holds a value; what is read last and what is stored first by the same program do not meet.
    private sealed record Span(int Start, int End)
    {
        public bool Meets(Span other) => End > other.Start && other.End > Start;
    }

    private IReadOnlyList<CellPhase> Phases => [.. _forward, .. _backward];

    private static int TimeOf(int phase, Part part) => 3 * phase + (int)part;

    // When a lane is written by an element-wise program, from a phase on.
    private int Stored(int lane, int from)
    {
        int phase = Enumerable.Range(from, Phases.Count - from).First(p => Phases[p].Program.Stores.Any(s => s.Place == Place.Lane(lane)));
        return TimeOf(phase, Part.Program);
    }

    private int LastRead(int lane, int before, int minimum)
    {
        int last = minimum;
        for (int phase = 0; phase < before; phase++)
        {
            last = Phases[phase].Program.Loads.Any(l => l.Place == Place.Lane(lane)) ? Math.Max(last, TimeOf(phase, Part.Program))
                : Phases[phase].Means.Loads.Any(l => l.Place == Place.Lane(lane)) ? Math.Max(last, TimeOf(phase, Part.Means))
                : last;
        }

        return last;
    }

    private CellPhase Placed(CellPhase phase) => phase with { Means = Placed(phase.Means), Program = Placed(phase.Program) };

    private PointwiseProgram Placed(PointwiseProgram program) => new(
        program.Loads.Select(l => new PointwiseAccess(l.Node, Placed(l.Place))).ToList(),
        program.Steps,
        program.Stores.Where(s => s.Place.Kind != PlaceKind.Lane || !_places.ContainsKey(s.Place.Index) || !_stays.Contains(s.Node)).Select(s => new PointwiseAccess(s.Node, Placed(s.Place))).ToList());
}
