using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RnnGen;
using RnnGen.Aot;
using RnnGen.Runtime;

// Trains, predicts, streams, saves and reloads an LSTM, a GRU and a model of quantiles, predicts with weights in fewer bits, trains and decodes with attention, trains and streams convolutions, and prints a hash of all result bits.
// [--width 128|256|512] lowers the vector width, [--bench] prints median times too.
int widthAt = Array.IndexOf(args, "--width");
if (widthAt >= 0)
{
    AppContext.SetData(VectorWidths.SwitchName, args[widthAt + 1]);
}

const int Count = LstmModel.BatchSize;
var random = new Random(1);
float[] inputs = Draw(Count * LstmModel.SequenceLength * LstmModel.InputSize);
float[] targets = Draw(Count * LstmModel.OutputSize);
using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

var lstm = new LstmModel(seed: 1);
var lstmOptimizer = new Adam(1e-3) { ClipNorm = 1 };
LstmModel.State lstmState = lstm.CreateState();
float[] y = new float[LstmModel.OutputSize];
for (int step = 0; step < 10; step++)
{
    Add([lstm.TrainStep(inputs, targets, Count, lstmOptimizer)]);
}

using (var file = new MemoryStream())
{
    lstm.Save(file);
    file.Position = 0;
    Check(LstmModel.Load(file).Parameters.SequenceEqual(lstm.Parameters), "the reloaded LSTM differs");
}

Add(lstm.Parameters);
lstm.Predict(inputs.AsSpan(0, LstmModel.SequenceLength * LstmModel.InputSize), y);
Add(y);
for (int step = 0; step < LstmModel.SequenceLength; step++)
{
    lstmState.Step(inputs.AsSpan(step * LstmModel.InputSize, LstmModel.InputSize), y);
    Add(y);
}

// Many streams, and a batch on two threads, which has enough for both.
LstmModel.Streams lstmStreams = lstm.CreateStreams(37);
float[] streamed = new float[37 * LstmModel.OutputSize], many = Draw(37 * LstmModel.InputSize), batch = Draw(64 * LstmModel.SequenceLength * LstmModel.InputSize), predicted = new float[64 * LstmModel.OutputSize];
for (int step = 0; step < LstmModel.SequenceLength; step++)
{
    lstmStreams.Step(many, streamed);
    Add(streamed);
}

lstm.Threads = 2;
lstm.PredictBatch(batch, predicted, 64);
Add(predicted);
lstm.Threads = 1;

var gru = new GruModel(seed: 2);
var gruOptimizer = new Adam(1e-3) { ClipNorm = 1 };
GruModel.State gruState = gru.CreateState();
for (int step = 0; step < 10; step++)
{
    Add([gru.TrainStep(inputs, targets, Count, gruOptimizer)]);
}

using (var file = new MemoryStream())
{
    gru.Save(file);
    file.Position = 0;
    Check(GruModel.Load(file).Parameters.SequenceEqual(gru.Parameters), "the reloaded GRU differs");
}

Add(gru.Parameters);
gru.Predict(inputs.AsSpan(0, GruModel.SequenceLength * GruModel.InputSize), y);
Add(y);
for (int step = 0; step < GruModel.SequenceLength; step++)
{
    gruState.Step(inputs.AsSpan(step * GruModel.InputSize, GruModel.InputSize), y);
    Add(y);
}

var int8 = new Int8Model(seed: 4);
AddPredictions(int8, int8.CreateState(), int8.CreateStreams(5), WeightFormat.Int8);
var bfloat16 = new BFloat16Model(seed: 5);
AddPredictions(bfloat16, bfloat16.CreateState(), bfloat16.CreateStreams(5), WeightFormat.BFloat16);

var quantiles = new QuantileModel(seed: 6);
var quantileOptimizer = new Adam(1e-3) { ClipNorm = 1 };
for (int step = 0; step < 10; step++)
{
    Add([quantiles.TrainStep(inputs, targets, Count, quantileOptimizer)]);
}

using (var file = new MemoryStream())
{
    quantiles.Save(file);
    file.Position = 0;
    Check(QuantileModel.Load(file).Parameters.SequenceEqual(quantiles.Parameters), "the reloaded model of quantiles differs");
}

ReadOnlySpan<float> sequence = inputs.AsSpan(0, QuantileModel.SequenceLength * QuantileModel.InputSize);
float[] levels = new float[QuantileModel.Layout.HeadSize];
quantiles.PredictQuantiles(sequence, levels);
Add(levels);
quantiles.Predict(sequence, y);
Add(y);
quantiles.Sample(sequence, y, seed: 5);
Add(y);
QuantileModel.State quantileState = quantiles.CreateState();
QuantileModel.Streams quantileStreams = quantiles.CreateStreams(37);
for (int step = 0; step < QuantileModel.SequenceLength; step++)
{
    quantileState.Step(inputs.AsSpan(step * QuantileModel.InputSize, QuantileModel.InputSize), y);
    quantileState.ReadQuantiles(levels);
    Add(levels);
    quantileStreams.Step(many, streamed);
    quantileStreams.ReadQuantiles(36, levels);
    Add(levels);
}

var columns = new ColumnsModel(seed: 7);
var columnsOptimizer = new Adam(1e-2) { ClipNorm = 1 };
float[] rows = new float[Count * ColumnsModel.Layout.InputLength], futures = new float[Count * ColumnsModel.OutputLength], future = new float[ColumnsModel.OutputLength];
for (int i = 0; i < Count; i++)
{
    float[] history = [.. Enumerable.Range(0, ColumnsModel.SequenceLength).SelectMany(t => (float[])[inputs[i + t], (i + t) % 4])];
    ColumnsModel.Pack(history, [i % 5], [.. Enumerable.Range(0, ColumnsModel.OutputLength).Select(t => (float)((i + t) % 7))], rows.AsSpan(i * ColumnsModel.Layout.InputLength, ColumnsModel.Layout.InputLength));
    inputs.AsSpan(i, ColumnsModel.OutputLength).CopyTo(futures.AsSpan(i * ColumnsModel.OutputLength));
}

for (int step = 0; step < 10; step++)
{
    Add([columns.TrainStep(rows, futures, Count, columnsOptimizer)]);
}

Add(columns.Parameters);
columns.Predict(rows.AsSpan(0, ColumnsModel.Layout.InputLength), future);
Add(future);

var decoder = new DecoderModel(seed: 3);
var decoderOptimizer = new Adam(1e-2) { ClipNorm = 1 };
int[] tokens = [.. Enumerable.Range(0, Count * DecoderModel.OutputLength).Select(i => 1 + i * i % 8)];
for (int step = 0; step < 10; step++)
{
    Add([decoder.TrainStep(inputs, tokens, Count, decoderOptimizer)]);
}

Add(decoder.Parameters);
foreach (DecodingOptions options in new[] { DecodingOptions.Greedy, new DecodingOptions { Beams = 4 }, new DecodingOptions { Temperature = 1, TopP = 0.9, Seed = 5 } })
{
    int[] written = new int[DecoderModel.OutputLength];
    int length = decoder.Generate(inputs.AsSpan(0, DecoderModel.SequenceLength * DecoderModel.InputSize), written, options);
    Add([length, .. written.Select(token => (float)token)]);
}

// Weights of sequences, of steps and of classes.
float[] ofSequences = [.. Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? 0 : 0.5f + i)], ofSteps = [.. Enumerable.Range(0, tokens.Length).Select(i => i % 4 == 0 ? 0 : 0.25f * i)];
Add([lstm.TrainStep(new() { Inputs = inputs, Targets = targets, Count = Count, Weights = ofSequences }, lstmOptimizer)]);
Add([decoder.TrainStep(new() { Inputs = inputs, Targets = tokens, Count = Count, Weights = ofSteps }, decoderOptimizer)]);
decoder.Fit(SequenceDataset.FromArrays(inputs, tokens, Count).WithWeights(ofSteps), options: new FitOptions { Epochs = 1, BatchSize = 5, ClassWeights = ClassWeights.Balanced });
Add(decoder.Parameters);

var convolved = new ConvolvedModel(seed: 4);
var convolvedOptimizer = new Adam(1e-3) { ClipNorm = 1 };
ConvolvedModel.State convolvedState = convolved.CreateState();
float[] targetsOfSteps = Draw(Count * ConvolvedModel.SequenceLength * ConvolvedModel.OutputSize), stepped = new float[ConvolvedModel.OutputSize], block = new float[ConvolvedModel.SequenceLength * ConvolvedModel.OutputSize];
for (int step = 0; step < 10; step++)
{
    Add([convolved.TrainStep(inputs, targetsOfSteps, Count, convolvedOptimizer)]);
}

Add(convolved.Parameters);
ReadOnlySpan<float> convolvedSequence = inputs.AsSpan(0, ConvolvedModel.SequenceLength * ConvolvedModel.InputSize);
convolved.Predict(convolvedSequence, block);
Add(block);
for (int step = 0; step < ConvolvedModel.SequenceLength; step++)
{
    convolvedState.Step(convolvedSequence.Slice(step * ConvolvedModel.InputSize, ConvolvedModel.InputSize), stepped);
    Add(stepped);
}

convolvedState.Process(convolvedSequence, block);
Add(block);

Print("width", VectorWidths.Default);
Print("hash", Convert.ToHexString(hash.GetHashAndReset()));

if (args.Contains("--bench"))
{
    // Gradients of weights that stay: training on and on with one batch ends in subnormal numbers, which are slow.
    float[] scalarSums = new float[4 * 64], lstmGradients = new float[LstmModel.ParameterCount], gruGradients = new float[GruModel.ParameterCount];
    Print("lstm-train-ns", MedianNanoseconds(1, () => lstm.ComputeGradients(inputs, targets, Count, lstmGradients)));
    Print("gru-train-ns", MedianNanoseconds(1, () => gru.ComputeGradients(inputs, targets, Count, gruGradients)));
    Print("lstm-step-ns", MedianNanoseconds(50, () => lstmState.Step(inputs.AsSpan(0, LstmModel.InputSize), y)));
    Print("gru-step-ns", MedianNanoseconds(50, () => gruState.Step(inputs.AsSpan(0, GruModel.InputSize), y)));
    Print("scalar-step-ns", MedianNanoseconds(50, () => ScalarAffine(lstm.Parameters, inputs, scalarSums)));
}

// The multiplications of one LSTM step (16 inputs and 64 hidden values to 4 x 64 gates), as a plain loop.
static void ScalarAffine(ReadOnlySpan<float> weights, ReadOnlySpan<float> values, Span<float> sums)
{
    for (int row = 0; row < sums.Length; row++)
    {
        float sum = 0;
        for (int column = 0; column < 80; column++)
        {
            sum += weights[(row * 80) + column] * values[column];
        }

        sums[row] = sum;
    }
}

static double MedianNanoseconds(int repeats, Action action)
{
    var times = new List<double>();
    var total = Stopwatch.StartNew();
    while (times.Count < 200 && (total.ElapsedMilliseconds < 2000 || times.Count < 20))
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repeats; i++)
        {
            action();
        }

        times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeats);
    }

    times.Sort();
    return times[times.Count / 2];
}

static void Print(string name, object value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {value}"));

static void Check(bool condition, string message)
{
    if (!condition)
    {
        throw new InvalidOperationException(message);
    }
}

// Predictions of a model that trained a step: a batch, once more from a file of fewer bits, then a stream and many streams.
void AddPredictions<TModel>(TModel model, StreamState<float, float, float> state, StreamStates<float, float, float> streams, WeightFormat format)
    where TModel : class, IRnnModel<TModel, float, float, float>
{
    int inputSize = TModel.Layout.InputStep, steps = TModel.Layout.SequenceLength, outputSize = TModel.Layout.OutputLength;
    Add([model.TrainStep(inputs, targets, Count, new Adam(1e-2))]);
    float[] all = new float[Count * outputSize], some = new float[5 * outputSize], parameters = new float[TModel.Layout.ParameterCount];
    for (int turn = 0; turn < 2; turn++)
    {
        model.PredictBatch(inputs, all, Count);
        Add(all);
        using var file = new MemoryStream();
        ModelFile.Save(TModel.Layout, model.Parameters, file, format);
        file.Position = 0;
        ModelFile.Load(TModel.Layout, parameters.AsSpan(), file);
        model.SetParameters(parameters);
    }

    for (int step = 0; step < steps; step++)
    {
        state.Step(inputs.AsSpan(step * inputSize, inputSize), some.AsSpan(0, outputSize));
        Add(some.AsSpan(0, outputSize));
        streams.Step(inputs.AsSpan(step * inputSize, 5 * inputSize), some);
        Add(some);
    }
}

void Add(ReadOnlySpan<float> values) => hash.AppendData(MemoryMarshal.AsBytes(values));

float[] Draw(int length)
{
    float[] values = new float[length];
    foreach (ref float value in values.AsSpan())
    {
        value = (random.NextSingle() * 2) - 1;
    }

    return values;
}
