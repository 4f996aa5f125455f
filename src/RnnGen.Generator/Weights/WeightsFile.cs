using System.Globalization;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Weights;

/// <summary>A weights file of the project, as far as its header tells.</summary>
/// <param name="Name">Its name as in declarations: relative to the project, with slashes.</param>
/// <param name="Problem">Why it is no safetensors file; empty where it is one.</param>
/// <param name="Tensors">Its tensors; none where there is a problem.</param>
internal sealed record WeightsFile(string Name, string Problem, EquatableArray<WeightsTensor> Tensors)
{
    /// <summary>The text file that the package's targets write: three lines for each weights file, its name, the bytes that follow its header and the file's hash, or <c>!</c> and a problem, and its header.</summary>
    private const string Headers = "RnnGen.Weights.txt";

    /// <summary>The weights files of a project.</summary>
    public static IEnumerable<WeightsFile> Of(IEnumerable<AdditionalText> texts, CancellationToken cancellation) =>
        texts.Where(static text => IsHeaders(text)).SelectMany(text => Read(text, cancellation));

    public static bool IsHeaders(AdditionalText text) => text.Path.Split('/', '\\').Last() == Headers;

    public static IEnumerable<WeightsFile> Read(AdditionalText headers, CancellationToken cancellation)
    {
        // By line feeds alone: a text of the header may hold other breaks.
        string[] lines = (headers.GetText(cancellation)?.ToString() ?? "").Split('\n');
        for (int i = 0; i + 2 < lines.Length; i += 3)
        {
            yield return Parse(lines[i], lines[i + 1], lines[i + 2]);
        }
    }

    private static WeightsFile Parse(string name, string bytes, string header)
    {
        if (bytes.StartsWith("!", StringComparison.Ordinal))
        {
            return new WeightsFile(name, bytes.Substring(1), EquatableArray<WeightsTensor>.Empty);
        }

        string problem = "its header was not written by the package's targets";
        EquatableArray<WeightsTensor> tensors = long.TryParse(bytes.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            ? WeightsHeader.Read(header, count, out problem)
            : EquatableArray<WeightsTensor>.Empty;
        return new WeightsFile(name, problem, tensors);
    }
}

/// <summary>A tensor of a weights file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Problem">Why no parameter can be read from it; null if one can.</param>
internal sealed record WeightsTensor(string Name, EquatableArray<long> Shape, string? Problem);
