using System.IO.Compression;
using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Keras.Hdf5;
using RnnGen.Exchange.Keras.Reading;

namespace RnnGen.Exchange.Keras.Writing;

/// <summary>Writes a Sequential model as a <c>.keras</c> file: metadata, configuration and weights in a zip archive that is not compressed, as Keras 3 saves it.</summary>
internal static class ArchiveWriter
{
    // The version whose loader the file is written for.
    private const string KerasVersion = "3.10.0";

    // The earliest time that a zip archive can say, so that equal models are equal files.
    private static readonly DateTimeOffset s_time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Write(SequentialModel model, bool isDouble)
    {
        string[] names = Names(model);
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, KerasArchive.Metadata, JsonOutput.Of(static writer => writer.WriteString("keras_version", KerasVersion)));
            Add(archive, KerasArchive.Config, JsonOutput.Of(writer => WriteModel(writer, model, names, isDouble ? "float64" : "float32")));
            Add(archive, KerasArchive.Weights, Hdf5Writer.Write(Weights(model, names), isDouble));
        }

        return stream.ToArray();
    }

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = s_time;
        using Stream stream = entry.Open();
        stream.Write(content);
    }

    // A number behind the second layer of a class and those after it: what Keras calls the layer, and its group.
    private static string[] Names(SequentialModel model)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        return [.. model.Layers.Select(layer =>
        {
            int number = counts[layer.Kind] = counts.GetValueOrDefault(layer.Kind, -1) + 1;
            return number == 0 ? layer.Kind : Invariant($"{layer.Kind}_{number}");
        })];
    }

    private static Hdf5Node Weights(SequentialModel model, string[] names)
    {
        Hdf5Node root = new();
        root.Group("vars").Name = "sequential";
        for (int i = 0; i < names.Length; i++)
        {
            root.Group(Invariant($"layers/{names[i]}/vars")).Name = names[i];
            foreach (SequentialPart part in model.Layers[i].Parts)
            {
                Hdf5Node variables = root.Group(Invariant($"layers/{names[i]}/{part.Path}/vars"));
                variables.Name = part.Path.Length == 0 ? names[i] : part.Name;
                for (int k = 0; k < part.Weights.Count; k++)
                {
                    variables.Add(Invariant($"{k}"), part.Weights[k]);
                }
            }
        }

        return root;
    }

    private static void WriteModel(Utf8JsonWriter writer, SequentialModel model, string[] names, string type)
    {
        WriteClass(writer, "keras", "Sequential");
        writer.WriteStartObject("config");
        WriteName(writer, "sequential", type);
        writer.WriteStartArray("layers");
        WriteInput(writer, model.InputSize, type);
        for (int i = 0; i < names.Length; i++)
        {
            writer.WriteStartObject();
            WriteLayer(writer, model.Layers[i], names[i], type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteShape(writer, "build_input_shape", model.InputSize, hasSteps: true);
        writer.WriteEndObject();
        WriteEnd(writer, model.InputSize, hasSteps: true);
    }

    private static void WriteInput(Utf8JsonWriter writer, int inputSize, string type)
    {
        writer.WriteStartObject();
        WriteClass(writer, "keras.layers", "InputLayer");
        writer.WriteStartObject("config");
        WriteShape(writer, "batch_shape", inputSize, hasSteps: true);
        writer.WriteString("dtype", inputSize == 0 ? "int32" : type);
        writer.WriteBoolean("sparse", false);
        writer.WriteString("name", "input_layer");
        writer.WriteEndObject();
        writer.WriteNull("registered_name");
        writer.WriteEndObject();
    }

    private static void WriteLayer(Utf8JsonWriter writer, SequentialLayer layer, string name, string type)
    {
        WriteClass(writer, "keras.layers", layer.Class);
        writer.WriteStartObject("config");
        WriteName(writer, name, type);
        layer.Options(writer);
        if (layer.Inner is { } inner)
        {
            writer.WriteStartObject("layer");
            WriteLayer(writer, inner, "forward_" + inner.Kind, type);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        WriteEnd(writer, layer.InputSize, layer.ReadsSteps);
    }

    private static void WriteClass(Utf8JsonWriter writer, string module, string name)
    {
        writer.WriteString("module", module);
        writer.WriteString("class_name", name);
    }

    private static void WriteName(Utf8JsonWriter writer, string name, string type)
    {
        writer.WriteString("name", name);
        writer.WriteBoolean("trainable", true);
        writer.WriteStartObject("dtype");
        WriteClass(writer, "keras", "DTypePolicy");
        writer.WriteStartObject("config");
        writer.WriteString("name", type);
        writer.WriteEndObject();
        writer.WriteNull("registered_name");
        writer.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter writer, int inputSize, bool hasSteps)
    {
        writer.WriteNull("registered_name");
        writer.WriteStartObject("build_config");
        WriteShape(writer, "input_shape", inputSize, hasSteps);
        writer.WriteEndObject();
    }

    // [batch, steps, values], of which the first two are free; [batch, steps] of tokens.
    private static void WriteShape(Utf8JsonWriter writer, string name, int size, bool hasSteps)
    {
        writer.WriteStartArray(name);
        writer.WriteNullValue();
        if (hasSteps)
        {
            writer.WriteNullValue();
        }

        if (size > 0)
        {
            writer.WriteNumberValue(size);
        }

        writer.WriteEndArray();
    }
}
