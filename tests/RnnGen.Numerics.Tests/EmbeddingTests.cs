using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using RnnGen.Tests;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Models that read tokens: gradients against the stencil and PyTorch's, the sparse update against the dense one and
/// against SparseAdam, the same bits for all threads and batches, every width, streaming, bad tokens, no allocation.
/// </summary>
[Collection(nameof(Alone))]
public class EmbeddingTests
{
    private static readonly Dictionary<string, Type> s_models = typeof(FirstToken).Assembly.GetTypes()
        .Where(t => t.GetCustomAttribute<RnnModelAttribute>() is not null && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRnnModel<,,,>) && i.GetGenericArguments()[2] == typeof(int)))
        .ToDictionary(t => t.Name);

    public static TheoryData<string> All => [.. s_models.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Pairs => [.. s_models.Keys.Where(n => s_models.ContainsKey(n + "Float")).Order(StringComparer.Ordinal)];

    private interface ICheck
    {
        void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, int, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>;
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Gradients_match_a_five_point_stencil(string model) => Run(model, new StencilCheck());

    [Theory, MemberData(nameof(Pairs))]
    public void Float_gradients_match_the_double_models(string model)
    {
        Recorder expected = new(), found = new();
        Run(model, expected);
        Run(model + "Float", found);
        found.Gradients!.ShouldBeNear(expected.Gradients!, expected.Layout!, 1e-4, "float");
    }

    [Theory, MemberData(nameof(All))]
    public void A_training_step_of_SGD_is_the_dense_one(string model) => Run(model, new SparseStepCheck());

    [Theory, MemberData(nameof(All))]
    public void The_bits_do_not_depend_on_threads_or_batches(string model) => Run(model, new BitsCheck());

    [Theory, MemberData(nameof(All))]
    public void Every_width_gives_the_same_and_streaming_too(string model) => Run(model, new WidthCheck());

    [Fact] public void Embedding_gru_last_mse() => Golden<EmbeddingGruLastMse, double, double>(1e-10, 1e-10);
    [Fact] public void Embedding_gru_last_mse_in_float() => Golden<EmbeddingGruLastMseFloat, float, float>(1e-5, 1e-4);
    [Fact] public void Embedding_stack_each_crossentropy() => Golden<EmbeddingStackEachCrossentropy, double, int>(1e-10, 1e-10);
    [Fact] public void Embedding_stack_each_crossentropy_in_float() => Golden<EmbeddingStackEachCrossentropyFloat, float, int>(1e-5, 1e-4);

    [Fact]
    public void Adam_updates_the_table_as_SparseAdam()
    {
        GoldenFile file = GoldenFile.Open("tokens", "sparse_adam");
        EmbeddingGruLastMse model = Load<EmbeddingGruLastMse, double, double>(file);
        int[] tokens = Array.ConvertAll(file["inputs"], v => (int)v);
        Adam optimizer = new(0.01) { Epsilon = 1e-15 };
        for (int step = 0; step < 20; step++)
            model.TrainStep(tokens.AsSpan(step * 5, 5), file["targets"].AsSpan(step * 2, 2), 1, optimizer).ShouldBe(file["losses"][step], 1e-9, $"loss before step {step}");
        foreach (ParameterInfo p in EmbeddingGruLastMse.Layout.Parameters)
            RnnGen.Numerics.Tests.Golden.ShouldBeNear(model.Parameters.Slice(p.Offset, p.Length), file[$"after.{p.Name}"], 1e-9, p.Name);
    }

    [Fact]
    public void Rows_that_no_token_names_keep_their_bits_whatever_the_optimiser()
    {
        foreach (Optimizer optimizer in (Optimizer[])[
            .. ShippedOptimizers.Names.Select(name => ShippedOptimizers.Create(name)),
            new Sgd(0.1) { Momentum = 0.9, WeightDecay = 0.1 }, new RmsProp(0.01) { Centered = true, Momentum = 0.5 }, new Adam(0.01) { ClipNorm = 1e-3 }, new AdamW(0.01) { ClipValue = 1e-3 }])
        {
            EmbeddingGruLastMse model = new(1);
            double[] before = model.Parameters.ToArray();
            // Other rows have moments by then, which must not drift either: the second run from the same row would show it.
            for (int step = 0; step < 3; step++)
                model.TrainStep([2, 5, 2, 2, 5, 9, 5, 5, 2, 2], [1, 2, 3, 4], 2, optimizer);
            for (int token = 0; token < 11; token++)
            {
                bool isSame = model.Parameters.Slice(token * 3, 3).SequenceEqual(before.AsSpan(token * 3, 3));
                isSame.ShouldBe(token is not (2 or 5 or 9), $"{optimizer.GetType().Name}, row {token}");
            }
        }
    }

    [Fact]
    public void A_row_and_its_moments_do_not_depend_on_its_neighbours()
    {
        // Steps on row 4 alone, and the same steps with others between them on rows that share a vector with it.
        Optimizer[] optimizers = [new Adam(0.01), new Adam(0.01)];
        double[][] tables = [new double[33], new double[33]];
        ModelLayout layout = EmbeddingGruLastMse.Layout;
        double[] gradients = new double[layout.ParameterCount];
        gradients.AsSpan().Fill(0.5);
        for (int run = 0; run < 2; run++)
        {
            double[] parameters = new double[layout.ParameterCount];
            ParameterSegment[] rows = run == 0 ? [new(12, 3)] : [new(9, 3), new(12, 3), new(15, 3)];
            for (int step = 0; step < 5; step++)
                Runtime.ParameterUpdate.Apply<double>(optimizers[run], layout, parameters, gradients, layout, step % 2 == 0 ? rows : [new(12, 3)]);
            tables[run] = parameters[12..15];
            parameters.Count(v => v != 0).ShouldBe(run == 0 ? 3 : 9);
        }

        tables[1].ShouldBe(tables[0]);
    }

    [Fact]
    public void Gradients_are_dense_for_the_caller_and_forget_the_tokens_of_the_call_before()
    {
        EmbeddingGruLastMse model = new(1);
        double[] first = new double[EmbeddingGruLastMse.ParameterCount], second = new double[EmbeddingGruLastMse.ParameterCount], again = new double[EmbeddingGruLastMse.ParameterCount];
        model.ComputeGradients([1, 2, 3, 4, 5], [1, 2], 1, first);
        model.ComputeGradients([6, 6, 6, 6, 6], [1, 2], 1, second);
        second.AsSpan(0, 18).ToArray().ShouldAllBe(g => g == 0);
        second.AsSpan(18, 3).ToArray().ShouldAllBe(g => g != 0);
        second.AsSpan(21, 12).ToArray().ShouldAllBe(g => g == 0);
        model.ComputeGradients([1, 2, 3, 4, 5], [1, 2], 1, again);
        again.ShouldBe(first);
    }

    [Fact]
    public void Sequences_of_different_length_do_not_read_the_tokens_of_padding()
    {
        EmbeddingGruLastMse model = new(1);
        int[] tokens = [1, 2, -1, 99, 4, 3, 2, 5, 6, 7, 8, -7, 99, 99, 99], lengths = [2, 5, 1];
        double[] targets = [1, 2, 3, 4, 5, 6], outputs = new double[6], alone = new double[2], y = new double[2];
        model.PredictBatch(tokens, outputs, 3, lengths);
        double[] gradients = new double[EmbeddingGruLastMse.ParameterCount], one = new double[gradients.Length], mean = new double[gradients.Length];
        model.ComputeGradients(tokens, targets, 3, gradients, lengths);
        for (int i = 0; i < 3; i++)
        {
            int[] sequence = tokens[(i * 5)..(i * 5 + lengths[i])];
            model.Predict(sequence, alone, lengths[i]);
            outputs[(i * 2)..(i * 2 + 2)].ShouldBe(alone);
            EmbeddingGruLastMse.State state = model.CreateState();
            foreach (int token in sequence)
                state.Step(token, y);
            y[0].ShouldBe(alone[0], 1e-12);
            model.ComputeGradients(tokens.AsSpan(i * 5, 5), targets.AsSpan(i * 2, 2), 1, one, lengths.AsSpan(i, 1));
            for (int p = 0; p < one.Length; p++)
                mean[p] += one[p] / 3;
        }

        RnnGen.Numerics.Tests.Golden.ShouldBeNear(gradients, mean, 1e-12, "the mean over sequences alone");
        double[] parameters = model.Parameters.ToArray();
        double Loss(int p, double change)
        {
            double[] changed = [.. parameters];
            changed[p] += change;
            model.SetParameters(changed);
            return model.ComputeLoss(tokens, targets, 3, lengths);
        }

        for (int p = 0; p < parameters.Length; p++)
            gradients[p].ShouldBe((Loss(p, 1e-5) - Loss(p, -1e-5)) / 2e-5, 1e-8, $"parameter {p}");
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeGradients(tokens, targets, 3, gradients, [3, 5, 1])).Message.ShouldContain("inputs[2]");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_token_outside_the_vocabulary_is_named_before_anything_changes(int token)
    {
        EmbeddingGruLastMse model = new(1);
        Adam optimizer = new(0.1);
        double[] before = model.Parameters.ToArray(), outputs = [7, 7];
        EmbeddingGruLastMse.State state = model.CreateState();
        int[] tokens = [0, 1, 2, token, 4];
        foreach ((Action call, int index) in new (Action, int)[]
        {
            (() => model.TrainStep(tokens, [1, 2], 1, optimizer), 3),
            (() => model.ComputeLoss(tokens, [1, 2], 1), 3),
            (() => model.ComputeGradients(tokens, [1, 2], 1, new double[EmbeddingGruLastMse.ParameterCount]), 3),
            (() => model.Predict(tokens, outputs), 3),
            (() => model.PredictBatch(tokens, outputs, 1), 3),
            (() => state.Step(token, outputs), 0),
        })
        {
            ArgumentOutOfRangeException error = Should.Throw<ArgumentOutOfRangeException>(call);
            error.Message.ShouldContain($"[{index}] is {token}; tokens are 0 to 10 (the embedding's vocabulary is 11)");
            error.ActualValue.ShouldBe(FormattableString.Invariant($"{token}"));
        }

        model.Parameters.ToArray().ShouldBe(before);
        outputs.ShouldBe([7, 7]);
        optimizer.StepCount.ShouldBe(0);
    }

    [Fact]
    public void The_table_is_drawn_from_the_standard_normal_distribution_and_saved_by_PyTorchs_name()
    {
        double[] table = new EmbeddingDenseLastCrossentropy(1).Parameters[..(33 * 64)].ToArray();
        table.Max(Math.Abs).ShouldBeLessThanOrEqualTo(1 / 8.0, "uniform");
        table = new EmbeddingStackEachCrossentropy(1).Parameters[..(9 * 17)].ToArray();
        table.Average().ShouldBe(0, 0.3);
        table.Average(v => v * v).ShouldBe(1, 0.4);

        EmbeddingStackEachCrossentropy model = new(3);
        using MemoryStream file = new();
        model.Save(file);
        file.Position = 0;
        EmbeddingStackEachCrossentropy.Load(file).Parameters.ToArray().ShouldBe(model.Parameters.ToArray());
        EmbeddingStackEachCrossentropy.Layout.Parameters[0].ShouldSatisfyAllConditions(
            p => p.Name.ShouldBe("embedding.weight"), p => p.Shape.ShouldBe([9, 17]), p => p.Kind.ShouldBe(ParameterKind.Embedding));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        foreach (int threads in (int[])[1, 2])
        {
            FirstToken model = new(1) { Threads = threads };
            FirstToken.State state = model.CreateState();
            Sample<int> sample = Draw<FirstToken, float, int>(40, 1);
            float[] outputs = new float[40 * 20], one = new float[20];
            Adam optimizer = new(1e-3) { ClipNorm = 1 };
            void Calls()
            {
                model.TrainStep(sample.Inputs, sample.Targets, 40, optimizer);
                model.PredictBatch(sample.Inputs, outputs, 40);
                model.Predict(sample.Inputs.AsSpan(0, 10), one);
                state.Step(3, one);
            }

            long least = long.MaxValue;
            for (int round = 0; round < 50 && least > 0; round++)
            {
                Thread.Sleep(round > 1 ? 20 : 0);
                Calls();
                long before = GC.GetTotalAllocatedBytes(precise: true);
                Calls();
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }

            least.ShouldBe(0, $"{threads} threads");
        }
    }

    private static void Run(string name, ICheck check)
    {
        Type model = s_models[name];
        Type[] arguments = model.GetInterfaces().Single(i => i.Name.StartsWith("IRnnModel", StringComparison.Ordinal)).GetGenericArguments();
        arguments[2].ShouldBe(typeof(int));
        typeof(ICheck).GetMethod(nameof(ICheck.Run))!
            .MakeGenericMethod(model, arguments[1], arguments[3])
            .Invoke(check, BindingFlags.DoNotWrapExceptions, null, [], null);
    }

    private sealed record Sample<TTarget>(int[] Inputs, TTarget[] Targets, int Count);

    private static Sample<TTarget> Draw<TModel, TNumber, TTarget>(int count, int seed)
        where TModel : IRnnModel<TModel, TNumber, int, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        ModelLayout layout = TModel.Layout;
        Random random = new(seed);
        return new(
            [.. Enumerable.Range(0, count * layout.InputLength).Select(_ => random.Next(layout.VocabularySize))],
            [.. Enumerable.Range(0, count * layout.TargetLength).Select(_ => TTarget.CreateTruncating(
                layout.ClassCount > 0 ? random.Next(layout.ClassCount) : (float)((4 * random.NextDouble()) - 2)))],
            count);
    }

    /// <summary>A model whose parameters are floats.</summary>
    private static TModel Model<TModel, TNumber, TTarget>()
        where TModel : IRnnModel<TModel, TNumber, int, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TModel model = TModel.Create(1);
        model.SetParameters(Array.ConvertAll(model.Parameters.ToArray(), v => TNumber.CreateChecked(float.CreateChecked(v))));
        return model;
    }

    private static TNumber[] Gradients<TModel, TNumber, TTarget>(TModel model, Sample<TTarget> sample)
        where TModel : IRnnModel<TModel, TNumber, int, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TNumber[] gradients = RnnGen.Numerics.Tests.Golden.NotANumber<TNumber>(TModel.Layout.ParameterCount);
        model.ComputeGradients(sample.Inputs, sample.Targets, sample.Count, gradients);
        return gradients;
    }

    private static byte[] Bytes<T>(ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private static TModel Load<TModel, TNumber, TTarget>(GoldenFile file)
        where TModel : IRnnModel<TModel, TNumber, int, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TModel model = TModel.Create(1);
        TNumber[] parameters = RnnGen.Numerics.Tests.Golden.NotANumber<TNumber>(TModel.Layout.ParameterCount);
        foreach (ParameterInfo p in TModel.Layout.Parameters)
        {
            p.Shape.ShouldBe(file.Shape(p.Name), p.Name);
            RnnGen.Numerics.Tests.Golden.Convert<TNumber>(file[p.Name]).CopyTo(parameters.AsSpan(p.Offset, p.Length));
        }

        model.SetParameters(parameters);
        return model;
    }

    private static void Golden<TModel, TNumber, TTarget>(double tolerance, double gradientTolerance)
        where TModel : IRnnModel<TModel, TNumber, int, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        string name = TModel.Layout.ModelName.Replace("Float", "", StringComparison.Ordinal);
        GoldenFile file = GoldenFile.Open("tokens", string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToLowerInvariant());
        TModel model = Load<TModel, TNumber, TTarget>(file);
        Sample<TTarget> sample = new(Array.ConvertAll(file["inputs"], v => (int)v), RnnGen.Numerics.Tests.Golden.Convert<TTarget>(file["targets"]), file.Shape("inputs")[0]);
        TNumber[] outputs = new TNumber[sample.Count * TModel.Layout.OutputLength];
        model.PredictBatch(sample.Inputs, outputs, sample.Count);
        RnnGen.Numerics.Tests.Golden.ShouldBeNear<TNumber>(outputs, file["outputs"], tolerance, "outputs");
        double.CreateChecked(model.ComputeLoss(sample.Inputs, sample.Targets, sample.Count)).ShouldBe(file["loss"][0], tolerance);
        double[] expected = [.. TModel.Layout.Parameters.SelectMany(p => file[$"grad.{p.Name}"])];
        Gradients<TModel, TNumber, TTarget>(model, sample).ShouldBeNear(expected, TModel.Layout, gradientTolerance, "PyTorch");
    }

    private sealed class StencilCheck : ICheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, int, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            TModel model = Model<TModel, TNumber, TTarget>(), probe = TModel.Create(0);
            foreach (int count in new[] { 1, layout.BatchSize, (2 * layout.BatchSize) + 1 }.Distinct())
            {
                Sample<TTarget> sample = Draw<TModel, TNumber, TTarget>(count, 50 + count);
                double[] parameters = Array.ConvertAll(model.Parameters.ToArray(), double.CreateChecked);
                double[] gradients = Array.ConvertAll(Gradients<TModel, TNumber, TTarget>(model, sample), double.CreateChecked);
                foreach (ParameterInfo p in layout.Parameters)
                {
                    TNumber[] shifted = model.Parameters.ToArray();
                    Stencil stencil = new((direction, step) =>
                    {
                        for (int i = 0; i < p.Length; i++)
                            shifted[p.Offset + i] = TNumber.CreateChecked(parameters[p.Offset + i] + (step * direction[i]));
                        probe.SetParameters(shifted);
                        return double.CreateChecked(probe.ComputeLoss(sample.Inputs, sample.Targets, sample.Count));
                    }, hasKinks: false);
                    bool hasNoEffect = layout.InputLength == 1 && p.Kind == ParameterKind.RecurrentWeight;
                    stencil.CheckEntries(gradients.AsSpan(p.Offset, p.Length).ToArray(), parameters.AsSpan(p.Offset, p.Length).ToArray(), hasNoEffect, $"{layout.ModelName}, count {count}, {p.Name}");
                }
            }
        }
    }

    private sealed class Recorder : ICheck
    {
        public double[]? Gradients { get; private set; }

        public ModelLayout? Layout { get; private set; }

        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, int, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            Layout = TModel.Layout;
            Gradients = Array.ConvertAll(
                Gradients<TModel, TNumber, TTarget>(Model<TModel, TNumber, TTarget>(), Draw<TModel, TNumber, TTarget>(Layout.BatchSize + 1, 3)), double.CreateChecked);
        }
    }

    private sealed class SparseStepCheck : ICheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, int, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            TModel sparse = TModel.Create(1), dense = TModel.Create(1);
            Sgd first = new(0.1) { ClipValue = 0.05 }, second = new(0.1) { ClipValue = 0.05 };
            for (int step = 0; step < 5; step++)
            {
                // Fewer tokens than the vocabulary has, and other ones at each step.
                Sample<TTarget> sample = Draw<TModel, TNumber, TTarget>(TModel.Layout.BatchSize + 1, step);
                sparse.TrainStep(sample.Inputs, sample.Targets, sample.Count, first);
                dense.ApplyGradients(Gradients<TModel, TNumber, TTarget>(dense, sample), second);
                Bytes(sparse.Parameters).ShouldBe(Bytes(dense.Parameters), $"step {step}");
            }

            Bytes(sparse.Parameters).ShouldNotBe(Bytes(TModel.Create(1).Parameters));
        }
    }

    private sealed class BitsCheck : ICheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, int, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            Sample<TTarget> sample = Draw<TModel, TNumber, TTarget>(Math.Min((2 * TModel.Layout.BatchSize) + 1, 40), 9);
            byte[] expected = Train(1);
            foreach (int threads in (int[])[1, 2, 3])
                Train(threads).ShouldBe(expected, $"{threads} threads");

            TModel model = TModel.Create(1);
            int input = TModel.Layout.InputLength, output = TModel.Layout.OutputLength;
            TNumber[] together = new TNumber[sample.Count * output], alone = new TNumber[output];
            model.PredictBatch(sample.Inputs, together, sample.Count);
            for (int i = 0; i < sample.Count; i++)
            {
                model.PredictBatch(sample.Inputs.AsSpan(i * input, input), alone, 1);
                Bytes<TNumber>(alone).ShouldBe(Bytes<TNumber>(together.AsSpan(i * output, output)), $"sequence {i}");
            }

            byte[] Train(int threads)
            {
                TModel model = TModel.Create(3).With(threads: threads);
                Adam optimizer = new(0.01) { ClipNorm = 1 };
                for (int step = 0; step < 4; step++)
                    model.TrainStep(sample.Inputs, sample.Targets, sample.Count, optimizer);
                return Bytes(model.Parameters);
            }
        }
    }

    private sealed class WidthCheck : ICheck
    {
        private delegate void StepAction<TNumber>(ReadOnlySpan<int> x, Span<TNumber> y);

        private delegate void TokenAction<TNumber>(int x, Span<TNumber> y);

        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, int, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            double tolerance = typeof(TNumber) == typeof(double) ? 1e-12 : 1e-5;
            Sample<TTarget> sample = Draw<TModel, TNumber, TTarget>(Math.Min(layout.BatchSize + 1, 9), 4);
            double[]? outputs = null, gradients = null;
            foreach (VectorWidth width in Members.Widths)
            {
                TModel model = TModel.Create(1).With(width);
                TNumber[] found = new TNumber[sample.Count * layout.OutputLength];
                model.PredictBatch(sample.Inputs, found, sample.Count);
                outputs ??= Array.ConvertAll(found, double.CreateChecked);
                RnnGen.Numerics.Tests.Golden.ShouldBeNear<TNumber>(found, outputs, tolerance, $"{width}: outputs");
                TNumber[] foundGradients = Gradients<TModel, TNumber, TTarget>(model, sample);
                gradients ??= Array.ConvertAll(foundGradients, double.CreateChecked);
                foundGradients.ShouldBeNear(gradients, layout, tolerance, $"{width}");

                if (!Members.Streams(typeof(TModel)))
                    continue;

                // By span and by token, in turn.
                object state = typeof(TModel).GetMethod("CreateState")!.Invoke(model, null)!;
                int outputSize = DeclaredModels.Declaration<TModel>().OutputSize, steps = layout.InputLength;
                StepAction<TNumber> step = state.GetType().GetMethod("Step", [typeof(ReadOnlySpan<int>), typeof(Span<TNumber>)])!.CreateDelegate<StepAction<TNumber>>(state);
                TokenAction<TNumber> token = state.GetType().GetMethod("Step", [typeof(int), typeof(Span<TNumber>)])!.CreateDelegate<TokenAction<TNumber>>(state);
                TNumber[] streamed = new TNumber[steps * outputSize];
                for (int t = 0; t < steps; t++)
                {
                    Span<TNumber> y = streamed.AsSpan(t * outputSize, outputSize);
                    if (t % 2 == 0)
                        step(sample.Inputs.AsSpan(t, 1), y);
                    else
                        token(sample.Inputs[t], y);
                }

                RnnGen.Numerics.Tests.Golden.ShouldBeNear<TNumber>(
                    streamed.AsSpan(streamed.Length - layout.OutputLength), outputs[..layout.OutputLength], tolerance, $"{width}: streamed");
            }
        }
    }
}
