using System.Globalization;
using Amplifier;
using RnnGen.Exchange;
using RnnGen.Samples;

namespace Capture;

/// <summary>A capture of the diode clipper, for those who have no file.</summary>
internal static class OwnCapture
{
    /// <summary>Learns the circuit, and writes what was learned as Neural Amp Modeler's players read it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">Epochs, rate and seed.</param>
    public static void Write(string path, SampleRun run)
    {
        float[] strings = Sound.Pluck(12, run.Seed);
        var model = new NamFeather(run.Seed) { Threads = Environment.ProcessorCount };
        Lesson.Learn("capture", model, strings, Sound.Clip(strings), run);
        model.Metadata["sample_rate"] = Sound.Rate.ToString(CultureInfo.InvariantCulture);
        model.Metadata["metadata.name"] = "Diode clipper";
        NamExport.Save(DeclaredModel.Of(model, model.Metadata), path);
        Console.WriteLine($"wrote {path}");
    }
}
