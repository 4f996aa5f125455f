using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using RnnGen.Runtime;

namespace RnnGen.Forecasting;

/// <summary>The loss of a model, which says what its outputs mean: the parameters of a distribution, and of which; quantiles; or the forecasts themselves.</summary>
/// <param name="Name">Its name, with its own equations and numbers where the declaration has some. Levels of quantiles are not among them.</param>
/// <param name="IsRead">Whether forecasts are read from the outputs by the loss's equations. Where they are not, the outputs are the forecasts, whatever the loss.</param>
internal sealed record ForecastLoss(string Name, bool IsRead)
{
    /// <summary>The loss that a model declares; <see langword="null"/> for a model that is written by hand.</summary>
    public static ForecastLoss? Of(ModelCore<float, float, float> core)
    {
        if (core.Shape.Layout.Specification is not { Length: > 0 } specification)
        {
            return null;
        }

        using JsonDocument json = JsonDocument.Parse(specification);
        return new(string.Join(", ", json.RootElement.GetProperty("loss").EnumerateObject().SelectMany(Said)), core.Shape.Head is not null);
    }

    /// <summary>Whether forecasts are read from the outputs in the same way with another loss.</summary>
    public bool ReadsLike(ForecastLoss other) => Name == other.Name || !(IsRead || other.IsRead);

    /// <summary>
    /// What does not fit: the draws of a loss of counts are whole numbers, and so are its targets, which no scaling leaves as they are; the outputs of a loss of yes or no are logits, and no values of a series. <see langword="null"/>
    /// where all fits.
    /// </summary>
    /// <param name="layout">The model's layout.</param>
    /// <param name="loss">The model's loss; <see langword="null"/> for a model that is written by hand.</param>
    /// <param name="scaling">The scaling of its targets.</param>
    public static string? Problem(ModelLayout layout, ForecastLoss? loss, Scaling scaling) =>
        layout.IsBinary ? $"the loss of {layout.ModelName}, {loss?.Name ?? "one of yes or no"}, predicts yes or no, and its outputs are logits: declare a loss of numbers such as Loss.MeanSquaredError"
        : layout.AreCounts && !scaling.IsNone ? $"the loss of {layout.ModelName}, {loss?.Name ?? "one of counts"}, has counts as targets and draws, which the scaling {scaling} makes other numbers of: " +
            $"set {nameof(WindowOptions)}.{nameof(WindowOptions.Scaling)} to {nameof(Scaling)}.{nameof(Scaling.None)}, or declare a loss of numbers such as Loss.StudentT"
        : null;

    // Levels of quantiles are left out: the layout has them also where the declaration leaves them to the loss.
    private static IEnumerable<string> Said(JsonProperty part) => part.Name switch
    {
        "name" => [part.Value.GetString()!],
        "equations" => [$"equations with hash {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(part.Value.GetString()!)))[..16]}"],
        "numbers" => part.Value.EnumerateObject().Where(static number => number.Name != "quantiles").Select(static number => $"{number.Name} = {number.Value.GetRawText()}"),
        var other => throw new InvalidOperationException($"A loss has no {other}."),
    };
}
