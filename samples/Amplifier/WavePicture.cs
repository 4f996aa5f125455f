using RnnGen.Samples;

namespace Amplifier;

/// <summary>Draws what is played, what the circuit makes of it, and what a model makes of it.</summary>
internal static class WavePicture
{
    /// <summary>Writes the picture as text.</summary>
    /// <param name="played">What is played.</param>
    /// <param name="expected">What the circuit makes of it.</param>
    /// <param name="found">What the model makes of it.</param>
    /// <param name="milliseconds">How much is drawn, of a string that has rung for a while after the loudest pluck.</param>
    public static string Draw(float[] played, float[] expected, float[] found, double milliseconds)
    {
        int count = Math.Min((int)(milliseconds * Sound.Rate / 1000), played.Length);
        int loudest = Array.IndexOf(played, played.MaxBy(Math.Abs)), start = Math.Clamp(loudest + (Sound.Rate / 20), 0, played.Length - count);
        double[] times = [.. Enumerable.Range(0, count).Select(i => 1000.0 * i / Sound.Rate)];
        double[] Part(float[] sound) => [.. sound.Skip(start).Take(count).Select(s => (double)s)];
        return LineChart.Draw("A string, the circuit, and the model", [
            new ChartPanel("What is played", "milliseconds", "", times, [new ChartLine("string", Part(played), 0)]),
            new ChartPanel("What comes out", "milliseconds", "volts", times,
                [new ChartLine("circuit", Part(expected), 2) { Style = "wide" }, new ChartLine("LSTM of 20 units", Part(found), 1)]),
        ], panelHeight: 280);
    }
}
