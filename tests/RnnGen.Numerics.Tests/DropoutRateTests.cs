using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Dropout rates that are set at run time: 0 is no dropout, and others are those of a declaration with them, to the bit.</summary>
public class DropoutRateTests
{
    private const int Count = 15;

    private static readonly int[] s_lengths = [6, 2, 5, 6, 1, 3, 6, 6, 4, 2, 1, 6, 3, 5, 6];

    private static void TrainAlike<TModel, TTwin>(TModel model, TTwin twin)
        where TModel : IRnnModel<TModel, double, double, double>
        where TTwin : IRnnModel<TTwin, double, double, double>
    {
        twin.SetParameters(model.Parameters);
        var sample = Sample<double, double>.Draw<TModel>(Count);
        Adam adam = new(1e-2), other = new(1e-2);
        for (int step = 0; step < 3; step++)
            model.TrainStep(sample.Inputs, sample.Targets, Count, adam, s_lengths).ShouldBe(twin.TrainStep(sample.Inputs, sample.Targets, Count, other, s_lengths));
        model.Parameters.SequenceEqual(twin.Parameters).ShouldBeTrue();
    }

    [Fact]
    public void A_rate_of_0_is_no_dropout_to_the_bit()
    {
        LeavingOut model = new(1);
        model.DropoutRates.SetAll(0);
        TrainAlike(model, new LeavingNothingOut(0));
    }

    /// <summary>Where a state passes by other ways than products, its adjoint is added up in another order.</summary>
    [Fact]
    public void A_rate_of_0_is_no_recurrent_dropout_to_rounding()
    {
        LeavingStatesOut model = new(1);
        LeavingNoStatesOut twin = new(0);
        model.DropoutRates.SetAll(0);
        twin.SetParameters(model.Parameters);
        var sample = Sample<double, double>.Draw<LeavingStatesOut>(Count);
        double[] found = new double[LeavingStatesOut.ParameterCount], expected = new double[found.Length];
        model.ComputeGradients(sample.Inputs, sample.Targets, Count, found, s_lengths).ShouldBe(twin.ComputeGradients(sample.Inputs, sample.Targets, Count, expected, s_lengths));
        double norm = Math.Sqrt(expected.Sum(g => g * g));
        for (int i = 0; i < found.Length; i++)
            found[i].ShouldBe(expected[i], 1e-15 * norm);
    }

    [Fact]
    public void Rates_that_are_set_are_those_of_a_declaration_with_them()
    {
        LeavingOut model = new(1) { Threads = 2 };
        model.DropoutRates["Lstm0"] = 0.1;
        model.DropoutRates[1] = 0.6;
        model.DropoutRates["Dense0"] = 0.3;
        TrainAlike(model, new LeavingLessOut(0));

        // As declared again, and in a clone; the model's file has the parameters alone.
        TrainAlike(model.Clone(), new LeavingLessOut(0) { DropoutStep = 3 });
        using MemoryStream file = new();
        model.Save(file);
        file.Position = 0;
        LeavingOut.Load(file).DropoutRates["Lstm0"].ShouldBe(0.25);
        model.DropoutRates.Reset();
        TrainAlike(model, new LeavingOut(0) { DropoutStep = 3 });
    }

    [Fact]
    public void Every_place_is_named_by_the_layer_that_declares_it()
    {
        new LeavingOut(1).DropoutRates.Places.ShouldBe([new("Lstm0", 0.25), new("Gru1", 0.5), new("Dense0", 0.5)]);
        new LeavingStatesOut(1).DropoutRates.Places.ShouldBe([new("Lstm0.h", 0.5), new("Gru1", 0.25), new("Gru1.h", 0.25), new("Gru1Reverse.h", 0.25), new("Rnn2.h", 0.5)]);
        new LeavingTokensOut(1).DropoutRates.Places.Select(p => p.Name).ShouldBe(["Gru0", "DecoderGru0", "DecoderGru1", "DecoderDense0", "Head"], ignoreOrder: true);
    }

    [Fact]
    public void Rates_outside_of_0_to_1_are_rejected()
    {
        LeavingOut model = new(1);
        foreach (double rate in new[] { -0.1, 1, 2, double.NaN, double.PositiveInfinity })
        {
            Should.Throw<ArgumentOutOfRangeException>(() => model.DropoutRates["Gru1"] = rate).Message.ShouldStartWith("The dropout rate of Gru1 would be");
            Should.Throw<ArgumentOutOfRangeException>(() => model.DropoutRates[0] = rate);
            Should.Throw<ArgumentOutOfRangeException>(() => model.DropoutRates.SetAll(rate));
        }

        Should.Throw<ArgumentOutOfRangeException>(() => model.DropoutRates[3]);
        Should.Throw<ArgumentException>(() => model.DropoutRates["Lstm1"]).Message.ShouldStartWith("The declaration has no dropout at 'Lstm1', but at Lstm0, Gru1, Dense0.");
        Enumerable.Range(0, 3).Select(i => model.DropoutRates[i]).ShouldBe([0.25, 0.5, 0.5]);
    }
}
