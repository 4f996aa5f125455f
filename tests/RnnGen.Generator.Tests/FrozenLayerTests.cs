using System.Reflection;
using RnnGen.Generator.Tests.Cells;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>Layers of every kind, frozen where no gradient flows through them, against twins that learn everything: what is learned has the same gradient, and the rest stays.</summary>
public sealed class FrozenLayerTests
{
    // One that keeps nothing for itself of what only the output reads, and one of a width of its own.
    private const string Cells = """"
        [Cell("""
            width P = 3
            state h, s[P]
            weight V[P], S[P]
            h' = tanh(W x + U h + b)
            s' = tanh(V x) * s
            y  = S h'
            output y
            """)]
        public sealed class Apart : ICell;
        [Cell("""
            width P = 3
            state h[P], c[P]
            weight A[P], B[P]
            c' = tanh(A x)
            h' = tanh(B x) + tanh(c)
            """)]
        public sealed class Own : ICell;
        [Cell("""
            vector p
            weight V
            r  = sigmoid(W x + U h + b)
            h' = tanh(W x + norm(V (r * h)) + p * h)
            """)]
        public sealed class Phases : ICell;

        """";

    private const string ToOne = "Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 2";
    private const string ToMany = "Architecture.ManyToMany, InputSize = 3, SequenceLength = 4, OutputSize = 2";
    private const string Tokens = "Architecture.ManyToMany, SequenceLength = 4, OutputSize = 2";
    private const string Writer = "Architecture.OneToMany, InputSize = 3, OutputLength = 4, OutputSize = 2";
    private const string Both = "Architecture.EncoderDecoder, InputSize = 3, SequenceLength = 4, OutputLength = 3, OutputSize = 2";
    private const string Classes = "Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 7, Loss = Loss.CrossEntropy";

    private static readonly Case[] s_few =
    [
        new(ToOne, "[Dense(4, F)] [Lstm(8)]"),
        new(Tokens, "[Embedding(7, 5, F)] [Gru(6, F)] [Dense(4, F)] [Gru(4, F)]"),
        new(Writer, "[Dense(4, F)] [Decoder] [Gru(6)]"),
        new(ToMany, "[Recurrent<Apart>(5, F)] [Recurrent<Apart>(6)]"),
        new(ToOne, "[Recurrent<Own>(5, F)] [Recurrent<Own>(33)]"),
    ];

    private static readonly Case[] s_more =
    [
        new(ToOne, "[Dense(4, Activation = Activation.Relu, Dropout = 0.3, F)] [Dense(4, Residual = true, F)] [LayerNorm(F)] [Gru(8, Bidirectional = true)]", "Pooling = Pooling.Max"),
        new(ToOne, "[Dense(1, F)] [Lstm(8, F)] [Dense(3, F)]"),
        new(ToMany, "[Rnn(5, F)] [Dense(4, Dropout = 0.2, F)] [Gru(6, RecurrentDropout = 0.2)]", "InitialState = InitialState.Learned"),
        new(ToMany, "[Gru(5, Bidirectional = true, RecurrentDropout = 0.2, F)] [Dense(4, F)] [LayerNorm(F)] [Gru(4, Residual = true, F)] [Dense(3)]"),
        new(ToMany, "[Dense(4, F)] [Lstm(5, F)] [Lstm(6)]", "RecomputeEvery = 2"),
        new(ToMany, "[Dense(4, F)] [Gru(5, F)] [Gru(6)]", "GradientFlow = true"),
        new(Tokens, "[Embedding(7, 5, F)] [Dense(4, F)] [Lstm(6)]"),
        new(Writer, "[Dense(4, F)] [Dense(6, F)] [Decoder] [Lstm(6, F)] [Dense(3, F)]"),
        new(Both, "[Dense(4, F)] [Gru(5, F)] [Dense(4, F)] [Decoder] [Gru(6)]"),
        new(Both, "[Lstm(5, Bidirectional = true, F)] [Dense(4, F)] [Decoder(Attention = Attention.Additive)] [Dense(3, F)] [Lstm(6)]"),
        new(Classes, "[Embedding(9, 5, F)] [Gru(5, F)] [Decoder] [Embedding(7, 4, F)] [Dense(3, F)] [Gru(5, F)]"),
        new(ToMany, "[Recurrent<Phases>(5, F)] [Dense(3, F)] [Recurrent<Phases>(5, F)] [Recurrent<Phases>(6)]"),
        new(ToMany, "[ProjectedLstm(5, Projection = 3, F)] [LayerNormLstm(5, F)] [PeepholeLstm(5, F)] [MinimalGatedUnit(4)]"),
    ];

    [Fact]
    public void WhatIsLearnedHasTheGradientOfItsTwin() => Check(s_few);

    [LongFact]
    [Trait(Tiers.Tier, Tiers.Long)]
    public void WhatIsLearnedHasTheGradientOfItsTwinInEveryKindOfModel() => Check(s_more);

    private static void Check(Case[] cases)
    {
        Assembly assembly = CompiledCells.Compile(cases.SelectMany((c, at) => c.Twins.Select((stack, i) => $$"""
            {{(at + i > 0 ? "" : Cells + Probe)}}
            [RnnModel({{c.Model}}, BatchSize = 4, Precision = Precision.Double{{(c.More.Length == 0 ? "" : ", " + c.More)}})]
            {{stack}}
            public sealed partial class M{{2 * at + i}};

            """)));
        for (int at = 0; at < cases.Length; at++)
        {
            Type input = cases[at].Layers.StartsWith("[Embedding", StringComparison.Ordinal) ? typeof(int) : typeof(double), target = cases[at].Model == Classes ? typeof(int) : typeof(double);
            assembly.GetType("Twins")!.GetMethod("Problems")!.MakeGenericMethod(assembly.GetType($"M{2 * at}")!, assembly.GetType($"M{2 * at + 1}")!, input, target)
                .Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null).ShouldBe("", cases[at].Layers);
        }
    }

    /// <summary>A model; F stands for <c>Frozen = true</c>, which its twin lacks.</summary>
    private sealed record Case(string Model, string Layers, string More = "")
    {
        public string[] Twins => [
            Layers.Replace("F)", "Frozen = true)", StringComparison.Ordinal),
            Layers.Replace(", F)", ")", StringComparison.Ordinal).Replace("(F)", "", StringComparison.Ordinal)];
    }

    // In the compilation itself, where the models' types are known.
    private const string Probe = """
        public static class Twins
        {
            public static string Problems<TModel, TTwin, TInput, TTarget>()
                where TModel : IRnnModel<TModel, double, TInput, TTarget> where TTwin : IRnnModel<TTwin, double, TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged
            {
                const int count = 5;
                var problems = new System.Collections.Generic.List<string>();
                ModelLayout layout = TModel.Layout;
                var random = new System.Random(3);
                T[] Draw<T>(int length, int below)
                {
                    var values = new T[length];
                    for (int i = 0; i < length; i++)
                        values[i] = typeof(T) == typeof(int) ? (T)(object)random.Next(System.Math.Max(1, below)) : (T)(object)(2 * random.NextDouble() - 1);
                    return values;
                }

                TInput[] inputs = Draw<TInput>(count * layout.InputLength, layout.VocabularySize);
                TTarget[] targets = Draw<TTarget>(count * layout.TargetLength, layout.ClassCount);
                TModel model = TModel.Create(1);
                TTwin twin = TTwin.Create(1);
                double[] gradients = new double[layout.ParameterCount], expected = new double[layout.ParameterCount];
                if (TTwin.Layout.ParameterCount != layout.ParameterCount) return "other parameters";
                if (!System.MemoryExtensions.SequenceEqual(model.Parameters, twin.Parameters)) problems.Add("other initial values");
                double loss = model.ComputeGradients(inputs, targets, count, gradients), other = twin.ComputeGradients(inputs, targets, count, expected);
                if (loss != other) problems.Add("the loss is " + loss + ", not " + other);
                bool anyFrozen = false, anyLearned = false;
                foreach (ParameterInfo p in layout.Parameters)
                {
                    anyFrozen |= p.IsFrozen;
                    for (int i = p.Offset; i < p.Offset + p.Length; i++)
                    {
                        double right = p.IsFrozen ? 0 : expected[i];
                        if (!(System.Math.Abs(gradients[i] - right) <= 1e-14)) problems.Add(p.Name + " has the gradient " + gradients[i] + ", not " + right);
                        anyLearned |= right != 0;
                    }
                }

                if (!anyFrozen || !anyLearned) problems.Add("nothing is frozen, or nothing learned");

                // Each vector width, training, carried states, prediction alone and in a batch.
                System.Reflection.PropertyInfo width = typeof(TModel).GetProperty("VectorWidth")!;
                object widest = width.GetValue(model)!;
                foreach (VectorWidth narrow in new[] { VectorWidth.V128, VectorWidth.V256 })
                {
                    if (narrow >= (VectorWidth)widest) continue;
                    width.SetValue(model, narrow);
                    var narrower = new double[layout.ParameterCount];
                    model.ComputeGradients(inputs, targets, count, narrower);
                    for (int i = 0; i < narrower.Length; i++)
                        if (expected[i] != expected[i] || (gradients[i] == 0) != (narrower[i] == 0)) { problems.Add("other gradients at " + narrow); break; }
                    width.SetValue(model, widest);
                }

                double[] before = model.Parameters.ToArray();
                var optimizer = new AdamW(1e-2) { WeightDecay = 0.1 };
                for (int step = 0; step < 3; step++) model.TrainStep(inputs, targets, count, optimizer);
                if (model is IStatefulModel<double, TInput, TTarget> carrying)
                {
                    BatchState<double> state = carrying.CreateBatchState(count);
                    for (int step = 0; step < 2; step++) carrying.TrainStep(inputs, targets, count, optimizer, state);
                    carrying.ComputeLoss(inputs, targets, count, state);
                }

                foreach (ParameterInfo p in layout.Parameters)
                    if (System.MemoryExtensions.SequenceEqual(model.Parameters.Slice(p.Offset, p.Length), System.MemoryExtensions.AsSpan(before, p.Offset, p.Length)) != p.IsFrozen)
                        problems.Add(p.Name + (p.IsFrozen ? " changed" : " did not change"));

                double[] together = new double[count * layout.OutputLength], alone = new double[layout.OutputLength];
                model.PredictBatch(inputs, together, count);
                for (int row = 0; row < count; row++)
                {
                    model.PredictBatch(System.MemoryExtensions.AsSpan(inputs, row * layout.InputLength, layout.InputLength), alone, 1);
                    if (!System.MemoryExtensions.SequenceEqual<double>(alone, System.MemoryExtensions.AsSpan(together, row * alone.Length, alone.Length)))
                        problems.Add("sequence " + row + " alone gives something else");
                }

                return string.Join("; ", problems);
            }
        }
        """;
}
