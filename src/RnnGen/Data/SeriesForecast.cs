using System.Numerics;

namespace RnnGen;

/// <summary>How a series is normalised.</summary>
public enum Normalization
{
    /// <summary>To mean 0 and standard deviation 1 (<see cref="Normalizer.StandardScore"/>).</summary>
    StandardScore,

    /// <summary>To the range from 0 to 1 (<see cref="Normalizer.MinMax"/>).</summary>
    MinMax,
}

/// <summary>Prepares one series for a forecast.</summary>
public static class SeriesForecast
{
    /// <summary>
    /// Splits a series by time into a training, a validation and a test part, normalises it with numbers fitted on the
    /// training part only, and cuts windows. Every window belongs to the part that holds all of its target; a window's
    /// input may reach back into an earlier part, since the past is known, but no target is in two parts.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The series in original units, oldest first; all finite.</param>
    /// <param name="sequenceLength">Values that the model reads.</param>
    /// <param name="horizon">Values that it forecasts: the next <paramref name="horizon"/> ones.</param>
    /// <param name="trainFraction">Share of the values to train on, between 0 and 1.</param>
    /// <param name="validationFraction">Share of the values right after them to validate on; 0 for none. The rest is the test part.</param>
    /// <param name="normalization">How the series is normalised.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the fractions do not leave a test part.</exception>
    /// <exception cref="ArgumentException">A value is not finite, or a part is too short for one window.</exception>
    /// <example>
    /// <code>
    /// var data = SeriesForecast.Prepare(CsvSeries.Read("sunspots.csv", "Sunspots"), Forecaster.SequenceLength);
    /// model.Fit(data.Train, data.Validation);
    /// Console.WriteLine(model.Evaluate(data.Test).Rmse * data.Normalizer.Scale);       // in original units
    /// float[] next = data.Normalizer.Invert(model.Predict(data.Latest));
    /// </code>
    /// </example>
    public static SeriesForecast<T> Prepare<T>(
        T[] values,
        int sequenceLength,
        int horizon = 1,
        double trainFraction = 0.7,
        double validationFraction = 0.1,
        Normalization normalization = Normalization.StandardScore)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(values);
        Guard.AtLeast(sequenceLength, 1);
        Guard.AtLeast(horizon, 1);
        if (!(trainFraction is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(trainFraction), Invariant($"{trainFraction}"), "The share to train on is between 0 and 1.");
        }

        if (!(validationFraction >= 0 && trainFraction + validationFraction < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(validationFraction), Invariant($"{validationFraction}"), Invariant($"The share to validate on is at least 0, and with the training share ({trainFraction}) below 1: the rest is the test part."));
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
            {
                throw new ArgumentException(Invariant($"Every value must be finite; the value at index {i} is {values[i]}. Fill in or remove missing values first."), nameof(values));
            }
        }

        // Rounding the sum, not the parts: 0.7 + 0.1 of 10 values is 8, whatever 0.7 + 0.1 is in binary.
        int trainEnd = (int)Math.Round(values.Length * trainFraction);
        int validationEnd = (int)Math.Round(values.Length * (trainFraction + validationFraction));

        var train = values.AsSpan(0, trainEnd);
        if (train.IsEmpty)
        {
            throw new ArgumentException(Invariant($"The training part is empty: the series has {values.Length} values."), nameof(values));
        }

        Normalizer normalizer = normalization switch
        {
            Normalization.StandardScore => Normalizer.StandardScore<T>(train),
            Normalization.MinMax => Normalizer.MinMax<T>(train),
            _ => throw new ArgumentOutOfRangeException(nameof(normalization), normalization, "Not a normalisation."),
        };
        T[] normalized = normalizer.Apply(values);
        SequenceDataset<T, T> Part(int start, int end, string name) => SeriesWindows.Create(normalized, sequenceLength, horizon, 1, start, end, name);

        return new SeriesForecast<T>
        {
            Train = Part(0, trainEnd, "The training part"),
            Validation = validationFraction > 0 ? Part(trainEnd, validationEnd, "The validation part") : null,
            Test = Part(validationEnd, values.Length, "The test part"),
            Normalizer = normalizer,
            Latest = normalized[^sequenceLength..],
        };
    }
}

/// <summary>A series that is ready for a forecast, see <see cref="SeriesForecast.Prepare"/>. All values but the normaliser's are normalised.</summary>
/// <typeparam name="T">The number type.</typeparam>
public sealed class SeriesForecast<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal SeriesForecast() { }

    /// <summary>Windows whose targets are in the first part.</summary>
    public required SequenceDataset<T, T> Train { get; init; }

    /// <summary>Windows whose targets are in the second part; null if its share is 0.</summary>
    public required SequenceDataset<T, T>? Validation { get; init; }

    /// <summary>Windows whose targets are in the last part.</summary>
    public required SequenceDataset<T, T> Test { get; init; }

    /// <summary>The normaliser, fitted on the training part.</summary>
    public required Normalizer Normalizer { get; init; }

    /// <summary>The last window of the series: what the model reads to forecast the values after its end.</summary>
    public required T[] Latest { get; init; }
}
