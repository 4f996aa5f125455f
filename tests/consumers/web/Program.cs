using System.Globalization;
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
    float[] values = [.. (await reader.ReadToEndAsync()).Split(',').Select(text => float.TryParse(text, CultureInfo.InvariantCulture, out float value) ? value : float.NaN)];
    return values.Length == Forecaster.SequenceLength && values.All(value => Math.Abs(value) < 1000)
        ? Results.Text(string.Create(CultureInfo.InvariantCulture, $"{model.Predict(values)[0]}"))
        : Results.BadRequest($"Send {Forecaster.SequenceLength} numbers between -1000 and 1000.");
});
await app.StartAsync();

// Asks itself, and ends.
using var client = new HttpClient();
string numbers = string.Join(',', Enumerable.Range(0, 12));
foreach (string wrong in (string[])["", "1,2", "1e39" + numbers[1..], "NaN" + numbers[1..], "null" + numbers[1..], numbers + ',' + numbers])
{
    HttpResponseMessage rejected = await client.PostAsync(app.Urls.Single() + "/forecast", new StringContent(wrong));
    if (rejected.StatusCode != System.Net.HttpStatusCode.BadRequest || (await rejected.Content.ReadAsStringAsync()).Length == 0)
    {
        throw new InvalidOperationException($"{(int)rejected.StatusCode} to '{wrong}'.");
    }
}

HttpResponseMessage answer = await client.PostAsync(app.Urls.Single() + "/forecast", new StringContent(numbers));
answer.EnsureSuccessStatusCode();
Console.WriteLine("forecast: " + await answer.Content.ReadAsStringAsync());

[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 12, OutputSize = 1)]
[Lstm(16)]
internal sealed partial class Forecaster;
