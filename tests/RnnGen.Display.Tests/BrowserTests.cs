using System.Globalization;

namespace RnnGen.Display.Tests;

/// <summary>
/// The report in a real browser: no error, no request, both colour schemes, values under the pointer. <c>RNNGEN_SCREENSHOTS=folder</c> keeps pictures of what was seen.
/// </summary>
public sealed class BrowserTests(Browser.ForClass shared) : IClassFixture<Browser.ForClass>
{
    // What stands beyond the page's edge, and cannot be scrolled to within its card.
    private const string TooWide = "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, svg') && e.getBoundingClientRect().right > innerWidth).map(e => e.tagName + '.' + e.className).join()";

    [BrowserFact]
    public async Task The_report_renders_in_both_schemes_without_an_error_and_without_a_request()
    {
        using Runs.Folder folder = new();
        string path = FullReport(folder);
        Browser browser = await shared.GetAsync();
        foreach (bool isDark in (bool[])[false, true])
        {
            await browser.OpenAsync(path, isDark);
            ((string?)await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor")).ShouldBe(isDark ? "rgb(13, 17, 23)" : "rgb(246, 248, 250)");
            ((string?)await browser.EvaluateAsync("getComputedStyle(document.querySelector('.line.c1')).stroke")).ShouldBe(isDark ? "rgb(88, 166, 255)" : "rgb(9, 105, 218)");
            ((string?)await browser.EvaluateAsync("getComputedStyle(document.querySelector('.h23')).fill")).ShouldBe(isDark ? "rgb(242, 240, 161)" : "rgb(42, 31, 107)");
            ((int?)await browser.EvaluateAsync("[...document.querySelectorAll('svg.plot')].filter(s => s.getBoundingClientRect().height > 100).length")).ShouldNotBeNull().ShouldBeGreaterThan(6);

            // Nothing is wider than the page, also where that is narrow.
            await KeepPictureAsync(browser, isDark ? "dark" : "light");
            ((string?)await browser.EvaluateAsync(TooWide)).ShouldBe("");
            await browser.OpenAsync(path, isDark, width: 390);
            await KeepPictureAsync(browser, isDark ? "narrow-dark" : "narrow-light", width: 390);
            ((string?)await browser.EvaluateAsync(TooWide)).ShouldBe("");

            await browser.OpenAsync(path, isDark);
            browser.Errors.ShouldBeEmpty();
            browser.Requests.ShouldAllBe(r => r.StartsWith("file:", StringComparison.Ordinal) || r.StartsWith("data:", StringComparison.Ordinal));
            browser.Requests.Count(r => r.StartsWith("file:", StringComparison.Ordinal)).ShouldBe(1);
        }
    }

    [BrowserFact]
    public async Task The_pointer_reads_values_and_the_scale_can_be_changed()
    {
        using Runs.Folder folder = new();
        Browser browser = await shared.GetAsync();
        await browser.OpenAsync(FullReport(folder), isDark: false);
        await PointAsync(browser, "document.querySelector('.plot.linear')", 0.999);
        ((string?)await browser.EvaluateAsync("document.querySelector('.tip:not([hidden])').innerText.replace(/\\s+/g, ' ')")).ShouldBe("epoch 30 training 0.033333 validation 0.041667");

        await browser.EvaluateAsync("document.querySelector('.log').click()");
        ((int?)await browser.EvaluateAsync("document.querySelector('.plot.linear').getBoundingClientRect().height")).ShouldBe(0);
        await PointAsync(browser, "document.querySelector('.plot.logarithmic')", 0.999);
        ((string?)await browser.EvaluateAsync("document.querySelector('.tip:not([hidden])').innerText")).ShouldNotBeNull().ShouldContain("0.033333");

        await browser.EvaluateAsync("document.querySelector('.heat .plot').scrollIntoView()");
        await PointAsync(browser, "document.querySelector('.heat .plot')", 0.5);
        ((string?)await browser.EvaluateAsync("document.querySelector('.tip:not([hidden])').innerText")).ShouldNotBeNull().ShouldContain("time step");
        browser.Errors.ShouldBeEmpty();
    }

    [BrowserFact]
    public async Task What_is_forbidden_is_noticed()
    {
        using Runs.Folder folder = new();
        string path = FullReport(folder), page = await File.ReadAllTextAsync(path);
        Browser browser = await shared.GetAsync();

        // A script that came in, and a picture from elsewhere: the page's policy stops both, and this harness sees it.
        await File.WriteAllTextAsync(path, page.Replace("<main>", "<main><script>document.title = 'taken'</script><img src=\"http://127.0.0.1:9/x.png\">", StringComparison.Ordinal));
        await browser.OpenAsync(path, isDark: false);
        browser.Errors.Count().ShouldBeGreaterThanOrEqualTo(2);
        ((string?)await browser.EvaluateAsync("document.title")).ShouldBe("Forecaster");
    }

    /// <summary>A report with all that it can have.</summary>
    private static string FullReport(Runs.Folder folder)
    {
        TrainingReport report = new(folder.File("report.html")) { ClassNames = ["low", "middle", "<b>high</b>"] };
        Runs.Play(report, Runs.Started(epochs: 40), 30, epoch => epoch == 12 ? double.NaN : 1.0 / epoch);
        report.Add("test", new Evaluation { Loss = 0.1, Count = 60, Accuracy = 0.9, Confusion = new ConfusionMatrix(3, [18, 2, 0, 1, 19, 0, 0, 3, 17]) });
        ForecastPlot plot = new("Forecast", [.. Enumerable.Range(0, 2000).Select(i => MathF.Sin(i / 20f))]);
        plot.Add("model", [.. Enumerable.Range(0, 2000).Select(i => MathF.Sin((i - 3) / 20f))]);
        report.Add(plot);
        GradientFlowMap map = new("‖∂L/∂h(t)‖, rnn 0", 24);
        for (int step = 1; step <= 300; step++)
        {
            map.Add(step, [.. Enumerable.Range(0, 24).Select(t => step == 200 ? double.NaN : t == 0 ? 0 : Math.Exp((t - 24) * (1 - (step / 400.0))))]);
        }

        report.Add(map);
        report.Save();
        return report.Path;
    }

    private static async Task PointAsync(Browser browser, string element, double share)
    {
        string Value(string side, string length) => $"(b => b.{side} + b.{length} * {share.ToString(CultureInfo.InvariantCulture)})({element}.getBoundingClientRect())";
        double x = (double)(await browser.EvaluateAsync(Value("left", "width")))!, y = (double)(await browser.EvaluateAsync($"(b => b.top + b.height / 2)({element}.getBoundingClientRect())"))!;
        await browser.MoveToAsync(x, y);
    }

    internal static async Task KeepPictureAsync(Browser browser, string name, int width = 1200)
    {
        if (Environment.GetEnvironmentVariable("RNNGEN_SCREENSHOTS") is { Length: > 0 } pictures)
        {
            int height = (int)(await browser.EvaluateAsync("document.documentElement.scrollHeight"))!;
            await File.WriteAllBytesAsync(Path.Combine(pictures, $"report-{name}.png"), await browser.CaptureAsync(width, height));
        }
    }
}
