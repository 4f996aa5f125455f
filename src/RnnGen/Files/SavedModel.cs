using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RnnGen.Runtime;

/// <summary>A model's file before it is written: its header, and which numbers follow it. What can fail has been checked.</summary>
internal sealed class SavedModel
{
    private const string ModelKey = "rnngen.model";
    private const string VersionKey = "rnngen.version";

    private readonly List<Tensor> _tensors = [];
    private readonly byte[] _header;

    private SavedModel(ModelLayout layout, List<Tensor> tensors, ModelMetadata? metadata)
    {
        // Wide numbers first, so that all are aligned in the file.
        foreach (int size in (ReadOnlySpan<int>)[8, 4, 2, 1])
        {
            _tensors.AddRange(tensors.FindAll(tensor => tensor.Size == size));
        }

        _header = FormatHeader(layout, metadata);
    }

    /// <summary>Rounds and checks a model's parameters.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="layout">The model's layout.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="format">In how many bits matrices are saved.</param>
    /// <param name="metadata">The model's metadata, saved in the header.</param>
    /// <exception cref="NonFiniteException">A parameter is not finite, or would not be in the format.</exception>
    public static SavedModel Of<T>(ModelLayout layout, ReadOnlySpan<T> parameters, WeightFormat format, ModelMetadata? metadata)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(double) && typeof(T) != typeof(float))
        {
            throw new NotSupportedException(Invariant($"Only models of float or double can be saved, not of {typeof(T).Name}."));
        }

        List<Tensor> tensors = [];
        foreach (ParameterInfo parameter in layout.Parameters)
        {
            ReadOnlySpan<T> values = parameters.Slice(parameter.Offset, parameter.Length);
            RequireFinite(layout, parameter, values);
            switch (FormatOf(parameter, format))
            {
                case WeightFormat.Float:
                    tensors.Add(new Tensor(parameter, typeof(T) == typeof(double) ? "F64" : "F32", Unsafe.SizeOf<T>()));
                    break;
                case WeightFormat.BFloat16:
                    RequireBFloat16(layout, parameter, values);
                    tensors.Add(new Tensor(parameter, "BF16", sizeof(ushort)));
                    break;
                case WeightFormat.Int8:
                    float[] scales = Scales(layout, parameter, values);
                    tensors.Add(new Tensor(parameter, StoredTensors.Int8, sizeof(sbyte)) { Scales = scales });
                    tensors.Add(new Tensor(parameter, "F32", sizeof(float)) { Scales = scales, IsScales = true });
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(format), format, "Not a format of weights.");
            }
        }

        return new SavedModel(layout, tensors, metadata);
    }

    /// <summary>Writes the file.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="parameters">The parameters that were checked.</param>
    /// <param name="stream">Where to write.</param>
    public void Write<T>(ReadOnlySpan<T> parameters, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, _header.Length);
        stream.Write(prefix);
        stream.Write(_header);
        foreach (Tensor tensor in _tensors)
        {
            ReadOnlySpan<T> values = parameters.Slice(tensor.Parameter.Offset, tensor.Parameter.Length);
            if (tensor.IsScales)
            {
                WriteNumbers<float>(tensor.Scales!, stream);
            }
            else if (tensor.Scales is { } scales)
            {
                WriteInt8(values, scales, stream);
            }
            else if (tensor.Size == sizeof(ushort))
            {
                WriteBFloat16(values, stream);
            }
            else
            {
                WriteNumbers(values, stream);
            }
        }
    }

    // Vectors (biases, gains, first states) are few, and added where errors do not average out. In one column each integer would have a scale of its own.
    private static WeightFormat FormatOf(ParameterInfo parameter, WeightFormat format) =>
        parameter.Shape.Count < 2 || (format == WeightFormat.Int8 && parameter.Length == parameter.Shape[0]) ? WeightFormat.Float : format;

    private static void RequireFinite<T>(ModelLayout layout, ParameterInfo parameter, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int k = 0; k < values.Length; k++)
        {
            if (!T.IsFinite(values[k]))
            {
                throw new NonFiniteException(Invariant($"{layout.ModelName} was not saved: its parameter {parameter.Name}[{k}] is {values[k].ToString(null, CultureInfo.InvariantCulture)}."));
            }
        }
    }

    private static void RequireBFloat16<T>(ModelLayout layout, ParameterInfo parameter, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int k = 0; k < values.Length; k++)
        {
            if (!float.IsFinite(WeightRounding.FromBFloat16(WeightRounding.ToBFloat16(float.CreateTruncating(values[k])))))
            {
                throw TooLarge(layout, parameter, k, values[k], WeightFormat.BFloat16);
            }
        }
    }

    private static float[] Scales<T>(ModelLayout layout, ParameterInfo parameter, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rows = parameter.Shape[0], columns = values.Length / rows;
        float[] scales = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            scales[row] = WeightRounding.Scale(values.Slice(row * columns, columns));
            if (!float.IsFinite(scales[row]))
            {
                int k = row * columns;
                while (float.IsFinite(WeightRounding.Scale(values.Slice(k, 1))))
                {
                    k++;
                }

                throw TooLarge(layout, parameter, k, values[k], WeightFormat.Int8);
            }
        }

        return scales;
    }

    private static NonFiniteException TooLarge<T>(ModelLayout layout, ParameterInfo parameter, int index, T value, WeightFormat format)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(Invariant($"{layout.ModelName} was not saved: its parameter {parameter.Name}[{index}] is {value.ToString(null, CultureInfo.InvariantCulture)}, which is too large for {format}; save it with WeightFormat.Float."));

    private static void WriteInt8<T>(ReadOnlySpan<T> values, float[] scales, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int columns = values.Length / scales.Length;
        byte[] piece = new byte[Math.Min(values.Length, ByteSource.PieceBytes)];
        for (int first = 0; first < values.Length; first += piece.Length)
        {
            Span<byte> taken = piece.AsSpan(0, Math.Min(piece.Length, values.Length - first));
            for (int k = 0; k < taken.Length; k++)
            {
                taken[k] = (byte)WeightRounding.ToInt8(values[first + k], scales[(first + k) / columns]);
            }

            stream.Write(taken);
        }
    }

    private static void WriteBFloat16<T>(ReadOnlySpan<T> values, Stream stream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int perPiece = ByteSource.PieceBytes / sizeof(ushort);
        byte[] piece = new byte[Math.Min(values.Length, perPiece) * sizeof(ushort)];
        for (int first = 0; first < values.Length; first += perPiece)
        {
            int count = Math.Min(perPiece, values.Length - first);
            for (int k = 0; k < count; k++)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(piece.AsSpan(k * sizeof(ushort)), WeightRounding.ToBFloat16(float.CreateTruncating(values[first + k])));
            }

            stream.Write(piece.AsSpan(0, count * sizeof(ushort)));
        }
    }

    private static void WriteNumbers<T>(ReadOnlySpan<T> values, Stream stream)
        where T : unmanaged
    {
        while (!values.IsEmpty)
        {
            ReadOnlySpan<T> piece = values[..Math.Min(values.Length, ByteSource.PieceBytes / Unsafe.SizeOf<T>())];
            stream.Write(LittleEndian(piece));
            values = values[piece.Length..];
        }
    }

    private static ReadOnlySpan<byte> LittleEndian<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        if (BitConverter.IsLittleEndian)
        {
            return bytes;
        }

        byte[] reversed = bytes.ToArray();
        for (int i = 0; i < reversed.Length; i += Unsafe.SizeOf<T>())
        {
            reversed.AsSpan(i, Unsafe.SizeOf<T>()).Reverse();
        }

        return reversed;
    }

    private byte[] FormatHeader(ModelLayout layout, ModelMetadata? metadata)
    {
        using MemoryStream stream = new();
        // The text stands in a file, not in HTML: "->" need not be escaped.
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString(ModelMetadata.FormatKey, "pt");
            writer.WriteString(ModelKey, layout.ModelName);
            writer.WriteString(ModelFile.DeclarationKey, layout.Declaration);
            if (layout.Specification.Length > 0)
            {
                writer.WriteString(ModelFile.SpecificationKey, layout.Specification);
            }

            writer.WriteString(VersionKey, "1");
            foreach ((string key, string value) in metadata ?? [])
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            long offset = 0;
            foreach (Tensor tensor in _tensors)
            {
                offset = WriteEntry(writer, tensor, offset);
            }

            writer.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the numbers are aligned in the file.
        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.Length <= SafetensorsHeader.MaximumBytes ? stream.ToArray() : throw new ArgumentException(
            Invariant($"{layout.ModelName} was not saved: with its metadata the header has {stream.Length} bytes, but the format allows {SafetensorsHeader.MaximumBytes}. Use less metadata."), nameof(metadata));
    }

    private static long WriteEntry(Utf8JsonWriter writer, Tensor tensor, long offset)
    {
        writer.WriteStartObject(tensor.IsScales ? tensor.Parameter.Name + StoredTensors.ScalesEnd : tensor.Parameter.Name);
        writer.WriteString("dtype", tensor.Type);
        writer.WriteStartArray("shape");
        long length = 1;
        foreach (int dimension in tensor.IsScales ? [tensor.Scales!.Length, 1] : tensor.Parameter.Shape)
        {
            writer.WriteNumberValue(dimension);
            length *= dimension;
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(offset);
        offset += length * tensor.Size;
        writer.WriteNumberValue(offset);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return offset;
    }

    /// <summary>A tensor of the file.</summary>
    /// <param name="Parameter">The parameter that it is, or whose scales it holds.</param>
    /// <param name="Type">The file's word for its type.</param>
    /// <param name="Size">Bytes of one number.</param>
    private sealed record Tensor(ParameterInfo Parameter, string Type, int Size)
    {
        /// <summary>The scale of each row, if the parameter is saved in 8-bit integers.</summary>
        public float[]? Scales { get; init; }

        /// <summary>Whether the scales are what is saved.</summary>
        public bool IsScales { get; init; }
    }
}
