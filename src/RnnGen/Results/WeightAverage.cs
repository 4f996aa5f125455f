using System.Numerics;
using System.Runtime.InteropServices;

namespace RnnGen;

/// <summary>
/// An exponential moving average of a model's parameters, for a training loop of your own: average ← d average + (1 - d) parameters after each update (B. Polyak and
/// A. Juditsky 1992). <c>Fit</c> keeps one if <see cref="FitOptions.AverageDecay"/> is set.
/// </summary>
/// <remarks>The first updates are averaged evenly, as long as 1 / count is more than 1 - d, so that where the training began has no weight.</remarks>
/// <typeparam name="TNumber">The model's number type.</typeparam>
/// <example>
/// <code>
/// WeightAverage&lt;float&gt; average = new(decay: 0.999);
/// Model averaged = model.Clone();                      // is measured and kept, while the model itself continues to train
/// foreach (Batch batch in batches)
/// {
///     model.TrainStep(batch.Inputs, batch.Targets, batch.Count, optimizer);
///     average.Add(model.Parameters);
/// }
///
/// averaged.SetParameters(average.Parameters);
/// Console.WriteLine(averaged.Evaluate(validation));
/// </code>
/// </example>
public sealed class WeightAverage<TNumber> where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
{
    private TNumber[] _average = [];
    private TNumber[] _other = [];

    /// <summary>Creates an empty average.</summary>
    /// <param name="decay">d, the share of the past, from 0 to below 1; 0.999 is common.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is not from 0 to below 1.</exception>
    public WeightAverage(double decay) => Decay = Hyperparameter.Decay(decay, nameof(decay));

    /// <summary>The share of the past, d.</summary>
    public double Decay { get; }

    /// <summary>The number of updates that were added.</summary>
    public long Count { get; private set; }

    /// <summary>The average; empty before the first update.</summary>
    public ReadOnlySpan<TNumber> Parameters => Count == 0 ? default : _average;

    /// <summary>Adds the parameters after an update to the average. Only the first call allocates.</summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <exception cref="ArgumentException">Their number differs from that of earlier calls; nothing was added.</exception>
    public void Add(ReadOnlySpan<TNumber> parameters)
    {
        if (Count > 0 && parameters.Length != _average.Length)
        {
            throw new ArgumentException(Invariant($"The average is of {_average.Length} parameters; found {parameters.Length}."), nameof(parameters));
        }

        if (Count == 0)
        {
            Restore(parameters, 1);
            return;
        }

        Count++;
        TNumber share = TNumber.CreateTruncating(1 - Math.Min(Decay, (Count - 1.0) / Count));
        Vector<TNumber> shares = new(share);
        int i = 0;
        ref TNumber average = ref MemoryMarshal.GetArrayDataReference(_average);
        for (; i <= _average.Length - Vector<TNumber>.Count; i += Vector<TNumber>.Count)
        {
            Vector<TNumber> before = Vector.LoadUnsafe(ref average, (nuint)i);
            (before + (shares * (new Vector<TNumber>(parameters[i..]) - before))).StoreUnsafe(ref average, (nuint)i);
        }

        for (; i < _average.Length; i++)
        {
            _average[i] += share * (parameters[i] - _average[i]);
        }
    }

    /// <summary>Continues from an earlier one.</summary>
    internal void Restore(ReadOnlySpan<TNumber> average, long count)
    {
        if (_average.Length != average.Length)
        {
            _average = new TNumber[average.Length];
        }

        average.CopyTo(_average);
        Count = count;
    }

    /// <summary>Swaps the model's parameters with the average, until it is called again; does nothing before the first update.</summary>
    internal void Swap<TModel, TInput, TTarget>(TModel model)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        if (Count == 0)
        {
            return;
        }

        if (_other.Length != _average.Length)
        {
            _other = new TNumber[_average.Length];
        }

        model.Parameters.CopyTo(_other);
        model.SetParameters(_average);
        (_average, _other) = (_other, _average);
    }
}
