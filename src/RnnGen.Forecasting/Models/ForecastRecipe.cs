using System.Text;
using System.Text.Json;

namespace RnnGen.Forecasting;

/// <summary>What a trained model needs beside its parameters to forecast: what its windows are, and how they become forecasts. It is saved in the model's file.</summary>
internal sealed record ForecastRecipe
{
    private const string Key = "forecast";

    /// <summary>What a window is.</summary>
    public required WindowOptions Windows { get; init; }

    /// <summary>Whether the model reads its own forecasts one step after the other.</summary>
    public bool IsAutoregressive { get; init; }

    /// <summary>The levels of quantiles that are taken from drawn paths.</summary>
    public IReadOnlyList<double> Levels { get; init; } = [];

    /// <summary>Paths that are drawn for each series.</summary>
    public int Paths { get; init; }

    /// <summary>What corrects the quantiles; <see langword="null"/> for nothing.</summary>
    public QuantileCorrection? Correction { get; init; }

    /// <summary>The names of the covariates and statics that the model learned from, each group behind its own.</summary>
    public required IReadOnlyList<string> Observed { get; init; }

    /// <summary>Covariates that are known in advance.</summary>
    public required IReadOnlyList<string> Known { get; init; }

    /// <summary>Statics.</summary>
    public required IReadOnlyList<string> Statics { get; init; }

    /// <summary>Sets the recipe of a model.</summary>
    public void Save(ModelMetadata metadata)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteBoolean(nameof(IsAutoregressive), IsAutoregressive);
            json.WriteNumber(nameof(Paths), Paths);
            WriteNumbers(json, nameof(Levels), Levels);
            WriteTexts(json, nameof(Observed), Observed);
            WriteTexts(json, nameof(Known), Known);
            WriteTexts(json, nameof(Statics), Statics);
            json.WriteNumber(nameof(WindowOptions.ContextLength), Windows.ContextLength);
            json.WriteNumber(nameof(WindowOptions.Horizon), Windows.Horizon);
            json.WriteNumber(nameof(WindowOptions.HistoryLength), Windows.HistoryLength);
            json.WriteNumber(nameof(WindowOptions.MissingInput), Windows.MissingInput);
            json.WriteString(nameof(WindowOptions.Scaling), $"{Windows.Scaling}");
            json.WriteString(nameof(WindowOptions.InputScaling), Windows.InputScaling is null ? "" : $"{Windows.InputScaling}");
            WriteNumbers(json, nameof(WindowOptions.Lags), Windows.Lags.Select(lag => (double)lag));
            WriteTexts(json, nameof(WindowOptions.SeasonLags), Windows.SeasonLags.Select(lags => lags.ToString()));
            WriteTexts(json, nameof(WindowOptions.PastStatics), Windows.PastStatics.Select(number => number.ToString()));
            WriteTexts(json, nameof(WindowOptions.Calendar), Windows.Calendar.Select(feature => feature.ToString()));
            WriteNumbers(json, nameof(WindowOptions.Periods), Windows.Periods.Select(period => (double)period));
            WriteCorrection(json);
            json.WriteEndObject();
        }

        metadata[Key] = Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>Whether a model has a recipe.</summary>
    public static bool IsIn(ModelMetadata metadata) => metadata[Key] is not null;

    /// <summary>The recipe of a model.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="model">The model's name, for the message.</param>
    /// <exception cref="ModelFileException">There is none, or it cannot be read.</exception>
    public static ForecastRecipe Load(ModelMetadata metadata, string model)
    {
        string text = metadata[Key] ?? throw new ModelFileException($"{model} has no recipe of forecasts in its metadata; train it with a forecaster, which keeps one there, and save it then.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return Of(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new ModelFileException($"The recipe of forecasts of {model} cannot be read: {e.Message} It was written by another version, or changed.", e);
        }
    }

    private static ForecastRecipe Of(JsonElement json) => new()
    {
        IsAutoregressive = json.GetProperty(nameof(IsAutoregressive)).GetBoolean(),
        Paths = json.GetProperty(nameof(Paths)).GetInt32(),
        Levels = Numbers(json, nameof(Levels)),
        Correction = CorrectionOf(json),
        Observed = Texts(json, nameof(Observed)),
        Known = Texts(json, nameof(Known)),
        Statics = Texts(json, nameof(Statics)),
        Windows = new()
        {
            ContextLength = json.GetProperty(nameof(WindowOptions.ContextLength)).GetInt32(),
            Horizon = json.GetProperty(nameof(WindowOptions.Horizon)).GetInt32(),
            HistoryLength = json.GetProperty(nameof(WindowOptions.HistoryLength)).GetInt32(),
            MissingInput = json.GetProperty(nameof(WindowOptions.MissingInput)).GetDouble(),
            Scaling = Scaling.Parse(json.GetProperty(nameof(WindowOptions.Scaling)).GetString()!),
            InputScaling = json.GetProperty(nameof(WindowOptions.InputScaling)).GetString() is { Length: > 0 } scaling ? Scaling.Parse(scaling) : null,
            Lags = [.. Numbers(json, nameof(WindowOptions.Lags)).Select(lag => (int)lag)],
            SeasonLags = [.. Texts(json, nameof(WindowOptions.SeasonLags)).Select(SeasonLags.Parse)],
            PastStatics = [.. Texts(json, nameof(WindowOptions.PastStatics)).Select(PastStatic.Parse)],
            Calendar = [.. Texts(json, nameof(WindowOptions.Calendar)).Select(Enum.Parse<CalendarFeature>)],
            Periods = [.. Numbers(json, nameof(WindowOptions.Periods)).Select(period => (int)period)],
        },
    };

    private void WriteCorrection(Utf8JsonWriter json)
    {
        if (Correction is not null)
        {
            json.WriteStartObject(nameof(Correction));
            WriteNumbers(json, nameof(Correction.Levels), Correction.Levels);
            WriteNumbers(json, nameof(Correction.Shifts), Correction.Shifts);
            json.WriteEndObject();
        }
    }

    private static QuantileCorrection? CorrectionOf(JsonElement json)
    {
        if (!json.TryGetProperty(nameof(Correction), out JsonElement correction))
        {
            return null;
        }

        double[] levels = Numbers(correction, nameof(Correction.Levels)), shifts = Numbers(correction, nameof(Correction.Shifts));
        int steps = json.GetProperty(nameof(WindowOptions.Horizon)).GetInt32();
        return levels.Length > 0 && shifts.Length == steps * levels.Length
            ? new(Forecast.CheckedLevels(levels), shifts)
            : throw new FormatException(Invariant($"There are {shifts.Length} shifts of {levels.Length} levels over {steps} steps."));
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (double number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static double[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(static number => number.GetDouble())];

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!)];
}
