using RnnGen;

float[] series = [.. Enumerable.Range(0, 400).Select(t => MathF.Sin(0.3f * t))];
SequenceDataset<float, float> windows = SeriesWindows.Create(series, Wave.SequenceLength);
var model = new Wave(seed: 1);
double before = model.Evaluate(windows).Loss;
model.Fit(windows, options: new FitOptions { Epochs = 3 });
if (model.Evaluate(windows).Loss >= before)
{
    throw new InvalidOperationException("The model learned nothing.");
}

string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
model.Save(file);
Wave again = Wave.Load(file);
File.Delete(file);
float[] input = series[..Wave.SequenceLength];
float predicted = again.Predict(input)[0];
Wave.State state = again.CreateState();
float[] y = new float[1];
for (int t = 0; t < input.Length; t++)
{
    state.Step(input.AsSpan(t, 1), y);
}

if (predicted != model.Predict(input)[0] || Math.Abs(y[0] - predicted) > 1e-5f)
{
    throw new InvalidOperationException($"{predicted} from the loaded model, {model.Predict(input)[0]} from the saved one, {y[0]} streamed.");
}

// The bits of a prediction after training: trimmed or not, the program says the same.
Console.WriteLine($"trained, saved, loaded, predicted, streamed {BitConverter.SingleToInt32Bits(predicted):x8}");

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 1)]
[Lstm(16)]
internal sealed partial class Wave;
