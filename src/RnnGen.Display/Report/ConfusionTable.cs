using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>
/// Which classes were taken for which: rows are the true classes, columns the predicted ones, with recall and F1 of each class and the precision below. Of more than
/// 40 classes the most frequent confusions are listed instead.
/// </summary>
/// <example>
/// <code>
/// report.Add(new ConfusionTable("Held-out recordings", counts, ["a", "e", "i"]));
/// </code>
/// </example>
public sealed class ConfusionTable : ReportSection
{
    private const int MostClasses = 40, ListedConfusions = 30;
    private readonly long[,] _counts;
    private readonly string[] _names;

    /// <summary>Creates the table.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="counts">How often the class of a row was taken for that of a column: square, numbers at least 0.</param>
    /// <param name="names">The classes' names, in order. Default: 0, 1, 2, ….</param>
    /// <exception cref="ArgumentException">The counts are not square or below 0, or there are more or fewer names.</exception>
    public ConfusionTable(string title, long[,] counts, IReadOnlyList<string>? names = null) : base(title)
    {
        ArgumentNullException.ThrowIfNull(counts);
        int size = counts.GetLength(0);
        if (size == 0 || counts.GetLength(1) != size)
        {
            throw new ArgumentException($"A confusion matrix has a row and a column for each class; found {size} rows and {counts.GetLength(1)} columns.", nameof(counts));
        }

        if (counts.Cast<long>().Any(c => c < 0))
        {
            throw new ArgumentException("Counts are at least 0.", nameof(counts));
        }

        if (names is not null && names.Count != size)
        {
            throw new ArgumentException($"There are {size} classes; found {names.Count} names.", nameof(names));
        }

        _counts = (long[,])counts.Clone();
        _names = names is null ? [.. Enumerable.Range(0, size).Select(i => i.ToString(CultureInfo.InvariantCulture))] : [.. names];
    }

    private int Size => _names.Length;

    internal override void Write(StringBuilder html)
    {
        long all = _counts.Cast<long>().Sum(), right = Enumerable.Range(0, Size).Sum(i => _counts[i, i]);
        if (Size <= MostClasses)
        {
            WriteMatrix(html);
        }
        else
        {
            WriteConfusions(html);
        }

        double[] scores = [.. Enumerable.Range(0, Size).Where(i => Row(i) > 0).Select(F1)];
        html.Add($"<p class=\"note\">{Html.Count(right)} of {Html.Count(all)} right: accuracy {Html.Percent((double)right / all)}, mean F1 of the classes {Html.Percent(scores.Length == 0 ? double.NaN : scores.Average())}</p>\n");
    }

    private void WriteMatrix(StringBuilder html)
    {
        html.Add($"<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th class=\"side\">is ↓ taken for →</th>");
        foreach (string name in _names)
        {
            html.Add($"<th title=\"{Html.Text(name)}\">{Html.Text(name)}</th>");
        }

        html.Append("<th class=\"side\">recall</th><th class=\"side\">F1</th></tr></thead><tbody>\n");
        for (int i = 0; i < Size; i++)
        {
            html.Add($"<tr><th class=\"row\" title=\"{Html.Text(_names[i])}\">{Html.Text(_names[i])}</th>");
            for (int j = 0; j < Size; j++)
            {
                html.Append(_counts[i, j] == 0
                    ? "<td class=\"nothing\">·</td>"
                    : string.Create(CultureInfo.InvariantCulture, $"<td class=\"{(i == j ? "right" : "wrong")}\" style=\"--share:{0.12 + (0.7 * _counts[i, j] / Row(i)):0.##}\">{_counts[i, j]}</td>"));
            }

            html.Add($"<td class=\"score\">{Html.Percent((double)_counts[i, i] / Row(i))}</td><td class=\"score\">{Html.Percent(F1(i))}</td></tr>\n");
        }

        html.Append("<tr><th class=\"row side\">precision</th>");
        for (int j = 0; j < Size; j++)
        {
            html.Add($"<td class=\"score\">{Html.Percent((double)_counts[j, j] / ColumnSum(j))}</td>");
        }

        html.Append("<td></td><td></td></tr></tbody></table></div>\n");
    }

    private void WriteConfusions(StringBuilder html)
    {
        html.Append("<table><thead><tr><th>is</th><th>taken for</th><th class=\"n\">times</th><th class=\"n\">of that class</th></tr></thead><tbody>\n");
        foreach (var (i, j) in Enumerable.Range(0, Size).SelectMany(i => Enumerable.Range(0, Size).Select(j => (I: i, J: j)))
            .Where(c => c.I != c.J && _counts[c.I, c.J] > 0).OrderByDescending(c => _counts[c.I, c.J]).Take(ListedConfusions))
        {
            html.Add($"<tr><td class=\"name\">{Html.Text(_names[i])}</td><td class=\"name\">{Html.Text(_names[j])}</td><td class=\"n\">{Html.Count(_counts[i, j])}</td><td class=\"n\">{Html.Percent((double)_counts[i, j] / Row(i))}</td></tr>\n");
        }

        html.Append("</tbody></table>\n");
    }

    private long Row(int i) => Enumerable.Range(0, Size).Sum(j => _counts[i, j]);

    private long ColumnSum(int j) => Enumerable.Range(0, Size).Sum(i => _counts[i, j]);

    private double F1(int i) => 2.0 * _counts[i, i] / (Row(i) + ColumnSum(i));
}
