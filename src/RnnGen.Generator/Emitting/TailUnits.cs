using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// The last units of a streamed layer, where several lanes share a vector (<see cref="SharedTail"/>). Each unit's sums and functions are those that
/// it would have in a block of its own, in the same order, so the bits are the same.
/// </summary>
internal sealed class TailUnits : StepUnits
{
    /// <summary>The pack, as the methods call it; <see cref="Suffix"/> is the end of the names of values.</summary>
    public const string Pack = "tailPack";

    private const string Suffix = "_t";

    private readonly SharedTail _tail;
    private readonly int _blocks;
    private readonly int _lanesPerVector;
    private readonly List<StepSum> _sums;
    private readonly List<SharedFunction> _functions;

    /// <param name="parts">Of each sum.</param>
    /// <param name="blocks">How many blocks it begins after that which the method is given.</param>
    public TailUnits(KernelContext context, SharedTail tail, int parts, int blocks) : base(context)
    {
        (_tail, _blocks) = (tail, blocks);
        _lanesPerVector = tail.LanesPerVector(context.VectorLength);
        _sums = Enumerable.Range(0, tail.Vectors(context.VectorLength))
            .Select(v => new StepSum($"tail{v}", $"{context.Vectors}.LoadUnsafe(ref {Pack}, {v * context.VectorLength})", parts))
            .ToList();
        _functions = Layer.Program.Inference.Steps
            .Where(s => Layer.Graph[s] is { Function.IsCostly: true, Operands.Count: 1 } && LaneOf(Layer.Graph[s].Operands[0]) >= 0)
            .GroupBy(s => (Layer.Graph[s].Function!, LaneOf(Layer.Graph[s].Operands[0]) / _lanesPerVector))
            .Where(g => g.Count() > 1)
            .Select((g, i) => new SharedFunction($"shared{i}", g.Key.Item1, g.Key.Item2, [.. g]))
            .ToList();
    }

    // A function that several of a vector's lanes take, of the vector.
    private sealed record SharedFunction(string Name, Function Function, int Vector, IReadOnlyList<int> Steps);

    public override string SumNames => "tail{vector}";

    public override IReadOnlyList<StepSum> Sums => _sums;

    public override StepWeights WeightsOf(ProductSource source) => new(Pack, _tail.RowOf(source), _tail.Row);

    public override IReadOnlyList<IReadOnlyList<StepTerm>> TermsOf(ProductSource source) => [VectorsOf(source).Select(v => new StepTerm(_sums[v], v * Context.VectorLength)).ToList()];

    // The lanes of a vector that the source does not feed stay as they were: what it would add there is nothing for finite values only.
    public override IEnumerable<string> Before(ProductSource source) => Kept(source).Select(k => $"{Context.Vector} {k.Sum}Kept = {k.Sum};");

    public override IEnumerable<string> After(ProductSource source) => Kept(source).Select(k =>
        $"{k.Sum} = {Context.Vectors}.ConditionalSelect({Context.Vectors}.Create({k.Mask}).As{Layer.Shape.Precision}(), {k.Sum}, {k.Sum}Kept);");

    protected override IEnumerable<(int Level, string Text)> Equations(IReadOnlyDictionary<int, int> levels)
    {
        List<(int Level, string Text)> lines = [];
        PointwiseProgram program = Layer.Program.Inference;
        Dictionary<int, Place> available = program.Loads.ToDictionary(l => l.Node, l => l.Place);
        Dictionary<Place, string> shared = [];
        foreach (SharedFunction function in _functions)
        {
            string text = Layer.Shape.IsFast ? function.Function.FastText : function.Function.Text;
            lines.Add((levels[function.Steps[0]], $"{Context.Vector} {function.Name} = {string.Format(CultureInfo.InvariantCulture, text, _sums[function.Vector].Name)};"));
            foreach (int step in function.Steps)
            {
                Place place = Place.Lane(Layer.Program.LaneCount + shared.Count);
                shared.Add(place, Lane(function.Name, LaneOf(Layer.Graph[step].Operands[0])));
                available[step] = place;
            }
        }

        int unit = _blocks * Layer.Block + _tail.Start, panels = _blocks * Layer.PackBlock + _tail.Start;
        lines.AddRange(new PointwiseEmitter(Context, PointwiseProgram.Create(Layer.Graph, program.Stores, available), Layer.FusedWidth, isInference: true).Lines(
            levels,
            Suffix,
            place => place.Kind switch
            {
                PlaceKind.Lane => shared.TryGetValue(place, out string? lane) ? lane : Lane(_sums[place.Index / _lanesPerVector].Name, place.Index),
                PlaceKind.Vector => $"{Context.Vectors}.LoadUnsafe(ref w, {Layer.BiasOffset(place.Index) + panels})",
                PlaceKind.PreviousState => $"{Context.Vectors}.LoadUnsafe({Address(place)})",
                _ => throw Choices.Unimplemented(place.Kind),
            },
            Address,

            // What reads the states reads whole vectors, so these are stored, with zeros where there are no units.
            (place, value) => $"{Widened(value + string.Concat(Halves(0)), "")}.StoreUnsafe({Address(place)});"));
        return lines;

        string Address(Place place) => $"ref Unsafe.Add(ref arena, {place.Parameter}{(unit == 0 ? "" : $" + {unit}")})";
    }

    private List<int> VectorsOf(ProductSource source) => Layer.LanesOf(source).Select(l => l / _lanesPerVector).Distinct().ToList();

    // The sums to which a source adds in some lanes only, and which.
    private IEnumerable<(string Sum, string Mask)> Kept(ProductSource source)
    {
        IReadOnlyList<int> fed = Layer.LanesOf(source);
        foreach (int vector in VectorsOf(source))
        {
            List<int> lanes = Enumerable.Range(vector * _lanesPerVector, _lanesPerVector).ToList();
            if (lanes.Any(l => l < Layer.Lanes && !fed.Contains(l)))
            {
                string mask = SourceWriter.Join(Enumerable.Range(0, Context.VectorLength).Select(i => fed.Contains(lanes[i / _tail.Width]) ? "-1" : "0"));
                for (int part = 0; part < Math.Min(_sums[vector].Parts, source.Columns); part++)
                {
                    yield return (_sums[vector].Part(part), mask);
                }
            }
        }
    }

    // A lane's part of a vector, at the front of one; what stands behind it is not stored.
    private string Lane(string vector, int lane) => Widened(vector + string.Concat(Halves(lane % _lanesPerVector)), "Unsafe");

    private IEnumerable<string> Halves(int slot)
    {
        for (int half = _lanesPerVector / 2; half > 0; half /= 2)
        {
            yield return slot / half % 2 == 1 ? ".GetUpper()" : ".GetLower()";
        }
    }

    private string Widened(string text, string how)
    {
        for (int bits = 2 * Context.Target.Bits / _lanesPerVector; bits <= Context.Target.Bits; bits *= 2)
        {
            text += $".ToVector{bits}{how}()";
        }

        return text;
    }

    private int LaneOf(int node) => Layer.Program.PreActivations.ToList().IndexOf(node);
}
