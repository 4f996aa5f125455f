using System.Numerics;
using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>What one judge found of a model in one precision.</summary>
/// <param name="Parameters">Where it was measured.</param>
/// <param name="Loss">The mean loss that is measured, without dropout.</param>
/// <param name="Gradient">The gradient in training.</param>
internal sealed record Measured(double[] Parameters, double Loss, double[] Gradient);

/// <summary>
/// One model on one draw of data: every vector width, threads, each sequence alone, memory that was spoilt before, streams, carried states, the loss by its formula, and in double the
/// gradient against differences of the loss.
/// </summary>
internal sealed class ModelJudge<TModel, TNumber, TInput, TTarget>
    where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private static readonly bool IsDouble = typeof(TNumber) == typeof(double);

    // Sums in another order; what stale memory or a wrong formula does is far above it.
    private static readonly double Near = IsDouble ? 1e-9 : 2e-3;

    private readonly string _declared;
    private readonly ModelLayout _layout = TModel.Layout;
    private readonly TModel _model;
    private readonly ModelSurface<TNumber, TInput, TTarget> _surface;
    private readonly DrawnData<TNumber, TInput, TTarget> _data;
    private readonly TNumber[] _at;
    private readonly Random _random;
    private readonly List<string> _faults = [];

    /// <param name="at">The parameters; where there are none they are drawn.</param>
    public ModelJudge(string declared, int seed, double[]? at)
    {
        _declared = declared;
        _random = new Random(seed);
        _model = TModel.Create(seed);
        _surface = new ModelSurface<TNumber, TInput, TTarget>(_model);
        _data = new DrawnData<TNumber, TInput, TTarget>(_layout, seed);

        // Biases and gains that are 0 or 1 at first would hide mistakes. A value that float has, too.
        _at = at is null ? [.. _model.Parameters.ToArray().Select(value => TNumber.CreateChecked((float)(double.CreateChecked(value) + 0.1 * (_random.NextDouble() - 0.5))))]
            : [.. at.Select(TNumber.CreateChecked)];
        _model.SetParameters(_at);
    }

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Derivatives that agreed with the stencil, and those at kinks, where there are none.</summary>
    public (int Checked, int AtKinks) Derivatives { get; private set; }

    public Measured Run(Measured? reference)
    {
        TNumber[] outputs = Outputs(), gradient = new TNumber[_layout.ParameterCount];
        double loss = Loss(), trained = Gradients(gradient);
        CheckRepeats(outputs, loss, gradient);
        CheckWidths(outputs, loss, trained, gradient);
        CheckAlone(outputs, loss, gradient);
        CheckFormula(outputs, loss);
        CheckStreams(outputs);
        CheckStates();
        CheckResets();
        CheckInputGradients();
        if (reference is not null)
        {
            Expect(IsNear(loss, reference.Loss), $"loss {loss}, in double {reference.Loss}");
            ExpectGradient(gradient, reference.Gradient, "in double");
        }
        else
        {
            CheckStencil(Doubles(gradient), "of the parameters", Doubles(_at), Free(), values =>
            {
                _model.SetParameters([.. values.Select(TNumber.CreateChecked)]);
                return Gradients(new TNumber[_layout.ParameterCount]);
            });
            _model.SetParameters(_at);
        }

        return new Measured(Doubles(_at), loss, Doubles(gradient));
    }

    // The same again, by other threads, and in memory that holds no number.
    private void CheckRepeats(TNumber[] outputs, double loss, TNumber[] gradient)
    {
        _surface.Threads = 3;
        ExpectSame("with 3 threads");
        _surface.Threads = 1;
        Expect(_surface.Spoil() > 0, "no memory was found to spoil");
        ExpectSame("in memory that was not zero before");

        void ExpectSame(string what)
        {
            TNumber[] again = new TNumber[gradient.Length];
            Expect(Bits(Outputs()).SequenceEqual(Bits(outputs)), $"other outputs {what}");
            Expect(Loss().Equals(loss), $"another loss {what}");
            Gradients(again);
            Expect(Bits(again).SequenceEqual(Bits(gradient)), $"another gradient {what}");
        }
    }

    private void CheckWidths(TNumber[] outputs, double loss, double trained, TNumber[] gradient)
    {
        VectorWidth widest = _surface.Width;
        TNumber[] other = new TNumber[gradient.Length];
        foreach (VectorWidth width in Enum.GetValues<VectorWidth>().Where(width => width < widest))
        {
            _surface.Width = width;
            _surface.Spoil();
            ExpectNear(Outputs(), outputs, $"outputs at {width}");
            Expect(IsNear(Loss(), loss), $"loss at {width}");
            Expect(IsNear(Gradients(other), trained), $"loss in training at {width}");
            ExpectGradient(other, Doubles(gradient), $"at {width}");
            CheckAlone(Outputs(), Loss(), other);
            CheckStreams(outputs);
        }

        _surface.Width = widest;
    }

    // Each sequence's outputs to the bit; its loss and gradient with its share of the mean, and of a weighted one.
    private void CheckAlone(TNumber[] outputs, double loss, TNumber[] gradient)
    {
        float[] ones = new float[_data.Count], weights = [.. ones.Select(_ => _random.Next(4) == 0 ? 0f : 3 * _random.NextSingle())];
        ones.AsSpan().Fill(1);
        Mean plain = new(_data, ones, gradient.Length), weighted = new(_data, weights, gradient.Length);
        TNumber[] output = new TNumber[_layout.OutputLength], one = new TNumber[gradient.Length];
        for (int i = 0; i < _data.Count; i++)
        {
            output.AsSpan().Fill(TNumber.NaN);
            _model.PredictBatch(_data.Input(i), output, 1, _data.LengthOf(i));
            Expect(Bits(output).SequenceEqual(Bits(outputs[(i * output.Length)..((i + 1) * output.Length)])), $"sequence {i} alone has other outputs than in the batch, at {_surface.Width}");
            if (_data.Terms(i) > 0)
            {
                double own = double.CreateChecked(_model.ComputeLoss(_data.Input(i), _data.TargetOf(i), 1, _data.LengthOf(i)));
                _model.ComputeGradients(_data.Input(i), _data.TargetOf(i), 1, one, _data.LengthOf(i));
                plain.Add(i, own, one);
                weighted.Add(i, own, one);
            }
        }

        ExpectMean(plain, loss, gradient, "mean");
        if (weighted.Weight > 0)
        {
            TrainingBatch<TInput, TTarget> batch = new() { Inputs = _data.Inputs, Targets = _data.Targets, Count = _data.Count, Lengths = _data.Lengths, Weights = weights };
            double found = double.CreateChecked(_model.ComputeLoss(batch));
            BeginDropout();
            one.AsSpan().Fill(TNumber.NaN);
            _model.ComputeGradients(batch, one);
            ExpectMean(weighted, found, one, "weighted mean");
        }
    }

    private void ExpectMean(Mean alone, double loss, TNumber[] gradient, string what)
    {
        Expect(IsNear(alone.Loss, loss), $"losses of each alone have the {what} {alone.Loss}, together {loss}, at {_surface.Width}");

        // What dropout leaves out depends on the sequence's place.
        if (_model is not IDropoutModel)
        {
            ExpectGradient(gradient, alone.Gradient, $"as the {what} of each alone, at {_surface.Width}");
        }
    }

    // The mean over all terms, each with the weight of its sequence.
    private sealed class Mean(DrawnData<TNumber, TInput, TTarget> data, float[] weights, int parameters)
    {
        public double Weight { get; } = Enumerable.Range(0, data.Count).Sum(i => weights[i] * (double)data.Terms(i));

        public double Loss { get; private set; }

        public double[] Gradient { get; } = new double[parameters];

        public void Add(int sequence, double loss, TNumber[] gradient)
        {
            double share = (double)weights[sequence] * data.Terms(sequence) / Weight;
            Loss += share * loss;
            for (int p = 0; p < gradient.Length; p++)
            {
                Gradient[p] += share * double.CreateChecked(gradient[p]);
            }
        }
    }

    private void CheckFormula(TNumber[] outputs, double loss)
    {
        // A loss with numbers or equations of its own has no formula, and of several values for each target the outputs say one.
        if (!_layout.IsDecoded && _layout.LabelLength == 0 && !_declared.Contains("Accuracy.Fast", StringComparison.Ordinal) && !_declared.Contains("LossNumbers", StringComparison.Ordinal)
            && DeclaredLoss() is { } declared && !((LossSource)declared.ToString()).Definition.ReadsHead)
        {
            double expected = _data.Loss(declared, outputs);
            Expect(IsNear(loss, expected), $"loss {loss}, by the formula {expected}");
        }
    }

    private Loss? DeclaredLoss() => Enum.GetValues<Loss>().Cast<Loss?>().SingleOrDefault(loss => _declared.Contains($"Loss = Loss.{loss}", StringComparison.Ordinal));

    // At each step what the model says of the sequence until there.
    private void CheckStreams(TNumber[] outputs)
    {
        if (!_surface.Streams)
        {
            return;
        }

        CheckStreamSet(Outputs());
        DrawnStream<TNumber, TInput> stream = _surface.Stream();
        stream.SetStatics(_data.Statics(0));
        int inputs = _layout.InputStep, width = _layout.OutputLength / _layout.OutputSteps;
        TNumber[] y = new TNumber[width], whole = new TNumber[_layout.OutputLength];
        for (int step = 0; step < _layout.SequenceLength; step++)
        {
            y.AsSpan().Fill(TNumber.NaN);
            stream.Step(_data.Inputs.AsSpan(step * inputs, inputs), y);
            _model.PredictBatch(_data.Input(0), whole, 1, [step + 1]);
            ExpectNear(y, _layout.OutputSteps == 1 ? whole : whole[(step * width)..((step + 1) * width)], $"streamed step {step} at {_surface.Width}");
            if (step + 1 == _data.Length(0))
            {
                ExpectNear(y, outputs[((_layout.OutputSteps == 1 ? 0 : step) * width)..][..width], $"streamed step {step} at {_surface.Width}, against the batch");
            }
        }
    }

    // All sequences as streams of one set: the bits of the batch at each step of a many-to-many model, and at the last of a many-to-one model.
    private void CheckStreamSet(TNumber[] outputs)
    {
        DrawnStreams<TNumber, TInput> streams = _surface.CreateStreams(_data.Count);
        int inputs = _layout.InputStep, width = _layout.OutputLength / _layout.OutputSteps;
        TInput[] x = new TInput[_data.Count * inputs];
        TNumber[] y = new TNumber[_data.Count * width];
        for (int i = 0; i < _data.Count; i++)
        {
            streams.SetStatics(i, _data.Statics(i));
        }

        for (int step = 0; step < _layout.SequenceLength; step++)
        {
            y.AsSpan().Fill(TNumber.NaN);
            for (int i = 0; i < _data.Count; i++)
            {
                _data.Inputs.AsSpan(i * _layout.InputLength + step * inputs, inputs).CopyTo(x.AsSpan(i * inputs));
            }

            streams.Step(x, y);
            for (int i = 0; i < _data.Count; i++)
            {
                if (_layout.OutputSteps > 1 ? step < _data.Length(i) : step + 1 == _data.Length(i))
                {
                    ReadOnlySpan<TNumber> expected = outputs.AsSpan(i * _layout.OutputLength + (_layout.OutputSteps > 1 ? step * width : 0), width);
                    Expect(Bits(y[(i * width)..((i + 1) * width)]).SequenceEqual(Bits(expected.ToArray())), $"stream {i} of {_data.Count} has other outputs at step {step} than the batch, at {_surface.Width}");
                }
            }
        }
    }

    // Sequences that continue from states: where they end as a stream does, and the gradient of what they began with.
    private void CheckStates()
    {
        if (!_surface.Carries)
        {
            return;
        }

        BatchState<TNumber> state = _surface.BatchState(_data.Count);
        TNumber[][] starts = [.. Enumerable.Range(0, _data.Count).Select(_ => Enumerable.Range(0, state.Length).Select(_ => TNumber.CreateChecked((float)(_random.NextDouble() - 0.5))).ToArray())];
        TNumber[] gradients = new TNumber[_layout.ParameterCount];
        From([.. starts.SelectMany(s => Doubles(s))]);
        // A stream that pools remembers more.
        if (_surface.Streams && _model is not IDropoutModel && _surface.Stream() is var stream && stream.Length == state.Length)
        {
            stream.Restore(starts[0]);
            stream.SetStatics(_data.Statics(0));
            int inputs = _layout.InputStep;
            TNumber[] y = new TNumber[_layout.OutputLength / _layout.OutputSteps];
            for (int step = 0; step < _data.Length(0); step++)
            {
                stream.Step(_data.Inputs.AsSpan(step * inputs, inputs), y);
            }

            if (!_declared.Contains("Accuracy.Fast", StringComparison.Ordinal))
            {
                ExpectNear(stream.Save(), state[0].ToArray(), "the carried state, against the stream's");
            }
        }

        if (IsDouble)
        {
            double[] gradient = [.. Enumerable.Range(0, _data.Count).SelectMany(i => Doubles(state.Gradient(i).ToArray()))];
            CheckStencil(gradient, "of the states before the first step", [.. starts.SelectMany(s => Doubles(s))], _ => true, From);
        }

        double From(double[] values)
        {
            state.Reset();
            for (int i = 0; i < _data.Count; i++)
            {
                state.Set(i, [.. values.Skip(i * state.Length).Take(state.Length).Select(TNumber.CreateChecked)]);
            }

            BeginDropout();
            return _surface.Gradients(_data, gradients, state);
        }
    }

    // A window with resets is the sequences that it is cut into, to the bit.
    private void CheckResets()
    {
        if (!_surface.Carries || _layout.LabelLength > 0)
        {
            return;
        }

        bool[] resets = [.. Enumerable.Range(0, _data.Count * _layout.SequenceLength).Select(_ => _random.Next(3) == 0)];
        (TInput[] inputs, TTarget[] targets, int[] lengths) = _data.Cut(resets);
        TNumber[] found = new TNumber[_layout.ParameterCount], expected = new TNumber[found.Length];
        BeginDropout();
        TNumber loss = _model.ComputeGradients(new TrainingBatch<TInput, TTarget> { Inputs = _data.Inputs, Targets = _data.Targets, Count = _data.Count, Lengths = _data.Lengths, Resets = resets }, found);
        BeginDropout();
        TNumber own = _model.ComputeGradients(inputs, targets, lengths.Length, expected, lengths);
        Expect(loss.Equals(own), $"loss {loss} with resets, {own} of the sequences between them");
        Expect(Bits(found).SequenceEqual(Bits(expected)), "another gradient with resets than of the sequences between them");
    }

    // What is differentiated is what is predicted.
    private void CheckInputGradients()
    {
        if (!IsDouble || !_surface.Explains || typeof(TInput) == typeof(int) || _layout.InputLength != _layout.SequenceLength * _layout.InputStep
            || _layout.Inputs.Any(input => input.Categories > 0) || _declared.Contains("Accuracy.Fast", StringComparison.Ordinal) || _declared.Contains("PredictionWeights", StringComparison.Ordinal))
        {
            return;
        }

        int length = _data.Length(0), width = _layout.OutputLength / _layout.OutputSteps, output = _random.Next(width), step = _layout.OutputSteps == 1 ? 0 : _random.Next(length);
        TNumber[] at = (TNumber[])(object)_data.Inputs[..(length * _layout.InputStep)], gradient = new TNumber[at.Length], outputs = new TNumber[_layout.OutputLength];
        gradient.AsSpan().Fill(TNumber.NaN);
        double value = double.CreateChecked(_surface.InputGradients((TInput[])(object)at, gradient, output, step, length));
        Expect(IsNear(value, Predicted(Doubles(at))), $"output {output} at step {step} is differentiated at {value}, and predicted as {Predicted(Doubles(at))}");
        CheckStencil(Doubles(gradient), $"of output {output} at step {step} with respect to the input", Doubles(at), _ => true, Predicted);

        double Predicted(double[] values)
        {
            TNumber[] input = new TNumber[_layout.InputLength];
            Array.ConvertAll(values, TNumber.CreateChecked).CopyTo(input, 0);
            _model.PredictBatch((TInput[])(object)input, outputs, 1, [length]);
            return double.CreateChecked(outputs[(step * width) + output]);
        }
    }

    private Func<int, bool> Free()
    {
        bool[] free = new bool[_layout.ParameterCount];
        foreach (ParameterInfo parameter in _layout.Parameters)
        {
            free.AsSpan(parameter.Offset, parameter.Length).Fill(!parameter.IsFrozen);
        }

        return i => free[i];
    }

    /// <summary>Derivatives of the loss along random directions of the values that are learned.</summary>
    private void CheckStencil(double[] gradient, string what, double[] at, Func<int, bool> isFree, Func<double[], double> loss)
    {
        // How far two differences of the loss with different steps may be apart where it has derivatives: about the root of what rounding does to either.
        const double Smooth = 1e-6;
        for (int i = 0; i < 3; i++)
        {
            double[] direction = [.. Enumerable.Range(0, at.Length).Select(n => _random.NextDouble() - 0.5 is var d && isFree(n) ? d : 0)];
            double analytic = gradient.Zip(direction, (g, d) => g * d).Sum();
            double wide = Stencil(1e-3), narrow = Stencil(5e-4), scale = Math.Abs(analytic) + Math.Abs(narrow) + 1e-3;
            if (Math.Abs(wide - narrow) > Smooth * scale)
            {
                Derivatives = (Derivatives.Checked, Derivatives.AtKinks + 1);
                continue;
            }

            Expect(Math.Abs(analytic - narrow) < 10 * Smooth * scale, $"derivative {what}: {analytic}, by the stencil {narrow}");
            Derivatives = (Derivatives.Checked + 1, Derivatives.AtKinks);

            double Stencil(double step) => ((8 * (Moved(step) - Moved(-step))) - (Moved(2 * step) - Moved(-2 * step))) / (12 * step);

            double Moved(double step) => loss([.. at.Zip(direction, (value, d) => value + (step * d))]);
        }
    }

    private TNumber[] Outputs()
    {
        TNumber[] outputs = new TNumber[_data.Count * _layout.OutputLength];
        outputs.AsSpan().Fill(TNumber.NaN);
        _model.PredictBatch(_data.Inputs, outputs, _data.Count, _data.Lengths);
        return outputs;
    }

    private double Loss() => double.CreateChecked(_model.ComputeLoss(_data.Inputs, _data.Targets, _data.Count, _data.Lengths));

    private double Gradients(TNumber[] into)
    {
        BeginDropout();
        into.AsSpan().Fill(TNumber.NaN);
        return double.CreateChecked(_model.ComputeGradients(_data.Inputs, _data.Targets, _data.Count, into, _data.Lengths));
    }

    // The same units are left out each time.
    private void BeginDropout()
    {
        if (_model is IDropoutModel drops)
        {
            drops.DropoutStep = 0;
        }
    }

    private static double[] Doubles(TNumber[] values) => Array.ConvertAll(values, double.CreateChecked);

    private static ReadOnlySpan<byte> Bits(TNumber[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<TNumber>(values);

    private static bool IsNear(double a, double b) => Math.Abs(a - b) <= Near * Math.Max(1, Math.Abs(b));

    private void ExpectNear(TNumber[] found, TNumber[] expected, string what)
    {
        double scale = Math.Max(1, expected.Max(value => Math.Abs(double.CreateChecked(value))));
        double worst = found.Zip(expected, (a, b) => Math.Abs(double.CreateChecked(a - b))).Aggregate(0.0, (most, next) => double.IsNaN(next) || next > most ? next : most);
        Expect(worst <= Near * scale, $"{what}: {worst} apart, of {scale}");
    }

    private void ExpectGradient(TNumber[] found, double[] expected, string what)
    {
        double whole = Norm(expected);
        foreach (ParameterInfo parameter in _layout.Parameters)
        {
            double[] part = expected[parameter.Offset..(parameter.Offset + parameter.Length)];
            double apart = Norm(part.Zip(found.Skip(parameter.Offset), (e, f) => e - double.CreateChecked(f)));
            Expect(apart <= Near * (Norm(part) + 0.01 * whole + 1e-4), $"gradient of {parameter.Name} {what}: {apart} apart, of {Norm(part)}");
        }
    }

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));

    private void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            _faults.Add(otherwise);
        }
    }
}
