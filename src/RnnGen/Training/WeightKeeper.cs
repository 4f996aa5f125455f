using System.Numerics;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>Parameters beside a model's own: those of its best epoch, or their moving average.</summary>
internal sealed class WeightKeeper<TNumber> where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
{
    private TNumber[] _kept;
    private TNumber[]? _other;

    public WeightKeeper(ReadOnlySpan<TNumber> parameters) => _kept = parameters.ToArray();

    /// <summary>Parameters that were taken into the average.</summary>
    public long Count { get; private set; }

    /// <summary>What is kept.</summary>
    public ReadOnlySpan<TNumber> Kept => _kept;

    /// <summary>Goes on from what was kept before.</summary>
    public void Restore(ReadOnlySpan<TNumber> kept, long count)
    {
        kept.CopyTo(_kept);
        Count = count;
    }

    /// <summary>Takes over the parameters as they are.</summary>
    public void Take(ReadOnlySpan<TNumber> parameters) => parameters.CopyTo(_kept);

    /// <summary>Takes the parameters into the average: kept += share (parameters - kept). The first steps are averaged evenly, so that the start has no weight.</summary>
    public void Average(ReadOnlySpan<TNumber> parameters, double decay)
    {
        Count++;
        TNumber share = TNumber.CreateTruncating(1 - Math.Min(decay, (Count - 1.0) / Count));
        Vector<TNumber> shares = new(share);
        int i = 0;
        ref TNumber kept = ref MemoryMarshal.GetArrayDataReference(_kept);
        for (; i <= _kept.Length - Vector<TNumber>.Count; i += Vector<TNumber>.Count)
        {
            Vector<TNumber> before = Vector.LoadUnsafe(ref kept, (nuint)i);
            (before + (shares * (new Vector<TNumber>(parameters[i..]) - before))).StoreUnsafe(ref kept, (nuint)i);
        }

        for (; i < _kept.Length; i++)
        {
            _kept[i] += share * (parameters[i] - _kept[i]);
        }
    }

    /// <summary>The model gets what is kept, and what it had is kept.</summary>
    public void Swap<TModel, TInput, TTarget>(TModel model)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        _other ??= new TNumber[_kept.Length];
        model.Parameters.CopyTo(_other);
        model.SetParameters(_kept);
        (_kept, _other) = (_other, _kept);
    }

    /// <summary>The model gets what is kept.</summary>
    public void Put<TModel, TInput, TTarget>(TModel model)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged => model.SetParameters(_kept);
}
