using RnnGen;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddSingleton(new Forecaster(seed: 1));
await using WebApplication app = builder.Build();

// One model serves all requests at once.
app.MapPost("/forecast", async (HttpRequest request, Forecaster model) =>
{
    using var reader = new StreamReader(request.Body);
    float[] values = [.. (await reader.ReadToEndAsync()).Split(',').Select(value => float.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];
    return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{model.Predict(values)[0]}");
});
await app.StartAsync();

// Asks itself once, and ends.
using var client = new HttpClient();
HttpResponseMessage answer = await client.PostAsync(app.Urls.Single() + "/forecast", new StringContent(string.Join(',', Enumerable.Range(0, 12))));
answer.EnsureSuccessStatusCode();
Console.WriteLine("forecast: " + await answer.Content.ReadAsStringAsync());

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 1)]
[Lstm(16)]
internal sealed partial class Forecaster;
