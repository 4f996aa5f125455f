using RnnGen;

// Your series: one number a step. RnnGen.Data reads CSV and other files.
float[] series = [.. Enumerable.Range(0, 1000).Select(t => MathF.Sin(0.2f * t) + (0.5f * MathF.Sin(0.31f * t)))];

SplitDataset<float, float> split = DatasetSplit.Chronological(SeriesWindows.Create(series, Forecaster.SequenceLength), gap: Forecaster.SequenceLength);
var model = new Forecaster(seed: 1);
Console.WriteLine(model.Summary());
model.Fit(split.Train, split.Validation, new FitOptions { Epochs = 10, Progress = ConsoleProgress.Instance });
Console.WriteLine($"RMSE on what it has not seen: {model.Evaluate(split.Test).Rmse:F4}");

model.Save("forecaster.safetensors");
Forecaster again = Forecaster.Load("forecaster.safetensors");
Console.WriteLine($"Next: {again.Predict(series[^Forecaster.SequenceLength..])[0]:F4}");

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 24, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Lstm(32)]
internal sealed partial class Forecaster;
