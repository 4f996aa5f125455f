using System.Globalization;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>What the environment says of a long run.</summary>
internal static class Settings
{
    public static int Of(string name, int unlessSet) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : unlessSet;

    /// <summary>Keeps the file that a long run is watched by up to date.</summary>
    public static void Log(string text)
    {
        if (Environment.GetEnvironmentVariable("RNNGEN_FUZZ_LOG") is { Length: > 0 } log)
        {
            File.WriteAllText(log, text);
        }
    }
}
