using System.Numerics;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>The norms of gradients over time, of parameters and updates, and what gates did: what PyTorch says, whatever the threads, and without a trace in the training.</summary>
public class GradientFlowTests
{
    private static double[] Draw(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
    }

    private static double Norm(ReadOnlySpan<double> values) => Math.Sqrt(values.ToArray().Sum(v => v * v));

    [Fact]
    public void Norms_gates_and_dead_units_are_PyTorchs()
    {
        foreach (VectorWidth width in Members.Widths)
        {
            CheckGolden<FlowSteps, double>(width, 1e-10, 1e-12);
            CheckGolden<FlowStepsFloat, float>(width, 1e-4, 0.01);
        }
    }

    private static void CheckGolden<TModel, TNumber>(VectorWidth width, double tolerance, double shareTolerance)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TNumber>, IGradientFlowModel
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    {
        GoldenFile file = GoldenFile.Open("flow", "FlowSteps");
        TModel model = TModel.Create(0).With(width);
        TNumber[] parameters = new TNumber[TModel.Layout.ParameterCount], gradients = new TNumber[parameters.Length];
        foreach (ParameterInfo p in TModel.Layout.Parameters)
            Array.ConvertAll(file[p.Name], TNumber.CreateChecked).CopyTo(parameters, p.Offset);
        model.SetParameters(parameters);
        int[] lengths = Array.ConvertAll(file["lengths"], l => (int)l);
        TNumber loss = model.ComputeGradients(
            Array.ConvertAll(file["inputs"], TNumber.CreateChecked), Array.ConvertAll(file["targets"], TNumber.CreateChecked), lengths.Length, gradients, lengths);
        double.CreateChecked(loss).ShouldBe(file["loss"][0], tolerance);

        GradientFlow flow = model.GradientFlow;
        flow.Layers.Select(l => l.Name).ShouldBe(["Lstm0", "Gru1", "Gru1Reverse", "Rnn2", "Dense0"]);
        flow.Layers.SelectMany(l => l.States.Select(s => $"{l.Name}.{s.Name}")).ShouldBe(["Lstm0.h", "Lstm0.c", "Gru1.h", "Gru1Reverse.h", "Rnn2.h"]);
        flow.Layers[0].Gates.Select(g => $"{g.Name} {g.Function}").ShouldBe(["i Sigmoid", "f Sigmoid", "g Tanh", "o Sigmoid"]);
        foreach (LayerFlow layer in flow.Layers)
        {
            layer.Steps.ShouldBe(6);
            foreach (StateFlow state in layer.States)
            {
                double[] expected = file[$"{layer.Name}.{state.Name}"];
                for (int t = 0; t < 6; t++)
                    state.Norms[t].ShouldBe(expected[t], (tolerance * expected[t]) + 1e-30, $"{layer.Name} {state.Name} at {t}, {width}");
            }

            foreach (GateFlow gate in layer.Gates)
            {
                double[] expected = file[$"{layer.Name}.gate.{gate.Name}"];
                gate.Low.ShouldBe(expected[0], shareTolerance, $"{layer.Name} {gate.Name}, {width}");
                gate.High.ShouldBe(expected[1], shareTolerance, $"{layer.Name} {gate.Name}, {width}");
                gate.DeadUnits.ShouldBe((int)expected[2], $"{layer.Name} {gate.Name}, {width}");
            }
        }

        flow.Layers[3].DeadUnits.ShouldBe(2);
        foreach ((ParameterInfo p, double norm) in flow.Parameters.Zip(flow.ParameterNorms.ToArray()))
            norm.ShouldBe(file[$"grad.{p.Name}"][0], tolerance * file[$"grad.{p.Name}"][0], p.Name);
        flow.GradientNorm.ShouldBe(Norm(Array.ConvertAll(gradients, double.CreateChecked)), tolerance);
        flow.UpdateNorm.ShouldBe(0);
    }

    /// <summary>A state narrower than its layer: ∂L/∂h of the only step is the head's, (2/n)(y - t) W.</summary>
    [Fact]
    public void A_state_of_its_own_width_has_its_own_norm()
    {
        const int count = 4;
        FlowProjected model = new(1);
        double[] inputs = Draw(2 * count, 1), targets = Draw(count, 2), outputs = new double[count];
        model.PredictBatch(inputs, outputs, count);
        model.ComputeGradients(inputs, targets, count, new double[FlowProjected.ParameterCount]);
        ParameterInfo head = FlowProjected.Layout.Parameters.Single(p => p.Name == "head.weight");
        head.Length.ShouldBe(3);
        double expected = 2.0 / count * Norm([.. outputs.Zip(targets, (y, t) => y - t)]) * Norm(model.Parameters.Slice(head.Offset, head.Length));
        model.GradientFlow.Layers[0].States.Single(s => s.Name == "h").Norms[0].ShouldBe(expected, 1e-12);
    }

    /// <summary>Over long times every second step says how saturated gates are: those of an LSTM computed here.</summary>
    [Fact]
    public void Long_sequences_have_gates_of_some_steps()
    {
        const int count = 3, units = 9;
        FlowLong model = new(1);
        double[] parameters = [.. model.Parameters.ToArray().Select((p, i) => 3 * p + 0.4 * Math.Sin(i))], inputs = Draw(count * 140, 1);
        int[] lengths = [70, 33, 2];
        model.SetParameters(parameters);
        model.ComputeGradients(inputs, [0, 1, 2], count, new double[parameters.Length], lengths);
        double[] Tensor(string name) => FlowLong.Layout.Parameters.Where(p => p.Name == $"rnn.{name}_l0").Select(p => parameters[p.Offset..(p.Offset + p.Length)]).Single();
        double[] w = Tensor("weight_ih"), u = Tensor("weight_hh"), b = Tensor("bias_ih"), d = Tensor("bias_hh");
        (int Low, int High)[] counts = new (int, int)[4];
        int all = 0;
        for (int s = 0; s < count; s++)
        {
            double[] h = new double[units], c = new double[units];
            for (int t = 0; t < lengths[s]; t++)
            {
                double[] gates = new double[4 * units];
                for (int row = 0; row < gates.Length; row++)
                {
                    double sum = b[row] + d[row] + w[2 * row] * inputs[s * 140 + 2 * t] + w[2 * row + 1] * inputs[s * 140 + 2 * t + 1];
                    for (int k = 0; k < units; k++)
                        sum += u[row * units + k] * h[k];
                    gates[row] = row / units == 2 ? Math.Tanh(sum) : 1 / (1 + Math.Exp(-sum));
                    (double low, double high) = row / units == 2 ? (-0.8, 0.8) : (0.1, 0.9);
                    if (t % 2 == 0)
                    {
                        counts[row / units].Low += gates[row] < low ? 1 : 0;
                        counts[row / units].High += gates[row] > high ? 1 : 0;
                    }
                }

                all += t % 2 == 0 ? units : 0;
                for (int k = 0; k < units; k++)
                {
                    c[k] = gates[units + k] * c[k] + gates[k] * gates[2 * units + k];
                    h[k] = gates[3 * units + k] * Math.Tanh(c[k]);
                }
            }
        }

        for (int g = 0; g < 4; g++)
        {
            counts[g].High.ShouldBeGreaterThan(0);
            model.GradientFlow.Layers[0].Gates[g].Low.ShouldBe((double)counts[g].Low / all, 1e-12);
            model.GradientFlow.Layers[0].Gates[g].High.ShouldBe((double)counts[g].High / all, 1e-12);
        }
    }

    /// <summary>Squares of floats leave the range of floats long before the values do.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1e-25)]
    [InlineData(1e-36)]
    [InlineData(1e17)]
    public void Gradients_of_any_size_have_a_norm(double scale)
    {
        const int count = 19;
        double[] inputs = Draw(count * 12, 1), targets = Draw(count * 12, 2), parameters = new FlowSteps(5).Parameters.ToArray();
        ParameterInfo head = FlowSteps.Layout.Parameters.Single(p => p.Name == "head.weight");
        foreach (ref double weight in parameters.AsSpan(head.Offset, head.Length))
            weight *= scale;
        foreach (VectorWidth width in Members.Widths)
        {
            FlowSteps exact = new FlowSteps(0).With(width);
            FlowStepsFloat model = new FlowStepsFloat(0).With(width);
            exact.SetParameters(parameters);
            model.SetParameters(Array.ConvertAll(parameters, v => (float)v));
            exact.ComputeGradients(inputs, targets, count, new double[parameters.Length]);
            model.ComputeGradients(Array.ConvertAll(inputs, v => (float)v), Array.ConvertAll(targets, v => (float)v), count, new float[parameters.Length]);
            foreach ((StateFlow found, StateFlow expected) in model.GradientFlow.Layers.SelectMany(l => l.States).Zip(exact.GradientFlow.Layers.SelectMany(l => l.States)))
                for (int t = 0; t < 6; t++)
                    found.Norms[t].ShouldBe(expected.Norms[t], (1e-4 * expected.Norms[t]) + 1e-300, $"{found.Name} at {t}, {width}");
        }
    }

    /// <summary>The rest of a sequence, started from a step's states, has as the gradient of what it started from what flowed through that step.</summary>
    [Fact]
    public void Norms_are_those_of_gradients_with_respect_to_given_states()
    {
        FlowEnd model = new(1);
        const int count = 3, steps = 12;
        double[] inputs = Draw(count * steps * 2, 1), targets = Draw(count * 3, 2), gradients = new double[FlowEnd.ParameterCount];
        model.ComputeGradients(inputs, targets, count, gradients);
        double[] c = model.GradientFlow.Layers[0].States[1].Norms.ToArray(), h = model.GradientFlow.Layers[1].States[0].Norms.ToArray();
        c[^1].ShouldBe(0);
        FlowEnd.State[] streams = [.. Enumerable.Range(0, count).Select(_ => model.CreateState())];
        for (int t = 0; t < steps - 1; t++)
        {
            BatchState<double> state = model.CreateBatchState(count);
            double[] rest = new double[inputs.Length], values = new double[state.Length], output = new double[3];
            for (int i = 0; i < count; i++)
            {
                streams[i].Step(inputs.AsSpan((i * steps + t) * 2, 2), output);
                streams[i].Save(values);
                state.Set(i, values);
                inputs.AsSpan((i * steps + t + 1) * 2, (steps - t - 1) * 2).CopyTo(rest.AsSpan(i * steps * 2));
            }

            model.ComputeGradients(rest, targets, count, gradients, state, [.. Enumerable.Repeat(steps - t - 1, count)]);
            double ofC = Norm([.. Enumerable.Range(0, count).SelectMany(i => state.Gradient(i)[17..34].ToArray())]);
            double ofH = Norm([.. Enumerable.Range(0, count).SelectMany(i => state.Gradient(i)[34..42].ToArray())]);
            c[t].ShouldBe(ofC, 1e-12 * ofC, $"c at {t}");
            h[t].ShouldBe(ofH, 1e-12 * ofH, $"h at {t}");
        }
    }

    [Fact]
    public void Recomputation_groups_and_lengths_give_the_same_figures()
    {
        int[] lengths = [12, 2, 4, 7, 1, 3, 11];
        double[] inputs = Draw(7 * 24, 1), targets = Draw(7 * 3, 2), gradients = new double[FlowEnd.ParameterCount];
        FlowEnd kept = new(1);
        FlowRecomputed model = new(1);
        for (int step = 0; step < 2; step++)
        {
            kept.ComputeGradients(inputs, targets, 7, gradients, lengths);
            model.ComputeGradients(inputs, targets, 7, gradients, lengths);
            double[] expected = Figures(kept.GradientFlow), found = Figures(model.GradientFlow);
            found.Length.ShouldBe(expected.Length);
            for (int i = 0; i < found.Length; i++)
                found[i].ShouldBe(expected[i], (1e-12 * expected[i]) + 1e-30);
        }

        // Twice the sequences, in other groups: the mean's gradient of each is half as large, and the norm over both √½.
        FlowEnd twice = new(1);
        twice.ComputeGradients([.. inputs, .. inputs], [.. targets, .. targets], 14, gradients, [.. lengths, .. lengths]);
        for (int t = 0; t < 12; t++)
        {
            double norm = kept.GradientFlow.Layers[0].States[0].Norms[t];
            twice.GradientFlow.Layers[0].States[0].Norms[t].ShouldBe(norm * Math.Sqrt(0.5), 1e-12 * norm);
        }

        twice.GradientFlow.Layers[0].Gates[1].High.ShouldBe(kept.GradientFlow.Layers[0].Gates[1].High);
    }

    private static double[] Figures(GradientFlow flow) =>
    [
        .. flow.Layers.SelectMany(l => l.States.SelectMany(s => s.Norms.ToArray())),
        .. flow.Layers.SelectMany(l => l.Gates.SelectMany(g => (double[])[g.Low, g.High, g.DeadUnits])),
        .. flow.ParameterNorms, .. flow.UpdateNorms,
    ];

    private static byte[] Bits(ReadOnlySpan<double> values) => MemoryMarshal.AsBytes(values).ToArray();

    [Fact]
    public void Figures_have_the_same_bits_with_any_threads_and_leave_the_training_its_own()
    {
        const int count = 37;
        double[] inputs = Draw(count * 12, 1), targets = Draw(count * 12, 2);
        int[] lengths = [.. Enumerable.Range(0, count).Select(i => 1 + (i * 7 % 6))];
        FlowStepsTwin twin = new(3);
        Adam adam = new(1e-2) { ClipNorm = 0.1 };
        double[] losses = [.. Enumerable.Range(0, 3).Select(_ => twin.TrainStep(inputs, targets, count, adam, lengths))];
        byte[]? figures = null;
        foreach (int threads in (int[])[1, 2, 3, 4])
        {
            FlowSteps model = new(3) { Threads = threads };
            Adam same = new(1e-2) { ClipNorm = 0.1 };
            Enumerable.Range(0, 3).Select(_ => model.TrainStep(inputs, targets, count, same, lengths)).ShouldBe(losses);
            Bits(model.Parameters).ShouldBe(Bits(twin.Parameters));
            Bits(Figures(model.GradientFlow)).ShouldBe(figures ??= Bits(Figures(model.GradientFlow)), $"{threads} threads");
        }
    }

    [Fact]
    public void A_decoder_trains_as_without()
    {
        double[] inputs = Draw(6 * 21, 1);
        int[] targets = [.. Enumerable.Range(0, 30).Select(i => i % 5 == 4 ? 5 : i * 5 % 8)], lengths = [7, 3, 1, 6, 7, 2];
        Attentive twin = new(1);
        FlowAttentive model = new(1) { Threads = 2 };
        twin.TrainStep(inputs, targets, 6, new Adam(1e-2), lengths).ShouldBe(model.TrainStep(inputs, targets, 6, new Adam(1e-2), lengths));
        Bits(model.Parameters).ShouldBe(Bits(twin.Parameters));
        model.GradientFlow.Layers.Select(l => $"{l.Name} {l.Steps}").ShouldBe(["Gru0 7", "Gru0Reverse 7", "BridgeH0 1", "DecoderGru0 5", "Attended 5"]);
        foreach (StateFlow state in model.GradientFlow.Layers.SelectMany(l => l.States))
            state.Norms[0].ShouldBeGreaterThan(0, state.Name);
    }

    [Fact]
    public void Parameters_have_norms_of_gradient_and_update()
    {
        FlowTokens model = new(1);
        int[] tokens = [1, 2, 3, 2, 1, 49, 0, 49, 7, 7];
        double[] gradients = new double[FlowTokens.ParameterCount], before = model.Parameters.ToArray();
        model.ComputeGradients(tokens, Draw(4, 1), 2, gradients);
        GradientFlow flow = model.GradientFlow;
        foreach ((ParameterInfo p, double norm) in flow.Parameters.Zip(flow.ParameterNorms.ToArray()))
            norm.ShouldBe(p.IsFrozen ? 0 : Norm(gradients.AsSpan(p.Offset, p.Length)), 1e-15, p.Name);
        flow.UpdateNorms.ToArray().ShouldAllBe(n => n == 0);
        flow.Layers.Select(l => l.Name).ShouldBe(["Gru0", "Rnn1"], "the embedding below the frozen layer learns");

        model.TrainStep(tokens, Draw(4, 1), 2, new Sgd(0.1) { ClipNorm = 1e-3 });
        Updates().ShouldContain(n => n > 0);
        flow.UpdateNorm.ShouldBe(1e-4, 1e-7, "clipped");
        flow.GradientNorm.ShouldBe(Norm(gradients), 1e-12, "not clipped");
        before = model.Parameters.ToArray();
        model.ApplyGradients(gradients, new Sgd(0.1));
        Updates().ShouldContain(n => n > 0);
        flow.UpdateNorm.ShouldBe(0.1 * Norm(gradients), 1e-12);

        FlowTokens other = new(1);
        other.ApplyGradients(gradients, new Sgd(0.1));
        other.GradientFlow.UpdateNorm.ShouldBe(0.1 * Norm(gradients), 1e-12, "before any gradient of its own");
        other.ComputeGradients(tokens, Draw(4, 1), 2, gradients);
        other.GradientFlow.Layers[1].States[0].Norms[4].ShouldBeGreaterThan(0);

        double[] Updates()
        {
            foreach ((ParameterInfo p, double norm) in flow.Parameters.Zip(flow.UpdateNorms.ToArray()))
                norm.ShouldBe(Norm([.. Enumerable.Range(p.Offset, p.Length).Select(i => model.Parameters[i] - before[i])]), 1e-15, p.Name);
            return flow.UpdateNorms.ToArray();
        }
    }

    [Fact]
    public void What_is_switched_off_measures_nothing()
    {
        FlowSteps model = new(1);
        GradientFlow flow = model.GradientFlow;
        flow.StepCount.ShouldBe(0);
        flow.Layers[0].States[0].Norms.Length.ShouldBe(0);
        flow.Layers[0].Gates[0].Saturation.ShouldBe(0);
        flow.Layers[3].DeadUnits.ShouldBe(0);
        double[] inputs = Draw(60, 1), targets = Draw(60, 2);
        Adam adam = new(1e-2);
        model.TrainStep(inputs, targets, 5, adam);
        double[] figures = Figures(flow);
        flow.StepCount.ShouldBe(1);
        flow.IsEnabled = false;
        model.TrainStep(inputs, targets, 5, adam);
        Figures(flow).ShouldBe(figures);
        flow.StepCount.ShouldBe(1);
        model.Clone().GradientFlow.IsEnabled.ShouldBeFalse();
        model.Clone().GradientFlow.ShouldNotBeSameAs(flow);
        flow.IsEnabled = true;
        model.TrainStep(inputs, targets, 5, adam);
        Figures(flow).ShouldNotBe(figures);
        ((IGradientFlowModel)model).GradientFlow.ShouldBeSameAs(flow);
    }

    [Fact]
    public void A_gradient_that_explodes_is_seen_on_its_way()
    {
        // All is zero, so that tanh is steepest; the recurrent weights are 1e80 I.
        FlowEnd model = new(1);
        double[] inputs = new double[2 * 24], targets = [1, 2, 3, 4, 5, 6], gradients = new double[FlowEnd.ParameterCount], parameters = model.Parameters.ToArray();
        foreach (ParameterInfo p in FlowEnd.Layout.Parameters.Where(p => p.Name.EndsWith("_l0", StringComparison.Ordinal) || p.Name.EndsWith("_l1", StringComparison.Ordinal)))
            parameters.AsSpan(p.Offset, p.Length).Clear();
        model.SetParameters(parameters);
        model.ComputeGradients(inputs, targets, 2, gradients);
        double last = model.GradientFlow.Layers[1].States[0].Norms[^1];
        last.ShouldBeGreaterThan(0);
        ParameterInfo recurrent = FlowEnd.Layout.Parameters.Single(p => p.Name == "rnn.weight_hh_l1");
        for (int i = 0; i < 8; i++)
            parameters[recurrent.Offset + (9 * i)] = 1e80;
        model.SetParameters(parameters);
        Should.Throw<NonFiniteException>(() => model.TrainStep(inputs, targets, 2, new Sgd(0.1))).Message.ShouldContain("Rnn1");
        ReadOnlySpan<double> norms = model.GradientFlow.Layers[1].States[0].Norms;
        norms[11].ShouldBe(last, 1e-12);
        (norms[10] / norms[11]).ShouldBe(1e80, 1e68);
        double.IsFinite(norms[0]).ShouldBeFalse();
        model.GradientFlow.UpdateNorm.ShouldBe(0);
    }
}
