using RnnGen.Exchange.Files;
using RnnGen.Exchange.StateDicts;
using RnnGen.Runtime;

namespace RnnGen.Exchange.Safetensors;

/// <summary>A safetensors file as a state dict. Its tensors are in the order of their names, which is not that of the modules.</summary>
internal static class SafetensorsDict
{
    /// <summary>Where a file of RnnGen's has its declaration.</summary>
    public const string SpecificationKey = "rnngen.specification";

    // What bounds the tensors of a header is the number of a model's parameters, which is not known yet.
    private const int MaximumParameters = 4096;

    public static bool Is(ReadOnlySpan<byte> file) => file.Length > SafetensorsHeader.PrefixBytes + 1 && file[SafetensorsHeader.PrefixBytes] == (byte)'{' && BitConverter.ToInt64(file) is >= 2 and <= SafetensorsHeader.MaximumBytes;

    /// <summary>A file of another framework.</summary>
    /// <exception cref="ForeignFileException">It is damaged, or RnnGen's own.</exception>
    public static StateDict Read(byte[] file)
    {
        (StateDict dict, IReadOnlyDictionary<string, string> metadata) = ReadAny(file);
        return !metadata.ContainsKey(SpecificationKey) ? dict
            : throw new ForeignFileException("The file is RnnGen's own, so nothing need be imported: the class that saved it loads it, and rnngen export writes it for other frameworks.");
    }

    /// <summary>Any file, with what its header says besides.</summary>
    /// <exception cref="ForeignFileException">It is damaged.</exception>
    public static (StateDict Dict, IReadOnlyDictionary<string, string> Metadata) ReadAny(byte[] file)
    {
        try
        {
            int prefix = SafetensorsHeader.PrefixBytes, length = SafetensorsHeader.Length(file.AsSpan(0, Math.Min(file.Length, prefix)), file.Length - prefix);
            SafetensorsHeader header = SafetensorsHeader.Parse(file.AsSpan(prefix, length), MaximumParameters);
            ReadOnlySpan<byte> data = file.AsSpan(prefix + length);
            if (data.Length != header.DataBytes)
            {
                throw new ForeignFileException(Invariant($"The file is damaged: its tensors take {header.DataBytes} bytes, but {data.Length} follow the header."));
            }

            List<StateDictEntry> entries = [];
            foreach (TensorEntry tensor in header.Tensors)
            {
                entries.Add(Entry(tensor, data));
            }

            return (new StateDict("a safetensors file of PyTorch's names", entries, isOrdered: false), header.Metadata);
        }
        catch (ModelFileException e)
        {
            throw new ForeignFileException(e.Message, e);
        }
    }

    private static StateDictEntry Entry(TensorEntry tensor, ReadOnlySpan<byte> data)
    {
        if (tensor.Problem is { } problem)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(tensor.Name)} {problem}."));
        }

        NumberType type = TypeOf(tensor);
        double[] values = Values(tensor, type, data);
        if (tensor.Scales is { } scales)
        {
            double[] ofRows = Values(scales, TypeOf(scales), data);
            for (int k = 0; k < values.Length; k++)
            {
                values[k] *= ofRows[k / (values.Length / ofRows.Length)];
            }
        }

        int[] shape = [.. tensor.Shape.Select(static length => checked((int)length))];
        return new StateDictEntry(tensor.Name, shape, tensor.Scales is null ? type : NumberType.F32, values);
    }

    private static NumberType TypeOf(TensorEntry tensor) => tensor.Type switch
    {
        "F64" => NumberType.F64,
        "F32" => NumberType.F32,
        "F16" => NumberType.F16,
        "BF16" => NumberType.BF16,
        StoredTensors.Int8 => NumberType.I8,
        _ => throw new InvalidOperationException(Invariant($"'{tensor.Name}' can be read, and is {tensor.Type}.")),
    };

    private static double[] Values(TensorEntry tensor, NumberType type, ReadOnlySpan<byte> data)
    {
        int size = Numbers.Size(type);
        double[] values = new double[tensor.Bytes / size];
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = Numbers.Read(type, data[(int)(tensor.Start + ((long)k * size))..]);
        }

        return values;
    }
}
