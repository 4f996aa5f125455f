using System.Text;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Json;
using RnnGen.Exchange.Keras.Hdf5;
using RnnGen.Exchange.Keras.Reading;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange;

/// <summary>
/// Reads models that Keras saved whole: <c>.keras</c> of Keras 3 and late versions of Keras 2, and <c>.h5</c>. They say everything of the model: its layers, their functions, and whether it has one output or one for each step.
/// </summary>
/// <remarks>
/// Nothing in a file is executed, and its claims are checked before memory is taken for them: reading takes a small multiple of the file's size. keras/src/saving/saving_lib.py and
/// keras/src/legacy/saving/legacy_h5_format.py of keras-team/keras.
/// </remarks>
/// <example>
/// <code>
/// ForeignModel model = KerasFile.Read("forecaster.keras");
/// File.WriteAllText("Forecaster.cs", model.ToDeclaration(new DeclarationOptions { Name = "Forecaster" }));
/// model.SaveWeights("forecaster.safetensors", "Forecaster");
/// </code>
/// </example>
public static class KerasFile
{
    private const string ConfigAttribute = "model_config", VersionAttribute = "keras_version", BackendAttribute = "backend", WeightsGroup = "model_weights";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, of at most 2 GiB.</param>
    /// <param name="options">What is asked for besides, or <see langword="null"/>.</param>
    /// <exception cref="ForeignFileException">It is not a Keras model, is damaged, or holds what no declaration can say.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static ForeignModel Read(string path, ImportOptions? options = null) =>
        TryRead(path, options) ?? throw new ForeignFileException(Invariant($"{path}: {NoModel}"));

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">All of its bytes; they are not changed.</param>
    /// <param name="options">What is asked for besides, or <see langword="null"/>.</param>
    /// <exception cref="ForeignFileException">It is not a Keras model, is damaged, or holds what no declaration can say.</exception>
    public static ForeignModel Read(byte[] file, ImportOptions? options = null) => TryRead(file, options) ?? throw new ForeignFileException(NoModel);

    /// <summary>Reads a file if it is one of Keras's; its content says so, and not its name.</summary>
    /// <param name="path">The file, of at most 2 GiB.</param>
    /// <param name="options">What is asked for besides, or <see langword="null"/>.</param>
    /// <returns>The model, or <see langword="null"/> where the file is of another format.</returns>
    /// <exception cref="ForeignFileException">It is of Keras, but damaged, or holds what no declaration can say.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static ForeignModel? TryRead(string path, ImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return TryRead(WholeFile.Read(path), options);
        }
        catch (ForeignFileException e)
        {
            throw new ForeignFileException(Invariant($"{path}: {e.Message}"), e);
        }
    }

    private static string NoModel => "The file is not a Keras model: those are .keras, a zip archive with config.json and model.weights.h5, and .h5, HDF5 with the attribute model_config.";

    private static ForeignModel? TryRead(byte[] file, ImportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new ImportOptions();
        return Hdf5File.Is(file) ? ReadWhole(new Hdf5File(file).Root, options) : KerasArchive.TryRead(file) is { } archive ? ReadArchive(archive, options) : null;
    }

    private static ForeignModel ReadArchive(KerasArchive archive, ImportOptions options)
    {
        if (!Hdf5File.Is(archive.WeightsFile))
        {
            throw new ForeignFileException(Invariant($"{KerasArchive.Weights} in the .keras file is not HDF5: the file is damaged."));
        }

        ForeignModelBuilder model = new("a Keras model");
        if (archive.MetadataText is { } metadata)
        {
            JsonFile.Flatten(JsonFile.Parse(metadata), "", model.Metadata);
        }

        return Read(archive.ConfigText, new NumberedWeights(new Hdf5File(archive.WeightsFile).Root), new KerasOrigin(model.Metadata.GetValueOrDefault(VersionAttribute), null) { IsArchive = true }, model, options);
    }

    private static ForeignModel ReadWhole(Hdf5Object root, ImportOptions options)
    {
        string config = root.Text(ConfigAttribute) ?? throw new ForeignFileException(Invariant(
            $"The HDF5 file has no attribute {ConfigAttribute}: it holds weights without the model, or is not of Keras. Save the whole model with model.save(path)."));
        ForeignModelBuilder model = new("a Keras model");
        KerasOrigin origin = new(root.Text(VersionAttribute), root.Text(BackendAttribute));
        if (origin.Version is { } version)
        {
            model.Metadata[VersionAttribute] = version;
        }

        Hdf5Object weights = root.Find(WeightsGroup) ?? throw new ForeignFileException(Invariant($"The HDF5 file has no group {WeightsGroup}: it is damaged."));
        return Read(Encoding.UTF8.GetBytes(config), new NamedWeights(weights), origin, model, options);
    }

    private static ForeignModel Read(byte[] config, KerasWeights weights, KerasOrigin origin, ForeignModelBuilder model, ImportOptions options) =>
        new KerasModelReader(ModelConfig.Read(JsonFile.Parse(config)), weights, origin, model).Read(options);
}
