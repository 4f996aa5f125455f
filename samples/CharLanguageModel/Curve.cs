using RnnGen.Samples;

namespace CharLanguageModel;

/// <summary>Nats per character, by epoch; one value for what needs no training.</summary>
internal sealed record Curve(string Name, IReadOnlyList<double> Nats)
{
    /// <summary>Draws the loss of each epoch beside what counting reaches.</summary>
    public static string Draw(Curve learned, Curve heldOut, IReadOnlyList<Curve> counting)
    {
        int epochs = learned.Nats.Count;
        return LineChart.DrawNamed(new ChartPanel("Nats per character by epoch, and what counting reaches", "epoch", "nats", ChartPanel.Counted(epochs),
        [
            .. counting.Select(c => new ChartLine(Label(c), [.. Enumerable.Repeat(c.Nats[^1], epochs)], 0) { Style = "dashed" }),
            new ChartLine(Label(learned), learned.Nats, 2),
            new ChartLine(Label(heldOut), heldOut.Nats, 1),
        ]), names: 270);
    }

    private static string Label(Curve curve) => FormattableString.Invariant($"{curve.Name}: {curve.Nats[^1]:F3}");
}
