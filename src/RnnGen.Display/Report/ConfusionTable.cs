using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>
/// A confusion matrix: rows are the true classes, columns the predicted ones, with recall and F1 of each class on the right and precision below. With more than
/// 40 classes it lists the most frequent confusions instead.
/// </summary>
/// <example>
/// <code>
/// report.Add(new ConfusionTable("Held-out recordings", evaluation.Confusion!, ["a", "e", "i"]));
/// </code>
/// </example>
public sealed class ConfusionTable : ReportSection
{
    private const int MostClasses = 40, ListedConfusions = 30;
    private readonly ConfusionMatrix _matrix;
    private readonly string[] _names;

    /// <summary>Creates the table.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="matrix">The counts.</param>
    /// <param name="names">Names of the classes, in order. Default: <see langword="null"/>, 0, 1, 2, ….</param>
    /// <exception cref="ArgumentException">The number of names is not the number of classes.</exception>
    public ConfusionTable(string title, ConfusionMatrix matrix, IReadOnlyList<string>? names = null) : base(title)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (names is not null && names.Count != matrix.ClassCount)
        {
            throw new ArgumentException(Invariant($"There are {matrix.ClassCount} classes but {names.Count} names."), nameof(names));
        }

        _matrix = matrix;
        _names = names is null ? [.. Enumerable.Range(0, matrix.ClassCount).Select(i => i.ToString(CultureInfo.InvariantCulture))] : [.. names];
    }

    private IEnumerable<int> Classes => Enumerable.Range(0, _names.Length);

    internal override void Write(StringBuilder html)
    {
        if (_names.Length <= MostClasses)
        {
            WriteMatrix(html);
        }
        else
        {
            WriteConfusions(html);
        }

        long all = Classes.Sum(_matrix.Support), right = Classes.Sum(i => _matrix[i, i]);
        html.Add($"<p class=\"note\">{Html.Count(right)} of {Html.Count(all)} right: accuracy {Html.Percent((double)right / all)}.</p>\n");
    }

    private void WriteMatrix(StringBuilder html)
    {
        html.Append("<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th class=\"side\">true ↓ predicted →</th>");
        foreach (string name in _names)
        {
            html.Add($"<th title=\"{Html.Text(name)}\">{Html.Text(name)}</th>");
        }

        html.Append("<th class=\"side\">recall</th><th class=\"side\">F1</th></tr></thead><tbody>\n");
        foreach (int i in Classes)
        {
            long support = _matrix.Support(i);
            html.Add($"<tr><th class=\"row\" title=\"{Html.Text(_names[i])}\">{Html.Text(_names[i])}</th>");
            foreach (int j in Classes)
            {
                long count = _matrix[i, j];
                if (count == 0)
                {
                    html.Append("<td class=\"nothing\">·</td>");
                }
                else
                {
                    html.Add($"<td class=\"{(i == j ? "right" : "wrong")}\" style=\"--share:{0.1 + (0.5 * count / support):0.##}\">{count}</td>");
                }
            }

            html.Add($"<td class=\"score\">{Html.Percent(support == 0 ? double.NaN : _matrix.Recall(i))}</td><td class=\"score\">{Html.Percent(support == 0 ? double.NaN : _matrix.F1(i))}</td></tr>\n");
        }

        html.Append("<tr><th class=\"row side\">precision</th>");
        foreach (int j in Classes)
        {
            html.Add($"<td class=\"score\">{Html.Percent(_matrix.Predicted(j) == 0 ? double.NaN : _matrix.Precision(j))}</td>");
        }

        html.Append("<td></td><td></td></tr></tbody></table></div>\n");
    }

    private void WriteConfusions(StringBuilder html)
    {
        html.Append("<div class=\"scroll\"><table><thead><tr><th>true</th><th>predicted</th><th class=\"n\">times</th><th class=\"n\">of that class</th></tr></thead><tbody>\n");
        foreach (var (i, j) in Classes.SelectMany(i => Classes.Select(j => (I: i, J: j)))
            .Where(c => c.I != c.J && _matrix[c.I, c.J] > 0).OrderByDescending(c => _matrix[c.I, c.J]).Take(ListedConfusions))
        {
            html.Add($"<tr><td class=\"name\">{Html.Text(_names[i])}</td><td class=\"name\">{Html.Text(_names[j])}</td>")
                .Add($"<td class=\"n\">{Html.Count(_matrix[i, j])}</td><td class=\"n\">{Html.Percent((double)_matrix[i, j] / _matrix.Support(i))}</td></tr>\n");
        }

        html.Append("</tbody></table></div>\n");
    }
}
