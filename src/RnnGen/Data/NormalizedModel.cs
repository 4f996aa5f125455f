using System.Buffers;
using System.Numerics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// A model of numbers that predicts in original units. It uses the normalisers <c>input</c> and <c>target</c> of the model's metadata to normalise inputs and to convert
/// outputs back. Safe to use from many threads at once, like the model.
/// </summary>
/// <typeparam name="TModel">The model.</typeparam>
/// <typeparam name="TNumber">Its number type.</typeparam>
/// <example>
/// <code>
/// Forecaster model = Forecaster.Load("weather.safetensors");
/// NormalizedModel&lt;Forecaster, float&gt; forecaster = new(model, model.Metadata);
/// float[] tomorrow = forecaster.Predict(measured);   // both in degrees and hectopascals
/// </code>
/// </example>
public sealed class NormalizedModel<TModel, TNumber>
    where TModel : IRnnModel<TModel, TNumber, TNumber, TNumber>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
{
    /// <summary>The name of the normaliser of inputs.</summary>
    public const string InputName = "input";

    /// <summary>The name of the normaliser of outputs.</summary>
    public const string TargetName = "target";

    private readonly TModel _model;
    private readonly FeatureNormalizer _input, _target;
    private readonly TNumber _missingInput;

    /// <summary>Combines a model and the normalisers in its metadata.</summary>
    /// <param name="model">The model.</param>
    /// <param name="metadata">
    /// The metadata: <c>model.Metadata</c>. The input's normaliser has the features of a step; the target's has those of an output step, or one feature for all outputs
    /// of a model with one output step.
    /// </param>
    /// <param name="missingInput">The replacement of a missing input (NaN), in normalised units, as in training. Default: 0, the mean with the standard score.</param>
    /// <exception cref="ArgumentException">The model has categories, or inputs that are given once.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="missingInput"/> is not finite.</exception>
    /// <exception cref="ModelFileException">A normaliser is missing, or has another number of features than the model; the message has both numbers.</exception>
    public NormalizedModel(TModel model, ModelMetadata metadata, TNumber missingInput = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(metadata);
        _model = model;
        _missingInput = MissingInputs.Finite(missingInput, nameof(missingInput));
        ModelLayout layout = TModel.Layout;
        if (layout.IsRow || layout.CategoryInputs.Length > 0)
        {
            throw new ArgumentException(Invariant($"{layout.ModelName} has categories, or inputs that are given once, which a normaliser of a step's features would change. Normalise its numbers before you pack its rows."), nameof(model));
        }

        _input = Fitting(metadata, InputName, layout.InputStep, "reads", isAll: false);
        _target = Fitting(metadata, TargetName, layout.OutputLength / layout.OutputSteps, "predicts", isAll: layout.OutputSteps == 1 && !layout.IsDecoded);
    }

    /// <summary>Predicts one sequence.</summary>
    /// <param name="input">The model's input in original units; NaN for a missing value.</param>
    /// <returns>The model's output in original units.</returns>
    /// <exception cref="ArgumentException">The input has another length.</exception>
    public TNumber[] Predict(ReadOnlySpan<TNumber> input)
    {
        TNumber[] output = new TNumber[TModel.Layout.OutputLength];
        PredictBatch(input, output, 1);
        return output;
    }

    /// <summary>Predicts sequences.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements in original units; NaN for a missing value. They are not changed.</param>
    /// <param name="outputs"><c>count × Layout.OutputLength</c> elements, overwritten.</param>
    /// <param name="count">Sequences, at least 0.</param>
    /// <param name="lengths">Steps of each sequence, or empty if all have all steps.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void PredictBatch(ReadOnlySpan<TNumber> inputs, Span<TNumber> outputs, int count, ReadOnlySpan<int> lengths = default)
    {
        if (inputs.Length != (long)count * TModel.Layout.InputLength || outputs.Length != (long)count * TModel.Layout.OutputLength)
        {
            throw new ArgumentException(
                Invariant($"{count} sequences of {TModel.Layout.ModelName} have {(long)count * TModel.Layout.InputLength} inputs and {(long)count * TModel.Layout.OutputLength} outputs, not {inputs.Length} and {outputs.Length}."), nameof(inputs));
        }

        TNumber[] normalized = ArrayPool<TNumber>.Shared.Rent(inputs.Length);
        try
        {
            Span<TNumber> rows = normalized.AsSpan(0, inputs.Length);
            inputs.CopyTo(rows);
            _input.Apply(rows);
            MissingInputs.Replace(rows, _missingInput);
            _model.PredictBatch(rows, outputs, count, lengths);
            _target.Invert(outputs);
        }
        finally
        {
            ArrayPool<TNumber>.Shared.Return(normalized);
        }
    }

    /// <param name="metadata">Where the normaliser is kept.</param>
    /// <param name="name">Its name.</param>
    /// <param name="features">Features of a step of the model.</param>
    /// <param name="verb">What the model does with them.</param>
    /// <param name="isAll">Whether a normaliser of one feature may be used for all: the outputs of one step may be one series' next values.</param>
    private static FeatureNormalizer Fitting(ModelMetadata metadata, string name, int features, string verb, bool isAll)
    {
        FeatureNormalizer normalizer = metadata.GetNormalizer(name);
        return normalizer.Count == features || (isAll && normalizer.Count == 1) ? normalizer : throw new ModelFileException(
            Invariant($"The normaliser '{name}' has {Count(normalizer.Count)}, but {TModel.Layout.ModelName} {verb} {Count(features)} per step{(isAll ? "; it needs one for each, or one for all" : "")}. Does it belong to another model?"));

        static string Count(int count) => count == 1 ? "1 feature" : Invariant($"{count} features");
    }
}
