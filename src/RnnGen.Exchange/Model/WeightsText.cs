using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Model;

/// <summary>A model's parameters as a safetensors file: 8 bytes of length, a JSON header, the numbers little-endian.</summary>
internal static class WeightsText
{
    public static byte[] Of(ForeignModel model, Precision precision, string modelName, IReadOnlyDictionary<string, string>? metadata)
    {
        int size = precision == Precision.Double ? sizeof(double) : sizeof(float);
        if (model.ParameterCount > int.MaxValue / 2 / size)
        {
            throw new ForeignFileException(Invariant($"The model has {model.ParameterCount} parameters; at most {int.MaxValue / 2 / size} are imported."));
        }

        byte[] header = Header(model, modelName, metadata, size);
        byte[] file = new byte[sizeof(long) + header.Length + ((int)model.ParameterCount * size)];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, sizeof(long));
        Span<byte> data = file.AsSpan(sizeof(long) + header.Length);
        foreach (ForeignTensor tensor in model.Tensors)
        {
            Write(tensor, size, data);
            data = data[(tensor.Values.Length * size)..];
        }

        return file;
    }

    private static void Write(ForeignTensor tensor, int size, Span<byte> data)
    {
        ReadOnlySpan<double> values = tensor.Values.Span;
        for (int k = 0; k < values.Length; k++)
        {
            if (size == sizeof(double))
            {
                BinaryPrimitives.WriteDoubleLittleEndian(data[(k * size)..], values[k]);
            }
            else if (float.IsFinite((float)values[k]))
            {
                BinaryPrimitives.WriteSingleLittleEndian(data[(k * size)..], (float)values[k]);
            }
            else
            {
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(tensor.Source)} holds {values[k]:R} at index {k}, which is too large for a float."));
            }
        }
    }

    private static byte[] Header(ForeignModel model, string modelName, IReadOnlyDictionary<string, string>? metadata, int size)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            Dictionary<string, string> said = new(model.Metadata, StringComparer.Ordinal) { ["format"] = "pt", ["rnngen.model"] = modelName };
            foreach ((string key, string value) in metadata ?? new Dictionary<string, string>())
            {
                said[key] = value;
            }

            foreach ((string key, string value) in said)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            long offset = 0;
            foreach (ForeignTensor tensor in model.Tensors)
            {
                offset = WriteEntry(writer, tensor, size, offset);
            }

            writer.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the numbers are aligned in the file.
        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static long WriteEntry(Utf8JsonWriter writer, ForeignTensor tensor, int size, long offset)
    {
        writer.WriteStartObject(tensor.Name);
        writer.WriteString("dtype", size == sizeof(double) ? "F64" : "F32");
        writer.WriteStartArray("shape");
        foreach (int length in tensor.Shape)
        {
            writer.WriteNumberValue(length);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(offset);
        offset += (long)tensor.Values.Length * size;
        writer.WriteNumberValue(offset);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return offset;
    }
}
