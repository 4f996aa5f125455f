using System.Text;
using System.Text.Json;

namespace RnnGen.Forecasting;

/// <summary>What a trained model needs beside its parameters to forecast: what its windows are, and how they become forecasts. It is saved in the model's file.</summary>
internal sealed record ForecastRecipe
{
    /// <summary>The largest number of paths.</summary>
    public const int MaximumPaths = 1 << 20;

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

    /// <summary>The levels of the loss whose quantiles the model predicts, none for another loss; <see langword="null"/> in a file that was written before they were kept.</summary>
    public IReadOnlyList<double>? LossLevels { get; init; }

    /// <summary>The loss that the model was trained with; <see langword="null"/> in a file that was written before it was kept, and of a model that is written by hand.</summary>
    public ForecastLoss? Loss { get; init; }

    /// <summary>The steps of the series that the model learned from; <see langword="null"/> if they had no times, and in a file that was written before it was kept.</summary>
    public Frequency? Frequency { get; init; }

    /// <summary>The zones whose calendar the model learned; <see langword="null"/> if it reads no calendar, if the times had no zone, and in a file that was written before they were kept.</summary>
    public IReadOnlyList<string>? Zones { get; init; }

    /// <summary>The seed of draws, where a forecaster of the model has none of its own; 0 in a file that was written before it was kept.</summary>
    public int Seed { get; init; }

    /// <summary>What differs from another recipe, by its name and both values. What one of the two does not say does not differ, and models of different seeds forecast together.</summary>
    public IReadOnlyList<string> DifferencesFrom(ForecastRecipe other)
    {
        using JsonDocument mine = JsonDocument.Parse(Text()), its = JsonDocument.Parse(other.Text());
        string[] names = [.. mine.RootElement.EnumerateObject().Concat(its.RootElement.EnumerateObject()).Select(static property => property.Name).Distinct()];
        return [.. names.Where(name => name != nameof(Seed) && Differs(name)).Select(name => $"{name} ({Shown(mine, name)} and {Shown(its, name)})")];

        bool Differs(string name) => Written(mine, name) is var first && Written(its, name) is var second && first != second
            && ((first is not null && second is not null) || name is not (nameof(LossLevels) or nameof(Loss) or nameof(Frequency) or nameof(Zones)));

        static string? Written(JsonDocument recipe, string name) => recipe.RootElement.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : null;

        static string Shown(JsonDocument recipe, string name) => Written(recipe, name) switch
        {
            null => "none",
            { Length: > 200 } text => text[..200] + "…",
            var text => text,
        };
    }

    /// <summary>Sets the recipe of a model.</summary>
    public void Save(ModelMetadata metadata) => metadata[Key] = Text();

    private string Text()
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
            if (Windows.IsMissingInputSet)
            {
                json.WriteBoolean(nameof(WindowOptions.IsMissingInputSet), true);
            }

            json.WriteString(nameof(WindowOptions.Scaling), $"{Windows.Scaling}");
            json.WriteString(nameof(WindowOptions.InputScaling), Windows.InputScaling is null ? "" : $"{Windows.InputScaling}");
            WriteNumbers(json, nameof(WindowOptions.Lags), Windows.Lags.Select(lag => (double)lag));
            WriteTexts(json, nameof(WindowOptions.SeasonLags), Windows.SeasonLags.Select(lags => lags.ToString()));
            WriteTexts(json, nameof(WindowOptions.PastStatics), Windows.PastStatics.Select(number => number.ToString()));
            WriteTexts(json, nameof(WindowOptions.Calendar), Windows.Calendar.Select(feature => feature.ToString()));
            WriteNumbers(json, nameof(WindowOptions.Periods), Windows.Periods.Select(period => (double)period));
            WriteCorrection(json);
            WriteLearned(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>Whether a model has a recipe.</summary>
    public static bool IsIn(ModelMetadata metadata) => metadata[Key] is not null;

    /// <summary>The recipe of a model.</summary>
    /// <param name="metadata">The model's metadata.</param>
    /// <param name="model">The model's name.</param>
    /// <exception cref="ModelFileException">There is none, or it cannot be read.</exception>
    public static ForecastRecipe Load(ModelMetadata metadata, string model)
    {
        string text = metadata[Key] ?? throw new ModelFileException($"{model} has no recipe of forecasts in its metadata; train it with a forecaster, which keeps one there, and save it then.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            ForecastRecipe recipe = Of(document.RootElement);
            recipe.Windows.CheckPast();
            return recipe;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new ModelFileException($"The recipe of forecasts of {model} cannot be read: {e.Message} It was written by another version, or changed.", e);
        }
    }

    /// <summary>Checks that a model's outputs mean what they meant in the training: its parameters may have been loaded into a class with another loss.</summary>
    /// <param name="layout">The model's layout.</param>
    /// <param name="loss">The loss that the model declares.</param>
    /// <exception cref="ModelFileException">The model was trained with another loss, with other levels of quantiles, or with a scaling that a loss of counts does not have.</exception>
    public void CheckLoss(ModelLayout layout, ForecastLoss? loss)
    {
        if (Loss is not null && loss is not null && !Loss.ReadsLike(loss))
        {
            throw new ModelFileException($"{layout.ModelName} was trained with the loss {Loss.Name}, but it declares {loss.Name}, which reads other forecasts from its outputs; declare the loss that it was trained with, or train it again.");
        }

        if (ForecastLoss.Problem(layout, loss, Windows.Scaling) is { } problem)
        {
            throw new ModelFileException($"The recipe of forecasts of {layout.ModelName} does not fit its loss: {problem}, and train it again.");
        }

        if (LossLevels is { } levels && !levels.SequenceEqual(layout.Quantiles))
        {
            throw new ModelFileException($"{layout.ModelName} was trained with quantiles of the levels {Listed(levels)}, but it declares {Listed(layout.Quantiles)}; declare the levels that it was trained with, or train it again.");
        }

        static string Listed(IReadOnlyList<double> levels) => levels.Count == 0 ? "none" : string.Join(", ", levels.Select(level => Invariant($"{level}")));
    }

    private static ForecastRecipe Of(JsonElement json) => new()
    {
        IsAutoregressive = json.GetProperty(nameof(IsAutoregressive)).GetBoolean(),
        Paths = PathsOf(json),
        Levels = Forecast.CheckedLevels(Numbers(json, nameof(Levels))),
        LossLevels = json.TryGetProperty(nameof(LossLevels), out _) ? Numbers(json, nameof(LossLevels)) : null,
        Loss = LossOf(json),
        Frequency = FrequencyOf(json),
        Zones = json.TryGetProperty(nameof(Zones), out _) ? Texts(json, nameof(Zones)) : null,
        Seed = json.TryGetProperty(nameof(Seed), out JsonElement seed) ? seed.GetInt32() : 0,
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
            IsMissingInputSet = IsMissingInputSet(json),
            Scaling = Scaling.Parse(Text(json.GetProperty(nameof(WindowOptions.Scaling)))),
            InputScaling = Text(json.GetProperty(nameof(WindowOptions.InputScaling))) is { Length: > 0 } scaling ? Scaling.Parse(scaling) : null,
            Lags = Wholes(json, nameof(WindowOptions.Lags)),
            SeasonLags = [.. Texts(json, nameof(WindowOptions.SeasonLags)).Select(SeasonLags.Parse)],
            PastStatics = [.. Texts(json, nameof(WindowOptions.PastStatics)).Select(PastStatic.Parse)],
            Calendar = [.. Texts(json, nameof(WindowOptions.Calendar)).Select(FeatureOf)],
            Periods = Wholes(json, nameof(WindowOptions.Periods)),
        },
    };

    private static int PathsOf(JsonElement json)
    {
        int paths = json.GetProperty(nameof(Paths)).GetInt32();
        Guard.Within(paths, 1, MaximumPaths);
        return paths;
    }

    // Files that do not say so have another number than the default where it was set.
    private static bool IsMissingInputSet(JsonElement json) =>
        json.TryGetProperty(nameof(WindowOptions.IsMissingInputSet), out JsonElement isSet) ? isSet.GetBoolean() : json.GetProperty(nameof(WindowOptions.MissingInput)).GetDouble() != 0;

    private static CalendarFeature FeatureOf(string name) => Enum.Parse<CalendarFeature>(name) is var feature && Enum.GetName(feature) == name
        ? feature
        : throw new FormatException($"There is no {nameof(CalendarFeature)} '{name}'.");

    // What the series and the loss were.
    private void WriteLearned(Utf8JsonWriter json)
    {
        if (LossLevels is not null)
        {
            WriteNumbers(json, nameof(LossLevels), LossLevels);
        }

        if (Loss is not null)
        {
            json.WriteStartObject(nameof(Loss));
            json.WriteString(nameof(Loss.Name), Loss.Name);
            json.WriteBoolean(nameof(Loss.IsRead), Loss.IsRead);
            json.WriteEndObject();
        }

        if (Zones is not null)
        {
            WriteTexts(json, nameof(Zones), Zones);
        }

        if (Seed != 0)
        {
            json.WriteNumber(nameof(Seed), Seed);
        }

        if (Frequency is { } frequency)
        {
            json.WriteStartObject(nameof(Frequency));
            json.WriteNumber(nameof(frequency.Months), frequency.Months);
            json.WriteNumber(nameof(TimeSpan.Ticks), frequency.Span.Ticks);
            json.WriteEndObject();
        }
    }

    private static ForecastLoss? LossOf(JsonElement json) => json.TryGetProperty(nameof(Loss), out JsonElement loss)
        ? new(Text(loss.GetProperty(nameof(Loss.Name))), loss.GetProperty(nameof(Loss.IsRead)).GetBoolean())
        : null;

    private static Frequency? FrequencyOf(JsonElement json)
    {
        if (!json.TryGetProperty(nameof(Frequency), out JsonElement frequency))
        {
            return null;
        }

        int months = frequency.GetProperty(nameof(Forecasting.Frequency.Months)).GetInt32();
        long ticks = frequency.GetProperty(nameof(TimeSpan.Ticks)).GetInt64();
        return (months, ticks) switch
        {
            (0, _) => Forecasting.Frequency.FromSpan(TimeSpan.FromTicks(ticks)),
            (_, 0) => Forecasting.Frequency.FromMonths(months),
            _ => throw new FormatException(Invariant($"A frequency has {months} months and {ticks} ticks; one of the two is 0.")),
        };
    }

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
        return levels.Length > 0 && shifts.Length == (long)steps * levels.Length && Array.TrueForAll(shifts, double.IsFinite)
            ? new(Forecast.CheckedLevels(levels), shifts)
            : throw new FormatException(Invariant($"There are {shifts.Length} shifts of {levels.Length} levels over {steps} steps, or one is infinite."));
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

    private static int[] Wholes(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(static number => number.GetInt32())];

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(Text)];

    private static string Text(JsonElement json) => json.GetString() ?? throw new FormatException("A text is null.");
}
