namespace RnnGen.Display.Tests;

/// <summary>Curves are exact while short, bounded while long, and lose no extreme; axes bear what is degenerate.</summary>
public sealed class CurveTests
{
    [Fact]
    public void A_short_curve_is_kept_exactly()
    {
        Curve curve = Curve.Of([3, double.NaN, -1]);
        curve.Points.ShouldBe([new CurvePoint(1, 3, 3, 3, 0), new CurvePoint(2, double.NaN, double.NaN, double.NaN, 1), new CurvePoint(3, -1, -1, -1, 0)]);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(4097)]
    public void A_long_curve_is_bounded_and_keeps_extremes_and_mean(int count)
    {
        Curve curve = new(capacity: 8);
        for (int i = 0; i < count; i++)
        {
            curve.Add(i, i == count / 2 ? 1000 : i % 7);
        }

        IReadOnlyList<CurvePoint> points = curve.Points;
        points.Count.ShouldBeInRange(5, 8);
        points.Max(p => p.Maximum).ShouldBe(1000);
        points.Min(p => p.Minimum).ShouldBe(0);
        points.Zip(points.Skip(1), (a, b) => a.X < b.X).ShouldAllBe(rises => rises);
        curve.Count.ShouldBe(count);

        // All stretches but the last stand for equally many points.
        int width = 1;
        while (count > 8 * width)
        {
            width *= 2;
        }

        double sum = points.SkipLast(1).Sum(p => p.Mean * width) + (points[^1].Mean * (count - ((points.Count - 1) * width)));
        sum.ShouldBe(Enumerable.Range(0, count).Sum(i => i == count / 2 ? 1000.0 : i % 7), 1e-6);
    }

    [Fact]
    public void Values_that_are_not_finite_are_counted_and_leave_the_mean_alone()
    {
        Curve curve = new(capacity: 2);
        foreach (double value in (double[])[1, double.PositiveInfinity, 3, double.NaN])
        {
            curve.Add(curve.Count, value);
        }

        curve.Points.ShouldBe([new CurvePoint(0.5, 1, 1, 1, 1), new CurvePoint(2.5, 3, 3, 3, 1)]);
    }

    [Fact]
    public void The_greatest_numbers_do_not_overflow()
    {
        Curve curve = new(capacity: 2);
        foreach (double value in (double[])[double.MaxValue, double.MaxValue, double.MinValue, double.MaxValue])
        {
            curve.Add(curve.Count, value);
        }

        curve.Points.ShouldAllBe(p => double.IsFinite(p.Mean));
        Scale scale = Scale.Round(curve.Points.SelectMany(p => (double[])[p.Minimum, p.Maximum]), 5);
        scale.Ticks.ShouldAllBe(t => double.IsFinite(t));
        scale.Share(curve.Points[0].Mean).ShouldBeInRange(0, 1);
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(5.0, 5.0)]
    [InlineData(-3e-300, -3e-300)]
    [InlineData(0.0, 1.0)]
    [InlineData(-0.37, 12.2)]
    [InlineData(1e300, 1.0000001e300)]
    public void Axes_cover_their_values_with_few_round_ticks(double minimum, double maximum)
    {
        Scale scale = Scale.Round([minimum, maximum], 5);
        scale.Low.ShouldBeLessThanOrEqualTo(minimum);
        scale.High.ShouldBeGreaterThanOrEqualTo(maximum);
        scale.Ticks.Count.ShouldBeInRange(2, 8);
        scale.Ticks.Zip(scale.Ticks.Skip(1), (a, b) => a < b).ShouldAllBe(rises => rises);
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(0.02, 0.9)]
    [InlineData(5e-324, 1e300)]
    [InlineData(3e-9, 4.0)]
    public void Logarithmic_axes_cover_their_values(double minimum, double maximum)
    {
        Scale scale = Scale.Logarithmic([minimum, maximum]);
        scale.Low.ShouldBeLessThanOrEqualTo(Math.Max(minimum, 1e-300));
        scale.High.ShouldBeGreaterThanOrEqualTo(maximum * (1 - 1e-9));
        scale.Ticks.Count.ShouldBeInRange(1, 12);
        scale.Share(minimum).ShouldBeInRange(0, 1);
        scale.Share(maximum).ShouldBeGreaterThan(scale.Share(minimum) - 1e-12);
    }

    [Fact]
    public void An_axis_of_epochs_has_whole_numbers_only()
    {
        Scale.Exact(1, 3, 10).Ticks.ShouldBe([1, 2, 3]);
        Scale.Exact(1, 1, 10).Ticks.ShouldBe([1]);
        Scale.Exact(1, 100, 10).Ticks.ShouldBe([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    }

    [Fact]
    public void A_sparkline_shows_the_shape()
    {
        Sparkline.Draw(Curve.Of([0, 7, 3.5]).Points, 10).ShouldBe("▁█▅");
        Sparkline.Draw(Curve.Of([2, 2]).Points, 10).ShouldBe("▁▁");
        Sparkline.Draw(Curve.Of([2, double.NaN, 9]).Points, 10).ShouldBe("▁×█");
        Sparkline.Draw(Curve.Of(Enumerable.Range(0, 500).Select(i => (double)i)).Points, 8).ShouldBe("▁▂▃▄▅▆▇█");
        Sparkline.Draw([], 8).ShouldBe("");
    }
}
