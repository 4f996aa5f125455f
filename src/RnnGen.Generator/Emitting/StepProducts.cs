using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes the products of one row of values with weights that stand column by column. The sums stay in registers, and a value is read once for all that it feeds.
/// </summary>
internal sealed class StepProducts(KernelContext context, IReadOnlyList<StepUnits> units)
{
    // Multiplications of a source that are written one after the other, without a loop.
    private const int MaximumUnrolled = 96;

    private readonly int _parts = units.SelectMany(u => u.Sums).Max(s => s.Parts);

    private SourceWriter Writer => context.Writer;

    public void Write()
    {
        List<StepSum> sums = units.SelectMany(u => u.Sums).ToList();
        Writer.Line();
        Writer.Write($"// {string.Join(", ", units.Select(u => u.SumNames + (_parts > 1 ? "{part}" : "")))}, from the bias on");
        foreach (StepSum sum in sums)
        {
            Writer.Write($"{context.Vector} {sum.Name} = {sum.Start};");
        }

        for (int part = 1; part < _parts; part++)
        {
            foreach (StepSum sum in sums.Where(s => part < s.Parts))
            {
                Writer.Write($"{context.Vector} {sum.Part(part)} = {context.Vector}.Zero;");
            }
        }

        foreach (ProductSource source in context.Layer.Sources)
        {
            using (Writer.Open(""))
            {
                WriteLines(units.SelectMany(u => u.Before(source)));
                WriteSource(source);
                WriteLines(units.SelectMany(u => u.After(source)));
            }
        }

        // Two and two, then these.
        for (int half = _parts / 2; half > 0; half /= 2)
        {
            for (int part = 0; part < half; part++)
            {
                foreach (StepSum sum in sums.Where(s => part + half < s.Parts))
                {
                    Writer.Write($"{sum.Part(part)} += {sum.Part(part + half)};");
                }
            }
        }
    }

    private void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Writer.Write(line);
        }
    }

    // A sum that a source feeds, with the pointer to its weights and the way to those of the next column.
    private sealed record Term(StepSum Sum, string Pointer, int Step, int Weight);

    // A source's values times their weights, in a loop where they are many.
    private void WriteSource(ProductSource source)
    {
        List<(string Pointer, StepWeights Weights)> pointers = units.Select(u => u.WeightsOf(source)).Select(w => (source.Name + w.Pack, w)).ToList();
        foreach ((string pointer, StepWeights weights) in pointers)
        {
            Writer.Write($"ref {context.Number} {pointer} = ref Unsafe.Add(ref {weights.Pack}, {weights.Start});");
        }

        List<List<Term>> groups = [];
        foreach ((StepUnits some, int index) in units.Select((u, i) => (u, i)))
        {
            foreach ((IReadOnlyList<StepTerm> terms, int group) in some.TermsOf(source).Select((t, i) => (t, i)))
            {
                if (group == groups.Count)
                {
                    groups.Add([]);
                }

                groups[group].AddRange(terms.Select(t => new Term(t.Sum, pointers[index].Pointer, pointers[index].Weights.Step, t.Weight)));
            }
        }

        List<Term> all = units.SelectMany(u => u.Sums).SelectMany(s => groups.SelectMany(g => g).Where(t => t.Sum == s)).ToList();
        if (source.Columns * all.Count <= MaximumUnrolled)
        {
            for (int group = 0; group < groups.Count; group++)
            {
                for (int k = 0; k < source.Columns; k++)
                {
                    WriteColumn(source, new(groups.Count == 1 ? $"value{k}" : $"value{k}_{group}", $"{k}", k, k), groups[group]);
                }
            }

            return;
        }

        int whole = source.Columns / _parts * _parts;
        if (whole > 0)
        {
            using (_parts == 1 ? Writer.OpenRange("nint", "k", 0, whole) : Writer.Open($"for (nint k = 0; k < {whole}; k += {_parts})"))
            {
                for (int part = 0; part < _parts; part++)
                {
                    WriteColumn(source, new(part == 0 ? "value" : $"value{part}", part == 0 ? "k" : $"k + {part}", part, part), all);
                }

                WriteLines(pointers.Select(p => $"{p.Pointer} = ref Unsafe.Add(ref {p.Pointer}, {_parts * p.Weights.Step});"));
            }
        }

        for (int part = 0; part < source.Columns - whole; part++)
        {
            WriteColumn(source, new($"rest{part}", $"{whole + part}", part, part), all);
        }
    }

    // A value of a source: its variable, where it is stored, how many columns its weights are after the pointer, and its place in the order of the columns.
    private readonly record struct Column(string Value, string Index, int Offset, int Order);

    // One value of a source times its weights.
    private void WriteColumn(ProductSource source, Column column, IReadOnlyList<Term> terms)
    {
        Writer.Write($"{context.Vector} {column.Value} = {context.Vectors}.Create(Unsafe.Add(ref {source.Name}, {column.Index}));");
        foreach (Term term in terms)
        {
            string sum = term.Sum.Part(column.Order % term.Sum.Parts);
            Writer.Write($"{sum} = VectorMath.MultiplyAdd({column.Value}, {context.Vectors}.LoadUnsafe(ref {term.Pointer}, {column.Offset * term.Step + term.Weight}), {sum});");
        }
    }
}
