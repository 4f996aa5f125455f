using RnnGen.Data;
using RnnGen.Exchange;

namespace RnnGen.Tool.Checking;

/// <summary>
/// What a capture's own trainer computed: <c>test_inputs.npy</c> and <c>test_outputs.npy</c>, which the trainer of Neural Amp Modeler writes beside a <c>.nam</c> file on demand. It is compared from the first sample on that is no
/// silence: the trainer starts from other states than the file has, and the silence brings both together.
/// </summary>
internal static class CaptureExample
{
    // The trainer computes in float, over seconds of sound.
    private const double Bound = 1e-4;

    /// <summary>Compares the equations of a file with its example.</summary>
    /// <param name="model">What was read.</param>
    /// <param name="path">The file.</param>
    /// <returns>How many samples were compared and their largest difference; null where there is no example.</returns>
    /// <exception cref="CheckException">The example is something else.</exception>
    public static (int Samples, double Difference)? Compare(ForeignModel model, string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!, inputs = Path.Combine(folder, "test_inputs.npy"), outputs = Path.Combine(folder, "test_outputs.npy");
        if (!path.EndsWith(".nam", StringComparison.OrdinalIgnoreCase) || !File.Exists(inputs) || !File.Exists(outputs))
        {
            return null;
        }

        double[] samples = Read(inputs), expected = Read(outputs);
        int first = Array.FindIndex(samples, static sample => sample != 0);
        if (samples.Length != expected.Length || first < 0 || model.InputSize != 1 || model.OutputSize != 1)
        {
            throw Wrong(outputs, Invariant($"has {expected.Length} samples for {samples.Length} that are no silence in test_inputs.npy"));
        }

        double[] found = model.Run(samples, samples.Length);
        double difference = 0, bound = Bound * Math.Max(1, expected.Max(Math.Abs));
        for (int t = first; t < samples.Length; t++)
        {
            difference = Math.Max(difference, Math.Abs(found[t] - expected[t]));
        }

        return difference <= bound ? (samples.Length - first, difference)
            : throw Wrong(outputs, Invariant($"differs from what the file computes by {difference:0.#E+0}, where {bound:0.#E+0} is allowed"));
    }

    private static double[] Read(string path)
    {
        try
        {
            return NpyFile.Read<double>(path).Values;
        }
        catch (DataFormatException e)
        {
            throw Wrong(path, Invariant($"is no NumPy array of floats: {e.Message.TrimEnd('.')}"));
        }
    }

    private static CheckException Wrong(string path, string how) =>
        new(Invariant($"The capture's example, '{path}', {how}. Nothing was written: where it belongs to another capture, move it to another folder, or import with --no-check."));
}
