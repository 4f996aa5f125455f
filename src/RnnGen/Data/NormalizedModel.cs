using System.Buffers;
using System.Numerics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// A model of numbers that predicts in original units: with the normalisers <c>input</c> and <c>target</c> that it carries, it normalises what it reads and brings
/// what it gives back. Safe from many threads at once, as the model is.
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
    /// <summary>The name of the normaliser of what the model reads.</summary>
    public const string InputName = "input";

    /// <summary>The name of the normaliser of what the model gives.</summary>
    public const string TargetName = "target";

    private readonly TModel _model;
    private readonly FeatureNormalizer _input, _target;
    private readonly TNumber _missingInput;

    /// <summary>Puts a model and the normalisers that it carries together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="metadata">
    /// What it carries: <c>model.Metadata</c>. The input's normaliser has the features of a step; the target's those of a step of the output, or one for all outputs
    /// of a model that says them at once.
    /// </param>
    /// <param name="missingInput">What a missing input (NaN) becomes, in normalised units, as in training. Default: 0, the mean with the standard score.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="missingInput"/> is not finite.</exception>
    /// <exception cref="ModelFileException">A normaliser is missing, or has another number of features than the model; the message has both.</exception>
    public NormalizedModel(TModel model, ModelMetadata metadata, TNumber missingInput = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(metadata);
        _model = model;
        _missingInput = MissingInputs.Finite(missingInput, nameof(missingInput));
        ModelLayout layout = TModel.Layout;
        _input = Fitting(metadata, InputName, layout.InputStep, "reads", isAll: false);
        _target = Fitting(metadata, TargetName, layout.OutputLength / layout.OutputSteps, "predicts", isAll: layout.OutputSteps == 1 && !layout.IsDecoded);
    }

    /// <summary>Predicts one sequence.</summary>
    /// <param name="input">As the model reads it, in original units; NaN where a value is missing.</param>
    /// <returns>What the model gives, in original units.</returns>
    /// <exception cref="ArgumentException">The input has another length.</exception>
    public TNumber[] Predict(ReadOnlySpan<TNumber> input)
    {
        TNumber[] output = new TNumber[TModel.Layout.OutputLength];
        PredictBatch(input, output, 1);
        return output;
    }

    /// <summary>Predicts sequences.</summary>
    /// <param name="inputs"><c>count × Layout.InputLength</c> elements in original units; NaN where a value is missing. They are not changed.</param>
    /// <param name="outputs"><c>count × Layout.OutputLength</c> elements, overwritten.</param>
    /// <param name="count">Sequences, at least 0.</param>
    /// <param name="lengths">Steps of each sequence, or none where all have all.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void PredictBatch(ReadOnlySpan<TNumber> inputs, Span<TNumber> outputs, int count, ReadOnlySpan<int> lengths = default)
    {
        if (inputs.Length != (long)count * TModel.Layout.InputLength || outputs.Length != (long)count * TModel.Layout.OutputLength)
        {
            throw new ArgumentException(
                Invariant($"{count} sequences of {TModel.Layout.ModelName} have {(long)count * TModel.Layout.InputLength} inputs and {(long)count * TModel.Layout.OutputLength} outputs; found {inputs.Length} and {outputs.Length}."), nameof(inputs));
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
    /// <param name="isAll">Whether a normaliser of one feature may stand for all: the outputs of one step may be one series' next values.</param>
    private static FeatureNormalizer Fitting(ModelMetadata metadata, string name, int features, string verb, bool isAll)
    {
        FeatureNormalizer normalizer = metadata.GetNormalizer(name);
        return normalizer.Count == features || (isAll && normalizer.Count == 1) ? normalizer : throw new ModelFileException(
            Invariant($"The normaliser '{name}' has {Count(normalizer.Count)}, and {TModel.Layout.ModelName} {verb} {Count(features)} a step{(isAll ? "; give one for each, or one for all" : "")}. Is it another model's?"));

        static string Count(int count) => count == 1 ? "1 feature" : Invariant($"{count} features");
    }
}
