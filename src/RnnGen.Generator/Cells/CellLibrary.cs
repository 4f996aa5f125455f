using System.Collections.Concurrent;
using System.IO;
using System.Reflection;

namespace RnnGen.Generator.Cells;

/// <summary>The cells that ship with RnnGen: one equation file each, embedded in this assembly.</summary>
internal static class CellLibrary
{
    private static readonly ConcurrentDictionary<string, CellDefinition> s_cells = new();

    /// <param name="name">The file's name without its ending: <c>lstm</c>.</param>
    public static CellDefinition Find(string name) => s_cells.GetOrAdd(name, Read);

    private static CellDefinition Read(string name)
    {
        Assembly assembly = typeof(CellLibrary).Assembly;
        using Stream stream = assembly.GetManifestResourceStream(name + ".cell")
            ?? throw new ArgumentException($"There is no cell '{name}'.", nameof(name));
        using StreamReader reader = new(stream);
        return CellParser.Parse(reader.ReadToEnd());
    }
}
