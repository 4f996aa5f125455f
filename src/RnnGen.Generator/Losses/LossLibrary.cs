using System.IO;
using System.Reflection;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Losses;

/// <summary>The losses that ship with RnnGen, one file of equations each, embedded in this assembly; and others, read once.</summary>
internal static class LossLibrary
{
    // Texts that are being typed come and go.
    private static readonly RecentValues<LossSource, LossDefinition> s_losses = new(64, static s => LossParser.Parse(s.Text ?? Read(s.Name), s.Name, s.Numbers, ships: s.Text is null));

    /// <exception cref="CellFormatException">The equations are not well-formed.</exception>
    /// <exception cref="InvalidOperationException">No file has this name.</exception>
    public static LossDefinition Find(LossSource source) => s_losses.Of(source);

    /// <summary>Whether a file has this name.</summary>
    public static bool Has(string name) => typeof(LossLibrary).Assembly.GetManifestResourceInfo(name + ".loss") is not null;

    private static string Read(string name)
    {
        Assembly assembly = typeof(LossLibrary).Assembly;
        using Stream stream = assembly.GetManifestResourceStream(name + ".loss") ?? throw new InvalidOperationException($"Loss.{name} is not implemented: there is no file {name}.loss.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
