using System.IO;
using System.Reflection;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Cells;

/// <summary>The cells that ship with RnnGen, one equation file each, embedded in this assembly; and users' own, read once.</summary>
internal static class CellLibrary
{
    // Texts that are being typed come and go.
    private static readonly RecentValues<CellSource, CellDefinition> s_cells = new(
        256, static s => CellParser.Parse(s.Text ?? Read(s.Name) ?? throw new ArgumentException($"There is no cell '{s.Name}'."), s.Name, s.Numbers));

    /// <param name="source">A file's name without its ending, such as <c>lstm</c>, or a user's equations.</param>
    /// <exception cref="CellFormatException">The equations are not well-formed.</exception>
    public static CellDefinition Find(CellSource source) => s_cells.Of(source);

    /// <summary>The file of the cell that an attribute of this name declares; null where there is none.</summary>
    public static string? FileOf(string attribute)
    {
        string name = attribute.EndsWith("Attribute", StringComparison.Ordinal) ? attribute.Substring(0, attribute.Length - "Attribute".Length) : attribute;
        Assembly assembly = typeof(CellLibrary).Assembly;
        return assembly.GetManifestResourceInfo(name + ".cell") is not null ? name
            : assembly.GetManifestResourceInfo(name.ToLowerInvariant() + ".cell") is not null ? name.ToLowerInvariant()
            : null;
    }

    private static string? Read(string name)
    {
        using Stream? stream = typeof(CellLibrary).Assembly.GetManifestResourceStream(name + ".cell");
        if (stream is null)
        {
            return null;
        }

        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
