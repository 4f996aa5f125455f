using System.Runtime.CompilerServices;
using RnnGen;

internal static class Weights
{
    /// <summary>Makes the model's file, which the page takes as trained, before the program begins.</summary>
    [ModuleInitializer]
    internal static void Write()
    {
        var model = new Forecaster(seed: 1);
        FeatureNormalizer normalizer = FeatureNormalizer.StandardScore<float>(new float[] { 40, 80, 120 }, 1);
        model.Metadata.SetNormalizer("input", normalizer);
        model.Metadata.SetNormalizer("target", normalizer);
        model.Save("sunspots.safetensors");
    }
}
