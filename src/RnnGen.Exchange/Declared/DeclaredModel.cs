using System.Numerics;
using RnnGen.Exchange.Declared;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Safetensors;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange;

/// <summary>A model of RnnGen's as exports read it: its declaration and its parameters, from the file that <c>Save</c> wrote or from an instance.</summary>
/// <example>
/// <code>
/// OnnxExport.Save(DeclaredModel.Read("forecaster.safetensors"), "forecaster.onnx");
/// </code>
/// </example>
public sealed class DeclaredModel
{
    private const string ModelKey = "rnngen.model";

    private readonly Dictionary<string, Tensor> _tensors;
    private readonly string _cause;

    // What a parameter that does not fit the declaration is owed to.
    private DeclaredModel(string name, string specification, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata, string cause = "the file is damaged")
    {
        (Name, Specification, Metadata, _cause) = (name, specification, metadata, cause);
        DeclaredStack stack = DeclaredStack.Parse(specification);
        (Architecture, Precision, Pooling, InputSize, SequenceLength, OutputSize) = (stack.Architecture, stack.Precision, stack.Pooling, stack.InputSize, stack.SequenceLength, stack.OutputSize);
        (Loss, VocabularySize, EmbeddingSize, IsTied, OutputSkip, LearnedInitialState, HasDecoder, Layers) = (stack.Loss, stack.VocabularySize, stack.EmbeddingSize, stack.IsTied, stack.OutputSkip, stack.LearnedInitialState, stack.HasDecoder, stack.Layers);
        (Column, Others) = (stack.Column, stack.Others);
        _tensors = new Dictionary<string, Tensor>(tensors, StringComparer.Ordinal);
    }

    /// <summary>The class's name.</summary>
    public string Name { get; }

    /// <summary>The whole declaration as JSON: <see cref="ModelLayout.Specification"/>.</summary>
    public string Specification { get; }

    /// <summary>How an input sequence maps to an output.</summary>
    public Architecture Architecture { get; }

    /// <summary>The number type.</summary>
    public Precision Precision { get; }

    /// <summary>How a many-to-one model reduces the last recurrent layer's outputs.</summary>
    public Pooling Pooling { get; }

    /// <summary>Values of an input step: 1 where inputs are tokens.</summary>
    public int InputSize { get; }

    /// <summary>Steps of a sequence.</summary>
    public int SequenceLength { get; }

    /// <summary>Values that are predicted at a step.</summary>
    public int OutputSize { get; }

    /// <summary>The name of the loss.</summary>
    public string Loss { get; }

    /// <summary>The number of tokens; 0 where inputs are numbers.</summary>
    public int VocabularySize { get; }

    /// <summary>Values of a token's row; 0 where inputs are numbers.</summary>
    public int EmbeddingSize { get; }

    /// <summary>Whether the output layer's matrix is the table of the embedding.</summary>
    public bool IsTied { get; }

    /// <summary>Whether the first inputs of a step are added to its outputs.</summary>
    public bool OutputSkip { get; }

    /// <summary>Whether the states before the first step are parameters.</summary>
    public bool LearnedInitialState { get; }

    /// <summary>Whether there is a second stack, which reads its own output.</summary>
    public bool HasDecoder { get; }

    /// <summary>The layers in the order in which values flow, the output layer last; those of the encoder where there is a decoder.</summary>
    public IReadOnlyList<DeclaredLayer> Layers { get; }

    /// <summary>What the model's file says besides.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Number of parameters.</summary>
    public long ParameterCount => _tensors.Values.Sum(static tensor => (long)tensor.Values.Length);

    /// <summary>Names and shapes of the parameters, in the order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<int>>> Parameters =>
        [.. _tensors.OrderBy(static tensor => tensor.Key, StringComparer.Ordinal).Select(static tensor => KeyValuePair.Create(tensor.Key, tensor.Value.Shape))];

    /// <summary>Reads a file that a generated class saved.</summary>
    /// <param name="path">The file.</param>
    /// <param name="specification">The declaration of an older file that does not carry it, <see cref="ModelLayout.Specification"/> of its class; else <see langword="null"/>.</param>
    /// <exception cref="ForeignFileException">It is no file of RnnGen's, is damaged, or does not carry its declaration.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static DeclaredModel Read(string path, string? specification = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Read(WholeFile.Read(path), specification);
        }
        catch (ForeignFileException e)
        {
            throw new ForeignFileException(Invariant($"{path}: {e.Message}"), e);
        }
    }

    /// <summary>The class that saved a file; <see langword="null"/> where the file does not say it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ForeignFileException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    internal static string? NameIn(string path) =>
        WholeFile.Read(path) is var file && SafetensorsDict.Is(file) ? SafetensorsDict.ReadAny(file).Metadata.GetValueOrDefault(ModelKey) : null;

    /// <summary>Reads a file if it is one that a generated class saved, with its declaration in it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, or <see langword="null"/> where the file is another one.</returns>
    /// <exception cref="ForeignFileException">It is RnnGen's own, but damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static DeclaredModel? TryRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] file = WholeFile.Read(path);
        try
        {
            return SafetensorsDict.Is(file) && SafetensorsDict.ReadAny(file).Metadata.ContainsKey(SafetensorsDict.SpecificationKey) ? Read(file) : null;
        }
        catch (ForeignFileException e)
        {
            throw new ForeignFileException(Invariant($"{path}: {e.Message}"), e);
        }
    }

    /// <summary>Reads the bytes of a file that a generated class saved.</summary>
    /// <param name="file">All of its bytes; they are not changed.</param>
    /// <param name="specification">The declaration of an older file that does not carry it; else <see langword="null"/>.</param>
    /// <exception cref="ForeignFileException">It is no file of RnnGen's, is damaged, or does not carry its declaration.</exception>
    public static DeclaredModel Read(byte[] file, string? specification = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!SafetensorsDict.Is(file))
        {
            throw new ForeignFileException("The file is not one that a generated class saved: those are safetensors files.");
        }

        (StateDict dict, IReadOnlyDictionary<string, string> said) = SafetensorsDict.ReadAny(file);
        string found = specification ?? said.GetValueOrDefault(SafetensorsDict.SpecificationKey)
            ?? throw new ForeignFileException("The file does not carry its declaration: give the class that saved it (--declaration Model.cs), or save it again with this version of RnnGen.");
        Dictionary<string, string> metadata = new(said.Where(static entry => entry.Key != "format" && !entry.Key.StartsWith("rnngen.", StringComparison.Ordinal)), StringComparer.Ordinal);
        Dictionary<string, Tensor> tensors = dict.Entries.ToDictionary(static entry => entry.Name, entry => dict.Take(entry.Name), StringComparer.Ordinal);
        string name = said.GetValueOrDefault(ModelKey, "Model");
        if (!ForeignText.IsName(name))
        {
            throw new ForeignFileException(Invariant($"The file says that its model is called {ForeignText.Shown(name)}, which is not the name of a class: it is damaged."));
        }

        return new DeclaredModel(name, found, tensors, metadata, specification is null ? "the file is damaged" : "give the declaration of the class that saved this file");
    }

    /// <summary>Reads a model's declaration and copies its parameters.</summary>
    /// <typeparam name="TSelf">The model's class.</typeparam>
    /// <typeparam name="TNumber">Its number type.</typeparam>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="metadata">What its file would say besides, in place of the model's own metadata; or <see langword="null"/>, which is <c>model.Metadata</c>.</param>
    /// <exception cref="ArgumentException">The model is written by hand, and has no declaration.</exception>
    /// <exception cref="ExportException">A parameter is not finite.</exception>
    public static DeclaredModel Of<TSelf, TNumber, TInput, TTarget>(IRnnModel<TSelf, TNumber, TInput, TTarget> model, IEnumerable<KeyValuePair<string, string>>? metadata = null)
        where TSelf : IRnnModel<TSelf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelLayout layout = TSelf.Layout;
        if (layout.Specification.Length == 0)
        {
            throw new ArgumentException(Invariant($"{layout.ModelName} is written by hand and has no declaration; models that the generator made can be exported."), nameof(model));
        }

        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        foreach (ParameterInfo parameter in layout.Parameters)
        {
            ReadOnlySpan<TNumber> values = model.Parameters.Slice(parameter.Offset, parameter.Length);
            double[] numbers = new double[values.Length];
            for (int k = 0; k < numbers.Length; k++)
            {
                numbers[k] = TNumber.IsFinite(values[k]) ? double.CreateTruncating(values[k])
                    : throw new ExportException(Invariant($"{parameter.Name} of {layout.ModelName} is {values[k]} at index {k}, which is not finite: the training has diverged. Export the model as it was before."));
            }

            tensors[parameter.Name] = new Tensor(parameter.Name, parameter.Shape, numbers);
        }

        return new DeclaredModel(layout.ModelName, layout.Specification, tensors, new Dictionary<string, string>(metadata ?? model.Metadata ?? [], StringComparer.Ordinal));
    }

    /// <summary>The first input column that is more than numbers at each step, and what it is; null where there is none.</summary>
    internal (string Name, string What)? Column { get; }

    /// <summary>What else is declared that no export knows.</summary>
    internal IReadOnlyList<string> Others { get; }

    /// <summary>A parameter, or null where there is none.</summary>
    internal Tensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>A parameter of a known shape.</summary>
    internal Tensor Take(string name, params int[] shape)
    {
        Tensor tensor = Find(name) ?? throw new ForeignFileException(Invariant($"The file has no {name}, which its declaration has: {_cause}."));
        return tensor.Shape.SequenceEqual(shape) ? tensor
            : throw new ForeignFileException(Invariant($"{name} is {tensor.ShapeText}, but the declaration says [{string.Join(", ", shape)}]: {_cause}."));
    }
}
