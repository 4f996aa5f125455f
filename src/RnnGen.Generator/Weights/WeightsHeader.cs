using System.Globalization;
using RnnGen.Generator.Common;
using RnnGen.Runtime;

namespace RnnGen.Generator.Weights;

/// <summary>
/// The header of a safetensors file: a JSON object that maps each tensor's name to its type, shape and place. It asks of a file what loading asks
/// (<c>SafetensorsHeader</c> in the runtime), so that what builds can be loaded.
/// </summary>
internal static class WeightsHeader
{
    private const string Metadata = "__metadata__";

    /// <summary>The header, a tensor, its shape.</summary>
    private const int Depth = 3;

    /// <summary>Gives the tensors in the order of their bytes, without those that hold the scales of others.</summary>
    /// <param name="json">The header.</param>
    /// <param name="dataBytes">Bytes that follow it in the file.</param>
    /// <param name="problem">What is wrong with it; empty where nothing is.</param>
    public static EquatableArray<WeightsTensor> Read(string json, long dataBytes, out string problem)
    {
        try
        {
            Require(json.StartsWith("{", StringComparison.Ordinal), "its header does not start with '{'");
            Dictionary<string, object?> header = Object(JsonText.Read(json, Depth), "header");
            (StoredTensor Tensor, long Start, long Bytes)[] tensors =
            [
                .. header.Where(static entry => entry.Key != Metadata).Select(static entry => Tensor(entry.Key, Object(entry.Value, $"entry '{TensorLimits.Cut(entry.Key)}'")))
                    .OrderBy(static t => t.Start).ThenBy(static t => t.Bytes),
            ];
            Require(
                !header.TryGetValue(Metadata, out object? metadata) || Object(metadata, Metadata).Values.All(static text => text is string),
                "its metadata has values that are not strings");
            long position = 0;
            foreach ((StoredTensor tensor, long start, long bytes) in tensors)
            {
                Require(start == position, $"its tensor '{TensorLimits.Cut(tensor.Name)}' starts at byte {start} of the data where {position} was expected");
                position += bytes;
            }

            Require(position == dataBytes, $"its tensors take {position} bytes and {dataBytes} follow the header, so it is {(dataBytes < position ? "truncated" : "longer than its header says")}");
            problem = "";
            StoredTensor[] stored = [.. tensors.Select(static t => t.Tensor)];
            return StoredTensors.Readable(stored).Select(readable => new WeightsTensor(stored[readable.Tensor].Name, stored[readable.Tensor].Shape.ToEquatableArray(), readable.Problem)).ToEquatableArray();
        }
        catch (FormatException e)
        {
            problem = e.Message;
        }

        return EquatableArray<WeightsTensor>.Empty;
    }

    private static Dictionary<string, object?> Object(object? value, string what)
    {
        Require(value is List<KeyValuePair<string, object?>>, $"its {what} is no JSON object");
        Dictionary<string, object?> entries = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, object?> entry in (List<KeyValuePair<string, object?>>)value!)
        {
            Require(!entries.ContainsKey(entry.Key), $"its {what} names '{TensorLimits.Cut(entry.Key)}' twice");
            entries.Add(entry.Key, entry.Value);
        }

        return entries;
    }

    private static (StoredTensor Tensor, long Start, long Bytes) Tensor(string fullName, Dictionary<string, object?> entry)
    {
        string name = TensorLimits.Cut(fullName);
        Require(!TensorLimits.IsTooLong(fullName), $"its tensor '{name}' has a name of {fullName.Length} characters, and at most {TensorLimits.NameBytes} bytes are read");
        Require(entry.Count == 3, $"its tensor '{name}' has more or less than a dtype, a shape and data_offsets");
        long[] shape = Numbers(name, entry, "shape"), offsets = Numbers(name, entry, "data_offsets");
        string? type = entry.TryGetValue("dtype", out object? text) ? text as string : null;
        Require(type is not null, $"its tensor '{name}' has no dtype");
        Require(!TensorLimits.IsTooLong(type!), $"its tensor '{name}' has a dtype of {type!.Length} characters, and at most {TensorLimits.NameBytes} bytes are read");
        Require(offsets.Length == 2, $"its tensor '{name}' does not have two data_offsets");
        long bytes = offsets[1] - offsets[0];
        Require(bytes >= 0, $"its tensor '{name}' has data_offsets from {offsets[0]} to {offsets[1]}");
        string? wrong = SizeProblem(name, type!, shape, bytes);
        Require(wrong is null, $"its tensor '{name}' {wrong}, and its data_offsets are [{string.Join(", ", offsets)}]");
        return (new StoredTensor(fullName, type!, shape), offsets[0], bytes);
    }

    private static string? SizeProblem(string name, string type, long[] shape, long bytes)
    {
        try
        {
            return TensorLimits.SizeProblem(type, shape, bytes);
        }
        catch (OverflowException)
        {
            throw new FormatException(FormattableString.Invariant($"its tensor '{name}' has a shape that is too large for any memory: [{string.Join(", ", shape)}]"));
        }
    }

    private static long[] Numbers(string name, Dictionary<string, object?> entry, string key)
    {
        Require(entry.TryGetValue(key, out object? array) && array is List<object?>, $"its tensor '{name}' has no array '{key}'");
        Require(((List<object?>)array!).Count <= TensorLimits.Dimensions, $"its tensor '{name}' has more than {TensorLimits.Dimensions} numbers in its {key}");
        return
        [
            .. ((List<object?>)array!).Select(number => number is JsonText.Number { Text: var text } && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= 0
                ? value
                : throw new FormatException(FormattableString.Invariant($"its tensor '{name}' has a number in its {key} that is not a whole number from 0 to {long.MaxValue}"))),
        ];
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new FormatException(problem);
        }
    }
}
