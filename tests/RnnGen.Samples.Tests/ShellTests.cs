using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The shell of the samples: arguments, seeds, results, pictures.</summary>
public sealed class ShellTests
{
    private static Sample NewSample() => new Sample("Nothing", "Shows nothing.")
        .WithData("<folder>", "files")
        .WithEpochs(20, quick: 1, withData: 30)
        .WithLearningRate(3e-3)
        .With(SampleOption.Word("--column", "<name>", "its column", "sunspots"))
        .With(SampleOption.Flag("--full", "everything"));

    [Fact]
    public void What_is_not_given_has_its_default()
    {
        SampleArguments none = NewSample().Parse();
        (none.Whole("--epochs"), none.Number("--rate"), none.Whole("--seed"), none.Whole("--seeds")).ShouldBe((20, 3e-3, 1, 1));
        (none.Text("--data"), none.Text("--column"), none.Has("--full"), none.Has("--help")).ShouldBe((null, "sunspots", false, false));
        NewSample().Parse("--data", "d").Whole("--epochs").ShouldBe(30);
        NewSample().Parse("--data", "d", "--quick").Whole("--epochs").ShouldBe(1);
        NewSample().Parse("--quick", "--epochs", "7").Whole("--epochs").ShouldBe(7);
        NewSample().WithSeeds(3).Parse().Whole("--seeds").ShouldBe(3);
        NewSample().WithSeeds(3).Parse("--quick").Whole("--seeds").ShouldBe(1);
    }

    [Fact]
    public void What_is_given_is_read()
    {
        SampleArguments given = NewSample().Parse("--epochs", "3", "--data", "x.csv", "--seed", "0", "--column", "v", "--full", "-h", "--rate", "1e-2");
        (given.Whole("--epochs"), given.Text("--data"), given.Whole("--seed"), given.Text("--column")).ShouldBe((3, "x.csv", 0, "v"));
        (given.Has("--full"), given.Has("--help"), given.Number("--rate")).ShouldBe((true, true, 1e-2));
        Should.Throw<ArgumentException>(() => given.Whole("--beams")).Message.ShouldContain("--beams");
    }

    [Theory]
    [InlineData("--colour")]
    [InlineData("x.csv")]
    [InlineData("--epochs")]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "1.5")]
    [InlineData("--epochs", "many")]
    [InlineData("--seed", "-1")]
    [InlineData("--seed", "2147483647")]
    [InlineData("--rate", "2")]
    [InlineData("--rate", "NaN")]
    [InlineData("--data", "")]
    public void Options_that_do_not_fit_are_named(params string[] arguments) =>
        Should.Throw<UsageException>(() => NewSample().Parse(arguments)).Message.ShouldContain(arguments[0]);

    [Fact]
    public void The_help_names_every_option_with_its_default()
    {
        string help = NewSample().Help;
        foreach (string option in (string[])["--data <folder>", "--epochs <n>", "--rate <x>", "--column <name>", "--full", "--seed <n>", "--seeds <n>", "--quick", "--output <folder>", "--help"])
        {
            help.ShouldContain($"  {option} ");
        }

        help.ShouldContain("(default: 20; with --data 30)");
        help.ShouldContain("(default: 0.003)");
        help.ShouldContain("(default: sunspots)");
    }

    [Fact]
    public void Each_seed_is_one_run_and_files_go_to_the_output_folder()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            List<int> seeds = [];
            NewSample().Run(["--seed", "5", "--seeds", "3", "--output", folder], run =>
            {
                seeds.Add(run.Seed);
                run.Results.Add("method", "measure", run.Seed);
                run.Picture("a.svg", $"<svg>{run.Seed}</svg>");
            }).ShouldBe(0);
            seeds.ShouldBe([5, 6, 7]);
            File.ReadAllText(Path.Combine(folder, "a.svg")).ShouldBe("<svg>7</svg>");
            NewSample().Run(["--output", folder], _ => throw new UsageException("no such file")).ShouldBe(2);
            NewSample().Run(["--output", folder], _ => throw new FormatException("no number")).ShouldBe(2);
            NewSample().Run(["--colour"], _ => throw new InvalidOperationException("not to be run")).ShouldBe(2);
            NewSample().Run(["--help"], _ => throw new InvalidOperationException("not to be run")).ShouldBe(0);
            Should.Throw<InvalidOperationException>(() => NewSample().Run(["--output", folder], _ => throw new InvalidOperationException("a fault of the sample")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Results_of_several_seeds_are_mean_and_spread()
    {
        ResultTable all = new();
        foreach (double value in (double[])[1, 2, 6])
        {
            ResultTable one = new();
            one.Add("baseline", "right, %", 50.5, 1);
            one.Add("model", "right, %", value, 1);
            one.Add("model", "times", 1000 * value, 0);
            one.Format("Seed").Split('\n')[2].ShouldMatch($@"^model +{value}\.0 +{value},000$");
            all.Add(one);
        }

        // (1 + 2 + 6) / 3, √((4 + 1 + 9) / 2).
        string[] lines = all.Format("Seeds").Split('\n');
        lines[0].ShouldMatch("^Seeds +right, % +times$");
        lines[1].ShouldMatch(@"^baseline +50\.5 +$");
        lines[2].ShouldMatch(@"^model +3\.0 ± 2\.6 +3,000 ± 2,646$");
        lines.Take(3).Select(l => l.Length).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void The_learning_rate_follows_half_a_cosine()
    {
        SampleRun run = new(NewSample().Parse("--rate", "0.5"), 1, "");
        run.LearningRateAfter(0, 10).ShouldBe(0.5);
        run.LearningRateAfter(5, 10).ShouldBe(0.25, 1e-12);
        run.LearningRateAfter(10, 10).ShouldBe(0, 1e-12);
        Enumerable.Range(1, 25).Where(e => SomeEpochs.Shows(e, 25)).ShouldBe([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 25]);
    }

    [Fact]
    public void A_chart_is_whole_svg_and_draws_every_value_inside()
    {
        double[] times = [.. Enumerable.Range(0, 61).Select(i => 2000 + (i / 12.0))];
        double[] truth = [.. times.Select(t => 100 + (90 * Math.Sin(t)))];
        double[] forecast = [.. truth.Select(v => v * 0.9)];
        ChartPanel panel = new("one & two", "year", "number", times, [new("observed", truth, 0), new("a <b>", forecast, 1)]) { FromZero = true };
        CultureInfo before = CultureInfo.CurrentCulture;
        string text;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            text = LineChart.Draw("Title", [panel, panel]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        XElement svg = XDocument.Parse(text).Root!;
        XElement[] lines = [.. svg.Elements().Where(e => e.Name.LocalName == "polyline")];
        lines.Length.ShouldBe(4);
        double width = (double)svg.Attribute("width")!, height = (double)svg.Attribute("height")!;
        foreach ((double x, double y) in lines.SelectMany(Points))
        {
            x.ShouldBeInRange(0, width);
            y.ShouldBeInRange(0, height);
        }

        Points(lines[0]).Length.ShouldBe(times.Length);
        string[] labels = [.. svg.Elements().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        labels.Count(l => l == "a <b>").ShouldBe(1, "one legend for all panels");
        labels.ShouldContain("2003");
        labels.ShouldContain("200");
        text.ShouldContain("prefers-color-scheme: dark");
    }

    [Fact]
    public void A_logarithmic_chart_leaves_out_what_has_no_logarithm()
    {
        ChartPanel panel = new("title", "step", "error", ChartPanel.Counted(4), [new("falls", [1000, 10, 0, double.NaN], 1), new("one", [0.1], 2)]) { IsLogarithmic = true };
        XElement svg = XDocument.Parse(LineChart.DrawNamed(panel)).Root!;
        (double X, double Y)[] points = Points(svg.Elements().Single(e => e.Name.LocalName == "polyline"));
        points.Length.ShouldBe(2);
        XElement dot = svg.Elements().Single(e => e.Name.LocalName == "circle");
        ((double)dot.Attribute("cx")!).ShouldBe(points[0].X);

        // Powers of ten have equal distances.
        ((double)dot.Attribute("cy")! - points[1].Y).ShouldBe(points[1].Y - points[0].Y, 0.2);
        string[] labels = [.. svg.Elements().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        labels.ShouldContain("0.1");
        labels.ShouldContain("1,000");
        LineChart.Power(-12).ShouldBe("10⁻¹²");
    }

    [Theory]
    [InlineData(1.2e6, 3e5)]
    [InlineData(-1.2e6, 3e5)]
    [InlineData(1e9, 1000)]
    [InlineData(0.5, 1e-6)]
    [InlineData(3e-5, 1e-5)]
    [InlineData(20, 0)]
    public void Labels_differ_and_have_room(double level, double spread)
    {
        ChartPanel panel = new("title", "step", "", ChartPanel.Counted(3), [new("line", [level - spread, level + spread, level], 0)]);
        foreach (string picture in (string[])[LineChart.Draw("title", [panel]), LineChart.DrawNamed(panel)])
        {
            XElement[] labels = [.. XDocument.Parse(picture).Root!.Elements().Where(e => (string?)e.Attribute("text-anchor") == "end" && e.Attribute("class") is null)];
            double[] values = [.. labels.Select(label => double.Parse(label.Value, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture))];
            values.Length.ShouldBeInRange(2, 12);
            values.ShouldBeUnique();
            values.Min().ShouldBeLessThanOrEqualTo(level - spread + (1e-3 * spread));
            values.Max().ShouldBeGreaterThanOrEqualTo(level + spread - (1e-3 * spread));
            labels.ShouldAllBe(label => (double)label.Attribute("x")! > label.Value.Count(char.IsAsciiDigit) * 8.9);
        }
    }

    [Fact]
    public void Names_beside_lines_stand_apart()
    {
        ChartPanel panel = new("title", "epoch", "loss", ChartPanel.Counted(2), [.. Enumerable.Range(0, 5).Select(i => new ChartLine($"line {i}", [10, 1 + (i / 100.0)], i))]);
        double[] places = [.. XDocument.Parse(LineChart.DrawNamed(panel)).Root!.Elements().Where(e => e.Value.StartsWith("line ", StringComparison.Ordinal)).Select(e => (double)e.Attribute("y")!)];
        places.Length.ShouldBe(5);
        places.Zip(places.Skip(1)).ShouldAllBe(p => p.Second - p.First >= 18.9);
        places.ShouldAllBe(y => y > 84 && y < 480 - 40);
    }

    [Fact]
    public void A_png_file_has_its_pixels_and_checks()
    {
        byte[] pixels = [.. Enumerable.Range(0, 2 * 3 * 3).Select(i => (byte)(i * 14))];
        byte[] file = PngFile.Write(3, pixels);
        file[..8].ShouldBe([137, 80, 78, 71, 13, 10, 26, 10]);

        // Length, IHDR, 3 × 2 pixels of 8 bits in three colours, its check.
        file[8..33].ShouldBe([0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0, .. Convert.FromHexString("1216F14D")]);
        using ZLibStream zlib = new(new MemoryStream(file[41..]), CompressionMode.Decompress);
        using MemoryStream rows = new();
        zlib.CopyTo(rows);
        rows.ToArray().ShouldBe([0, .. pixels[..9], 0, .. pixels[9..]]);
        file[^12..].ShouldBe([0, 0, 0, 0, .. "IEND"u8, .. Convert.FromHexString("AE426082")]);
    }

    private static (double X, double Y)[] Points(XElement line) => [.. ((string)line.Attribute("points")!).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(point =>
    {
        double[] xy = [.. point.Split(',').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        xy.Length.ShouldBe(2);
        return (xy[0], xy[1]);
    })];
}
