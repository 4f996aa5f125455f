using System;
using System.Collections.Generic;
using System.Linq;
using static System.FormattableString;

namespace RnnGen.Runtime;

/// <summary>A tensor of a file as its header says.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The file's word for its type.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record StoredTensor(string Name, string Type, IReadOnlyList<long> Shape);

/// <summary>A tensor of a file that a parameter may be read from, or why not.</summary>
/// <param name="Tensor">Its index.</param>
/// <param name="Scales">The index of the tensor that holds the scales of its rows; -1 where its numbers are the weights.</param>
/// <param name="Problem">Why no parameter can be read from it, in words that follow its name; null if one can.</param>
internal sealed record ReadableTensor(int Tensor, int Scales, string? Problem);

/// <summary>
/// Which tensors of a file hold weights: those of floating-point numbers, and those of 8-bit integers with a tensor beside them that has the same name and <see cref="ScalesEnd"/>. It holds
/// the scale of each row: a weight is its integer times the scale. The generator compiles this file too.
/// </summary>
/// <remarks>These are the names and shapes of compressed-tensors' symmetric quantisation by channel, and in PyTorch <c>weight * weight_scale</c> is the weight.</remarks>
internal static class StoredTensors
{
    /// <summary>The type of weights in 8 bits.</summary>
    public const string Int8 = "I8";

    /// <summary>The end of the name of a tensor of scales.</summary>
    public const string ScalesEnd = "_scale";

    private const string ZeroPointsEnd = "_zero_point";

    /// <summary>All tensors but those that hold the scales of others, in their order.</summary>
    /// <param name="tensors">The file's tensors, each name once.</param>
    public static List<ReadableTensor> Readable(IReadOnlyList<StoredTensor> tensors)
    {
        Dictionary<string, int> indices = new(StringComparer.Ordinal);
        for (int i = 0; i < tensors.Count; i++)
        {
            indices.Add(tensors[i].Name, i);
        }

        HashSet<string> scales = new(tensors.Where(static t => t.Type == Int8).Select(static t => t.Name + ScalesEnd), StringComparer.Ordinal);
        List<ReadableTensor> readable = [];
        for (int i = 0; i < tensors.Count; i++)
        {
            StoredTensor tensor = tensors[i];
            if (!scales.Contains(tensor.Name))
            {
                int scale = tensor.Type == Int8 && indices.TryGetValue(tensor.Name + ScalesEnd, out int found) ? found : -1;
                string? problem = Problem(tensor, scale < 0 ? null : tensors[scale], indices.ContainsKey(tensor.Name + ZeroPointsEnd));
                readable.Add(new ReadableTensor(i, problem is null ? scale : -1, problem));
            }
        }

        return readable;
    }

    /// <summary>Whether a tensor's numbers are of a floating-point type that parameters are read from.</summary>
    public static bool IsFloatingPoint(string type) => type is "F64" or "F32" or "F16" or "BF16";

    private static string? Problem(StoredTensor tensor, StoredTensor? scales, bool hasZeroPoints)
    {
        if (tensor.Type != Int8)
        {
            return IsFloatingPoint(tensor.Type) ? null : Invariant($"has the dtype '{TensorLimits.Cut(tensor.Type)}', but parameters are F64, F32, F16 or BF16, or I8 with scales");
        }

        string name = TensorLimits.Cut(tensor.Name + ScalesEnd);
        string rows = tensor.Shape.Count == 0 ? "a scale for each row" : Invariant($"a scale for each row, [{tensor.Shape[0]}, 1]");
        return scales is null ? Invariant($"has the dtype 'I8' without scales: add '{name}', F32, {rows}, or save the tensor as F32")
            : !IsFloatingPoint(scales.Type) ? Invariant($"has the dtype 'I8', but its scales '{name}' have '{TensorLimits.Cut(scales.Type)}': save them as F32")
            : !IsScalePerRow(tensor, scales) ? Invariant($"has the dtype 'I8', but its scales '{name}' are {TensorLimits.ShapeText(scales.Shape)}: save {rows}")
            : hasZeroPoints ? Invariant($"has the dtype 'I8' with zero points, but only symmetric integers are read: save it without '{TensorLimits.Cut(tensor.Name + ZeroPointsEnd)}', or as F32")
            : null;
    }

    private static bool IsScalePerRow(StoredTensor tensor, StoredTensor scales) =>
        tensor.Shape.Count > 0 && scales.Shape.Count > 0 && scales.Shape[0] == tensor.Shape[0] && scales.Shape.Skip(1).All(static length => length == 1);
}
