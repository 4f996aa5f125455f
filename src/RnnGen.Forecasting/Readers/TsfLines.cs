using System.Globalization;
using RnnGen.Data;

namespace RnnGen.Forecasting;

/// <summary>Reads the lines of a <c>.tsf</c> file: its header, then a series a line.</summary>
internal sealed class TsfLines(string? path)
{
    private const string TimeFormat = "yyyy-MM-dd HH-mm-ss";

    private static readonly Dictionary<string, Frequency> s_units = new(StringComparer.Ordinal)
    {
        ["seconds"] = Frequency.FromSpan(TimeSpan.FromSeconds(1)),
        ["secondly"] = Frequency.FromSpan(TimeSpan.FromSeconds(1)),
        ["minutes"] = Frequency.FromSpan(TimeSpan.FromMinutes(1)),
        ["minutely"] = Frequency.FromSpan(TimeSpan.FromMinutes(1)),
        ["half_hourly"] = Frequency.FromSpan(TimeSpan.FromMinutes(30)),
        ["hours"] = Frequency.Hourly,
        ["hourly"] = Frequency.Hourly,
        ["days"] = Frequency.Daily,
        ["daily"] = Frequency.Daily,
        ["weeks"] = Frequency.Weekly,
        ["weekly"] = Frequency.Weekly,
        ["months"] = Frequency.Monthly,
        ["monthly"] = Frequency.Monthly,
        ["quarterly"] = Frequency.Quarterly,
        ["years"] = Frequency.Yearly,
        ["yearly"] = Frequency.Yearly,
    };

    private readonly List<(string Name, string Type)> _attributes = [];
    private readonly HashSet<string> _given = new(StringComparer.Ordinal); // lines of the header that there are once
    private readonly List<(string Id, TimeAxis? Times, double[] Values, StaticValue[] Statics)> _series = [];
    private string _name = "";
    private Frequency? _frequency;
    private int? _horizon;
    private bool? _isMissing, _isEqual;
    private int _line, _id, _time;

    public TsfFile Read(IEnumerable<string> lines)
    {
        bool isData = false;
        foreach (string line in lines)
        {
            _line++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            if (isData)
            {
                AddSeries(text);
            }
            else if (text.Equals("@data", StringComparison.OrdinalIgnoreCase))
            {
                isData = true;
                _id = _attributes.FindIndex(attribute => attribute.Type == "string");
                _time = _attributes.FindIndex(attribute => attribute.Type == "date");
            }
            else
            {
                AddHeader(text);
            }
        }

        if (_series.Count == 0)
        {
            throw new DataFormatException(isData ? "there is no series below @data." : "there is no line @data, below which the series are.", path);
        }

        int[] others = [.. Others()];
        StaticValues statics = new([.. others.Select(i => _attributes[i].Name)], [.. _series.Select(s => (s.Id, s.Statics))]);
        return new(_name, new SeriesSet(_series.Select((s, i) => new TimeSeries(s.Id, s.Values, s.Times) { Statics = statics.Of(i) }), [], [], statics.Names), _horizon);
    }

    private IEnumerable<int> Others() => Enumerable.Range(0, _attributes.Count).Where(i => i != _id && i != _time);

    private void AddHeader(string text)
    {
        string[] words = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        string word = words[0].ToLowerInvariant();
        if (!_given.Add(word == "@attribute" && words.Length > 1 ? $"{word} {words[1]}" : word))
        {
            throw Error($"the header has a second line such as '{Short(text)}'; leave one.");
        }

        switch (word)
        {
            case "@relation":
                _name = string.Join(' ', words.Skip(1));
                break;
            case "@attribute" when words is [_, _, "string" or "numeric" or "date"]:
                _attributes.Add((words[1], words[2]));
                break;
            case "@frequency" when words.Length == 2:
                _frequency = FrequencyOf(words[1].ToLowerInvariant());
                break;
            case "@horizon" when words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int horizon) && horizon > 0:
                _horizon = horizon;
                break;
            case "@missing" when words.Length == 2 && bool.TryParse(words[1], out bool isMissing):
                _isMissing = isMissing;
                break;
            case "@equallength" when words.Length == 2 && bool.TryParse(words[1], out bool isEqual):
                _isEqual = isEqual;
                break;
            default:
                throw Error($"expected a line of the header, such as '@attribute name string', '@frequency hourly' or '@data'; found '{Short(text)}'.");
        }
    }

    // A unit, or a number of them: hourly, 10_minutes.
    private Frequency FrequencyOf(string text)
    {
        if (s_units.TryGetValue(text, out Frequency unit))
        {
            return unit;
        }

        int at = text.IndexOf('_', StringComparison.Ordinal);
        return at > 0 && s_units.TryGetValue(text[(at + 1)..], out unit) && int.TryParse(text[..at], NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and <= 1_000_000
            ? unit.Months > 0 ? Frequency.FromMonths(unit.Months * count) : Frequency.FromSpan(unit.Span * count)
            : throw Error($"'{Short(text)}' is not a frequency such as hourly, 10_minutes or monthly.");
    }

    private void AddSeries(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length != _attributes.Count + 1)
        {
            throw Error(Invariant($"the series has {parts.Length} parts between colons; its {_attributes.Count} attributes and its values make {_attributes.Count + 1}."));
        }

        string id = _id < 0 ? Invariant($"T{_series.Count + 1}") : parts[_id].Trim();
        if (id.Length == 0)
        {
            throw Error("the series has no id.");
        }

        TimeAxis? times = null;
        if (_time >= 0 && _frequency is { } frequency)
        {
            times = DateTime.TryParseExact(parts[_time].Trim(), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime start)
                ? new TimeAxis(start, frequency)
                : throw Error($"'{Short(parts[_time])}' is not a time of the form {TimeFormat}.");
        }

        double[] values = Numbers(parts[^1]);
        if (_isEqual == true && _series.Count > 0 && values.Length != _series[0].Values.Length)
        {
            throw Error(Invariant($"the series has {values.Length} values, and the first one {_series[0].Values.Length}, but the header says @equallength true."));
        }

        _series.Add((id, times, values, [.. Others().Select(i => Static(_attributes[i], parts[i].Trim()))]));
    }

    // The header says whether an attribute is a number or a category.
    private StaticValue Static((string Name, string Type) attribute, string text)
    {
        if (text is "" or "?" || attribute.Type != "numeric")
        {
            return new(text == "?" ? "" : text, null);
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? new(text, number)
            : throw Error($"the attribute '{attribute.Name}' is '{Short(text)}', but the header says that it is numeric; expected a finite number.");
    }

    private double[] Numbers(string text)
    {
        string[] fields = text.Split(',');
        double[] values = new double[fields.Length];
        for (int i = 0; i < values.Length; i++)
        {
            string field = fields[i].Trim();
            if (field is "?" or "NaN")
            {
                values[i] = _isMissing != false ? double.NaN : throw Error(Invariant($"value {i + 1} is missing, but the header says @missing false."));
            }
            else if (!double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || !double.IsFinite(values[i]))
            {
                throw Error(Invariant($"value {i + 1} is '{Short(field)}'; expected a finite number, or ? where it is missing."));
            }
        }

        return values;
    }

    private DataFormatException Error(string message) => new(message, path, _line);

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
