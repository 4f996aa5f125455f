using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Common;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>Units whose pre-activations a step keeps in registers: their sums, what is added to them, and their equations.</summary>
internal abstract class StepUnits(KernelContext context)
{
    protected KernelContext Context { get; } = context;

    protected LayerPlan Layer => Context.Layer;

    /// <summary>What the sums are called, for readers.</summary>
    public abstract string SumNames { get; }

    public abstract IReadOnlyList<StepSum> Sums { get; }

    /// <summary>Where the weights of a source are stored, column by column.</summary>
    public abstract StepWeights WeightsOf(ProductSource source);

    /// <summary>What a source feeds; the longest chains wait for the first group.</summary>
    public abstract IReadOnlyList<IReadOnlyList<StepTerm>> TermsOf(ProductSource source);

    /// <summary>Writes what comes before and after a source's products.</summary>
    public virtual IEnumerable<string> Before(ProductSource source) => [];

    /// <inheritdoc cref="Before"/>
    public virtual IEnumerable<string> After(ProductSource source) => [];

    /// <summary>The statements of their equations, by the levels of <see cref="PointwiseProgram.Levels"/>.</summary>
    protected abstract IEnumerable<(int Level, string Text)> Equations(IReadOnlyDictionary<int, int> levels);

    /// <summary>Writes the sums of several units, and then their equations, level by level: functions that wait for each other leave time for those of others.</summary>
    public static void Write(KernelContext context, IReadOnlyList<StepUnits> units)
    {
        new StepProducts(context, units).Write();
        IReadOnlyDictionary<int, int> levels = context.Layer.Program.Inference.Levels(context.Layer.Graph);
        context.Writer.Line();
        PointwiseEmitter.WriteLevels(context.Writer, units.SelectMany(u => u.Equations(levels)));
    }
}

/// <summary>A sum's name and what it starts from, and its parts, which do not wait for each other: a power of two, so that they can be added up in pairs.</summary>
internal sealed record StepSum(string Name, string Start, int Parts)
{
    public string Part(int part) => $"{Name}{(part == 0 ? "" : $"{(char)('a' + part)}")}";
}

/// <summary>A sum that a source feeds, and where its weights are in a column.</summary>
internal sealed record StepTerm(StepSum Sum, int Weight);

/// <summary>Where the weights of a source are stored, column by column.</summary>
/// <param name="Pack">The reference that they are counted from.</param>
/// <param name="Start">The first column.</param>
/// <param name="Step">From a column to the next.</param>
internal sealed record StepWeights(string Pack, int Start, int Step);

/// <summary>Whole vectors of a block's units: a sum for each lane and vector.</summary>
internal sealed class VectorUnits : StepUnits
{
    private readonly IReadOnlyList<int> _vectors;
    private readonly List<StepSum> _sums;

    /// <param name="vectors">Which of the block's.</param>
    /// <param name="parts">Of each sum.</param>
    public VectorUnits(KernelContext context, IReadOnlyList<int> vectors, int parts) : base(context)
    {
        _vectors = vectors;
        _sums = vectors.SelectMany(v => KernelContext.Range(Layer.Lanes).Select(l => new StepSum(Sum(l, v), Start(l, v), parts))).ToList();
    }

    public override string SumNames => "sum{lane}_{vector}";

    public override IReadOnlyList<StepSum> Sums => _sums;

    public override StepWeights WeightsOf(ProductSource source) => new("w", Layer.WeightOffset(Layer.LanesOf(source)[0], source), Layer.ColumnStep(source));

    public override IReadOnlyList<IReadOnlyList<StepTerm>> TermsOf(ProductSource source)
    {
        // The input was there before.
        IReadOnlyList<int> fed = Layer.LanesOf(source);
        IEnumerable<IReadOnlyList<int>> groups = source.IsInput ? [fed] : Layer.LanesByChain.Select(g => (IReadOnlyList<int>)g.Intersect(fed).ToList()).Where(g => g.Count > 0);
        int origin = Layer.WeightOffset(fed[0], source);
        return groups.Select(g => (IReadOnlyList<StepTerm>)_vectors.SelectMany(v => g.Select(l => new StepTerm(
            _sums.First(s => s.Name == Sum(l, v)), Layer.WeightOffset(l, source) - origin + v * Context.VectorLength))).ToList()).ToList();
    }

    protected override IEnumerable<(int Level, string Text)> Equations(IReadOnlyDictionary<int, int> levels)
    {
        PointwiseEmitter pointwise = new(Context, Layer.Program.Inference, Layer.FusedWidth, isInference: true);
        return _vectors.SelectMany(vector =>
        {
            string unit = vector == 0 ? "" : $" + {vector * Context.VectorLength}";
            string Address(Place place) => $"ref Unsafe.Add(ref arena, {place.Parameter}{unit})";
            return pointwise.Lines(
                levels,
                $"_{vector}",
                place => place.Kind switch
                {
                    PlaceKind.Lane => Sum(place.Index, vector),
                    PlaceKind.Vector => Start(place.Index, vector),
                    PlaceKind.PreviousState => $"{Context.Vectors}.LoadUnsafe({Address(place)})",
                    _ => throw Choices.Unimplemented(place.Kind),
                },
                Address);
        });
    }

    // A lane's bias, or a per-unit parameter.
    private string Start(int panel, int vector) => $"{Context.Vectors}.LoadUnsafe(ref w, {Layer.BiasOffset(panel) + vector * Context.VectorLength})";

    private static string Sum(int lane, int vector) => $"sum{lane}_{vector}";
}
