using System.Globalization;
using System.Reflection;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// The last units of a streamed layer share vectors with other gates. Each is held, bit by bit, against the same unit of a larger layer that shares none there, whose further units nobody reads.
/// </summary>
public sealed class SharedTailTests
{
    // At each width, layers that share a vector among their last units' lanes, and the smallest that does not.
    private static readonly (string Precision, string Width, int Size, int Twin)[] s_pairs =
    [
        ("Single", "V512", 17, 32), ("Single", "V512", 20, 32), ("Single", "V512", 24, 32), ("Single", "V512", 40, 48),
        ("Single", "V256", 12, 16), ("Single", "V256", 17, 24), ("Single", "V256", 20, 24), ("Single", "V128", 17, 20),
        ("Double", "V512", 9, 16), ("Double", "V512", 10, 16), ("Double", "V512", 12, 16),
        ("Double", "V256", 9, 12), ("Double", "V256", 10, 12), ("Double", "V256", 14, 16), ("Double", "V128", 9, 10),
    ];

    [Theory]
    [InlineData("Lstm", "Single", 20, 24)]
    [InlineData("Gru", "Double", 10, 14)]
    public void TheLastUnitsHaveTheBitsOfThoseThatShareNothing(string cell, string precision, int one, int other) =>
        Compare(cell, precision, [.. s_pairs.Where(p => p.Precision == precision && (p.Size == one || p.Size == other))]);

    [LongFact]
    [Trait(Tiers.Tier, Tiers.Long)]
    public void SoTheyHaveAtAllSizes()
    {
        foreach ((string cell, string precision) in new[] { ("Lstm", "Single"), ("Lstm", "Double"), ("Gru", "Single"), ("Gru", "Double"), ("PeepholeLstm", "Single") })
        {
            Compare(cell, precision, [.. s_pairs.Where(p => p.Precision == precision)]);
        }
    }

    private static void Compare(string cell, string precision, (string Precision, string Width, int Size, int Twin)[] pairs)
    {
        int[] sizes = [.. pairs.SelectMany(p => new[] { p.Size, p.Twin }).Distinct().Order()];
        Assembly assembly = CompiledCells.Compile(
            sizes.Select((size, i) => $$"""
                [RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 1, OutputSize = 2, BatchSize = 1, Precision = Precision.{{precision}})]
                [{{cell}}({{size}})]
                public sealed partial class M{{i.ToString(CultureInfo.InvariantCulture)}};

                """),
            Probe.Replace("Number", precision == "Single" ? "float" : "double", StringComparison.Ordinal));
        foreach ((_, string width, int size, int twin) in pairs)
        {
            int small = Array.IndexOf(sizes, size), large = Array.IndexOf(sizes, twin);
            object parameters = CompiledCells.Call(assembly, "Draw", small, [])!;
            double[] found = Give(small, size), expected = Give(large, twin);
            found.ShouldAllBe(v => double.IsFinite(v), $"{size} at {width}");
            found.ShouldBe(expected, $"{size} and {twin} at {width}");

            double[] Give(int model, int units) => (double[])CompiledCells.Call(assembly, "Give", model, [parameters, size, units, width])!;
        }
    }

    // Streams fifty steps of a model with the parameters of a smaller one. One input is infinite: a lane that it does not feed must not see it.
    private const string Probe = """
        public static class Probe
        {
            public static System.Collections.Generic.Dictionary<string, (int Rows, int Columns, Number[] Values)> Draw<TModel>() where TModel : IRnnModel<TModel, Number, Number, Number>
            {
                TModel model = TModel.Create(3);
                var random = new System.Random(4);
                var drawn = new System.Collections.Generic.Dictionary<string, (int, int, Number[])>();
                foreach (ParameterInfo p in TModel.Layout.Parameters)
                {
                    Number[] values = model.Parameters.Slice(p.Offset, p.Length).ToArray();
                    for (int i = 0; i < values.Length; i++) values[i] += (Number)(0.4 * random.NextDouble() - 0.2);
                    drawn.Add(p.Name, (p.Shape[0], p.Length / p.Shape[0], values));
                }

                return drawn;
            }

            public static double[] Give<TModel>(System.Collections.Generic.Dictionary<string, (int Rows, int Columns, Number[] Values)> drawn, int units, int size, string width)
                where TModel : IRnnModel<TModel, Number, Number, Number>
            {
                TModel model = TModel.Create(3);
                var flat = new Number[TModel.Layout.ParameterCount];
                foreach (ParameterInfo p in TModel.Layout.Parameters)
                {
                    (int rows, int columns, Number[] values) = drawn[p.Name];
                    int wide = p.Length / p.Shape[0];
                    bool isHead = p.Name.StartsWith("head");
                    for (int row = 0; row < p.Shape[0]; row++)
                    {
                        // Units beyond are as the first one, so that they are finite where it is.
                        int from = isHead ? row : row / size * units + (row % size < units ? row % size : 0);
                        for (int column = 0; column < columns; column++)
                            flat[p.Offset + row * wide + column] = values[from * columns + column];
                    }
                }

                model.SetParameters(flat);
                typeof(TModel).GetProperty("VectorWidth")!.SetValue(model, System.Enum.Parse<VectorWidth>(width));
                object state = typeof(TModel).GetMethod("CreateState", System.Type.EmptyTypes)!.Invoke(model, null)!;
                var random = new System.Random(5);
                var outputs = new double[100];
                var step = (Step)state.GetType().GetMethod("Step", new[] { typeof(System.ReadOnlySpan<Number>), typeof(System.Span<Number>) })!.CreateDelegate(typeof(Step), state);
                for (int t = 0; t < 50; t++)
                {
                    var y = new Number[2];
                    step(new Number[] { t == 20 ? Number.PositiveInfinity : (Number)(4 * random.NextDouble() - 2) }, y);
                    (outputs[2 * t], outputs[2 * t + 1]) = (y[0], y[1]);
                }

                return outputs;
            }

            private delegate void Step(System.ReadOnlySpan<Number> input, System.Span<Number> output);
        }
        """;
}
