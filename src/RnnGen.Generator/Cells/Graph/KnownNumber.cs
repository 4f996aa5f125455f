using System.Globalization;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>What is made of numbers alone is known when code is written, and code has no literal for some of it.</summary>
internal static class KnownNumber
{
    /// <summary>What is wrong with a value that is always the same number; null where nothing is, or where it is none.</summary>
    public static string? Problem(Node node)
    {
        string? problem = node.Kind != NodeKind.Constant ? null
            : !(Math.Abs(node.Value) <= float.MaxValue) ? "no finite number of type float"
            : node.Value != 0 && (float)node.Value == 0 ? "too small for a number of type float"
            : null;
        return problem is null ? null : string.Format(CultureInfo.InvariantCulture, "always {0:R}, which is {1}; change the numbers in it", node.Value, problem);
    }
}
