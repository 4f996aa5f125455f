namespace RnnGen.Data;

/// <summary>A series of several channels with its label or target.</summary>
public sealed record LabelledSeries
{
    /// <summary>Values <c>[step, channel]</c>, row-major; NaN where the file has <c>?</c> or <c>NaN</c>.</summary>
    public required float[] Values { get; init; }

    /// <summary>Time steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Index of the label among <see cref="TimeSeriesFile.Labels"/>; -1 in a file without labels.</summary>
    public required int Class { get; init; }

    /// <summary>The number behind the series in a file of a regression (<see cref="TimeSeriesFile.HasTargets"/>); NaN where the file has <c>?</c> or <c>NaN</c>, and in other files.</summary>
    public float Target { get; init; } = float.NaN;
}

/// <summary>
/// A file of the UCR/UEA time-series archive (<c>.ts</c>): header lines that begin with <c>@</c>, then after <c>@data</c> one
/// series a line, its channels separated by colons, each with its values separated by commas, the label or the target last. Numbers are read in the
/// invariant culture. Time stamps are not read. A series that contradicts the header is an error.
/// </summary>
/// <remarks>Reading takes 4 bytes for each value, about 100 for each series, and 5 for each character of the longest line (<see cref="TimeSeriesOptions.LongestLine"/>).</remarks>
/// <example>
/// <code>
/// TimeSeriesFile train = TimeSeriesFile.Read("JapaneseVowels_TRAIN.ts");
/// TimeSeriesFile test = TimeSeriesFile.Read("JapaneseVowels_TEST.ts", new() { Labels = train.Labels });   // the same label is the same class
/// model.Metadata.SetLabels("target", train.Labels);
/// </code>
/// </example>
public sealed class TimeSeriesFile
{
    private const long LargestCount = 1 << 28;

    private TimeSeriesFile(TimeSeriesHeader header, IReadOnlyList<string> labels, IReadOnlyList<LabelledSeries> series, int channels) =>
        (Name, HasTargets, Labels, Series, Channels) = (header.Name, header.HasTargets, labels, series, channels);

    /// <summary>The problem's name; empty where the file does not say it.</summary>
    public string Name { get; }

    /// <summary>The labels by which <see cref="LabelledSeries.Class"/> counts: in the order of the header, or as <see cref="TimeSeriesOptions.Labels"/> gives them; empty where there are none.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether the series have numbers as targets: a regression.</summary>
    public bool HasTargets { get; }

    /// <summary>The series in the file's order, at least one.</summary>
    public IReadOnlyList<LabelledSeries> Series { get; }

    /// <summary>Channels of every series.</summary>
    public int Channels { get; }

    /// <summary>Steps of the longest series.</summary>
    public int LongestSteps => Series.Max(s => s.Steps);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="DataFormatException">It is not of this format, or contradicts itself; the message says where and why.</exception>
    /// <exception cref="ArgumentException">A label of the options is given twice.</exception>
    /// <exception cref="IOException">It is missing or cannot be opened.</exception>
    public static TimeSeriesFile Read(string path, TimeSeriesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using StreamReader reader = TextFile.Open(path, options?.Encoding);
        return Read(reader, path, options ?? new());
    }

    /// <summary>Reads a text.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="DataFormatException">It is not of this format, or contradicts itself; the message says where and why.</exception>
    /// <exception cref="ArgumentException">A label of the options is given twice.</exception>
    public static TimeSeriesFile Read(TextReader reader, TimeSeriesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Read(reader, null, options ?? new());
    }

    private static TimeSeriesFile Read(TextReader reader, string? source, TimeSeriesOptions options)
    {
        TimeSeriesHeader header = new(source);
        TimeSeriesLines? lines = null;
        List<LabelledSeries> series = [];
        long values = 0;
        int number = 0;
        foreach (string raw in TextLines.Read(reader, source, options.LongestLine))
        {
            number++;
            ReadOnlySpan<char> line = raw.AsSpan().Trim();
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            if (lines is not null)
            {
                series.Add(lines.Read(line, number));
                values += series[^1].Values.Length;
                if (values > LargestCount)
                {
                    throw header.Error(Invariant($"the file has more than {LargestCount} values."), number);
                }
            }
            else if (line[0] != '@')
            {
                throw header.Error(Invariant($"expected a header line with @, or @data; found '{TimeSeriesHeader.Shorten(line[..Math.Min(line.Length, 100)].ToString())}'."), number);
            }
            else if (header.Read(line.ToString(), number))
            {
                if (options.Labels is not null)
                {
                    header.CheckGivenLabels();
                }

                lines = new(header, options.Labels ?? header.Labels);
            }
        }

        if (series.Count == 0)
        {
            throw new DataFormatException(lines is not null ? "There is no series after @data." : "There is no line '@data'.", source);
        }

        header.CheckAll(lines!.Channels);
        return new TimeSeriesFile(header, header.IsLabelled ? options.Labels ?? header.Labels : [], series, lines.Channels);
    }
}
