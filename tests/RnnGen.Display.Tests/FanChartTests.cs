using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RnnGen.Display.Tests;

/// <summary>The picture of a forecast can be read, whatever the size of its values, and shows every interval.</summary>
public sealed class FanChartTests(Browser.ForClass shared) : IClassFixture<Browser.ForClass>
{
    private static readonly (double Level, double Spread)[] s_sizes =
        [(0, 10), (1.2e6, 3e5), (-1.2e6, 3e5), (123456.5, 0.4), (1e9, 1000), (-1e9, 1000), (1e7, 1), (5e6, 4.9e6), (0.5, 1e-6), (3e-5, 1e-5), (2e-4, 1e-4), (1e299, 1e292), (-1e12, 5e11), (9e14, 1e7)];

    public static IEnumerable<object[]> Sizes => s_sizes.Select(size => (object[])[size.Level, size.Spread]);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Labels_say_their_values_and_have_room(double level, double spread)
    {
        XElement svg = Plot(OfSize(level, spread));
        double step = spread / 2;
        (double Place, double Value, string Text)[] labels = [.. Labels(svg).OrderByDescending(label => label.Place)];
        labels.Length.ShouldBeInRange(3, 8);
        foreach ((double _, double _, string text) in labels)
        {
            // Seven pixels a digit, and eight to the plot.
            double end = (double)svg.Elements().Single(e => e.Value == text && (string?)e.Attribute("text-anchor") == "end").Attribute("x")!;
            (end - (7 * text.Count(char.IsAsciiLetterOrDigit)) - (3 * text.Count(char.IsPunctuation))).ShouldBeGreaterThan(0, text);
        }

        // On the page a value is at the height of its label: the line from the first to the last goes through all of them.
        double pixels = (labels[^1].Value - labels[0].Value) / (labels[^1].Place - labels[0].Place);
        foreach ((double place, double value, string text) in labels)
        {
            value.ShouldBe(labels[0].Value + (pixels * (place - labels[0].Place)), step / 20, text);
        }

        labels[0].Value.ShouldBeLessThanOrEqualTo(level - spread + (step * 1e-6));
        labels[^1].Value.ShouldBeGreaterThanOrEqualTo(level + spread - (step * 1e-6));
    }

    /// <summary>What the page's script reads under the pointer differs where the values do.</summary>
    [Theory]
    [MemberData(nameof(Sizes))]
    public void Values_under_the_pointer_differ(double level, double spread)
    {
        string html = Html(OfSize(level, spread));
        string[] values = Regex.Match(html, "\"name\":\"observed\",\"color\":0,\"x\":[^\\]]*\\],\"y\":\\[([^\\]]*)\\]").Groups[1].Value.Split(',');
        int digits = int.Parse(Regex.Match(html, "\"digits\":([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        double[] shown = [.. values.Select(value => double.Parse(double.Parse(value, CultureInfo.InvariantCulture).ToString($"E{digits - 1}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];
        shown.Length.ShouldBe(3);
        shown[0].ShouldBe(level - spread, spread / 40);
        shown[1].ShouldBe(level + spread, spread / 40);
    }

    [BrowserFact]
    public async Task A_browser_shows_every_label_whole()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        foreach ((double level, double spread) in s_sizes)
        {
            report.Add(OfSize(level, spread));
        }

        ForecastPlot far = new("Far places", [1.0, 2, 3]) { Places = [1_700_000_000, 1_700_003_600, 1_700_007_200] };
        report.Add(far);
        report.Save();
        Browser browser = await shared.GetAsync();
        await browser.OpenAsync(report.Path, isDark: false);

        // No text is outside its picture or over its neighbour on the horizontal axis.
        const string Outside = "[...document.querySelectorAll('svg.plot text')].filter(t => { const b = t.getBBox(), v = t.ownerSVGElement.viewBox.baseVal; return b.x < 0 || b.x + b.width > v.width; }).map(t => t.textContent).join(' ')";
        const string Overlapping = "[...document.querySelectorAll('svg.plot text[text-anchor=middle]')].filter(t => { const n = [...t.parentNode.querySelectorAll('text[text-anchor=middle]')].find(o => o.getBBox().x > t.getBBox().x); return n && n.getBBox().x < t.getBBox().x + t.getBBox().width; }).map(t => t.textContent).join(' ')";
        ((string?)await browser.EvaluateAsync(Outside)).ShouldBe("");
        ((string?)await browser.EvaluateAsync(Overlapping)).ShouldBe("");
        browser.Errors.ShouldBeEmpty();
        await BrowserTests.KeepPictureAsync(browser, "fans");
    }

    [Fact]
    public void One_step_has_a_bar()
    {
        FanChart one = new("one", [20.0, 21], [22.0]);
        one.AddInterval("80 %", [20.0], [24.0]);
        (double width, double height) = BandOf(one);
        width.ShouldBe(12, 0.5);
        height.ShouldBeGreaterThan(100);

        // Between ends that are not known.
        FanChart between = new("between", [20.0, 21], [22.0, 22, 22]);
        between.AddInterval("80 %", [double.NaN, 20, double.NaN], [double.NaN, 24, 25]);
        BandOf(between).Width.ShouldBe(12, 0.5);
    }

    [Fact]
    public void A_long_history_has_a_file_of_bounded_size()
    {
        double[] history = [.. Enumerable.Range(0, 200_000).Select(i => i is > 5_000 and < 20_000 ? double.NaN : Math.Sin(i / 500.0))], ahead = new double[20_000];
        FanChart fan = new("long", history, ahead);
        fan.AddInterval("80 %", [.. ahead.Select((_, i) => -1.0 - i)], [.. ahead.Select((_, i) => 1.0 + i)]);
        string html = Html(fan);
        html.Length.ShouldBeLessThan(400_000);
        html.ShouldNotContain("not finite (×)");
        Regex.Count(html, "<path class=\"line c0\"").ShouldBe(2);
        BandOf(fan).Height.ShouldBeGreaterThan(200);
    }

    [Fact]
    public void Ends_that_cross_are_an_error()
    {
        FanChart fan = new("crossed", [], [1.0, 2]);
        Should.Throw<ArgumentException>(() => fan.AddInterval("80 %", [0.0, 3], [2.0, 1])).Message.ShouldContain("At step 2 the lower end of the interval, 3, is above its upper end, 1.");
    }

    private static FanChart OfSize(double level, double spread)
    {
        FanChart fan = new(FormattableString.Invariant($"{level:R} ± {spread:R}"), [level - spread, level + spread, level], [level + (spread / 2)]);
        fan.AddInterval("80 %", [level - (spread / 2)], [level + spread]);
        return fan;
    }

    private static string Html(FanChart fan)
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        report.Add(fan);
        string html = report.ToHtml();
        TrainingReportTests.CheckWellFormed(html);
        return html;
    }

    private static XElement Plot(FanChart fan)
    {
        string html = Html(fan);
        int start = html.IndexOf("<svg class=\"plot linear\"", StringComparison.Ordinal);
        return XElement.Parse(html[start..(html.IndexOf("</svg>", start, StringComparison.Ordinal) + "</svg>".Length)]);
    }

    private static IEnumerable<(double Place, double Value, string Text)> Labels(XElement svg) =>
        svg.Elements().Where(e => e.Name.LocalName == "text" && (string?)e.Attribute("text-anchor") == "end" && e.Attribute("class") is null)
            .Select(e => ((double)e.Attribute("y")!, double.Parse(e.Value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture), e.Value));

    private static (double Width, double Height) BandOf(FanChart fan)
    {
        double[][] points = [.. ((string)Plot(fan).Elements().Single(e => ((string?)e.Attribute("class") ?? "").StartsWith("band c2", StringComparison.Ordinal)).Attribute("d")!).Trim('M', 'Z').Split('L')
            .Select(point => (double[])[.. point.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture))])];
        return (points.Max(p => p[0]) - points.Min(p => p[0]), points.Max(p => p[1]) - points.Min(p => p[1]));
    }
}
