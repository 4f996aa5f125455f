using System.Globalization;

namespace RnnGen.Data;

/// <summary>The header lines before <c>@data</c>, with their line numbers. Every series is checked against them.</summary>
internal sealed class TimeSeriesHeader(string? source)
{
    private const int LongestName = 1000;

    private readonly Dictionary<string, int> _lines = [];
    private bool? _isUnivariate, _hasMissing, _hasEqualLength, _isLabelled, _hasTargets;
    private int? _dimensions, _seriesLength;

    public string Name { get; private set; } = "";

    public string[] Labels { get; private set; } = [];

    public bool IsLabelled => _isLabelled == true;

    public bool HasTargets => _hasTargets == true;

    /// <summary>Reads a line that begins with @.</summary>
    /// <returns>Whether it is <c>@data</c>, after which the series follow.</returns>
    public bool Read(string line, int number)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string tag = words[0].ToLowerInvariant();
        tag = tag == "@dimension" ? "@dimensions" : tag;
        if (!_lines.TryAdd(tag, number))
        {
            throw Error(Invariant($"{words[0]} is given a second time; it is also in line {_lines[tag]}."), number);
        }

        switch (tag)
        {
            case "@data":
                Ends(words, 1, number);
                CheckItself();
                return true;
            case "@problemname":
                Name = words.Length > 1 ? Shorten(words[1], LongestName) : "";
                break;
            case "@timestamps":
                if (Says(words, number))
                {
                    throw Error("series with time stamps are not supported; use values at equal distances.", number);
                }

                break;
            case "@univariate":
                _isUnivariate = Says(words, number);
                break;
            case "@missing":
                _hasMissing = Says(words, number);
                break;
            case "@equallength":
                _hasEqualLength = Says(words, number);
                break;
            case "@dimensions":
                _dimensions = Count(words, number);
                break;
            case "@serieslength":
                _seriesLength = Count(words, number);
                break;
            case "@targetlabel":
                _hasTargets = Says(words, number);
                break;
            case "@classlabel":
                _isLabelled = Says(words, number, hasMore: true);
                Labels = words[2..];
                CheckLabels(number);
                break;
            default:
                throw Error(
                    Invariant($"'{Shorten(words[0])}' is unknown; a header has @problemName, @timeStamps, @missing, @univariate, @dimensions, @equalLength, @seriesLength, @classLabel or @targetLabel, and @data."), number);
        }

        return false;
    }

    /// <summary>Checks how many channels a series has.</summary>
    public void CheckChannels(int count, int number)
    {
        if (_isUnivariate == true && count > 1)
        {
            throw Contradiction(Invariant($"the series has {count} channels"), "@univariate", "@univariate true", number);
        }

        if (_dimensions is { } dimensions && count != dimensions)
        {
            throw Contradiction(Invariant($"the series has {count} channels"), "@dimensions", Invariant($"@dimensions {dimensions}"), number);
        }
    }

    /// <summary>Checks how many steps a series has.</summary>
    /// <param name="steps">Its steps.</param>
    /// <param name="first">Those of the first series.</param>
    /// <param name="number">Its line.</param>
    public void CheckSteps(int steps, int first, int number)
    {
        if (_seriesLength is { } length && steps != length)
        {
            throw Contradiction(Invariant($"the series has {steps} steps"), "@seriesLength", Invariant($"@seriesLength {length}"), number);
        }

        if (_hasEqualLength == true && steps != first)
        {
            throw Contradiction(Invariant($"the series has {steps} steps where the first one has {first}"), "@equalLength", "@equalLength true", number);
        }
    }

    /// <summary>Checks a missing value.</summary>
    public void CheckMissing(int channel, int number)
    {
        if (_hasMissing == false)
        {
            throw Contradiction(Invariant($"channel {channel + 1} has a missing value"), "@missing", "@missing false", number);
        }
    }

    /// <summary>Checks that labels are given for a file that may have them.</summary>
    public void CheckGivenLabels()
    {
        if (HasTargets)
        {
            throw Error(Invariant($"the file is a regression, whose targets are numbers, but {nameof(TimeSeriesOptions)}.{nameof(TimeSeriesOptions.Labels)} are set; do not set them, or read a file of classes."), _lines["@targetlabel"]);
        }

        if (!IsLabelled)
        {
            throw Error(
                Invariant($"{nameof(TimeSeriesOptions)}.{nameof(TimeSeriesOptions.Labels)} are set, but the series have no labels: the header {(_isLabelled is null ? "has no @classLabel" : "says @classLabel false")}. Do not set them, or correct the header."),
                _lines[_isLabelled is null ? "@data" : "@classlabel"]);
        }
    }

    /// <summary>Checks what only all series together show.</summary>
    public void CheckAll(int channels)
    {
        if (_isUnivariate == false && channels == 1)
        {
            throw Error("the header says @univariate false, but every series has one channel; correct the line.", _lines["@univariate"]);
        }
    }

    /// <summary>Whether the text after a series' last colon may be a label, although the header does not announce labels.</summary>
    public void CheckSaysWhatIsLast(int parts, int steps, int number)
    {
        if (_isLabelled is null && _hasTargets is null && _dimensions is null && parts > 1 && steps == 1)
        {
            throw Error("the series has one value in each part, and the header does not say whether the last one is a label: add @classLabel, @targetLabel or @dimensions.", number);
        }
    }

    public DataFormatException Error(string message, int number) => new(message, source, number);

    public static string Shorten(string text, int longest = 40) => text.Length <= longest ? text : text[..longest] + "…";

    private void CheckItself()
    {
        if (IsLabelled && HasTargets)
        {
            throw Error(Invariant($"a series has either a class or a number as its target, but the header says @classLabel true (line {_lines["@classlabel"]}) and @targetLabel true."), _lines["@targetlabel"]);
        }

        if (_isUnivariate is { } isUnivariate && _dimensions is { } dimensions && isUnivariate != (dimensions == 1))
        {
            throw Error(Invariant($"@dimensions {dimensions} contradicts @univariate {(isUnivariate ? "true" : "false")} in line {_lines["@univariate"]}."), _lines["@dimensions"]);
        }

        if (_seriesLength is { } length && _hasEqualLength == false)
        {
            throw Error(Invariant($"@seriesLength {length} contradicts @equalLength false in line {_lines["@equallength"]}."), _lines["@serieslength"]);
        }
    }

    private void CheckLabels(int number)
    {
        if (IsLabelled == (Labels.Length == 0))
        {
            throw Error(IsLabelled ? "@classLabel true needs labels after it." : Invariant($"@classLabel false has {Labels.Length} labels after it."), number);
        }

        if (Labels.GroupBy(l => l, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Error(Invariant($"the label '{Shorten(twice.Key)}' is given {twice.Count()} times."), number);
        }
    }

    private bool Says(string[] words, int number, bool hasMore = false)
    {
        if (words.Length < 2 || !bool.TryParse(words[1], out bool value))
        {
            throw Error(Invariant($"{words[0]} needs true or false."), number);
        }

        if (!hasMore)
        {
            Ends(words, 2, number);
        }

        return value;
    }

    private void Ends(string[] words, int count, int number)
    {
        if (words.Length > count)
        {
            throw Error(Invariant($"'{Shorten(string.Join(' ', words[..count]))}' has '{Shorten(words[count])}' after it; expected the end of the line."), number);
        }
    }

    private int Count(string[] words, int number) => words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0
        ? value
        : throw Error(Invariant($"{words[0]} needs an integer of at least 1."), number);

    private DataFormatException Contradiction(string found, string tag, string said, int number) =>
        Error(Invariant($"{found}, but line {_lines[tag.ToLowerInvariant()]} says {said}; correct the header or the series."), number);
}
