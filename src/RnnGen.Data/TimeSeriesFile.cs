using System.Globalization;
using System.Text;

namespace RnnGen.Data;

/// <summary>A labelled series of several channels.</summary>
/// <param name="Values">Values <c>[step, channel]</c>, row-major; NaN where the file has <c>?</c>.</param>
/// <param name="Steps">Time steps.</param>
/// <param name="Class">Index of the label among <see cref="TimeSeriesFile.Labels"/>; -1 in a file without labels.</param>
public sealed record LabelledSeries(float[] Values, int Steps, int Class);

/// <summary>
/// A file of the UCR/UEA time-series archive (<c>.ts</c>): header lines that begin with <c>@</c>, then after <c>@data</c> one
/// series a line, its channels separated by colons, each with its values separated by commas, the label last. Numbers are read in the
/// invariant culture. Time stamps are not read.
/// </summary>
/// <example>
/// <code>
/// TimeSeriesFile vowels = TimeSeriesFile.Read("JapaneseVowels_TRAIN.ts");
/// Console.WriteLine($"{vowels.Series.Count} series of {vowels.Channels} channels, at most {vowels.LongestSteps} steps, {vowels.Labels.Count} classes");
/// </code>
/// </example>
public sealed class TimeSeriesFile
{
    private const long LargestCount = 1 << 28;

    private TimeSeriesFile(string name, IReadOnlyList<string> labels, IReadOnlyList<LabelledSeries> series, int channels) =>
        (Name, Labels, Series, Channels) = (name, labels, series, channels);

    /// <summary>The problem's name; empty where the file does not say it.</summary>
    public string Name { get; }

    /// <summary>The labels in the order of the header; empty where there are none.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The series in the file's order, at least one.</summary>
    public IReadOnlyList<LabelledSeries> Series { get; }

    /// <summary>Channels of every series.</summary>
    public int Channels { get; }

    /// <summary>Steps of the longest series.</summary>
    public int LongestSteps => Series.Max(s => s.Steps);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">The encoding of a file without byte order mark. <c>null</c> (default): UTF-8.</param>
    /// <exception cref="DataFormatException">It is not of this format or encoding; the message says where and why.</exception>
    /// <exception cref="IOException">It is missing or cannot be opened.</exception>
    public static TimeSeriesFile Read(string path, Encoding? encoding = null)
    {
        using StreamReader reader = TextFile.Open(path, encoding);
        return Read(reader, path);
    }

    /// <summary>Reads a text.</summary>
    /// <param name="reader">The text; it is read to the end and not closed.</param>
    /// <exception cref="DataFormatException">It is not of this format; the message says where and why.</exception>
    public static TimeSeriesFile Read(TextReader reader) => Read(reader, null);

    private static TimeSeriesFile Read(TextReader reader, string? source)
    {
        ArgumentNullException.ThrowIfNull(reader);
        string name = "";
        string[] labels = [];
        bool isData = false, isLabelled = false;
        int channels = 0, number = 0;
        long values = 0;
        List<LabelledSeries> series = [];
        while (reader.ReadLine() is { } raw)
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (isData)
            {
                LabelledSeries read = ReadSeries(line, source, number, labels, isLabelled, ref channels);
                values += read.Values.Length;
                series.Add(values <= LargestCount ? read : throw new DataFormatException($"the file has more than {LargestCount} values.", source, number));
                continue;
            }

            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words[0].ToLowerInvariant())
            {
                case "@data":
                    isData = true;
                    break;
                case "@problemname":
                    name = words.Length > 1 ? words[1] : "";
                    break;
                case "@timestamps" when Says(words, source, number):
                    throw new DataFormatException($"series with time stamps are not read; give values at equal distances.", source, number);
                case "@classlabel":
                    isLabelled = Says(words, source, number);
                    labels = isLabelled ? words[2..] : [];
                    break;
                case { } word when word[0] != '@':
                    throw new DataFormatException($"expected a header line with @, or @data; found '{Shorten(line)}'.", source, number);
            }
        }

        return series.Count > 0
            ? new TimeSeriesFile(name, labels, series, channels)
            : throw new DataFormatException(isData ? "There is no series after @data." : "There is no line '@data'.", source);
    }

    private static bool Says(string[] words, string? source, int number) => words.Length > 1 && bool.TryParse(words[1], out bool value)
        ? value
        : throw new DataFormatException($"{words[0]} needs true or false.", source, number);

    private static LabelledSeries ReadSeries(string line, string? source, int number, string[] labels, bool isLabelled, ref int channels)
    {
        string[] parts = line.Split(':');
        int count = parts.Length - (isLabelled ? 1 : 0), label = -1;
        if (isLabelled)
        {
            string found = parts[^1].Trim();
            label = Array.IndexOf(labels, found);
            if (label < 0)
            {
                throw new DataFormatException($"the label '{Shorten(found)}' is none of {Shorten(string.Join(", ", labels))}.", source, number);
            }
        }

        channels = channels == 0 ? count : channels;
        if (count != channels || count == 0)
        {
            throw new DataFormatException($"expected {channels} channels, found {count}.", source, number);
        }

        float[]? values = null;
        int steps = 0;
        for (int channel = 0; channel < count; channel++)
        {
            string[] written = parts[channel].Split(',');
            steps = values is null ? written.Length : steps;
            values ??= new float[checked(steps * count)];
            if (written.Length != steps)
            {
                throw new DataFormatException($"channel {channel + 1} has {written.Length} values and the first one {steps}.", source, number);
            }

            for (int step = 0; step < steps; step++)
            {
                values[step * count + channel] = Number(written[step].Trim(), source, number, channel);
            }
        }

        return new LabelledSeries(values!, steps, label);
    }

    private static float Number(string text, string? source, int number, int channel) => text == "?" ? float.NaN
        : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value) ? value
        : throw new DataFormatException($"channel {channel + 1}: '{Shorten(text)}' is not a finite number.", source, number);

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
