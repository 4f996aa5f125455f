using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Bad arguments and numbers give a typed exception that names the expected and the found, and change nothing.</summary>
public class BadInputTests
{
    private const int Features = 3, Steps = 7, Classes = 4; // Of StackEachCrossentropyFloat.

    private readonly StackEachCrossentropyFloat _model = new(1);
    private readonly Sample<float, int> _sample = Sample<float, int>.Draw<StackEachCrossentropyFloat>(2);
    private readonly float[] _gradients = new float[StackEachCrossentropyFloat.ParameterCount];

    [Fact]
    public void Spans_of_the_wrong_length_are_refused()
    {
        float[] shortInput = new float[(Features * Steps) - 1], input = new float[Features * Steps], output = new float[Classes * Steps];
        Refused(() => _model.Predict(shortInput, output), "'input' must hold 21 elements (SequenceLength × InputSize); it holds 20");
        Refused(() => _model.Predict(shortInput), "'input' must hold 21");
        Refused(() => _model.Predict(input, new float[Classes]), "'output' must hold 28 elements (SequenceLength × OutputSize); it holds 4");
        Refused(() => _model.PredictProbabilities(shortInput, output), "'input' must hold 21");
        Refused(() => _model.PredictClasses(input, new int[Steps + 1]), "'classes' must hold 7");
        Refused(() => _model.PredictBatch(input, output, 2), "'inputs' must hold 42");
        Refused(() => _model.PredictBatch(new float[2 * Features * Steps], output, 2), "'outputs' must hold 56");
        Refused(() => _model.ComputeLoss(shortInput, new int[Steps], 1), "'inputs' must hold 21");
        Refused(() => _model.ComputeLoss(input, new int[Steps - 1], 1), "'targets' must hold 7");
        Refused(() => _model.ComputeGradients(_sample.Inputs, _sample.Targets, 1, _gradients), "'inputs' must hold 21 elements");
        Refused(() => _model.ComputeGradients(_sample.Inputs, _sample.Targets, 2, _gradients.AsSpan(1)), "'gradients' must hold");
        Refused(() => _model.ApplyGradients(_gradients.AsSpan(1), new Sgd(1)), "'gradients' must hold");
        Refused(() => _model.TrainStep(_sample.Inputs, _sample.Targets, 3, new Sgd(1)), "'inputs' must hold 63");
        Refused(() => _model.SetParameters(new float[1]), $"'parameters' must hold {StackEachCrossentropyFloat.ParameterCount} elements (ParameterCount); it holds 1");
        Refused(() => _model.SetParameters([]), "it holds 0");
    }

    [Fact]
    public void A_count_below_one_is_refused()
    {
        foreach (int count in (int[])[0, -1, int.MinValue])
        {
            RefusedRange(() => _model.ComputeLoss([], [], count), "at least 1");
            RefusedRange(() => _model.ComputeGradients([], [], count, _gradients), "at least 1");
            RefusedRange(() => _model.TrainStep([], [], count, new Sgd(1)), "at least 1");
        }

        RefusedRange(() => _model.PredictBatch([], [], -1), "at least 0");
        _model.PredictBatch([], [], 0);

        // A length that would overflow an int is compared as it is.
        Refused(() => _model.PredictBatch([], [], int.MaxValue), $"{21L * int.MaxValue}");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(Classes)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_class_out_of_range_is_refused(int found)
    {
        int[] targets = [.. _sample.Targets];
        targets[9] = found;
        RefusedRange(() => _model.ComputeLoss(_sample.Inputs, targets, 2), $"targets[9] is {found}; classes are 0 to 3");
        RefusedRange(() => _model.TrainStep(_sample.Inputs, targets, 2, new Sgd(1)), $"targets[9] is {found}; classes are 0 to 3");
    }

    [Theory]
    [InlineData(-0.01f)]
    [InlineData(1.01f)]
    [InlineData(float.NaN)]
    public void A_target_of_binary_cross_entropy_outside_0_to_1_is_refused(float found)
    {
        LstmLastBceFloat model = new(1);
        Should.Throw<ArgumentOutOfRangeException>(() => model.ComputeLoss(new float[15], [found], 1)).Message.ShouldContain("from 0 to 1");
    }

    /// <summary>Beyond a sequence's length anything may be.</summary>
    [Fact]
    public void A_negative_count_is_refused()
    {
        PoissonEachFloat model = new(1);
        float[] inputs = new float[12], targets = [0, 1, 2, 3, -0.5f, -7];
        const string message = "targets[4] is -0.5; the targets of this loss are counts, which are at least 0.";
        RefusedRange(() => model.ComputeLoss(inputs, targets, 2), message);
        RefusedRange(() => model.ComputeGradients(inputs, targets, 2, new float[PoissonEachFloat.ParameterCount], [3, 2]), message);
        float.IsFinite(model.ComputeLoss(inputs, targets, 2, [3, 1])).ShouldBeTrue();
        NegativeBinomialEachFloat.Layout.AreCounts.ShouldBeTrue();
        GaussianEachFloat.Layout.AreCounts.ShouldBeFalse();
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void An_input_that_is_not_finite_is_named_with_its_time_step(float value)
    {
        float[] inputs = [.. _sample.Inputs];
        inputs[(Features * Steps) + (Features * 4) + 1] = value;
        string message = NotFinite(() => _model.TrainStep(inputs, _sample.Targets, 2, new Adam(0.1)));
        message.ShouldContain("the input");
        message.ShouldContain("time step 4");
        message.ShouldContain("sequence 1");
    }

    [Fact]
    public void A_target_that_is_not_finite_is_named()
    {
        LstmLastMseFloat model = new(1);
        float[] before = model.Parameters.ToArray();
        Should.Throw<NonFiniteException>(() => model.TrainStep(new float[21], [float.NaN], 1, new Adam(0.1))).Message.ShouldContain("target");
        model.Parameters.ToArray().ShouldBe(before);
    }

    [Fact]
    public void A_layer_whose_output_overflows_is_named_with_its_time_step()
    {
        RnnReluLastMseFloat model = new(1);
        float[] parameters = model.Parameters.ToArray();
        ParameterInfo recurrent = RnnReluLastMseFloat.Layout.Parameters.Single(p => p.Name == "rnn.weight_hh_l0");
        parameters.AsSpan(recurrent.Offset, recurrent.Length).Fill(1e10f);
        ParameterInfo bias = RnnReluLastMseFloat.Layout.Parameters.Single(p => p.Name == "rnn.bias_ih_l0");
        parameters.AsSpan(bias.Offset, bias.Length).Fill(1);
        model.SetParameters(parameters);

        // h is about 1, 1e11, 1e22, 1e33, and overflows at step 4.
        NonFiniteException error = Should.Throw<NonFiniteException>(() => model.TrainStep(new float[7], new float[2], 1, new Adam(0.1)));
        error.Message.ShouldContain("the output of Rnn0");
        error.Message.ShouldContain("time step 4");
        model.Parameters.ToArray().ShouldBe(parameters);
    }

    [Fact]
    public void A_gradient_that_overflows_is_named_with_its_layer_and_time_step()
    {
        // Zero inputs keep h at 0 and the loss finite; going back each step multiplies by about 1e10 × 9.
        RnnLastHuberFloat model = new(1);
        float[] parameters = model.Parameters.ToArray();
        foreach (ParameterInfo p in RnnLastHuberFloat.Layout.Parameters)
            parameters.AsSpan(p.Offset, p.Length).Fill(p.Name switch { "rnn.weight_hh_l0" => 1e10f, "head.weight" => 1, _ => 0 });
        model.SetParameters(parameters);
        NonFiniteException error = Should.Throw<NonFiniteException>(() => model.TrainStep(new float[21], [1, 1], 1, new Adam(0.1)));
        error.Message.ShouldContain("gradient");
        error.Message.ShouldContain("Rnn0");
        error.Message.ShouldContain("time step 2"); // 2e10⁰ at step 6, about 1e11 at 5, 1e22 at 4, 1e33 at 3.
        model.Parameters.ToArray().ShouldBe(parameters);
    }

    [Fact]
    public void A_gradient_that_overflows_in_any_group_is_named()
    {
        // As above for the first sequence; the third, in the second group, already says its target and has no gradient.
        RnnLastHuberFloat model = new(1);
        float[] parameters = new float[RnnLastHuberFloat.ParameterCount];
        foreach (ParameterInfo p in RnnLastHuberFloat.Layout.Parameters)
            parameters.AsSpan(p.Offset, p.Length).Fill(p.Name switch { "rnn.weight_hh_l0" => 1e10f, "head.weight" => 1, _ => 0 });
        model.SetParameters(parameters);
        string message = Should.Throw<NonFiniteException>(() => model.TrainStep(new float[63], [1, 1, 0, 0, 0, 0], 3, new Adam(0.1))).Message;
        message.ShouldContain("Rnn0");
        message.ShouldContain("time step 2");
    }

    [Fact]
    public void After_a_failed_step_training_goes_on_as_if_it_had_not_been()
    {
        float[] broken = [.. _sample.Inputs];
        broken[5] = float.NaN;
        StackEachCrossentropyFloat other = new(1);
        Adam optimizer = new(0.01), otherOptimizer = new(0.01);
        for (int step = 0; step < 4; step++)
        {
            Should.Throw<NonFiniteException>(() => _model.TrainStep(broken, _sample.Targets, 2, optimizer));
            float loss = _model.TrainStep(_sample.Inputs, _sample.Targets, 2, optimizer);
            loss.ShouldBe(other.TrainStep(_sample.Inputs, _sample.Targets, 2, otherOptimizer));
        }

        _model.Parameters.ToArray().ShouldBe(other.Parameters.ToArray());
        optimizer.StepCount.ShouldBe(4);
    }

    [Fact]
    public void A_gradient_given_by_hand_that_is_not_finite_is_refused()
    {
        _gradients[3] = float.NaN;
        NotFinite(() => _model.ApplyGradients(_gradients, new Adam(0.1))).ShouldContain("rnn.weight_ih_l0");
    }

    [Fact]
    public void An_optimiser_of_another_model_is_refused()
    {
        Adam optimizer = new(0.1);
        new StackEachCrossentropyFloat(2).TrainStep(_sample.Inputs, _sample.Targets, 2, optimizer);
        Unchanged<InvalidOperationException>(() => _model.TrainStep(_sample.Inputs, _sample.Targets, 2, optimizer)).Message.ShouldContain("belongs to another");
        Unchanged<ArgumentNullException>(() => _model.TrainStep(_sample.Inputs, _sample.Targets, 2, null!));
        Unchanged<ArgumentNullException>(() => _model.ApplyGradients(_gradients, null!));
        Unchanged<ArgumentNullException>(() => _model.CopyParametersFrom(null!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Fewer_threads_than_one_are_refused(int threads)
    {
        RefusedRange(() => _model.Threads = threads, "at least 1");
        _model.Threads.ShouldBe(1);
    }

    [Fact]
    public void A_clone_shares_nothing()
    {
        StackEachCrossentropyFloat clone = _model.Clone();
        clone.Parameters.ToArray().ShouldBe(_model.Parameters.ToArray());
        float[] before = _model.Predict(_sample.Inputs[..21]);
        clone.TrainStep(_sample.Inputs, _sample.Targets, 2, new Sgd(0.5));
        _model.Predict(_sample.Inputs[..21]).ShouldBe(before);
        clone.Predict(_sample.Inputs[..21]).ShouldNotBe(before);
        _model.CopyParametersFrom(clone);
        _model.Predict(_sample.Inputs[..21]).ShouldBe(clone.Predict(_sample.Inputs[..21]));
    }

    private void Refused(Action action, string message) => Unchanged<ArgumentException>(action).Message.ShouldContain(message);

    private void RefusedRange(Action action, string message) => Unchanged<ArgumentOutOfRangeException>(action).Message.ShouldContain(message);

    private string NotFinite(Action action) => Unchanged<NonFiniteException>(action).Message;

    private TException Unchanged<TException>(Action action) where TException : Exception
    {
        float[] parameters = _model.Parameters.ToArray(), outputs = _model.Predict(_sample.Inputs[..21]);
        TException error = Should.Throw<TException>(action);
        _model.Parameters.ToArray().ShouldBe(parameters);
        _model.Predict(_sample.Inputs[..21]).ShouldBe(outputs);
        return error;
    }
}
