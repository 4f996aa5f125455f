using System.Buffers;
using System.Numerics;

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

    /// <summary>Puts a model and the normalisers that it carries together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="metadata">What it carries: <c>model.Metadata</c>.</param>
    /// <exception cref="ModelFileException">A normaliser is missing, or its features do not divide the model's input or output.</exception>
    public NormalizedModel(TModel model, ModelMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(metadata);
        _model = model;
        _input = Fitting(metadata, InputName, TModel.Layout.InputLength);
        _target = Fitting(metadata, TargetName, TModel.Layout.OutputLength);
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
                $"{count} sequences of {TModel.Layout.ModelName} have {(long)count * TModel.Layout.InputLength} inputs and {(long)count * TModel.Layout.OutputLength} outputs; found {inputs.Length} and {outputs.Length}.", nameof(inputs));
        }

        TNumber[] normalized = ArrayPool<TNumber>.Shared.Rent(inputs.Length);
        try
        {
            Span<TNumber> rows = normalized.AsSpan(0, inputs.Length);
            inputs.CopyTo(rows);
            _input.Apply(rows);
            _model.PredictBatch(rows, outputs, count, lengths);
            _target.Invert(outputs);
        }
        finally
        {
            ArrayPool<TNumber>.Shared.Return(normalized);
        }
    }

    private static FeatureNormalizer Fitting(ModelMetadata metadata, string name, int length)
    {
        FeatureNormalizer normalizer = metadata.GetNormalizer(name);
        return length % normalizer.Count == 0 ? normalizer : throw new ModelFileException(
            $"The normaliser '{name}' has {normalizer.Count} features, which do not divide the {length} values of {TModel.Layout.ModelName}; it belongs to another model.");
    }
}
