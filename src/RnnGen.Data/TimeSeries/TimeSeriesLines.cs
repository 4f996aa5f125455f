using System.Globalization;

namespace RnnGen.Data;

/// <summary>Reads the lines after <c>@data</c>.</summary>
internal sealed class TimeSeriesLines
{
    private readonly TimeSeriesHeader _header;
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _labels;
    private int _firstSteps;

    public TimeSeriesLines(TimeSeriesHeader header, IReadOnlyList<string> labels)
    {
        (_header, _labels) = (header, labels);
        foreach (string label in labels)
        {
            if (!_classes.TryAdd(label, _classes.Count))
            {
                throw new ArgumentException(Invariant($"The label '{TimeSeriesHeader.Shorten(label)}' is given twice."), nameof(labels));
            }
        }
    }

    /// <summary>Channels of every series; 0 before the first one.</summary>
    public int Channels { get; private set; }

    public LabelledSeries Read(ReadOnlySpan<char> line, int number)
    {
        bool hasLast = _header.IsLabelled || _header.HasTargets;
        int count = line.Count(':') + (hasLast ? 0 : 1);
        if (count == 0)
        {
            throw _header.Error(Invariant($"the series has one part, but it should have its channels and {(_header.IsLabelled ? "its label" : "its target")}, with colons between them."), number);
        }

        Channels = Channels == 0 ? count : Channels;
        _header.CheckChannels(count, number);
        if (count != Channels)
        {
            throw _header.Error(Invariant($"expected {Channels} channels, found {count}."), number);
        }

        int end = line.IndexOf(':'), steps = (end < 0 ? line : line[..end]).Count(',') + 1;
        _firstSteps = _firstSteps == 0 ? steps : _firstSteps;
        _header.CheckSteps(steps, _firstSteps, number);
        _header.CheckSaysWhatIsLast(count, steps, number);
        ReadOnlySpan<char> rest = line;
        float[] values = ReadValues(ref rest, count, steps, number);
        string last = hasLast ? rest.Trim().ToString() : "";
        return new LabelledSeries { Values = values, Steps = steps, Class = _header.IsLabelled ? Class(last, number) : -1, Target = _header.HasTargets ? Number(last, number, -1) : float.NaN };
    }

    private float[] ReadValues(ref ReadOnlySpan<char> rest, int count, int steps, int number)
    {
        // A line that claims more values than it has characters fails at once.
        if ((long)steps * count > rest.Length)
        {
            throw _header.Error(Invariant($"the first channel has {steps} values, but the line is too short for {count} channels like it."), number);
        }

        float[] values = new float[steps * count];
        for (int channel = 0; channel < count; channel++)
        {
            ReadOnlySpan<char> part = Take(ref rest, ':');
            int written = part.Count(',') + 1;
            if (written != steps)
            {
                throw _header.Error(Invariant($"channel {channel + 1} has {written} values, but the first one has {steps}."), number);
            }

            for (int step = 0; step < steps; step++)
            {
                values[(step * count) + channel] = Number(Take(ref part, ',').Trim(), number, channel);
            }
        }

        return values;
    }

    private int Class(string label, int number) => _classes.TryGetValue(label, out int index)
        ? index
        : throw _header.Error(Invariant($"the label '{TimeSeriesHeader.Shorten(label)}' is not one of {TimeSeriesHeader.Shorten(string.Join(", ", _labels.Take(20)))}."), number);

    private float Number(ReadOnlySpan<char> text, int number, int channel)
    {
        if (text is "?" || text.Equals("NaN", StringComparison.OrdinalIgnoreCase))
        {
            if (channel >= 0)
            {
                _header.CheckMissing(channel, number);
            }

            return float.NaN;
        }

        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value)
            ? value
            : throw _header.Error(Invariant($"{(channel < 0 ? "the target" : Invariant($"channel {channel + 1}"))}: '{TimeSeriesHeader.Shorten(text[..Math.Min(text.Length, 100)].ToString())}' is not a finite number of type float."), number);
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, char separator)
    {
        int end = rest.IndexOf(separator);
        ReadOnlySpan<char> taken = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return taken;
    }
}
