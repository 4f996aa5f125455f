using System.Numerics;
using System.Text.Json;
using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>
/// Writes models as RTNeural's JSON, which AIDA-X reads too: matrices and gates as Keras orders them. An LSTM's two biases become their sum. <see cref="RnnModelAttribute.OutputSkip"/> is AIDA-X's <c>in_skip</c>, and the metadata
/// <c>in_gain</c>, <c>out_gain</c>, <c>samplerate</c> and <c>metadata.…</c> go where it has them.
/// </summary>
/// <remarks>As model_utils.py of jatinchowdhury18/RTNeural writes it.</remarks>
public static class RTNeuralExport
{
    private const string Format = "RTNeural";

    // From r, z, n to z, r, c.
    private static readonly int[] s_gru = [1, 0, 2];

    /// <summary>Writes a model; an existing file is replaced whole.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="ExportException">The format cannot say a layer; nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public static void Save(DeclaredModel model, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ToBytes(model));
    }

    /// <inheritdoc cref="Save(DeclaredModel, string)"/>
    /// <typeparam name="TSelf">The model's class.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    public static void Save<TSelf, TNumber, TInput, TTarget>(IRnnModel<TSelf, TNumber, TInput, TTarget> model, string path)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged => Save(DeclaredModel.Of(model), path);

    /// <summary>The bytes of the file.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="ExportException">The format cannot say a layer.</exception>
    public static byte[] ToBytes(DeclaredModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Capture.Require(model, Format);
        Capture.RequireZeroStart(model, Format);
        RequireWholeSkip(model);
        foreach (DeclaredLayer layer in model.Layers)
        {
            _ = TypeOf(layer);
        }

        return JsonOutput.Of(writer =>
        {
            Shape(writer, "in_shape", model.InputSize);
            if (model.OutputSkip)
            {
                writer.WriteNumber("in_skip", 1);
            }

            foreach (string name in (string[])["in_gain", "out_gain", "samplerate"])
            {
                JsonOutput.NumberIf(writer, model.Metadata, name);
            }

            writer.WriteStartArray("layers");
            foreach (DeclaredLayer layer in model.Layers)
            {
                Write(writer, model, layer);
            }

            writer.WriteEndArray();
            writer.WriteStartObject("metadata");
            JsonOutput.Unflatten(writer, model.Metadata, "metadata.", static _ => false);
            writer.WriteEndObject();
        });
    }

    // Players add the first input to the one output.
    private static void RequireWholeSkip(DeclaredModel model)
    {
        if (model.OutputSkip && model.OutputSize != 1)
        {
            throw Unsayable.In(Format, "OutputSkip", Invariant($"in_skip adds one input to one output, but there are {model.OutputSize}"), "Export models with one output.");
        }
    }

    private static string TypeOf(DeclaredLayer layer) => (layer.Equations, layer.Kernel) is (null, 0) && layer.Cell is "lstm" or "gru" or "dense" ? layer.Cell
        : throw Unsayable.In(Format, layer.Place, "it has no layer of this kind that is written here", "Export layers of Lstm, Gru and Dense.");

    private static void Write(Utf8JsonWriter writer, DeclaredModel model, DeclaredLayer layer)
    {
        string type = TypeOf(layer);
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteString("activation", type != "dense" ? "" : layer.Activation == Activation.Identity ? "" : Invariant($"{layer.Activation}").ToLowerInvariant());
        Shape(writer, "shape", layer.Size);
        writer.WriteStartArray("weights");
        if (type == "dense")
        {
            string name = layer.IsHead ? "head" : Invariant($"dense.{layer.Index}");
            JsonOutput.Numbers(writer, model.Take(name + ".weight", layer.Size, layer.InputSize).Transposed().Values, layer.InputSize, layer.Size);
            JsonOutput.Numbers(writer, model.Take(name + ".bias", layer.Size).Values, layer.Size);
        }
        else
        {
            Recurrent(writer, model, layer, type == "gru");
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Recurrent(Utf8JsonWriter writer, DeclaredModel model, DeclaredLayer layer, bool isGru)
    {
        int[] order = isGru ? s_gru : [0, 1, 2, 3];
        int rows = order.Length * layer.Size;
        Tensor input = Capture.Parameter(model, layer, "weight_ih", rows, layer.InputSize), recurrent = Capture.Parameter(model, layer, "weight_hh", rows, layer.Size);
        Tensor ofInput = Capture.Parameter(model, layer, "bias_ih", rows), ofState = Capture.Parameter(model, layer, "bias_hh", rows);
        JsonOutput.Numbers(writer, input.Blocks(order).Transposed().Values, layer.InputSize, rows);
        JsonOutput.Numbers(writer, recurrent.Blocks(order).Transposed().Values, layer.Size, rows);
        if (isGru)
        {
            JsonOutput.Numbers(writer, [.. ofInput.Blocks(order).Values, .. ofState.Blocks(order).Values], 2, rows);
        }
        else
        {
            JsonOutput.Numbers(writer, Capture.Sum(ofInput, ofState), rows);
        }
    }

    private static void Shape(Utf8JsonWriter writer, string name, int width)
    {
        writer.WriteStartArray(name);
        writer.WriteNullValue();
        writer.WriteNullValue();
        writer.WriteNumberValue(width);
        writer.WriteEndArray();
    }
}
