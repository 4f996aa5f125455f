using System.Reflection;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Models with layers that multiply many steps at once, over more steps than are multiplied together: gradients in double against the stencil, and the bits of one step after the other.</summary>
public sealed class ScannedModelTests
{
    // A minGRU without a kink, at which a stencil finds nothing.
    private const string Smooth = """
        z  = sigmoid(W x + b)
        n  = tanh(W x + b)
        h' = (1 - z) * h + z * n
        """;

    [Fact]
    public void GradientsMatchTheStencil()
    {
        (string Model, string Layers)[] models =
        [
            ("Architecture.ManyToMany, SequenceLength = 90, BatchSize = 1", "[Recurrent<C1>(1)] [Sru(7)]"),
            ("Architecture.ManyToOne, SequenceLength = 90, BatchSize = 2", "[Recurrent<C1>(8)] [Recurrent<C1>(8, Residual = true)] [Dense(3)]"),
            ("Architecture.ManyToMany, SequenceLength = 40, BatchSize = 2", "[QuasiRnn(15)] [Lstm(16)] [Recurrent<C1>(17)]"),
            ("Architecture.ManyToOne, SequenceLength = 60, BatchSize = 2", "[Sru(9, Bidirectional = true)] [Recurrent<C1>(33, Bidirectional = true)]"),
            ("Architecture.ManyToMany, SequenceLength = 1, BatchSize = 2", "[MinGru(9)]"),
            ("Architecture.ManyToMany, SequenceLength = 60, BatchSize = 2, InitialState = InitialState.Learned", "[Recurrent<C0>(9)] [LayerNorm] [Sru(9)]"),
            ("Architecture.ManyToMany, SequenceLength = 40, BatchSize = 2, RecomputeEvery = 20", "[Recurrent<C0>(9)] [Sru(7)]"),
            ("Architecture.EncoderDecoder, SequenceLength = 30, OutputLength = 20, BatchSize = 2", "[Sru(9)] [Decoder] [Sru(9)]"),
            ("Architecture.ManyToOne, SequenceLength = 40, BatchSize = 2, Pooling = Pooling.Mean", "[Recurrent<C0>(9)] [Recurrent<C1>(9, Residual = true)]"),
        ];
        CompiledCells.MatchTheStencil(CompiledCells.Cell.Of(ScanTests.Chained, 0).Declaration + CompiledCells.Cell.Of(Smooth, 1).Declaration, models);
    }

    /// <summary>
    /// A model that measures its gradient's flow goes back step by step, and so does the forward pass of a group that is not full: what is taken at once changes no bit.
    /// </summary>
    [Theory]
    [InlineData("[MinGru(17)] [Sru(9)]")]
    [InlineData("[Recurrent<C0>(20)] [QuasiRnn(16, Bidirectional = true)]")]
    public void StepsTakenAtOnceHaveTheBitsOfSingleSteps(string layers)
    {
        string[] options = ["BatchSize = 1", "BatchSize = 1, GradientFlow = true", "BatchSize = 8"];
        Assembly assembly = CompiledCells.Compile(options.Select((option, i) => $$"""
            {{(i == 0 ? CompiledCells.Cell.Of(ScanTests.Chained, 0).Declaration : "")}}
            [RnnModel(Architecture.ManyToMany, SequenceLength = 100, InputSize = 3, OutputSize = 2, Precision = Precision.Double, {{option}})]
            {{layers}}
            public sealed partial class M{{i}};

            """), Probe);
        Dictionary<string, double[]>[] given = [.. options.Select((_, i) => (Dictionary<string, double[]>)CompiledCells.Call(assembly, "Give", i, [])!)];
        foreach (string width in given[0].Keys)
        {
            given[1][width].ShouldBe(given[0][width], width);
            given[2][width][0].ShouldBe(given[0][width][0], width);
        }
    }

    /// <summary>One sequence is shared by threads, whose number changes no bit.</summary>
    [Theory]
    [InlineData("SequenceLength = 150, BatchSize = 1", "[Sru(72)] [MinGru(33)]")]
    [InlineData("SequenceLength = 160, BatchSize = 2, RecomputeEvery = 80", "[QuasiRnn(40)] [LayerNorm] [MinLstm(41, Bidirectional = false)]")]
    [InlineData("SequenceLength = 130, BatchSize = 3", "[MinGru(40, Bidirectional = true)] [Sru(17, Bidirectional = true)]")]
    public void ThreadsChangeNoBit(string options, string layers)
    {
        Assembly assembly = CompiledCells.Compile(
            [$"[RnnModel(Architecture.ManyToMany, InputSize = 64, OutputSize = 2, Precision = Precision.Double, {options})] {layers} public sealed partial class M0;\n"], Probe);
        double[][] given = [.. new[] { 1, 2, 3, 7 }.Select(threads => (double[])CompiledCells.Call(assembly, "OfThreads", 0, [threads])!)];
        given[0].ShouldContain(v => v != 0);
        foreach (double[] other in given)
        {
            other.ShouldBe(given[0]);
        }
    }

    // The loss of one sequence and then the gradients, at each vector width.
    private const string Probe = """
        public static class Probe
        {
            public static System.Collections.Generic.Dictionary<string, double[]> Give<TModel>() where TModel : IRnnModel<TModel, double, double, double>
            {
                ModelLayout layout = TModel.Layout;
                TModel model = TModel.Create(3);
                var random = new System.Random(5);
                double[] inputs = new double[layout.InputLength], targets = new double[layout.TargetLength], gradients = new double[layout.ParameterCount];
                for (int i = 0; i < inputs.Length; i++) inputs[i] = random.NextDouble();
                for (int i = 0; i < targets.Length; i++) targets[i] = random.NextDouble();
                var result = new System.Collections.Generic.Dictionary<string, double[]>();
                System.Reflection.PropertyInfo property = typeof(TModel).GetProperty("VectorWidth")!;
                foreach (VectorWidth width in new[] { VectorWidth.V128, VectorWidth.V256, VectorWidth.V512 })
                {
                    if (width <= VectorWidths.Default)
                    {
                        property.SetValue(model, width);
                        double loss = model.ComputeGradients(inputs, targets, 1, gradients);
                        result.Add(width.ToString(), [loss, .. gradients]);
                    }
                }

                return result;
            }

            public static double[] OfThreads<TModel>(int threads) where TModel : IRnnModel<TModel, double, double, double>
            {
                ModelLayout layout = TModel.Layout;
                TModel model = TModel.Create(3);
                typeof(TModel).GetProperty("Threads")!.SetValue(model, threads);
                var random = new System.Random(5);
                int count = layout.BatchSize;
                double[] inputs = new double[count * layout.InputLength], targets = new double[count * layout.TargetLength], gradients = new double[layout.ParameterCount];
                for (int i = 0; i < inputs.Length; i++) inputs[i] = random.NextDouble();
                var result = new System.Collections.Generic.List<double>();
                for (int i = 0; i < 20; i++)
                {
                    result.Add(model.ComputeGradients(inputs, targets, count, gradients));
                    result.AddRange(gradients);
                }

                return result.ToArray();
            }
        }
        """;
}
