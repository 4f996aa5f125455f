using System.Buffers.Binary;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>Reads the numbers of tensors in the order of a file's bytes, so that a stream is read once. The model has nothing before everything was read.</summary>
internal static class TensorReader
{
    /// <summary>How a tensor's numbers are stored.</summary>
    private enum Number
    {
        F64,
        F32,
        F16,
        BF16,
        I8,
    }

    /// <summary>Reads all parameters.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">Receives the parameters after all checks.</param>
    /// <param name="tensors">The tensor of each parameter.</param>
    /// <param name="dataBytes">Bytes of all tensors of the file.</param>
    /// <param name="data">The bytes that follow the header.</param>
    /// <exception cref="ModelFileException">The file is truncated, or a number is not finite.</exception>
    public static void Read<T>(ModelLayout layout, Span<T> parameters, TensorEntry[] tensors, long dataBytes, ByteSource data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = new T[parameters.Length];
        T[][] scales = new T[tensors.Length][];
        foreach ((TensorEntry tensor, int index, bool isScales) in InFile(tensors))
        {
            ParameterInfo parameter = layout.Parameters[index];
            Skip(ref data, tensor.Start - data.Position, dataBytes);
            if (isScales)
            {
                scales[index] = new T[tensor.Shape[0]];
            }

            Read(tensor, isScales ? scales[index] : values.AsSpan(parameter.Offset, parameter.Length), dataBytes, ref data);
        }

        Skip(ref data, dataBytes - data.Position, dataBytes);
        for (int i = 0; i < tensors.Length; i++)
        {
            if (tensors[i].Scales is not null)
            {
                Multiply(tensors[i], scales[i], values.AsSpan(layout.Parameters[i].Offset, layout.Parameters[i].Length));
            }
        }

        values.CopyTo(parameters);
    }

    private static List<Part> InFile(TensorEntry[] tensors)
    {
        List<Part> parts = [];
        for (int i = 0; i < tensors.Length; i++)
        {
            parts.Add(new Part(tensors[i], i, IsScales: false));
            if (tensors[i].Scales is { } scales)
            {
                parts.Add(new Part(scales, i, IsScales: true));
            }
        }

        parts.Sort(static (a, b) => a.Tensor.Start != b.Tensor.Start ? a.Tensor.Start.CompareTo(b.Tensor.Start) : a.Tensor.Bytes.CompareTo(b.Tensor.Bytes));
        return parts;
    }

    private static void Read<T>(TensorEntry tensor, Span<T> values, long dataBytes, ref ByteSource data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (Number number, int size) = Stored(tensor);
        int perPiece = ByteSource.PieceBytes / size;
        for (int first = 0, count; first < values.Length; first += count)
        {
            count = Math.Min(perPiece, values.Length - first);
            ReadOnlySpan<byte> source = data.Take(count * size);
            if (source.Length < count * size)
            {
                throw Truncated(dataBytes, data.Position);
            }

            Span<T> destination = values.Slice(first, count);
            for (int k = 0; k < destination.Length; k++)
            {
                destination[k] = number switch
                {
                    Number.F64 => T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(source[(k * 8)..])),
                    Number.F32 => T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(source[(k * 4)..])),
                    Number.F16 => T.CreateTruncating(BinaryPrimitives.ReadHalfLittleEndian(source[(k * 2)..])),
                    Number.BF16 => T.CreateTruncating(WeightRounding.FromBFloat16(BinaryPrimitives.ReadUInt16LittleEndian(source[(k * 2)..]))),
                    Number.I8 => T.CreateTruncating((sbyte)source[k]),
                    _ => throw new InvalidOperationException(Invariant($"There is no number {number}.")),
                };
                if (!T.IsFinite(destination[k]))
                {
                    throw new ModelFileException(
                        Invariant($"Tensor '{TensorLimits.Cut(tensor.Name)}' holds a value at index {first + k} that is not a finite {typeof(T).Name}: the model had diverged before it was saved, or the file is damaged."));
                }
            }
        }
    }

    // What was read as integers becomes weights.
    private static void Multiply<T>(TensorEntry tensor, T[] scales, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int columns = scales.Length == 0 ? 0 : values.Length / scales.Length;
        for (int row = 0; row < scales.Length; row++)
        {
            if (T.IsNegative(scales[row]))
            {
                throw new ModelFileException(Invariant($"Tensor '{TensorLimits.Cut(tensor.Scales!.Name)}' holds a negative scale at index {row}: the file is damaged, or its integers are not symmetric."));
            }

            foreach (ref T value in values.Slice(row * columns, columns))
            {
                value *= scales[row];
                if (!T.IsFinite(value))
                {
                    throw new ModelFileException(
                        Invariant($"Tensor '{TensorLimits.Cut(tensor.Name)}' holds a weight in row {row} that is not a finite {typeof(T).Name}: its scale in '{TensorLimits.Cut(tensor.Scales!.Name)}' is too large, so the file is damaged."));
                }
            }
        }
    }

    private static (Number Number, int Size) Stored(TensorEntry tensor) => tensor.Type switch
    {
        "F64" => (Number.F64, 8),
        "F32" => (Number.F32, 4),
        "F16" => (Number.F16, 2),
        "BF16" => (Number.BF16, 2),
        StoredTensors.Int8 => (Number.I8, 1),
        _ => throw new InvalidOperationException(Invariant($"'{tensor.Name}' was matched, and is {tensor.Type}.")),
    };

    private static void Skip(ref ByteSource data, long bytes, long dataBytes)
    {
        if (!data.Skip(bytes))
        {
            throw Truncated(dataBytes, data.Position);
        }
    }

    private static ModelFileException Truncated(long dataBytes, long found) => new(Invariant($"The file is truncated: its data should have {dataBytes} bytes, but has {found}."));

    /// <summary>A tensor that is read.</summary>
    /// <param name="Tensor">Where it is.</param>
    /// <param name="Parameter">The index of the parameter that it is read for.</param>
    /// <param name="IsScales">Whether it holds the scales of the parameter's rows.</param>
    private sealed record Part(TensorEntry Tensor, int Parameter, bool IsScales);
}
