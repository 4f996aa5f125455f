using System.Text.Json;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.GuitarML;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Nam;
using RnnGen.Exchange.Onnx;
using RnnGen.Exchange.PyTorch;
using RnnGen.Exchange.RTNeural;
using RnnGen.Exchange.Safetensors;
using RnnGen.Exchange.StateDicts;
using RnnGen.Exchange.TorchSharp;

namespace RnnGen.Exchange;

/// <summary>Reads models of other frameworks. A file's content says what it is; its name does not matter.</summary>
/// <remarks>Nothing in a file is executed, and its claims are checked before memory is taken for them: reading takes a small multiple of the file's size.</remarks>
/// <example>
/// <code>
/// ForeignModel model = ForeignFile.Read("forecaster.pt");
/// File.WriteAllText("Forecaster.cs", model.ToDeclaration(new DeclarationOptions { Name = "Forecaster" }));
/// model.SaveWeights("forecaster.safetensors", "Forecaster");
/// </code>
/// </example>
public static class ForeignFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, of at most 2 GiB.</param>
    /// <param name="options">What the file does not say, or <see langword="null"/>.</param>
    /// <exception cref="ForeignFileException">It is of no format that is read, is damaged, or holds what no declaration can say.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static ForeignModel Read(string path, ImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Read(WholeFile.Read(path), options);
        }
        catch (ForeignFileException e)
        {
            throw new ForeignFileException(Invariant($"{path}: {e.Message}"), e);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">All of its bytes; they are not changed.</param>
    /// <param name="options">What the file does not say, or <see langword="null"/>.</param>
    /// <exception cref="ForeignFileException">It is of no format that is read, is damaged, or holds what no declaration can say.</exception>
    public static ForeignModel Read(byte[] file, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new ImportOptions();
        return TorchArchive.Is(file) ? StateDictModel.Of(TorchArchive.Read(file), options)
            : SafetensorsDict.Is(file) ? StateDictModel.Of(SafetensorsDict.Read(file), options)
            : OnnxFile.Is(file) ? OnnxModel.Read(file, Alone(options, "An ONNX graph"))
            : JsonFile.Is(file) ? ReadJson(JsonFile.Parse(file), options)
            : TorchSharpDict.Is(file) ? StateDictModel.Of(TorchSharpDict.Read(file), options)
            : throw Unknown(file);
    }

    private static ForeignModel ReadJson(JsonElement file, ImportOptions options) =>
        GuitarMLModel.Is(file) ? GuitarMLModel.Read(file, options)
        : RTNeuralModel.Is(file) ? RTNeuralModel.Read(file, Alone(options, "RTNeural's JSON"))
        : NamModel.Is(file) ? NamModel.Read(file, Alone(options, "A Neural Amp Modeler capture"))
        : throw new ForeignFileException("The file is JSON, but no model that is read: RTNeural's has 'in_shape' and 'layers', GuitarML's 'model_data' and 'state_dict', Neural Amp Modeler's 'architecture', 'config' and 'weights'.");

    private static ImportOptions Alone(ImportOptions options, string format)
    {
        options.RequireArchitectureAlone(format);
        return options;
    }

    private static ForeignFileException Unknown(ReadOnlySpan<byte> file)
    {
        const byte protocol = 0x80;
        return new(file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F'])
            ? "The file is HDF5, as Keras writes it: KerasFile of the package RnnGen.Exchange.Keras reads it."
            : file.Length > 1 && file[0] == protocol
            ? "The file is a bare pickle, as torch.save wrote before PyTorch 1.6: load it there and save model.state_dict() again."
            : "The file is not of a format that is read: PyTorch's .pt of torch.save(model.state_dict(), path), safetensors, ONNX, TorchSharp's .dat, and JSON of RTNeural, AIDA-X, GuitarML and Neural Amp Modeler.");
    }
}
