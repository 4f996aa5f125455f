using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace RnnGen.Display.Tests;

/// <summary>The report says what the training said, whatever names and numbers it meets, in a bounded file.</summary>
public sealed partial class TrainingReportTests
{
    private const string Hostile = "</script><script>alert(1)</script><img src=x onerror=alert(2)> \"'&\u0000\u202E{{}}";

    [Fact]
    public void It_shows_the_numbers_that_fit_prints()
    {
        using Runs.Folder folder = new();
        SeriesForecast<float> data = Runs.Sine();
        SmallForecaster model = new(seed: 1);
        TrainingReport report = new(folder.File("report.html"));
        TrainingResult result = model.Fit(data.Train, data.Validation, new FitOptions { Epochs = 4, Metrics = true, Callbacks = [report] });
        Evaluation evaluation = model.Evaluate(data.Test);
        report.Add("test", evaluation);
        report.Save();

        string html = File.ReadAllText(report.Path);
        CheckWellFormed(html);
        foreach (EpochResult epoch in result.Epochs)
        {
            html.ShouldContain($"<td class=\"n\">{epoch.Epoch}</td><td class=\"n\">{epoch.TrainingLoss:G5}</td><td class=\"n\">{epoch.ValidationLoss:G5}</td><td class=\"n\">0.001</td>");
        }

        html.ShouldContain($"<b>{result.Best.ValidationLoss:G5}</b><span>lowest validation loss, epoch {result.Best.Epoch}</span>");
        html.ShouldContain("<b>4 of 4</b><span>epochs</span>");
        html.ShouldContain($"<td class=\"name\">test</td><td class=\"n\">{evaluation.Count}</td><td class=\"n\">{evaluation.Loss:G5}</td><td class=\"n\">{evaluation.Mae:G5}</td><td class=\"n\">{evaluation.Rmse:G5}</td>");
        html.ShouldContain("MAE and RMSE, validation");
        html.ShouldContain("Norm of the gradient, before clipping");
        html.ShouldContain("<code>weight_hh_l0</code> 32 × 8");
        html.ShouldContain($"<td class=\"n\">{SmallForecaster.ParameterCount}</td>");
        html.ShouldContain(">ended</span>");
        report.Failure.ShouldBeNull();
        Directory.GetFiles(folder.Path).ShouldBe([report.Path]);
    }

    [Fact]
    public void Names_are_text_whatever_is_in_them()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html")) { ClassNames = [Hostile, new string('x', 1_000_000)] };
        Runs.Play(report, Runs.Started(name: Hostile), 2, epoch => 1.0 / epoch);
        report.Add(Hostile, new Evaluation { Loss = 1, Count = 3, Accuracy = 1, Confusion = new ConfusionMatrix(2, [1, 1, 0, 1]) });
        ForecastPlot plot = new(Hostile, [1f, 2f]) { XLabel = Hostile };
        plot.Add(Hostile, [1f, 2f]);
        report.Add(plot);
        GradientFlowMap map = new(Hostile, 2);
        map.Add(1, [1f, 2f]);
        report.Add(map);
        report.OnStepSkipped(11, new NonFiniteException(Hostile));
        report.OnTrainingFailed(new InvalidOperationException(Hostile));

        string html = report.ToHtml();
        CheckWellFormed(html);
        html.ShouldContain(">failed</span>");
        html.Length.ShouldBeLessThan(200_000);
        html.ShouldNotContain("<script>alert");
        html.ShouldNotContain("<img");
        html.ShouldNotContain("\u202E");
        html.ShouldNotContain("\u0000");
        html.ShouldContain("&lt;/script&gt;&lt;script&gt;alert(1)");
        Regex.Count(html, "<script>").ShouldBe(1);
    }

    [Fact]
    public void A_training_without_an_epoch_has_a_page()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        CheckWellFormed(report.ToHtml());
        report.OnTrainingStarted(Runs.Started());
        string html = File.ReadAllText(report.Path);
        CheckWellFormed(html);
        html.ShouldContain("No epoch has ended.");
        html.ShouldContain(">running</span>");
    }

    [Fact]
    public void One_epoch_is_a_dot()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        Runs.Play(report, Runs.Started(), 1, _ => 0.5);
        string html = report.ToHtml();
        CheckWellFormed(html);
        html.ShouldContain("<circle class=\"dot c1\"");
    }

    [Fact]
    public void Losses_that_are_not_finite_are_marked_and_break_the_line()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        Runs.Play(report, Runs.Started(epochs: 9), 9, epoch => epoch switch { 4 => double.NaN, 5 => double.PositiveInfinity, _ => 1.0 / epoch });
        string html = report.ToHtml();
        CheckWellFormed(html);
        html.ShouldContain("4 values are not finite (×).");
        NumberThatIsNone().Matches(html).ShouldBeEmpty();
        html.ShouldContain("lowest validation loss, epoch 9");

        TrainingReport lost = new(folder.File("lost.html"));
        Runs.Play(lost, Runs.Started(), 3, _ => double.NaN);
        CheckWellFormed(lost.ToHtml());
        lost.ToHtml().ShouldContain("There are no finite values to draw.");
    }

    [Fact]
    public void Thousands_of_epochs_give_a_file_of_bounded_size()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html")) { Interval = TimeSpan.MaxValue };
        Random random = new(1);
        Runs.Play(report, Runs.Started(epochs: 4_000), 4_000, epoch => epoch == 2_345 ? 1e-6 : 0.01 + random.NextDouble());
        GradientFlowMap map = new("‖∂L/∂h(t)‖", 1000);
        float[] norms = new float[1000];
        for (int step = 1; step <= 3000; step++)
        {
            norms.AsSpan().Fill(random.NextSingle());
            norms[10] = step == 100 ? float.NaN : 0;
            map.Add(step, norms);
        }

        report.Add(map);
        string html = report.ToHtml();
        CheckWellFormed(html);
        html.Length.ShouldBeLessThan(1_000_000);
        html.ShouldContain("one of 10, the best and the last");
        html.ShouldContain("<tr class=\"best\"><td class=\"n\">2345</td>");
        html.ShouldContain("<td class=\"n\">4000</td>");
        html.ShouldContain("class=\"band c1\"");
        html.ShouldContain("<path class=\"bad\"");
    }

    [Fact]
    public void It_is_written_while_the_training_goes_on_and_goes_on_from_a_checkpoint()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html")) { Interval = TimeSpan.Zero };
        TrainingStarted resumed = Runs.Started(epochs: 9) with { StepsBefore = 20, EpochsBefore = [Runs.Epoch(1, 3), Runs.Epoch(2, 2)] };
        report.OnTrainingStarted(resumed);
        report.OnEpochEnded(Runs.Epoch(3, 1));
        string html = File.ReadAllText(report.Path);
        html.ShouldContain("<b>3 of 9</b><span>epochs</span>");
        html.ShouldContain("lowest validation loss, epoch 3");
        report.OnTrainingFailed(new OperationCanceledException());
        File.ReadAllText(report.Path).ShouldContain(">cancelled</span>");
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_an_error_at_the_start_and_a_word_later()
    {
        using Runs.Folder folder = new();
        Should.Throw<IOException>(() => new TrainingReport(folder.File("missing/report.html")).OnTrainingStarted(Runs.Started()));

        string inner = Directory.CreateDirectory(folder.File("inner")).FullName;
        TrainingReport report = new(Path.Combine(inner, "report.html")) { Interval = TimeSpan.Zero };
        report.OnTrainingStarted(Runs.Started());
        Directory.Delete(inner, recursive: true);
        report.OnEpochEnded(Runs.Epoch(1, 1));
        report.Failure.ShouldBeOfType<DirectoryNotFoundException>();
        Should.Throw<IOException>(report.Save);
    }

    [Fact]
    public void The_gradients_flow_is_drawn_where_the_model_measures_it()
    {
        using Runs.Folder folder = new();
        SeriesForecast<float> data = Runs.Sine();
        WatchedForecaster model = new(seed: 1);
        TrainingReport report = new(folder.File("report.html")) { GradientFlow = model.GradientFlow };
        model.Fit(data.Train, data.Validation, new FitOptions { Epochs = 3, Callbacks = [report] });
        string html = File.ReadAllText(report.Path);
        CheckWellFormed(html);
        foreach (string heading in (string[])["‖∂L/∂h(t)‖ of Lstm0", "‖∂L/∂c(t)‖ of Lstm0", "‖∂L/∂h(t)‖ of Rnn1", "Saturated share of each gate of Lstm0", "Dead units of Rnn1, of 6"])
        {
            html.ShouldContain($"<h2>{heading}</h2>");
        }

        // A column for each step and a row for each time step, and the last of them is what the model measured last.
        Match values = Regex.Match(html[html.IndexOf("‖∂L/∂h(t)‖ of Lstm0", StringComparison.Ordinal)..], "\"columns\":\\[([^\\]]*)\\],\"rows\":\\[([^\\]]*)\\],\"values\":\\[([^\\]]*)\\]");
        int steps = 3 * ((data.Train.Count + 31) / 32);
        values.Groups[1].Value.Split(',').Length.ShouldBe(steps);
        values.Groups[2].Value.Split(',').Length.ShouldBe(SmallForecaster.SequenceLength);
        double[] logarithms = [.. values.Groups[3].Value.Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
        for (int t = 0; t < SmallForecaster.SequenceLength; t++)
        {
            logarithms[(t * steps) + steps - 1].ShouldBe(Math.Log10(model.GradientFlow.Layers[0].States[0].Norms[t]), 0.006);
        }
    }

    [Fact]
    public void A_confusion_matrix_shows_counts_recall_and_precision()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html")) { ClassNames = ["yes", "no"] };
        report.Add("test", new Evaluation { Loss = 1, Count = 10, Accuracy = 0.7, Confusion = new ConfusionMatrix(2, [4, 1, 2, 3]) });
        string html = report.ToHtml();
        CheckWellFormed(html);
        html.ShouldContain("<td class=\"right\" style=\"--share:0.5\">4</td><td class=\"wrong\" style=\"--share:0.2\">1</td><td class=\"score\">80 %</td>");
        html.ShouldContain("<td class=\"score\">66.7 %</td><td class=\"score\">75 %</td>");
        html.ShouldContain("7 of 10 right: accuracy 70 %.");
        Should.Throw<ArgumentException>(() => report.Add("test", new Evaluation { Loss = 1, Count = 10, Confusion = new ConfusionMatrix(3, new long[9]) }));

        TrainingReport measured = new(folder.File("measured.html")) { ClassNames = ["yes", "no"] };
        measured.OnTrainingStarted(Runs.Started());
        measured.OnEpochEnded(Runs.Epoch(1, 1) with { Validation = new Evaluation { Loss = 1, Count = 10, Accuracy = 0.5, F1 = 0.5, Confusion = new ConfusionMatrix(2, [3, 2, 3, 2]) } });
        measured.ToHtml().ShouldContain("<h2>Confusion matrix: validation, epoch 1</h2>");
        measured.ToHtml().ShouldContain("5 of 10 right");

        long[] counts = new long[60 * 60];
        counts[(3 * 60) + 7] = 5;
        TrainingReport large = new(folder.File("large.html"));
        large.Add("test", new Evaluation { Loss = 1, Count = 10, Confusion = new ConfusionMatrix(60, counts) });
        large.ToHtml().ShouldContain("<td class=\"name\">3</td><td class=\"name\">7</td><td class=\"n\">5</td><td class=\"n\">100 %</td>");
    }

    [Fact]
    public void A_forecast_has_its_errors_below_it()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        ForecastPlot plot = new("Held out", [1f, 2f, 3f]) { XLabel = "year", Places = [1990, 1990.5, 1991] };
        plot.Add("LSTM", [1f, 2f, 6f]);
        report.Add(plot);
        string html = report.ToHtml();
        CheckWellFormed(html);
        html.ShouldContain("LSTM: RMSE 1.7321, MAE 1, 3 values");
        foreach (string size in (string[])["E+200", "E-200"])
        {
            TrainingReport extreme = new(folder.File("extreme.html"));
            ForecastPlot sized = new("Sized", [.. ((string[])["1", "2", "3"]).Select(value => double.Parse(value + size, CultureInfo.InvariantCulture))]);
            sized.Add("LSTM", [.. ((string[])["1", "2", "6"]).Select(value => double.Parse(value + size, CultureInfo.InvariantCulture))]);
            extreme.Add(sized);
            extreme.ToHtml().ShouldContain($"LSTM: RMSE 1.7321{size}, MAE 1{size}, 3 values");
        }

        Should.Throw<ArgumentException>(() => plot.Add("GRU", [1f])).Message.ShouldContain("has 3 values, not 1");
        Should.Throw<ArgumentException>(() => new ForecastPlot("x", [1f, 2f]) { Places = [2, 1] }).Message.ShouldContain("rise");
        Should.Throw<ArgumentException>(() => new ForecastPlot("x", ReadOnlySpan<double>.Empty));
    }

    /// <summary>A fan has a band for each interval, at its lower and upper ends, over the end of the history.</summary>
    [Fact]
    public void A_fan_chart_has_bands_over_the_history()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        FanChart fan = new(Hostile, [5.0, double.NaN, 7], [8.0, 9]) { XLabel = "hours", Actual = [8.5] };
        fan.AddInterval("95 %", [6.0, 5], [10.0, 13]);
        fan.AddInterval(Hostile, [7.0, 8], [9.0, 10]);
        report.Add(fan);
        string html = report.ToHtml();
        CheckWellFormed(html);
        Regex.Count(html, "<path class=\"band c[23]\"").ShouldBe(2);
        Regex.Count(html, "<path class=\"line c[23]\"").ShouldBe(0);
        Regex.Count(html, "<path class=\"line c1\"").ShouldBe(1);
        html.ShouldContain("<i class=\"c1\"></i>forecast");                     // beside the intervals' names
        Regex.Count(html, "<path class=\"line c0\"").ShouldBe(1);              // what is missing interrupts the history
        html.ShouldNotContain("not finite (×)");                              // and is no value
        html.ShouldNotContain("<script>alert");
        Should.Throw<ArgumentException>(() => fan.AddInterval("50 %", [1.0], [2.0])).Message.ShouldContain("1 lower and 1 upper ends; 2 steps are forecast");
        Should.Throw<ArgumentException>(() => new FanChart("x", [], [1.0]) { Actual = [1, 2] }).Message.ShouldContain("2 values came, but 1 are forecast");
        Should.Throw<ArgumentException>(() => new FanChart("x", [1.0], []));
    }

    /// <summary>Values at the end of what a number holds have places on the page, and those that are not finite are marked.</summary>
    [Fact]
    public void A_fan_chart_draws_extreme_values()
    {
        using Runs.Folder folder = new();
        TrainingReport report = new(folder.File("report.html"));
        FanChart fan = new("large", [-1.7e308, 1.7e308], [1e308, double.PositiveInfinity]);
        fan.AddInterval("95 %", [-1.7e308, 0], [1.7e308, 1e308]);
        report.Add(fan);
        string html = report.ToHtml();
        CheckWellFormed(html);
        NumberThatIsNone().IsMatch(html).ShouldBeFalse();
        html.ShouldContain("1 value is not finite");
    }

    [Fact]
    public void Layers_are_grouped_by_the_names_of_their_tensors()
    {
        LayerTable.LayerOf("rnn.weight_ih_l0").ShouldBe("rnn 0");
        LayerTable.LayerOf("rnn.bias_hh_l12_reverse").ShouldBe("rnn 12");
        LayerTable.LayerOf("decoder.rnn.weight_ih_l1").ShouldBe("decoder.rnn 1");
        LayerTable.LayerOf("dense.0.weight").ShouldBe("dense.0");
        LayerTable.LayerOf("head.weight").ShouldBe("head");
        LayerTable.LayerOf("scale").ShouldBe("scale");
    }

    /// <summary>Everything within <c>main</c> is XML with HTML's names, so that an XML reader finds what is not closed or not escaped; and nothing is loaded from anywhere.</summary>
    internal static void CheckWellFormed(string html)
    {
        string body = html[html.IndexOf("<main>", StringComparison.Ordinal)..(html.LastIndexOf("</main>", StringComparison.Ordinal) + "</main>".Length)];
        body = body.Replace("<input type=\"checkbox\" class=\"log\" checked>", "", StringComparison.Ordinal).Replace("<input type=\"checkbox\" class=\"log\">", "", StringComparison.Ordinal)
            .Replace("<div class=\"tip\" hidden></div>", "", StringComparison.Ordinal);
        using XmlReader reader = XmlReader.Create(new StringReader(body));
        while (reader.Read())
        {
            while (reader.NodeType is XmlNodeType.Element or XmlNodeType.Attribute && reader.MoveToNextAttribute())
            {
                reader.Name.ShouldNotBeOneOf("src", "href");
                reader.Name.ShouldNotStartWith("on");
            }
        }

        Regex.Count(html, "(?:src|href)=\"(?!data:,)").ShouldBe(0);
        html.ShouldNotContain("url(");
        html.ShouldNotContain("@import");
    }

    // In a coordinate or in JSON.
    [GeneratedRegex("(?:NaN|Infinity|∞)[^<]*\"|[\\[,](?:NaN|Infinity)")]
    private static partial Regex NumberThatIsNone();
}
