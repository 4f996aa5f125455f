using System.Reflection;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// Cells of two widths at sizes of few vectors and many: at every vector width that the machine has, each sequence alone as in a batch, and the gradient of a
/// batch as the mean of its sequences' own. The widest vectors' gradients are held against differences of losses. RNNGEN_LONG=1 takes every pair of sizes.
/// </summary>
public sealed class CellWidthTests
{
    // What a step makes of its input in one width is read by products into the other.
    private const string Made = """
        width  P = 3
        state  h[P]
        weight A, B, D, E[P], F[P]
        t  = A x + B x * D x
        h' = tanh(E x) + tanh(h) + tanh(F t)
        """;

    // States of both widths, which read each other.
    private const string States = """
        width  P = 3
        state  h, s[P]
        weight A[P], B, C[P]
        bias   e[P]
        vector p[P]
        f  = sigmoid(W x + U h + B s + b)
        s' = p * tanh(A f + C x + e) - 0.5 * s
        h' = f * tanh(W x + B s' + b) + (1 - f) * h
        """;

    private static readonly int[] s_awkward = [1, 7, 8, 9, 15, 16, 17, 33];

    // Each pair of widths has unlike numbers of vectors at one vector width at least.
    private static IEnumerable<(int Size, int Width)> Few(bool isSingle) => isSingle ? [(8, 12), (33, 8), (1, 17)] : [(4, 5), (1, 9), (6, 16), (7, 1), (17, 33)];

    private static IEnumerable<(int Size, int Width)> Many(bool isSingle) =>
    [
        .. s_awkward.SelectMany(size => s_awkward.Where(width => width != size).Select(width => (size, width))),
        .. isSingle ? [(8, 12), (4, 5), (12, 4)] : new[] { (4, 5), (4, 6), (4, 8), (4, 12), (4, 16), (2, 3), (2, 4), (6, 16), (12, 5) },
    ];

    [Theory]
    [InlineData("Double")]
    [InlineData("Single")]
    public void BatchesAreTheirSequences(string precision)
    {
        bool isSingle = precision == "Single", isLong = Tiers.RunsLong;
        (string Cell, int Size, int Width)[] cases = [.. (isLong ? Many(isSingle) : Few(isSingle)).Select((pair, i) => (i % 2 == 0 ? Made : States, pair.Size, pair.Width))];
        foreach ((string Cell, int Size, int Width)[] some in cases.Chunk(16))
        {
            Assembly assembly = CompiledCells.Compile(some.Select((c, i) => $$"""
                {{(i == 0 ? Probe : "")}}
                {{CompiledCells.Cell.Of(c.Cell, i).Declaration}}
                [RnnModel(Architecture.ManyToMany, InputSize = 3, OutputSize = 2, SequenceLength = 3, BatchSize = 16, Precision = Precision.{{precision}})]
                [Recurrent<C{{i}}>({{c.Size}}, Numbers = "P = {{c.Width}}")]
                public sealed partial class M{{i}};

                """));
            for (int i = 0; i < some.Length; i++)
            {
                foreach ((string width, double outputs, double gradients) in Measure(assembly, i, isSingle))
                {
                    string name = $"H = {some[i].Size}, P = {some[i].Width}, {precision}, {width} of\n{some[i].Cell}";
                    outputs.ShouldBe(0, name);
                    gradients.ShouldBeLessThan(isSingle ? 1e-5 : 1e-12, name);
                }

                if (!isSingle)
                {
                    CompiledCells.Result stencil = CompiledCells.Run(assembly, i, 1)[0];
                    stencil.Worst.Distance.ShouldBeLessThan(1e-7, $"{stencil.Worst.Tensor} of H = {some[i].Size}, P = {some[i].Width}, {some[i].Cell}");
                }
            }
        }
    }

    /// <summary>A cell all of whose values have a width of its own is the cell of that size, whatever the layer's: in batches, alone, streamed, and in training.</summary>
    [Fact]
    public void ACellOfOneOwnWidthIsTheCellOfThatSize()
    {
        (int Size, int Width)[] pairs = Tiers.RunsLong ? [(5, 3), (40, 12), (2, 33), (33, 1), (7, 200)] : [(5, 3), (2, 33)];
        Assembly assembly = CompiledCells.Compile(pairs.SelectMany((pair, i) => new[] { true, false }.Select(isOwn => $$""""
            {{(i > 0 || !isOwn ? "" : Same)}}
            [Cell("""
                {{(isOwn ? "width P = 4" : "")}}
                state h{{(isOwn ? "[P]" : "")}}, c{{(isOwn ? "[P]" : "")}}
                weight A{{(isOwn ? "[P]" : "")}}, B{{(isOwn ? "[P]" : "")}}, C{{(isOwn ? "[P]" : "")}}
                bias   e{{(isOwn ? "[P]" : "")}}
                vector p{{(isOwn ? "[P]" : "")}}
                c' = tanh(A x + B h + e) - 0.5 * c
                h' = sigmoid(C x) * tanh(c') + p * h
                """)]
            public sealed class C{{2 * i + (isOwn ? 0 : 1)}} : ICell;
            [RnnModel(Architecture.ManyToMany, InputSize = 3, OutputSize = 2, SequenceLength = 5, BatchSize = 8, Precision = Precision.Double)]
            [Recurrent<C{{2 * i + (isOwn ? 0 : 1)}}>({{(isOwn ? $"{pair.Size}, Numbers = \"P = {pair.Width}\"" : pair.Width)}})]
            public sealed partial class M{{2 * i + (isOwn ? 0 : 1)}}
            {
                public static double[] Given(VectorWidth width)
                {
                    var model = new M{{2 * i + (isOwn ? 0 : 1)}}(1);
                    if (width <= model.VectorWidth) model.VectorWidth = width;
                    return Same.Given(model, state: model.CreateState().Step);
                }
            }

            """")));
        for (int i = 0; i < pairs.Length; i++)
        {
            foreach (VectorWidth width in (VectorWidth[])[VectorWidth.V128, VectorWidth.V256, VectorWidth.V512])
            {
                double[] own = Given(2 * i, width);
                own.Length.ShouldBeGreaterThan(60);
                own.ShouldBe(Given(2 * i + 1, width), $"{pairs[i]} {width}");
            }
        }

        CompiledCells.Run(assembly, 0, 1)[0].Worst.Distance.ShouldBeLessThan(1e-7);

        double[] Given(int model, VectorWidth width) => (double[])assembly.GetType($"M{model}")!.GetMethod("Given")!.Invoke(null, [width])!;
    }

    // Outputs of a batch, streamed outputs and the gradient, in one array.
    private const string Same = """
        public static class Same
        {
            public delegate void Stepper(System.ReadOnlySpan<double> x, System.Span<double> y);

            public static double[] Given<TModel>(TModel model, Stepper state) where TModel : IRnnModel<TModel, double, double, double>
            {
                const int count = 6;
                ModelLayout layout = TModel.Layout;
                double[] Draw(int length, int seed)
                {
                    var random = new System.Random(seed);
                    var values = new double[length];
                    for (int i = 0; i < length; i++) values[i] = 2 * random.NextDouble() - 1;
                    return values;
                }

                model.SetParameters(Draw(layout.ParameterCount, 1));
                double[] inputs = Draw(count * layout.InputLength, 2), targets = Draw(count * layout.TargetLength, 3);
                double[] outputs = new double[count * layout.OutputLength], streamed = new double[layout.OutputLength], gradients = new double[layout.ParameterCount];
                model.PredictBatch(inputs, outputs, count);
                for (int t = 0; t < layout.SequenceLength; t++)
                    state(System.MemoryExtensions.AsSpan(inputs, 3 * t, 3), System.MemoryExtensions.AsSpan(streamed, 2 * t, 2));
                for (int i = 0; i < streamed.Length; i++)
                    if (!(System.Math.Abs(streamed[i] - outputs[i]) < 1e-12)) throw new System.Exception("streamed " + streamed[i] + ", not " + outputs[i]);
                model.ComputeGradients(inputs, targets, count, gradients);
                return System.Linq.Enumerable.ToArray(System.Linq.Enumerable.Concat(System.Linq.Enumerable.Concat(outputs, streamed), gradients));
            }
        }

        """;

    private static IReadOnlyList<(string Width, double Outputs, double Gradients)> Measure(Assembly assembly, int model, bool isSingle) =>
        (IReadOnlyList<(string, double, double)>)assembly.GetType("Rows")!.GetMethod("Measure")!
            .MakeGenericMethod(assembly.GetType($"M{model}")!, isSingle ? typeof(float) : typeof(double))
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!;

    // In the compilation itself, where the model's types are known.
    private const string Probe = """
        public static class Rows
        {
            // For each vector width, of batches of several sizes: the greatest distance of an output, and of the gradient, to what each sequence gives alone; the latter also to the widest vectors'.
            public static System.Collections.Generic.IReadOnlyList<(string, double, double)> Measure<TModel, T>()
                where TModel : IRnnModel<TModel, T, T, T> where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
            {
                ModelLayout layout = TModel.Layout;
                TModel model = TModel.Create(3);
                var random = new System.Random(5);
                System.Reflection.PropertyInfo property = typeof(TModel).GetProperty("VectorWidth")!;
                var widest = (VectorWidth)property.GetValue(model)!;
                T[] Draw(int length) => System.Linq.Enumerable.ToArray(System.Linq.Enumerable.Select(System.Linq.Enumerable.Range(0, length), _ => T.CreateTruncating(2 * random.NextDouble() - 1)));
                model.SetParameters(Draw(layout.ParameterCount));
                T[]? reference = null;
                var result = new System.Collections.Generic.List<(string, double, double)>();
                T[] inputs = Draw(11 * layout.InputLength), targets = Draw(11 * layout.TargetLength);
                foreach (VectorWidth width in new[] { VectorWidth.V512, VectorWidth.V256, VectorWidth.V128 })
                {
                    if (width > widest) continue;
                    property.SetValue(model, width);
                    double outputs = 0, gradients = 0;
                    foreach (int count in new[] { 2, 5, 11 })
                    {
                        T[] together = new T[count * layout.OutputLength], sum = new T[layout.ParameterCount], mean = new T[layout.ParameterCount];
                        model.PredictBatch(System.MemoryExtensions.AsSpan(inputs, 0, count * layout.InputLength), together, count);
                        model.ComputeGradients(System.MemoryExtensions.AsSpan(inputs, 0, count * layout.InputLength), System.MemoryExtensions.AsSpan(targets, 0, count * layout.TargetLength), count, sum);
                        for (int row = 0; row < count; row++)
                        {
                            T[] alone = new T[layout.OutputLength], own = new T[layout.ParameterCount];
                            model.PredictBatch(System.MemoryExtensions.AsSpan(inputs, row * layout.InputLength, layout.InputLength), alone, 1);
                            for (int j = 0; j < alone.Length; j++)
                                outputs = Worse(outputs, alone[j], together[row * alone.Length + j]);
                            model.ComputeGradients(System.MemoryExtensions.AsSpan(inputs, row * layout.InputLength, layout.InputLength), System.MemoryExtensions.AsSpan(targets, row * layout.TargetLength, layout.TargetLength), 1, own);
                            for (int j = 0; j < own.Length; j++) mean[j] += own[j] / T.CreateChecked(count);
                        }

                        if (count == 11) reference ??= sum;
                        for (int j = 0; j < mean.Length; j++)
                        {
                            gradients = Worse(gradients, sum[j], mean[j]);
                            if (count == 11) gradients = Worse(gradients, sum[j], reference![j]);
                        }
                    }

                    result.Add((width.ToString(), outputs, gradients));
                }

                property.SetValue(model, widest);
                return result;
            }

            static double Worse<T>(double worst, T a, T b) where T : System.Numerics.IBinaryFloatingPointIeee754<T>
            {
                double distance = double.CreateChecked(T.Abs(a - b));
                return distance <= worst ? worst : double.IsNaN(distance) ? double.PositiveInfinity : distance;
            }
        }
        """;
}
