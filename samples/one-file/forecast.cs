#:package RnnGen@0.2.0
#:property Optimize=true
#:property InvariantGlobalization=true

using RnnGen;

// The sunspot number of each year. Its square root swings evenly, which is easier to learn.
(int Year, float Sunspots)[] rows = [.. File.ReadLines("sunspots.csv").Skip(1).Select(line => line.Split(',')).Select(values => (int.Parse(values[0]), float.Parse(values[1])))];
(int first, int last) = (rows[0].Year, rows[^1].Year);
float[] sunspots = [.. rows.Select(row => row.Sunspots)];
float[] roots = [.. sunspots.Select(MathF.Sqrt)];
var data = SeriesForecast.Prepare(roots, Forecaster.SequenceLength);

var model = new Forecaster(seed: 1);
model.Fit(data.Train, data.Validation, new FitOptions { Epochs = 300, Patience = 30, Optimizer = new AdamW(2e-3) { ClipNorm = 1 } });
double error = model.Evaluate(data.Test).Rmse!.Value * data.Normalizer.Scale;
double naive = Math.Sqrt(roots[^data.Test.Count..].Zip(roots[^(data.Test.Count + 1)..], (year, before) => Math.Pow(year - before, 2)).Average());
Console.WriteLine($"Last fifth of the years, not trained on: error {error:F2}, repeating the year before {naive:F2}");

// The model forecasts one year, reads it as the latest, and forecasts the next.
float[] years = data.Latest;
while (years.Length < Forecaster.SequenceLength + 12)
{
    years = [.. years, model.Predict(years[^Forecaster.SequenceLength..])[0]];
}

float[] forecast = [.. data.Normalizer.Invert(years[Forecaster.SequenceLength..]).Select(root => root * root)];
for (int i = 0; i < forecast.Length; i++)
{
    Console.WriteLine($"{last + 1 + i} {forecast[i],4:F0} {new string('#', (int)forecast[i] / 2)}");
}

File.WriteAllText("forecast.svg", $"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1120 220" font-family="sans-serif" font-size="14" fill="gray">
    <text x="8" y="18">Sunspots from {first} to {last}, and a forecast to {last + forecast.Length}</text>
    {Curve("gray", 0, sunspots)}
    {Curve("crimson", sunspots.Length - 1, [sunspots[^1], .. forecast])}
    </svg>
    """);

static string Curve(string colour, int start, float[] values) =>
    $"""<polyline fill="none" stroke="{colour}" stroke-width="2" points="{string.Join(' ', values.Select((value, i) => $"{4 * (start + i) + 8},{212 - value:F0}"))}"/>""";

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 22, OutputSize = 1, OutputDropout = 0.3)]
[Gru(32)]
public sealed partial class Forecaster;
