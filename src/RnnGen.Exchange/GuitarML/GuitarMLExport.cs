using System.Numerics;
using System.Text.Json;
using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>
/// Writes models as GuitarML's JSON: an LSTM or a GRU of one or more equal layers, then the output layer. <see cref="RnnModelAttribute.OutputSkip"/> is <c>skip</c>.
/// </summary>
/// <remarks>As Automated-GuitarAmpModelling saves them.</remarks>
public static class GuitarMLExport
{
    private const string Format = "GuitarML";

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
        DeclaredLayer[] layers = [.. model.Layers.SkipLast(1)];
        foreach (DeclaredLayer layer in layers)
        {
            bool isEqual = layer.Equations is null && layer.Cell is "lstm" or "gru" && layer.Cell == layers[0].Cell && layer.Size == layers[0].Size;
            if (!isEqual)
            {
                throw Unsayable.In(Format, layer.Place, "its models are LSTM or GRU layers of one size, then the output layer", "Export such a model, or use --to rtneural.");
            }
        }

        if (model.Layers[^1].Activation != Activation.Identity)
        {
            throw Unsayable.In(Format, model.Layers[^1].Place, Invariant($"it has the function {model.Layers[^1].Activation}, and 'lin' has none"), "Declare it without OutputActivation.");
        }

        return JsonOutput.Of(writer =>
        {
            writer.WriteStartObject("model_data");
            writer.WriteString("model", "SimpleRNN");
            writer.WriteNumber("input_size", model.InputSize);
            writer.WriteNumber("skip", model.OutputSkip ? model.OutputSize : 0);
            writer.WriteNumber("output_size", model.OutputSize);
            writer.WriteString("unit_type", layers[0].Cell.ToUpperInvariant());
            writer.WriteNumber("num_layers", layers.Length);
            writer.WriteNumber("hidden_size", layers[0].Size);
            writer.WriteBoolean("bias_fl", true);
            writer.WriteEndObject();
            writer.WriteStartObject("state_dict");
            foreach (DeclaredLayer layer in layers)
            {
                Write(writer, model, layer);
            }

            Tensor(writer, "lin.weight", model.Take("head.weight", model.OutputSize, layers[^1].Size));
            Tensor(writer, "lin.bias", model.Take("head.bias", model.OutputSize));
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, DeclaredModel model, DeclaredLayer layer)
    {
        int rows = (layer.Cell == "lstm" ? 4 : 3) * layer.Size;
        Add("weight_ih", rows, layer.InputSize);
        Add("weight_hh", rows, layer.Size);
        Add("bias_ih", rows);
        Add("bias_hh", rows);

        void Add(string name, params int[] shape) => Tensor(writer, Invariant($"rec.{name}_l{layer.Index}"), Capture.Parameter(model, layer, name, shape));
    }

    private static void Tensor(Utf8JsonWriter writer, string name, Tensor tensor)
    {
        writer.WritePropertyName(name);
        JsonOutput.Numbers(writer, tensor.Values, [.. tensor.Shape]);
    }
}
