using RnnGen;

// Your series: one number a step. RnnGen.Data reads CSV and other files.
float[] series = [.. Enumerable.Range(0, 1000).Select(t => MathF.Sin(0.2f * t) + (0.5f * MathF.Sin(0.31f * t)))];

// Training, validation and test follow each other in time; the normaliser knows the training part alone.
SeriesForecast<float> data = SeriesForecast.Prepare(series, Forecaster.SequenceLength);
var model = new Forecaster(seed: 1);
Console.WriteLine(model.Summary());
model.Fit(data.Train, data.Validation, new FitOptions { Epochs = 10, Progress = ConsoleProgress.Instance });
Console.WriteLine($"RMSE on what it has not seen: {model.Evaluate(data.Test).Rmse * data.Normalizer.Scale:F4}");

// The normaliser is saved with the model, so that a loaded one forecasts in the units of the series.
model.Metadata.SetNormalizer("input", data.Normalizer);
model.Metadata.SetNormalizer("target", data.Normalizer);
model.Save("forecaster.safetensors");
Forecaster loaded = Forecaster.Load("forecaster.safetensors");
var forecaster = new NormalizedModel<Forecaster, float>(loaded, loaded.Metadata);

// It forecasts one value, reads it as the latest, and forecasts the next.
float[] forecast = series[^Forecaster.SequenceLength..];
for (int i = 0; i < 50; i++)
{
    forecast = [.. forecast, forecaster.Predict(forecast[^Forecaster.SequenceLength..])[0]];
}

Console.WriteLine($"Next: {forecast[Forecaster.SequenceLength]:F4}");
float low = series.Min(), high = series.Max();
File.WriteAllText("forecast.svg", $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1000 170'>{Curve("gray", 0, series[^200..])}{Curve("crimson", 199, forecast[(Forecaster.SequenceLength - 1)..])}</svg>");
Console.WriteLine("forecast.svg has the last 200 values and a forecast of 50 more.");

string Curve(string colour, int start, float[] values) =>
    $"<polyline fill='none' stroke='{colour}' stroke-width='2' points='{string.Join(' ', values.Select((value, i) => FormattableString.Invariant($"{4 * (start + i)},{160 - (150 * (value - low) / (high - low)):F1}")))}'/>";

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 24, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Lstm(32)]
internal sealed partial class Forecaster;
