using RnnGen.Tests;

namespace RnnGen.Quantization.Tests;

/// <summary>What a model with weights of fewer bits promises besides its products: training stays float, predictions follow the parameters, nothing is allocated, what is not a number stays none.</summary>
public class LifeTests
{
    private const int Count = 4, Steps = 6, Inputs = 5, Outputs = 20;

    private static readonly float[] s_inputs = Twins.Numbers(Count * Steps * Inputs, 1), s_targets = Twins.Numbers(Count * Steps * Outputs, 2);

    [Fact]
    public void Training_has_the_bits_of_floats()
    {
        float[] expected = Trained<Stack33Float>();
        Trained<Stack33Int8>().ShouldBe(expected);
        Trained<Stack33BFloat16>().ShouldBe(expected);

        static float[] Trained<TModel>() where TModel : IRnnModel<TModel, float, float, float>
        {
            TModel model = Twins.Drawn<TModel>();
            Adam adam = new(1e-2);
            for (int i = 0; i < 3; i++)
                model.TrainStep(s_inputs, s_targets, Count, adam);
            float[] gradients = new float[model.Parameters.Length];
            float loss = model.ComputeGradients(s_inputs, s_targets, Count, gradients);
            return [loss, model.ComputeLoss(s_inputs, s_targets, Count), .. gradients, .. model.Parameters];
        }
    }

    [Fact]
    public void Predictions_follow_every_change_of_the_parameters()
    {
        Check<Stack17Int8>();
        Check<Stack17BFloat16>();

        static void Check<TModel>() where TModel : IRnnModel<TModel, float, float, float>
        {
            TModel model = TModel.Create(1);
            var state = model.Stream();
            var streams = model.Streams(1);
            Same("after the start");
            model.TrainStep(s_inputs, s_targets, Count, new Sgd(0.1));
            Same("after a step");
            float[] gradients = new float[model.Parameters.Length];
            model.ComputeGradients(s_inputs, s_targets, Count, gradients);
            model.ApplyGradients(gradients, new Sgd(0.1));
            Same("after a gradient");
            model.SetParameters(Twins.Numbers(model.Parameters.Length, 4));
            Same("after SetParameters");
            model = (TModel)typeof(TModel).GetMethod("Clone")!.Invoke(model, null)!;
            (state, streams) = (model.Stream(), model.Streams(1));
            Same("of a clone");

            void Same(string when)
            {
                TModel fresh = TModel.Create(2);
                fresh.SetParameters(model.Parameters);
                float[] expected = fresh.Outputs(s_inputs[..(Steps * Inputs)], 1)[..Outputs], y = new float[Outputs];
                streams.Reset();
                streams.Step(s_inputs.AsSpan(0, Inputs), y);
                y.ShouldBe(expected, $"streams {when}");
                state.Reset();
                state.Step(s_inputs.AsSpan(0, Inputs), y);
                y.ShouldBe(expected, $"a stream {when}");
                model.Outputs(s_inputs, Count).ShouldBe(fresh.Outputs(s_inputs, Count), when);
            }
        }
    }

    /// <summary>A training step leaves the packs behind that it does not read; of many threads that predict after it the first packs them, and all predict with them.</summary>
    [Fact]
    public void Threads_that_predict_after_a_step_have_its_parameters()
    {
        const int Threads = 4;
        Stack17Int8 model = new(1), fresh = new(1);
        Sgd sgd = new(0.1);
        float[][] found = new float[Threads][];
        for (int step = 0; step < 50; step++)
        {
            model.TrainStep(s_inputs, s_targets, Count, sgd);
            fresh.SetParameters(model.Parameters);
            using Barrier start = new(Threads);
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                found[i] = model.Outputs(s_inputs, Count);
            }))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            float[] expected = fresh.Outputs(s_inputs, Count);
            found.ShouldAllBe(outputs => outputs.SequenceEqual(expected), $"step {step}");
        }
    }

    /// <summary>Predictions while the model trains are of parameters in change, but none that comes after the training is.</summary>
    [Fact]
    public void Predictions_during_a_training_leave_nothing_behind()
    {
        Stack17Int8 model = new(1), fresh = new(1);
        Sgd sgd = new(0.1);
        for (int round = 0; round < 50; round++)
        {
            bool ends = false;
            Thread thread = new(() =>
            {
                while (!Volatile.Read(ref ends))
                    model.Outputs(s_inputs, Count);
            });
            thread.Start();
            for (int step = 0; step < 10; step++)
                model.TrainStep(s_inputs, s_targets, Count, sgd);
            Volatile.Write(ref ends, true);
            thread.Join();
            fresh.SetParameters(model.Parameters);
            model.Outputs(s_inputs, Count).ShouldBe(fresh.Outputs(s_inputs, Count));
        }
    }

    [Fact]
    public void A_file_of_floats_loads_into_8_bits_and_back()
    {
        using MemoryStream file = new();
        Stack17Float model = Twins.Drawn<Stack17Float>();
        model.Save(file);
        file.Position = 0;
        Stack17Int8 loaded = Stack17Int8.Load(file);
        loaded.Parameters.SequenceEqual(model.Parameters).ShouldBeTrue();
        loaded.Outputs(s_inputs, Count).ShouldBe(Twins.Drawn<Stack17Int8>().Outputs(s_inputs, Count));
    }

    /// <summary>A model that was saved in the bits that it predicts with predicts the same once it is loaded.</summary>
    [Fact]
    public void A_file_of_fewer_bits_gives_the_predictions_it_was_saved_from()
    {
        using MemoryStream file = new(), half = new();
        Stack17Int8 model = Twins.Drawn<Stack17Int8>();
        model.Save(file, WeightFormat.Int8);
        file.Position = 0;
        Stack17Int8.Load(file).Outputs(s_inputs, Count).ShouldBe(model.Outputs(s_inputs, Count));

        Stack17BFloat16 other = Twins.Drawn<Stack17BFloat16>();
        other.Save(half, WeightFormat.BFloat16);
        half.Position = 0;
        Stack17BFloat16.Load(half).Outputs(s_inputs, Count).ShouldBe(other.Outputs(s_inputs, Count));
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_call()
    {
        Check<Stack33Int8>();
        Check<Stack33BFloat16>();

        static void Check<TModel>() where TModel : IRnnModel<TModel, float, float, float>
        {
            TModel model = Twins.Drawn<TModel>();
            var state = model.Stream();
            var streams = model.Streams(3);
            float[] outputs = new float[Count * Steps * Outputs];
            Sgd sgd = new(1e-3);
            Call();
            Allocations.Of(Call).ShouldBe(0);

            void Call()
            {
                state.Step(s_inputs.AsSpan(0, Inputs), outputs.AsSpan(0, Outputs));
                model.PredictBatch(s_inputs, outputs, Count);
                model.PredictBatch(s_inputs.AsSpan(0, Steps * Inputs), outputs.AsSpan(0, Steps * Outputs), 1);
                model.TrainStep(s_inputs, s_targets, Count, sgd);
                streams.Step(s_inputs.AsSpan(0, 3 * Inputs), outputs.AsSpan(0, 3 * Outputs));
                state.Process(s_inputs.AsSpan(0, Steps * Inputs), outputs.AsSpan(0, Steps * Outputs));
            }
        }
    }

    /// <summary>An integer cannot be NaN, so the scale of its row is.</summary>
    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_does_not_become_a_number(float value)
    {
        Check<Stack17Int8>();
        Check<Stack17BFloat16>();

        void Check<TModel>() where TModel : IRnnModel<TModel, float, float, float>
        {
            TModel model = Twins.Drawn<TModel>();
            float[] inputs = s_inputs[..(Steps * Inputs)], saved = new float[4 * 17], y = new float[Outputs];
            inputs[3] = float.NaN;
            float[] outputs = model.Outputs(inputs, 1);
            outputs.ShouldAllBe(o => float.IsNaN(o));

            // In a state that the products of the next step read, and in a weight.
            var state = model.Stream();
            saved[3 * 17 + 5] = value;
            state.Restore(saved);
            state.Step(s_inputs.AsSpan(0, Inputs), y);
            y.ShouldContain(o => !float.IsFinite(o) || MathF.Abs(o) <= 20 && float.IsPositiveInfinity(value));
            float[] parameters = model.Parameters.ToArray();
            parameters[TModel.Layout.Parameters.First(p => p.Name == "rnn.weight_ih_l2").Offset] = float.NaN;
            model.SetParameters(parameters);
            model.Outputs(s_inputs, Count).ShouldContain(o => float.IsNaN(o));
        }
    }
}
