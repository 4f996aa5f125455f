using System.Xml.Linq;
using Shouldly;
using VanishingGradients;
using Xunit;

namespace RnnGen.Samples.Tests;

/// <summary>The parts of <c>samples/VanishingGradients</c> that need no model.</summary>
public sealed class VanishingGradientsSampleTests
{
    [Fact]
    public void One_number_of_each_half_is_marked_and_added()
    {
        Adding task = new();
        Random random = new(1);
        double squares = 0;
        for (int i = 0; i < 2000; i++)
        {
            float[] inputs = new float[2 * 11], targets = new float[1];
            task.Draw(random, 11, inputs, targets);
            int[] marked = [.. Enumerable.Range(0, 11).Where(t => inputs[(2 * t) + 1] == 1)];
            marked.Length.ShouldBe(2);
            marked[0].ShouldBeLessThan(5);
            marked[1].ShouldBeGreaterThanOrEqualTo(5);
            targets[0].ShouldBe(inputs[2 * marked[0]] + inputs[2 * marked[1]]);
            squares += Math.Pow(targets[0] - 1, 2) / 2000;
        }

        task.Error(squares).ShouldBe(task.Baseline, 0.02);
        task.Length(11).ShouldBe(11);
    }

    [Fact]
    public void Symbols_are_shown_first_and_wanted_last()
    {
        Copying task = new();
        int length = task.Length(7);
        length.ShouldBe(17);
        float[] inputs = new float[length * Copying.Inputs];
        int[] targets = new int[length];
        task.Draw(new Random(2), 7, inputs, targets);
        int[] read = [.. Enumerable.Range(0, length).Select(t => Enumerable.Range(0, Copying.Inputs).Single(s => inputs[(t * Copying.Inputs) + s] == 1))];
        read[..5].ShouldAllBe(s => s < 4);
        read[5..12].ShouldAllBe(s => s == Copying.Blank);
        read[12].ShouldBe(Copying.Go);
        read[13..].ShouldAllBe(s => s == Copying.Blank);
        targets[..12].ShouldAllBe(s => s == -1);
        targets[12..].ShouldBe(read[..5]);
    }

    private static Outcome Vanishes(double error, string? failure = null) =>
        new("GRU", "adding", 100, "RMSE", 0.41, 0.05, 30, [.. Enumerable.Range(0, 4).Select(i => (double[])[.. Enumerable.Range(0, 100).Select(t => i == 3 ? double.NaN : i == 2 ? 0 : Math.Pow(0.5, 99 - t))])], 1, error, failure);

    [Fact]
    public void A_map_shows_powers_of_ten_relative_to_where_the_loss_is()
    {
        double[] column = FlowPicture.Column(Vanishes(0.1).Norms[0], 1);
        column[^1].ShouldBe(0);
        column[0].ShouldBe(-98 * Math.Log10(2), 0.5);
        FlowPicture.Column([0, 0, 1], 1)[0].ShouldBe(double.NegativeInfinity);
        FlowPicture.Column([0, 0, double.PositiveInfinity], 1)[^1].ShouldBe(double.NaN);
        string[] colours = [FlowPicture.Colour(double.NegativeInfinity), FlowPicture.Colour(-6), FlowPicture.Colour(0), FlowPicture.Colour(2), FlowPicture.Colour(double.NaN)];
        colours.Distinct().Count().ShouldBe(5);
        colours.ShouldAllBe(c => c.Length == 7 && c[0] == '#');
        FlowPicture.Colour(-40).ShouldBe(colours[0]);
        FlowPicture.Colour(9).ShouldBe(FlowPicture.Colour(3));
        Vanishes(0.1).Reach(0).ShouldBe(Math.Pow(0.5, 99), 1e-35);
    }

    [Fact]
    public void Picture_and_report_are_whole()
    {
        double[] grows = [.. Enumerable.Range(0, 60).Select(t => Math.Pow(1.5, 59 - t))];
        Explosion explosion = new(grows, 1.5, [1e9, 1e8], 3, "The loss is NaN: <h> & so on.", [.. Enumerable.Range(1, 40).Select(i => 1.0 / i)], grows);
        Outcome[] outcomes = [Vanishes(0.04), Vanishes(0.3) with { Cell = "RNN, tanh" }, Vanishes(double.NaN, "not finite") with { Memory = 50 }, Vanishes(1.3) with { Task = "copying", Measure = "nats" }];
        XDocument svg = XDocument.Parse(FlowPicture.Draw(outcomes, explosion));
        svg.Descendants().Count(e => e.Name.LocalName == "polyline").ShouldBe(4);
        string[] texts = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        texts.ShouldContain("0.040");
        texts.ShouldContain("not finite");
        texts.ShouldContain("1.300");
        texts.ShouldContain("without clipping: not finite at step 3");
        string all = svg.ToString();
        all.ShouldNotContain("NaN ");
        all.ShouldNotContain("∞");
        XDocument.Parse(FlowPicture.Draw(outcomes, null)).Descendants().ShouldNotContain(e => e.Name.LocalName == "polyline");

        ResultTable results = new();
        Report.Score(outcomes, results);
        string table = results.Format("");
        table.Split('\n').Single(line => line.StartsWith("adding, RMSE: GRU", StringComparison.Ordinal)).ShouldMatch(@"0\.040 +NaN");
        table.Split('\n').Single(line => line.StartsWith("adding, RMSE: remembers nothing", StringComparison.Ordinal)).ShouldMatch(@"0\.410 +0\.410");
        Report.Reach(outcomes).ShouldContain("2E-30 →     NaN*");
        Report.Describe(explosion).ShouldContain("training step 3: The loss is NaN");
        Report.Describe(explosion).ShouldContain("grows 1.500 times");
    }
}
