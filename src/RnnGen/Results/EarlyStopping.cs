using System.Numerics;

namespace RnnGen;

/// <summary>
/// Early stopping for a training loop of your own (L. Prechelt 1998): it takes the loss of each epoch, keeps the parameters of the best one, and tells when the loss has not fallen for too
/// long. <c>Fit</c> uses it if <see cref="FitOptions.Patience"/> is set.
/// </summary>
/// <typeparam name="TNumber">The model's number type.</typeparam>
/// <example>
/// <code>
/// EarlyStopping&lt;float&gt; stopping = new(patience: 5);
/// while (!stopping.ShouldStop)
/// {
///     foreach (Batch batch in batches)
///     {
///         model.TrainStep(batch.Inputs, batch.Targets, batch.Count, optimizer);
///     }
///
///     stopping.Add(model.Evaluate(validation).Loss, model.Parameters);
/// }
///
/// model.SetParameters(stopping.BestParameters);
/// </code>
/// </example>
public sealed class EarlyStopping<TNumber> where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
{
    private TNumber[] _best = [];

    /// <summary>Creates it, without an epoch.</summary>
    /// <param name="patience">Epochs without a new lowest loss after which the training should stop, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="patience"/> is below 1.</exception>
    public EarlyStopping(int patience) => Patience = Hyperparameter.AtLeastOne(patience, nameof(patience));

    /// <summary>Epochs without a new lowest loss after which the training should stop.</summary>
    public int Patience { get; }

    /// <summary>The number of epochs that have ended, one for each loss that was added.</summary>
    public int EpochCount { get; private set; }

    /// <summary>The epoch with the lowest loss, from 1, the first of equals; 0 before there is one.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>The lowest loss; infinite before there is one.</summary>
    public double BestLoss { get; private set; } = double.PositiveInfinity;

    /// <summary>Whether the loss has not fallen for <see cref="Patience"/> epochs.</summary>
    public bool ShouldStop => EpochCount - BestEpoch >= Patience;

    /// <summary>A copy of the parameters that were added with the lowest loss; empty if there is none, or if it came without parameters.</summary>
    public ReadOnlySpan<TNumber> BestParameters => _best;

    /// <summary>Adds an epoch.</summary>
    /// <param name="loss">Its loss, usually the validation loss, which should fall. Negate a measure that should rise. NaN is never the lowest.</param>
    /// <param name="parameters">The parameters after it; they are copied if the loss is the lowest so far. Empty (default) to keep none.</param>
    /// <returns>Whether the loss is the lowest so far.</returns>
    public bool Add(double loss, ReadOnlySpan<TNumber> parameters = default)
    {
        EpochCount++;
        if (!(double.IsFinite(loss) && loss < BestLoss))
        {
            return false;
        }

        Restore(EpochCount, EpochCount, loss, parameters);
        return true;
    }

    /// <summary>Continues from an earlier one.</summary>
    internal void Restore(int epochs, int bestEpoch, double bestLoss, ReadOnlySpan<TNumber> best)
    {
        (EpochCount, BestEpoch, BestLoss) = (epochs, bestEpoch, bestLoss);
        if (_best.Length != best.Length)
        {
            _best = new TNumber[best.Length];
        }

        best.CopyTo(_best);
    }
}
