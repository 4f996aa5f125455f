using RnnGen;

const string File = "forecaster.safetensors";
if (!System.IO.File.Exists(File))
{
    // Your series: one number a step. RnnGen.Data reads CSV and other files.
    float[] series = [.. Enumerable.Range(0, 1000).Select(t => MathF.Sin(0.2f * t) + (0.5f * MathF.Sin(0.31f * t)))];
    var trained = new Forecaster(seed: 1);
    SeriesForecast<float> data = SeriesForecast.Prepare(series, Forecaster.SequenceLength);
    trained.Fit(data.Train, data.Validation, new FitOptions { Epochs = 10, Progress = ConsoleProgress.Instance });

    // Saved with the model, so that it forecasts in the units of the series.
    trained.Metadata.SetNormalizer("input", data.Normalizer);
    trained.Metadata.SetNormalizer("target", data.Normalizer);
    trained.Save(File);
}

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);

// One model serves all requests at once.
Forecaster loaded = Forecaster.Load(File);
builder.Services.AddSingleton(new NormalizedModel<Forecaster, float>(loaded, loaded.Metadata));
WebApplication app = builder.Build();

// curl -X POST -H "Content-Type: application/json" -d "[0.1, 0.2, …]" http://localhost:5000/forecast, with SequenceLength numbers
app.UseStatusCodePages("text/plain", "{0}: POST a JSON array of numbers to /forecast, with Content-Type: application/json.");
app.MapPost("/forecast", (float[] values, NormalizedModel<Forecaster, float> model) =>
{
    if (values.Length != Forecaster.SequenceLength)
    {
        return Results.BadRequest($"Send the last {Forecaster.SequenceLength} values; these are {values.Length}.");
    }

    // A number of JSON may be too large for a float: 1e39 becomes infinity. Say here what your series can be.
    int strange = Array.FindIndex(values, value => !(Math.Abs(value) < 1000));
    return strange >= 0 ? Results.BadRequest($"Value {strange} is {values[strange]}; send numbers between -1000 and 1000.") : Results.Ok(model.Predict(values)[0]);
});
app.Run();

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 24, OutputSize = 1, Loss = Loss.MeanSquaredError)]
[Lstm(32)]
internal sealed partial class Forecaster;
