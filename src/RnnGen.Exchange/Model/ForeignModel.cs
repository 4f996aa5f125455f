using RnnGen.Exchange.Model;
using RnnGen.Runtime;

namespace RnnGen.Exchange;

/// <summary>A recurrent model that was read from a file of another framework: its layers, and its parameters in RnnGen's layout.</summary>
/// <remarks>
/// <see cref="ToDeclaration"/> writes the class that declares it, <see cref="SaveWeights"/> the file that this class loads, and <see cref="Run"/> computes what the file's own
/// format says, from the numbers as the file holds them, which the declared model is compared with.
/// </remarks>
public sealed class ForeignModel
{
    private readonly IForeignEquations _equations;

    internal ForeignModel(IForeignEquations equations) => _equations = equations;

    /// <summary>What the file is, such as <c>PyTorch state dict</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Whether the model has one output at the end or one for each step.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>The number type of the file: <see cref="Precision.Double"/> only where all of its numbers are double.</summary>
    public required Precision Precision { get; init; }

    /// <summary>Steps of a sequence; <see langword="null"/> where the file does not say.</summary>
    public required int? SequenceLength { get; init; }

    /// <summary>The layers in the order in which values flow; the last one is what a declaration calls the output layer.</summary>
    public required IReadOnlyList<ForeignLayer> Layers { get; init; }

    /// <summary>The parameters with the names of a declared model.</summary>
    public required IReadOnlyList<ForeignTensor> Tensors { get; init; }

    /// <summary>Whether the states before the first step are values of the file, and not zero.</summary>
    public required bool LearnedInitialState { get; init; }

    /// <summary>Whether the first inputs of a step are added to its outputs.</summary>
    public required bool OutputSkip { get; init; }

    /// <summary>How a model with one output reduces its last recurrent layer's outputs to it.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>Where the file's framework passes over masked steps: a step whose values are all this one, or the token, is masked. The declared model reads sequences without such steps. <see langword="null"/> without a mask.</summary>
    public double? MaskedValue { get; init; }

    /// <summary>What else the file says, such as a sample rate.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>What was assumed, reordered, filled in or left out, a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Tokens of the vocabulary; 0 where inputs are numbers.</summary>
    public int VocabularySize => Layers[0].Kind == ForeignLayerKind.Embedding ? Layers[0].InputSize : 0;

    /// <summary>Values of an input step: 1 where inputs are tokens.</summary>
    public int InputSize => VocabularySize > 0 ? 1 : Layers[0].InputSize;

    /// <summary>Values of an output step.</summary>
    public int OutputSize => Layers[^1].Size;

    /// <summary>What the calls of <see cref="Run"/> so far computed, such as <c>the graph's own nodes</c> of an ONNX file, or <c>a PyTorch state dict's equations</c>.</summary>
    public string Basis => _equations.Basis ?? Invariant($"{Format}'s equations");

    /// <summary>Number of parameters.</summary>
    public long ParameterCount => Tensors.Sum(static tensor => (long)tensor.Values.Length);

    /// <summary>Computes the outputs of one sequence by the equations of the file's format, in double. It is slow, and takes nothing from generated code.</summary>
    /// <param name="inputs"><c>[steps, InputSize]</c>; a token for each step where there is a vocabulary.</param>
    /// <param name="steps">Steps of the sequence, at least 1.</param>
    /// <returns><c>[steps, OutputSize]</c>, or <c>[OutputSize]</c> with <see cref="Architecture.ManyToOne"/>.</returns>
    /// <exception cref="ArgumentException">The length of the inputs is another one, a token is outside of the vocabulary, or a step is masked.</exception>
    public double[] Run(ReadOnlySpan<double> inputs, int steps)
    {
        if (steps < 1 || inputs.Length != (long)steps * InputSize)
        {
            throw new ArgumentException(Invariant($"{steps} steps of {InputSize} values were expected, but there are {inputs.Length} values."), nameof(inputs));
        }

        foreach (double token in VocabularySize > 0 ? inputs : [])
        {
            if (token < 0 || token >= VocabularySize || token != Math.Floor(token))
            {
                throw new ArgumentException(Invariant($"{token} is not a token from 0 to {VocabularySize - 1}."), nameof(inputs));
            }
        }

        for (int t = 0; t < steps && MaskedValue is { } masked; t++)
        {
            if (!inputs.Slice(t * InputSize, InputSize).ContainsAnyExcept(masked))
            {
                throw new ArgumentException(Invariant($"Step {t} is masked, since its values are {masked}: give the sequence without it."), nameof(inputs));
            }
        }

        return _equations.Run(inputs, steps);
    }

    /// <summary>The class that declares this model, as a person would write it.</summary>
    /// <param name="options">Its name, its namespace and the length of its sequences.</param>
    public string ToDeclaration(DeclarationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return DeclarationIn(Precision, options);
    }

    /// <summary>Saves the parameters as a safetensors file that the declared class loads; an existing file is replaced whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="modelName">The declared class's name, which the file says.</param>
    /// <param name="metadata">More to say in the file's header, or <see langword="null"/>; the model's own <see cref="Metadata"/> is said in any case.</param>
    /// <exception cref="ForeignFileException">A value is too large for the number type; nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing one is unchanged.</exception>
    public void SaveWeights(string path, string modelName, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, ToWeights(modelName, metadata));
    }

    /// <summary>The bytes of the file that <see cref="SaveWeights"/> writes.</summary>
    /// <inheritdoc cref="SaveWeights"/>
    public byte[] ToWeights(string modelName, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelName);
        return WeightsText.Of(this, Precision, modelName, metadata);
    }

    /// <summary>The declaration in a number type, which may be another one than the file's.</summary>
    internal string DeclarationIn(Precision precision, DeclarationOptions options) => DeclarationText.Of(this, precision, options);

    /// <summary>The weights in a number type, which may be another one than the file's.</summary>
    internal byte[] WeightsIn(Precision precision, string modelName) => WeightsText.Of(this, precision, modelName, metadata: null);
}
