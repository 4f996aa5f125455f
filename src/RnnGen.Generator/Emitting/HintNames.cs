using System.Globalization;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Emitting;

/// <summary>Keeps the names of generated files apart: the compiler compares them without regard to case, and C# does not.</summary>
internal static class HintNames
{
    /// <summary>The names that more than one model would use, in a fixed order; nearly always none.</summary>
    public static EquatableArray<string> Clashing(IEnumerable<string> names) => names
        .GroupBy(static name => name, StringComparer.OrdinalIgnoreCase)
        .Where(static group => group.Count() > 1)
        .SelectMany(static group => group.Distinct(StringComparer.Ordinal))
        .OrderBy(static name => name, StringComparer.Ordinal)
        .ToEquatableArray();

    /// <summary>The file's name, with a mark that follows from the model's exact headers where the plain name would clash.</summary>
    public static string Unique(string fileName, ModelSpecification model, EquatableArray<string> clashing)
    {
        if (!clashing.Contains(model.HintName, StringComparer.Ordinal))
        {
            return fileName;
        }

        // FNV-1a, since string.GetHashCode differs from run to run.
        uint hash = 2166136261;
        foreach (char character in model.Namespace + "|" + string.Join("|", model.ContainingTypes.Append(model.Declaration).Select(static type => type.Keyword + " " + type.Name)))
        {
            hash = unchecked((hash ^ character) * 16777619);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture) + "." + fileName;
    }
}
