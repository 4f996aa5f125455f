// Prints "value NAME NUMBER" lines, which are the same to 1e-6 on every runtime, and in the browser how long a streaming step takes against plain loops.
using System.Diagnostics;
using System.Globalization;
using RnnGen;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

float[] Signal(int count) => [.. Enumerable.Range(0, count).Select(t => MathF.Sin(0.7f * t) + 0.3f * MathF.Cos(2.3f * t))];
void Say<T>(string name, IEnumerable<T> values) where T : IFormattable
{
    foreach (T value in values)
    {
        Console.WriteLine($"value {name} {value.ToString("R", CultureInfo.InvariantCulture)}");
    }
}

// Predictions and streams.
var wave = new Wave(seed: 1);
Say("lstm", wave.Predict(Signal(Wave.SequenceLength * Wave.InputSize)));
Wave.State state = wave.CreateState();
float[] output = new float[Wave.OutputSize];
foreach (float[] x in Signal(20 * Wave.InputSize).Chunk(Wave.InputSize))
{
    state.Step(x, output);
    Say("stream", output);
}

Say("batch", Batch());
Say("coarse", new Coarse(seed: 2).Predict(Signal(Coarse.SequenceLength)));
Say("functions", new Functions(seed: 3).Predict(Signal(2 * Functions.SequenceLength)));
Say("functions-double", new FunctionsInDouble(seed: 3).Predict([.. Signal(2 * FunctionsInDouble.SequenceLength).Select(v => (double)v)]));
Say("reader", new Reader(seed: 4).Predict([.. Enumerable.Range(0, Reader.SequenceLength).Select(t => t * t % 7)]));
Say("decoder", new Decoded(seed: 5).Predict(Signal(Decoded.SequenceLength)));

// Training, in double so that what the last digits differ by stays small.
var learner = new Learner(seed: 6);
var adam = new Adam(1e-2) { ClipNorm = 1 };
double[] inputs = [.. Signal(5 * Learner.SequenceLength).Select(v => (double)v)], targets = [.. Signal(5 * Learner.OutputSize).Select(v => 0.5 * v)];
Say("training", Enumerable.Range(0, 20).Select(_ => learner.TrainStep(inputs, targets, 5, adam)));
Say("trained", learner.Predict(inputs[..Learner.SequenceLength]));

if (OperatingSystem.IsBrowser())
{
    double step = Fastest(StepsOf(wave)), loop = Fastest(new Plain(wave).Steps());
    Console.WriteLine($"time: a step of an LSTM {step:F1} µs, in plain loops {loop:F1} µs, ratio {step / loop:F2}");
    Console.WriteLine($"time: a step of a GRU in double {Fastest(StepsOfDouble(learner)):F1} µs, of all functions {Fastest(StepsOfFunctions(new Functions(seed: 3))):F1} µs");
}

float[] Batch()
{
    float[] results = new float[7 * Wave.SequenceLength * Wave.OutputSize];
    wave.PredictBatch(Signal(7 * Wave.SequenceLength * Wave.InputSize), results, 7);
    return results;
}

static Action StepsOf(Wave model)
{
    Wave.State state = model.CreateState();
    float[] x = [0.1f, 0.2f, 0.3f, 0.4f], y = new float[Wave.OutputSize];
    return () => state.Step(x, y);
}

static Action StepsOfDouble(Learner model)
{
    Learner.State state = model.CreateState();
    double[] x = [0.1], y = new double[Learner.OutputSize];
    return () => state.Step(x, y);
}

static Action StepsOfFunctions(Functions model)
{
    Functions.State state = model.CreateState();
    float[] x = [0.1f, 0.2f], y = new float[Functions.OutputSize];
    return () => state.Step(x, y);
}

// Microseconds of a call, in the fastest of five rounds after one that warms up.
static double Fastest(Action call)
{
    double fastest = double.MaxValue;
    for (int round = 0; round < 6; round++)
    {
        long start = Stopwatch.GetTimestamp(), calls = 0;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.2)
        {
            for (int i = 0; i < 100; i++)
            {
                call();
            }

            calls += 100;
        }

        fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls);
    }

    return fastest;
}

/// <summary>The step of <see cref="Wave"/> as plain loops.</summary>
internal sealed class Plain(Wave model)
{
    private const int H = 32;
    private readonly float[] _wx = Of(model, "rnn.weight_ih_l0"), _wh = Of(model, "rnn.weight_hh_l0"), _bx = Of(model, "rnn.bias_ih_l0"), _bh = Of(model, "rnn.bias_hh_l0");
    private readonly float[] _head = Of(model, "head.weight"), _bias = Of(model, "head.bias"), _h = new float[H], _c = new float[H], _gates = new float[4 * H];

    public Action Steps()
    {
        float[] x = [0.1f, 0.2f, 0.3f, 0.4f], y = new float[Wave.OutputSize];
        return () => Step(x, y);
    }

    private static float[] Of(Wave model, string name)
    {
        ParameterInfo info = Wave.Layout.Parameters.Single(p => p.Name == name);
        return model.Parameters.Slice(info.Offset, info.Length).ToArray();
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    private void Step(float[] x, float[] y)
    {
        for (int g = 0; g < _gates.Length; g++)
        {
            float sum = _bx[g] + _bh[g];
            for (int i = 0; i < x.Length; i++)
            {
                sum += _wx[g * x.Length + i] * x[i];
            }

            for (int j = 0; j < H; j++)
            {
                sum += _wh[g * H + j] * _h[j];
            }

            _gates[g] = sum;
        }

        for (int j = 0; j < H; j++)
        {
            _c[j] = Sigmoid(_gates[H + j]) * _c[j] + Sigmoid(_gates[j]) * MathF.Tanh(_gates[2 * H + j]);
            _h[j] = Sigmoid(_gates[3 * H + j]) * MathF.Tanh(_c[j]);
        }

        for (int o = 0; o < y.Length; o++)
        {
            float sum = _bias[o];
            for (int j = 0; j < H; j++)
            {
                sum += _head[o * H + j] * _h[j];
            }

            y[o] = sum;
        }
    }
}

[RnnModel(Architecture.ManyToMany, InputSize = 4, SequenceLength = 12, OutputSize = 2)]
[Lstm(32)]
internal sealed partial class Wave;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 3, Accuracy = Accuracy.Fast)]
[Lstm(20)]
[Rnn(7, Activation = Activation.Relu)]
internal sealed partial class Coarse;

/// <summary>Every function of the cells' language.</summary>
[Cell("""
    a  = elu(W x + U h + b) + gelu(W x + U h + b)
    e  = log(1.5 + sqrt(abs(a))) + softplus(a) * exp(-abs(a))
    s  = select(sin(a) > cos(a), min(a, e), max(a, e))
    n  = norm(W x + U h) + mean(e) + relu(a)
    h' = tanh(s) * sigmoid(n)
    """)]
internal sealed class AllFunctions : ICell;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 3)]
[Recurrent<AllFunctions>(13)]
internal sealed partial class Functions;

[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 6, OutputSize = 3, Precision = Precision.Double)]
[Recurrent<AllFunctions>(13)]
internal sealed partial class FunctionsInDouble;

[RnnModel(Architecture.ManyToOne, SequenceLength = 9, OutputSize = 3, Loss = Loss.CrossEntropy, Pooling = Pooling.Max)]
[Embedding(7, 5)]
[Gru(10, Bidirectional = true)]
[LayerNorm]
[Gru(20, Residual = true)]
internal sealed partial class Reader;

[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 8, OutputLength = 5, OutputSize = 2)]
[Lstm(9)]
[Decoder(Attention = Attention.Additive)]
[Lstm(9)]
internal sealed partial class Decoded;

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 10, OutputSize = 2, Precision = Precision.Double)]
[Gru(12)]
[Dense(6, Activation = Activation.Tanh)]
internal sealed partial class Learner;
