using System.IO;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Cells;

/// <summary>The cells that ship with RnnGen, one equation file each, embedded in this assembly; and users' own, read once.</summary>
internal static class CellLibrary
{
    private const string Ending = ".cell";

    // Texts that are being typed come and go.
    private static readonly RecentValues<CellSource, CellDefinition> s_cells = new(
        256, static s => CellParser.Parse(s.Text ?? Read(s.Name) ?? throw new ArgumentException($"There is no cell '{s.Name}'."), s.Name, s.Numbers));

    // Each layer of each model asks for its file at every key, and the assembly takes long to answer.
    private static readonly HashSet<string> s_files = new(
        typeof(CellLibrary).Assembly.GetManifestResourceNames().Where(static n => n.EndsWith(Ending, StringComparison.Ordinal)).Select(static n => n.Substring(0, n.Length - Ending.Length)),
        StringComparer.Ordinal);

    /// <param name="source">A file's name without its ending, such as <c>lstm</c>, or a user's equations.</param>
    /// <exception cref="CellFormatException">The equations are not well-formed.</exception>
    public static CellDefinition Find(CellSource source) => s_cells.Of(source);

    /// <summary>The file of the cell that an attribute of this name declares; null where there is none.</summary>
    public static string? FileOf(string attribute)
    {
        string name = attribute.EndsWith("Attribute", StringComparison.Ordinal) ? attribute.Substring(0, attribute.Length - "Attribute".Length) : attribute;
        return s_files.Contains(name) ? name
            : s_files.Contains(name.ToLowerInvariant()) ? name.ToLowerInvariant()
            : null;
    }

    private static string? Read(string name)
    {
        using Stream? stream = typeof(CellLibrary).Assembly.GetManifestResourceStream(name + Ending);
        if (stream is null)
        {
            return null;
        }

        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
