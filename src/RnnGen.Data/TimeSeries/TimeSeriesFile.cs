namespace RnnGen.Data;

/// <summary>A series of one or more channels with its label or target.</summary>
public sealed record LabelledSeries
{
    /// <summary>Values <c>[step, channel]</c>, row-major; NaN for <c>?</c> and <c>NaN</c> in the file.</summary>
    public required float[] Values { get; init; }

    /// <summary>Time steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Index of the label among <see cref="TimeSeriesFile.Labels"/>; -1 in a file without labels.</summary>
    public required int Class { get; init; }

    /// <summary>The target of a regression (<see cref="TimeSeriesFile.HasTargets"/>): the number after the series. NaN for <c>?</c> and <c>NaN</c> in the file, and in all other files.</summary>
    public float Target { get; init; } = float.NaN;
}

/// <summary>
/// A file of the UCR/UEA time-series archive (<c>.ts</c>). Header lines begin with <c>@</c>; after <c>@data</c> each line is one
/// series. Colons separate its channels, commas their values, and the label or the target comes last. Numbers are read in the
/// invariant culture. Time stamps are not supported. A series that contradicts the header is an error.
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

    /// <summary>The name of the problem; empty if the file has none.</summary>
    public string Name { get; }

    /// <summary>The labels that <see cref="LabelledSeries.Class"/> is an index into: in the order of the header, or <see cref="TimeSeriesOptions.Labels"/>. Empty if there are none.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Whether the targets are numbers: a regression.</summary>
    public bool HasTargets { get; }

    /// <summary>The series, in the order of the file; at least one.</summary>
    public IReadOnlyList<LabelledSeries> Series { get; }

    /// <summary>Number of channels of every series.</summary>
    public int Channels { get; }

    /// <summary>Steps of the longest series.</summary>
    public int LongestSteps => Series.Max(s => s.Steps);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Labels, limits and encoding; <see langword="null"/> for the defaults.</param>
    /// <exception cref="DataFormatException">The content is not of this format or contradicts itself; the message says where and why.</exception>
    /// <exception cref="ArgumentException"><see cref="TimeSeriesOptions.Labels"/> has a label twice.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static TimeSeriesFile Read(string path, TimeSeriesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using StreamReader reader = TextFile.Open(path, options?.Encoding);
        return Read(reader, path, options ?? new());
    }

    /// <summary>Reads a text.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <param name="options">Labels, limits and encoding; <see langword="null"/> for the defaults.</param>
    /// <exception cref="DataFormatException">The content is not of this format or contradicts itself; the message says where and why.</exception>
    /// <exception cref="ArgumentException"><see cref="TimeSeriesOptions.Labels"/> has a label twice.</exception>
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
                throw header.Error(Invariant($"expected a header line with @, or @data, but found '{TimeSeriesHeader.Shorten(line[..Math.Min(line.Length, 100)].ToString())}'."), number);
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
