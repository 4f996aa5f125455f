using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// A <see cref="Normalizer"/> for each feature of rows <c>[row, feature]</c>. Fit it on the training part only. The fit ignores missing values (NaN), and they
/// stay missing in <c>Apply</c> and <c>Invert</c>: a model with <c>MaskedTargets</c> has no loss for a target of NaN, and windows over rows replace missing inputs
/// (<see cref="SeriesWindows.OfRows"/>, <see cref="StreamOptions.MissingInput"/>).
/// </summary>
/// <example>
/// <code>
/// FeatureNormalizer normalizer = FeatureNormalizer.StandardScore(CsvTable.Rows("train.csv", columns), columns.Length);
/// normalizer.Apply(values);                                   // in place
/// model.Metadata.SetNormalizer("input", normalizer);          // saved inside the model's file
/// </code>
/// </example>
public sealed class FeatureNormalizer
{
    private const int MostFeatures = 1 << 20;

    private readonly Normalizer[] _normalizers;

    /// <summary>Combines normalisers.</summary>
    /// <param name="normalizers">One for each feature, at least one.</param>
    /// <exception cref="ArgumentException">There is none, or one is <see langword="null"/>.</exception>
    public FeatureNormalizer(IEnumerable<Normalizer> normalizers)
    {
        ArgumentNullException.ThrowIfNull(normalizers);
        _normalizers = [.. Check.NoneIsNull(normalizers, nameof(normalizers))];
        if (_normalizers.Length == 0)
        {
            throw new ArgumentException("A normaliser of rows has at least one feature.", nameof(normalizers));
        }
    }

    /// <summary>Features of a row.</summary>
    public int Count => _normalizers.Length;

    /// <summary>The normaliser of one feature.</summary>
    /// <param name="feature">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such feature.</exception>
    public Normalizer this[int feature] => (uint)feature < (uint)_normalizers.Length
        ? _normalizers[feature]
        : throw new ArgumentOutOfRangeException(nameof(feature), Invariant($"{feature}"), Invariant($"There are {_normalizers.Length} features, from 0."));

    /// <summary>Fits the standard score of each feature; see <see cref="Normalizer.StandardScore"/>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The training part, <c>[row, feature]</c>; NaN where a value is missing.</param>
    /// <param name="features">Features of a row, at least 1.</param>
    /// <exception cref="ArgumentException">The values do not make whole rows, a feature has no value, one is infinite, or the spread of a feature is beyond double.</exception>
    public static FeatureNormalizer StandardScore<T>(ReadOnlyMemory<T> values, int features) where T : unmanaged, IBinaryFloatingPointIeee754<T> => StandardScore(Rows(values, features), features);

    /// <summary>Fits the standard score of each feature of streamed rows, in one pass.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">The training part's rows; NaN where a value is missing.</param>
    /// <param name="features">Features of a row, at least 1.</param>
    /// <exception cref="ArgumentException">A row has another length, a feature has no value, one is infinite, or the spread of a feature is beyond double.</exception>
    public static FeatureNormalizer StandardScore<T>(IEnumerable<ReadOnlyMemory<T>> rows, int features) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(Fit(rows, features).Select((s, i) => Normalizer.OfScore(s.Mean, s.Squares, s.Count, Invariant($"the values of feature {i}"))));

    /// <summary>Fits the range of each feature; see <see cref="Normalizer.MinMax"/>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The training part, <c>[row, feature]</c>; NaN where a value is missing.</param>
    /// <param name="features">Features of a row, at least 1.</param>
    /// <exception cref="ArgumentException">The values do not make whole rows, a feature has no value, one is infinite, or the spread of a feature is beyond double.</exception>
    public static FeatureNormalizer MinMax<T>(ReadOnlyMemory<T> values, int features) where T : unmanaged, IBinaryFloatingPointIeee754<T> => MinMax(Rows(values, features), features);

    /// <summary>Fits the range of each feature of streamed rows, in one pass.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">The training part's rows; NaN where a value is missing.</param>
    /// <param name="features">Features of a row, at least 1.</param>
    /// <exception cref="ArgumentException">A row has another length, a feature has no value, one is infinite, or the spread of a feature is beyond double.</exception>
    public static FeatureNormalizer MinMax<T>(IEnumerable<ReadOnlyMemory<T>> rows, int features) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(Fit(rows, features).Select((s, i) => Normalizer.OfRange(s.Minimum, s.Maximum, Invariant($"the values of feature {i}"))));

    /// <summary>Normalises rows in place.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">Rows in original units, <c>[row, feature]</c>; NaN stays NaN.</param>
    /// <exception cref="ArgumentException">The values do not make whole rows; nothing changed.</exception>
    public void Apply<T>(Span<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckLength(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _normalizers[i % _normalizers.Length].Apply(values[i]);
        }
    }

    /// <summary>Brings rows back to original units, in place.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">Normalised rows, <c>[row, feature]</c>, such as a model's forecast.</param>
    /// <exception cref="ArgumentException">The values do not make whole rows; nothing changed.</exception>
    public void Invert<T>(Span<T> values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CheckLength(values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _normalizers[i % _normalizers.Length].Invert(values[i]);
        }
    }

    /// <summary>
    /// Normalises streamed rows; each enumeration reads them again. The memory of a row is reused for the next one. <see cref="StreamedSequences.Windows"/> over these rows
    /// read a missing input as 0, the training part's mean with the standard score, unless <see cref="StreamOptions.MissingInput"/> says otherwise.
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="rows">Rows in original units; NaN stays NaN.</param>
    public IEnumerable<ReadOnlyMemory<T>> Apply<T>(IEnumerable<ReadOnlyMemory<T>> rows) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        return new NormalizedRows<T>(this, rows);
    }

    /// <summary>The normalisers of some features, such as those that a model forecasts.</summary>
    /// <param name="features">Which, from 0, at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such feature.</exception>
    /// <exception cref="ArgumentException">There is no feature in the list.</exception>
    public FeatureNormalizer Select(params ReadOnlySpan<int> features)
    {
        List<Normalizer> selected = [];
        foreach (int feature in features)
        {
            selected.Add(this[feature]);
        }

        return new FeatureNormalizer(selected);
    }

    /// <summary>The offsets and scales as a JSON array of pairs; reading restores every number exactly.</summary>
    public string ToJson() => "[" + string.Join(",", _normalizers.Select(n => string.Create(CultureInfo.InvariantCulture, $"[{n.Offset:R},{n.Scale:R}]"))) + "]";

    /// <summary>Reads the text of <see cref="ToJson"/>.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="ModelFileException">The text is not a normaliser.</exception>
    public static FeatureNormalizer FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 2 });
            List<Normalizer> normalizers = [];
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType == JsonTokenType.StartArray && normalizers.Count < MostFeatures)
            {
                double offset = Number(ref reader), scale = Number(ref reader);
                Expect(double.IsFinite(offset) && double.IsFinite(scale) && scale > 0 && reader.Read() && reader.TokenType == JsonTokenType.EndArray);
                normalizers.Add(new Normalizer(offset, scale));
            }

            Expect(reader.TokenType == JsonTokenType.EndArray && normalizers.Count > 0 && !reader.Read());
            return new FeatureNormalizer(normalizers);
        }
        catch (JsonException e)
        {
            throw new ModelFileException($"Not a normaliser: {e.Message}", e);
        }
    }

    private static double Number(ref Utf8JsonReader reader)
    {
        Expect(reader.Read() && reader.TokenType == JsonTokenType.Number);
        Expect(reader.TryGetDouble(out double number));
        return number;
    }

    private static void Expect(bool isSo)
    {
        if (!isSo)
        {
            throw new ModelFileException("Not a normaliser: expected a JSON array of pairs of a finite offset and a finite scale above 0.");
        }
    }

    private static IEnumerable<ReadOnlyMemory<T>> Rows<T>(ReadOnlyMemory<T> values, int features)
    {
        Guard.AtLeast(features, 1);
        return values.Length % features == 0
            ? Enumerable.Range(0, values.Length / features).Select(i => values.Slice(i * features, features))
            : throw new ArgumentException(Invariant($"{values.Length} values do not make whole rows of {features}."), nameof(values));
    }

    // Welford's update: a mean far from 0 does not cancel the deviations.
    private static Statistics[] Fit<T>(IEnumerable<ReadOnlyMemory<T>> rows, int features) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(rows);
        Guard.AtLeast(features, 1);
        Statistics[] statistics = new Statistics[features];
        long number = 0;
        foreach (ReadOnlyMemory<T> row in rows)
        {
            if (row.Length != features)
            {
                throw new ArgumentException(Invariant($"Row {number} (from 0) has {row.Length} values; {features} were expected."), nameof(rows));
            }

            for (int i = 0; i < features; i++)
            {
                double value = double.CreateTruncating(row.Span[i]);
                if (double.IsInfinity(value))
                {
                    throw new ArgumentException(Invariant($"Feature {i} of row {number} (from 0) is infinite."), nameof(rows));
                }

                if (!double.IsNaN(value))
                {
                    statistics[i].Add(value);
                }
            }

            number++;
        }

        int empty = Array.FindIndex(statistics, s => s.Count == 0);
        return empty < 0 ? statistics : throw new ArgumentException(Invariant($"Feature {empty} has no value in {number} rows; a normaliser is fitted on at least one."), nameof(rows));
    }

    private void CheckLength(int length)
    {
        if (length % _normalizers.Length != 0)
        {
            throw new ArgumentException(Invariant($"{length} values do not make whole rows of {_normalizers.Length} features."), nameof(length));
        }
    }

    private struct Statistics
    {
        public long Count;
        public double Mean, Squares, Minimum, Maximum;

        public void Add(double value)
        {
            Minimum = Count == 0 ? value : Math.Min(Minimum, value);
            Maximum = Count == 0 ? value : Math.Max(Maximum, value);
            Count++;
            double delta = value - Mean;
            Mean += delta / Count;
            Squares += delta * (value - Mean);
        }
    }
}
