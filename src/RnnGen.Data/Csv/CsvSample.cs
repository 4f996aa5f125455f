using System.Text.RegularExpressions;

namespace RnnGen.Data;

/// <summary>
/// The first records of a table, to detect what the options leave open: the delimiter, and whether the first line is a header. If the records fit
/// two answers, it throws and names the option.
/// </summary>
internal sealed partial class CsvSample
{
    private const int Characters = 1 << 16, MostRecords = 64;

    private static readonly char[] s_candidates = [',', ';', '\t', '|'];

    // Words for a missing value, which are no names of columns.
    private static readonly HashSet<string> s_missing = new(StringComparer.OrdinalIgnoreCase) { "NA", "N/A", "#N/A", "NaN", "null", "none", "nil", "inf", "-inf", "infinity", "-infinity", "-", "--", "?", "." };

    private readonly List<(string Text, int Line)> _records = [];
    private readonly string? _path;
    private readonly CsvOptions _options;
    private readonly char? _said;

    private CsvSample(string text, bool isWhole, string? path, CsvOptions options)
    {
        (_path, _options) = (path, options);
        AddRecords(text, isWhole);
        if (_records.Count == 0 || Hint().Match(_records[0].Text) is not { Success: true } hint)
        {
            return;
        }

        _said = hint.Groups[1].Value[0];
        if (options.Delimiter is { } given && given != _said)
        {
            throw new DataFormatException(Invariant($"the first line says that the delimiter is {Name(_said.Value)}, but {Option(nameof(CsvOptions.Delimiter))} is {Name(given)}; do not set it, or correct the line."), path, _records[0].Line);
        }

        _records.RemoveAt(0);
    }

    /// <summary>Whether a line before the table names the delimiter, as Excel writes it: <c>sep=;</c>.</summary>
    public bool HasHint => _said is not null;

    /// <summary>Reads the first records ahead.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="path">Its file, for errors.</param>
    /// <param name="options">What is known.</param>
    /// <param name="whole">The text again, from its start.</param>
    /// <exception cref="DataFormatException">The text names another delimiter than the options.</exception>
    public static CsvSample Take(TextReader reader, string? path, CsvOptions options, out TextReader whole)
    {
        char[] ahead = new char[Characters];
        int count = reader.ReadBlock(ahead, 0, ahead.Length);
        whole = new TextAhead(ahead, count, reader, path);
        return new(new string(ahead, 0, count).TrimStart('\uFEFF'), count < ahead.Length, path, options);
    }

    /// <summary>The delimiter.</summary>
    /// <param name="columns">The requested columns.</param>
    /// <exception cref="DataFormatException">Two characters fit.</exception>
    public char Delimiter(IReadOnlyCollection<CsvColumn> columns)
    {
        if (_said is { } said)
        {
            return said;
        }

        // What separates digits separates fields too only where fields are quoted, or a header says so.
        string[] names = [.. columns.Where(c => c.Name is not null).Select(c => c.Name!).Distinct()];
        char[] others = [.. s_candidates.Where(c => c != _options.DecimalSeparator && c != _options.ThousandsSeparator)];
        char[] candidates = names.Length > 0 || _records.Exists(r => r.Text.Contains('"')) ? s_candidates : others;
        if (_options.Delimiter is { } given || _records.Count == 0)
        {
            return _options.Delimiter ?? others[0];
        }

        string first = _records[0].Text;
        char none = others.FirstOrDefault(c => !first.Contains(c), others[0]); // for a table of one column
        char[] present = [.. candidates.Where(c => Fields(first, c).Length > 1)];
        if (names.Length > 0)
        {
            char[] named = [.. present.Where(c => names.All(Fields(first, c).Contains))];
            return named.Length > 0 ? OneOf(named) : names is [var only] && Fields(first, none) is [var column] && column == only ? none : present.FirstOrDefault(none);
        }

        if (_options.ThousandsSeparator != ' ' && AreSeparatedBySpaces())
        {
            present = [.. present.Where(c => IsTyped(c) && IsEven(c)), ' '];
        }
        else if (present is [','] && columns.All(c => c.Index == 0) && MayBeOneNumber())
        {
            throw Open(Invariant($"',' may separate two columns, or the digits of one number ('{Example}'); set {Option(nameof(CsvOptions.Delimiter))}, or {Option(nameof(CsvOptions.DecimalSeparator))} or {Option(nameof(CsvOptions.ThousandsSeparator))} for one column."));
        }

        return present.Length > 0 ? OneOf(present) : none;
    }

    /// <summary>Whether the first line is a header, if columns are requested by index.</summary>
    /// <param name="delimiter">The delimiter.</param>
    /// <param name="columns">The requested columns.</param>
    /// <exception cref="DataFormatException">It may be a header or a row.</exception>
    public bool HasHeader(char delimiter, IEnumerable<int> columns)
    {
        string[] first = Fields(_records[0].Text, delimiter);
        string[][] rows = [.. _records.Skip(1).Select(r => Fields(r.Text, delimiter))];
        if (columns.Select(c => first[c]).FirstOrDefault(IsUnreadable) is { } unreadable)
        {
            throw MayBeHeader($"'{Shorten(unreadable)}' has digits and no letter, but is not a number with any separators");
        }

        if (columns.Any(c => IsText(first[c])))
        {
            return first.Any(IsValue) ? throw MayBeHeader("it has text beside numbers")
                : rows.Length == 0 || rows.Any(r => r.Zip(first).Any(f => IsText(f.Second) && IsValue(f.First))) ? true
                : throw MayBeHeader("it has text, but so do the lines below");
        }

        if (columns.Any(c => first[c].Length == 0) && first.Any(IsText) && !first.Any(IsValue) && rows.Any(r => r.Zip(first).Any(f => IsText(f.Second) && IsValue(f.First))))
        {
            throw MayBeHeader("it has text above numbers, but no name for the requested column");
        }

        string[] labels = [.. first.Where(IsValue)];
        bool isIndexed = first is ["", _, ..] && rows.Length > 0 && rows.All(r => r[0].Length > 0) && first.Skip(1).All(f => Whole(f) >= 0);
        if (isIndexed)
        {
            // As a data frame is written with its index, whose column has no name.
            return AreConsecutive(labels) && Whole(labels[0]) == 0 ? true : throw MayBeHeader("its first field is empty, and the others are integers");
        }

        bool isText = first.Any(IsText);
        bool mayName = AreConsecutive(labels) && (labels.Length >= 3 || (Whole(labels[0]) == 0 && labels.Length >= 2) || ((labels.Length >= 2 || isText) && AreYears(labels)));
        return mayName && rows.Any(r => !AreConsecutive([.. r.Where(IsValue)]) || (AreYears(labels) && !AreYears([.. r.Where(IsValue)])))
            ? throw MayBeHeader("its numbers are consecutive, as labels are")
            : false;
    }

    private string Example => Shorten(_records[Math.Min(1, _records.Count - 1)].Text);

    private static string Option(string name) => $"{nameof(CsvOptions)}.{name}";

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private static string Name(char delimiter) => delimiter switch { '\t' => "tab", ' ' => "space", _ => Invariant($"'{delimiter}'") };

    /// <summary>The fields of a record, without the spaces and quotes around them.</summary>
    private static string[] Fields(string record, char delimiter)
    {
        List<string> fields = [];
        bool isQuoted = false;
        int start = 0;
        for (int i = 0; i <= record.Length; i++)
        {
            if (i < record.Length && record[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (i == record.Length || (record[i] == delimiter && !isQuoted))
            {
                string field = record[start..i].Trim(' ', '\t');
                fields.Add(field is ['"', .. var inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : field);
                start = i + 1;
            }
        }

        return [.. fields];
    }

    private static long Whole(string field) => field.Length is > 0 and < 10 && field.All(char.IsAsciiDigit) ? long.Parse(field, System.Globalization.CultureInfo.InvariantCulture) : -1;

    private static bool AreConsecutive(string[] fields) => fields.Length > 0 && Whole(fields[0]) >= 0 && fields.Select((f, i) => Whole(f) == Whole(fields[0]) + i).All(isNext => isNext);

    private static bool AreYears(string[] fields) => fields.Length > 0 && fields.All(f => Whole(f) is >= 1900 and <= 2100);

    /// <summary>Whether a field is a number, with any separators.</summary>
    public static bool IsNumber(string field) => Number().IsMatch(field);

    private static bool IsValue(string field) => IsNumber(field) || DateOrTime().IsMatch(field) || s_missing.Contains(field);

    // A number with any separators: which ones the file has is not known yet.
    [GeneratedRegex(@"^(?=[+-]?[.,]?\d)[+-]?(\d{1,3}([.,'’ \u00A0\u202F]\d{3})+|\d*)(\.\d*|,\d+)?([eE][+-]?\d+)?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?)?( ?(Z|[+-]\d{2}:?\d{2}))?|\d{4}-\d{1,2}|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?)$")]
    private static partial Regex DateOrTime();

    [GeneratedRegex(@"^[sS][eE][pP]=([\t !#-/:-@\[-`{-~])$")]
    private static partial Regex Hint();

    // "1,5" or "1,234,567.8"
    [GeneratedRegex(@"^[+-]?(\d+,\d+([eE][+-]?\d+)?|\d{1,3}(,\d{3})+(\.\d+)?)$")]
    private static partial Regex NumberWithCommas();

    private void AddRecords(string text, bool isWhole)
    {
        bool isQuoted = false;
        int start = 0, line = 1, startLine = 1;
        for (int i = 0; i < text.Length && _records.Count < MostRecords; i++)
        {
            isQuoted ^= text[i] == '"';
            if (text[i] is not ('\n' or '\r') || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n'))
            {
                continue;
            }

            line++;
            if (!isQuoted)
            {
                Add(text[start..i], startLine);
                (start, startLine) = (i + 1, line);
            }
        }

        if (_records.Count == 0 || (isWhole && _records.Count < MostRecords))
        {
            Add(text[start..], startLine);
        }

        void Add(string record, int at)
        {
            if (!record.AsSpan().Trim(" \t\r\n").IsEmpty)
            {
                _records.Add((record.TrimEnd('\r'), at));
            }
        }
    }

    private IEnumerable<string> Rows() => _records.Skip(_records.Count > 1 ? 1 : 0).Select(r => r.Text);

    /// <summary>Whether a field is neither a value nor a plausible name: it may be a malformed number.</summary>
    private bool IsUnreadable(string field) => IsText(field) && field.Any(char.IsDigit) && !field.Any(char.IsLetter);

    private bool IsText(string field) => !IsValue(field) && !IsMissing(field);

    private bool IsMissing(string field) => field.Length == 0 || _options.MissingMarkers.Contains(field);

    /// <summary>Whether every record has as many fields.</summary>
    private bool IsEven(char delimiter) => _records.Select(r => Fields(r.Text, delimiter).Length).Distinct().Count() == 1;

    /// <summary>Whether every field below the first line is a number, a date, a time or missing.</summary>
    private bool IsTyped(char delimiter) => Rows().All(r => Fields(r, delimiter).All(f => IsValue(f) || IsMissing(f)));

    /// <summary>Whether spaces split every record into the same number of fields, with numbers in at least one column, and no other delimiter except within numbers, dates and times.</summary>
    private bool AreSeparatedBySpaces()
    {
        string[][] rows = [.. Rows().Select(r => Fields(r, ' '))];
        return IsEven(' ') && rows[0].Length > 1 && rows.All(r => r.All(f => IsValue(f) || f.IndexOfAny(s_candidates) < 0))
            && Enumerable.Range(0, rows[0].Length).Any(column => rows.All(r => IsNumber(r[column])));
    }

    private bool MayBeOneNumber() => _options.HasHeader != true && Rows().All(r => NumberWithCommas().IsMatch(r.Trim()))
        && (NumberWithCommas().IsMatch(_records[0].Text.Trim()) || _records[0].Text.Contains(", ", StringComparison.Ordinal));

    /// <summary>The delimiter that fits: the only one that splits each record into the same number of fields, all of them values; otherwise the only candidate, or the only one with the same number of fields.</summary>
    private char OneOf(char[] candidates)
    {
        char[] best = [.. candidates.Where(c => IsEven(c) && IsTyped(c))];
        if (best.Length == 0 && candidates.Length > 1)
        {
            char[] even = [.. candidates.Where(IsEven)];
            best = even.Length == 1 && !candidates.Any(IsTyped) ? even : candidates;
        }

        best = best.Length == 0 ? candidates : best;
        return best is [not ' '] ? best[0]
            : throw Open(Invariant($"fields may be separated by {string.Join(" or ", best.Select(Name))} ('{Example}'); set {Option(nameof(CsvOptions.Delimiter))}{(best.Contains(',') ? Invariant($", and {Option(nameof(CsvOptions.DecimalSeparator))} if ',' is one") : "")}."));
    }

    private DataFormatException MayBeHeader(string why) => new(Invariant($"the first line may name the columns or be a row: {why} ('{Shorten(_records[0].Text)}'); set {Option(nameof(CsvOptions.HasHeader))}, or request columns by name."), _path, _records[0].Line);

    private DataFormatException Open(string message) => new(message, _path, _records[Math.Min(1, _records.Count - 1)].Line);
}
