using System.Reflection;

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
        .. s_awkward.SelectMany(size => s_awkward.Select(width => (size, width))),
        .. isSingle ? [(8, 12), (4, 5), (12, 4)] : new[] { (4, 5), (4, 6), (4, 8), (4, 12), (4, 16), (2, 3), (2, 4), (6, 16), (12, 5) },
    ];

    [Theory]
    [InlineData("Double")]
    [InlineData("Single")]
    public void BatchesAreTheirSequences(string precision)
    {
        bool isSingle = precision == "Single", isLong = Environment.GetEnvironmentVariable("RNNGEN_LONG") == "1";
        (string Cell, int Size, int Width)[] cases = [.. (isLong ? Many(isSingle) : Few(isSingle)).SelectMany((pair, i) =>
            (isLong ? [Made, States] : new[] { i % 2 == 0 ? Made : States }).Select(cell => (cell, pair.Size, pair.Width)))];
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
