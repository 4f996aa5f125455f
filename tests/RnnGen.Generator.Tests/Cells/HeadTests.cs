using System.Globalization;
using System.Reflection;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Units in heads: each reads the states of its own head alone, whatever part of a vector it is.</summary>
public sealed class HeadTests
{
    // A product of a state, and one of a value of the step.
    private const string Heads = """
        heads = 2
        r  = sigmoid(W x + U h + b)
        n  = tanh(W x + U (r * h) + b)
        h' = r * h + (1 - r) * sin(n + W x)
        """;

    [Fact]
    public void GradientsMatchTheStencil() => CompiledCells.MatchTheStencil(CompiledCells.Cell.Of(Heads, 0).Declaration,
    [
        ("Architecture.ManyToMany, SequenceLength = 4, BatchSize = 2", "[SLstm(20, Heads = 5)] [SLstm(9, Heads = 3, Bidirectional = true)]"),
        ("Architecture.ManyToOne, SequenceLength = 4, BatchSize = 2", "[Recurrent<C0>(34)] [Recurrent<C0>(17, Numbers = \"heads = 1\")] [Recurrent<C0>(8, Numbers = \"heads = 8\")]"),
        ("Architecture.ManyToOne, SequenceLength = 4, InitialState = InitialState.Learned, BatchSize = 2", "[SLstm(32, Heads = 2)]"),
        ("Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, BatchSize = 2", "[SLstm(9, Heads = 3)] [Decoder(Attention = Attention.Additive)] [Recurrent<C0>(6)]"),
        ("Architecture.ManyToMany, SequenceLength = 6, RecomputeEvery = 2, BatchSize = 2", "[SLstm(15, Heads = 5)] [Recurrent<C0>(16)]"),
    ]);

    /// <summary>A head's weights are a block of the diagonal: a cell without heads, whose matrix is zero elsewhere, computes the same bits, with weights of each format, in batches and streams.</summary>
    [Theory]
    [InlineData("", 36, 3)]
    [InlineData("", 17, 17)]
    [InlineData("", 32, 2)]
    [InlineData(", PredictionWeights = WeightFormat.Int8", 36, 3)]
    [InlineData(", PredictionWeights = WeightFormat.BFloat16", 40, 4)]
    public void ABlockOfTheDiagonalIsAHead(string weights, int size, int heads)
    {
        string whole = Heads.Replace("heads = 2", "", StringComparison.Ordinal);
        Assembly assembly = CompiledCells.Compile(
            [Model(Heads, 0, string.Create(CultureInfo.InvariantCulture, $", Numbers = \"heads = {heads}\"")), Model(whole, 1, "")],
            Probe);
        int columns = size / heads, before = 3 * size * 4, rows = 2 * size;
        float[] blocks = Floats("Parameters", 0, []), given = [.. blocks.Select(p => p + 0.1f)];
        float[] matrices = [.. Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, size)
            .Select(column => column / columns == row % size / columns ? given[before + (row * columns) + (column % columns)] : 0))];
        float[] full = [.. given[..before], .. matrices, .. given[(before + (rows * columns))..]];
        full.Length.ShouldBe(Floats("Parameters", 1, []).Length);
        float[] found = Floats("Outputs", 0, given);
        found.ShouldAllBe(v => float.IsFinite(v));
        found.ShouldBe(Floats("Outputs", 1, full));

        string Model(string text, int i, string numbers) => $$"""
            {{CompiledCells.Cell.Of(text, i).Declaration}}
            [RnnModel(Architecture.ManyToMany, InputSize = 4, SequenceLength = 5, OutputSize = 2, BatchSize = 3{{weights}})]
            [Recurrent<C{{i.ToString(CultureInfo.InvariantCulture)}}>({{size.ToString(CultureInfo.InvariantCulture)}}{{numbers}})]
            public sealed partial class M{{i.ToString(CultureInfo.InvariantCulture)}};

            """;

        float[] Floats(string method, int model, float[] parameters) => (float[])CompiledCells.Call(assembly, method, model, [parameters])!;
    }

    private const string Probe = """
        public static class Probe
        {
            public static float[] Parameters<TModel>(float[] none) where TModel : IRnnModel<TModel, float, float, float> => TModel.Create(3).Parameters.ToArray();

            // Of a batch, and of the first sequence as a stream.
            public static float[] Outputs<TModel>(float[] parameters) where TModel : IRnnModel<TModel, float, float, float>
            {
                const int count = 3;
                TModel model = TModel.Create(3);
                model.SetParameters(parameters);
                var random = new System.Random(5);
                var inputs = new float[count * TModel.Layout.InputLength];
                for (int i = 0; i < inputs.Length; i++) inputs[i] = (float)(2 * random.NextDouble() - 1);
                int length = TModel.Layout.OutputLength;
                var outputs = new float[(count + 1) * length];
                model.PredictBatch(inputs, System.MemoryExtensions.AsSpan(outputs, 0, count * length), count);
                object state = typeof(TModel).GetMethod("CreateState", System.Type.EmptyTypes)!.Invoke(model, null)!;
                var next = (Step)state.GetType().GetMethod("Step", new[] { typeof(System.ReadOnlySpan<float>), typeof(System.Span<float>) })!.CreateDelegate(typeof(Step), state);
                for (int step = 0; step < 5; step++)
                    next(System.MemoryExtensions.AsSpan(inputs, 4 * step, 4), System.MemoryExtensions.AsSpan(outputs, count * length + 2 * step, 2));
                return outputs;
            }

            private delegate void Step(System.ReadOnlySpan<float> input, System.Span<float> output);
        }
        """;
}
