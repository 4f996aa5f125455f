using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen;

/// <summary>
/// What one optimiser does to one vector of parameters. Rules are structs, so <see cref="OptimizerStep{T}.Run"/> is compiled
/// for each of them with the rule inlined. A rule works element by element: its bits do not depend on the vector width.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
internal interface IUpdateRule<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Returns the new parameters and updates their moments.</summary>
    /// <param name="parameter">The parameters.</param>
    /// <param name="gradient">Their gradient, clipped and with the weight decay.</param>
    /// <param name="moments">The first moment; each further one is stored <paramref name="stride"/> values later.</param>
    /// <param name="stride">Values from one moment to the next.</param>
    Vector<T> Apply(Vector<T> parameter, Vector<T> gradient, ref T moments, nuint stride);
}

/// <summary>
/// One step of an optimiser over a model's flat parameters: what <see cref="Optimizer.Step"/> reads and writes. The gradient of each parameter is already clipped by <see cref="Optimizer.ClipValue"/>
/// and <see cref="Optimizer.ClipNorm"/> and includes <see cref="Optimizer.WeightDecay"/>.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
public readonly ref struct OptimizerStep<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>All parameters of the model, updated in place.</summary>
    public Span<T> Parameters { get; internal init; }

    /// <summary>The segments to update; they do not overlap. Frozen layers, and rows of an embedding that no token named, are not in them.</summary>
    public ReadOnlySpan<ParameterSegment> Segments { get; internal init; }

    /// <summary>As many values as there are parameters.</summary>
    internal ReadOnlySpan<T> Gradients { get; init; }

    /// <summary>The moments one after the other, each as long as the parameters.</summary>
    internal Span<T> Moments { get; init; }

    /// <summary>The greatest magnitude of one value of the gradient, if limited.</summary>
    internal double? ClipValue { get; init; }

    /// <summary>What clipping by norm multiplies the gradient with.</summary>
    internal double Factor { get; init; }

    /// <summary>What is added to the gradient, times the parameter.</summary>
    internal double WeightDecay { get; init; }

    /// <summary>Packs a segment that has been updated, or null.</summary>
    internal Action<int, int>? Pack { get; init; }

    private int MomentStride => Parameters.Length;

    /// <summary>The same step of other segments.</summary>
    internal OptimizerStep<T> Of(ReadOnlySpan<ParameterSegment> segments) => new()
    {
        Parameters = Parameters,
        Gradients = Gradients,
        Segments = segments,
        Moments = Moments,
        ClipValue = ClipValue,
        Factor = Factor,
        WeightDecay = WeightDecay,
    };

    /// <summary>One of the rule's moments: one value per parameter, 0 before the first step, kept from step to step.</summary>
    /// <param name="index">From 0 to below <see cref="Optimizer.MomentCount"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rule keeps fewer moments.</exception>
    public Span<T> Moment(int index)
    {
        int count = Parameters.Length == 0 ? 0 : Moments.Length / Parameters.Length;
        return (uint)index < (uint)count
            ? Moments.Slice(index * Parameters.Length, Parameters.Length)
            : throw new ArgumentOutOfRangeException(nameof(index), Invariant($"{index}"), Invariant($"The rule keeps {count} moments, from 0; MomentCount sets their number."));
    }

    /// <summary>The gradient of one parameter, clipped and with the weight decay. Read it before changing the parameter.</summary>
    /// <param name="index">The parameter, within one of the <see cref="Segments"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Gradient(int index)
    {
        T gradient = Gradients[index];
        if (ClipValue is { } clip)
        {
            T limit = T.CreateTruncating(clip);
            gradient = T.Clamp(gradient, -limit, limit);
        }

        gradient *= T.CreateTruncating(Factor);
        return WeightDecay == 0 ? gradient : gradient + (T.CreateTruncating(WeightDecay) * Parameters[index]);
    }

    /// <summary>Runs <paramref name="rule"/> over all segments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Run<TRule>(TRule rule) where TRule : struct, IUpdateRule<T>
    {
        foreach (ParameterSegment segment in Segments)
        {
            int whole = segment.Length / Vector<T>.Count * Vector<T>.Count;
            RunWholeVectors(rule, segment.Offset, whole);
            if (whole < segment.Length)
            {
                RunRest(rule, segment.Offset + whole, segment.Length - whole);
            }

            Pack?.Invoke(segment.Offset, segment.End);
        }
    }

    // This method makes no call: over a call, the constants of the loop would live in memory instead of registers.
    // Optimised at once: a training run of a few seconds would spend much of its time in the first tier.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunWholeVectors<TRule>(TRule rule, int start, int whole) where TRule : struct, IUpdateRule<T>
    {
        bool clip = ClipValue is not null, decay = WeightDecay != 0;
        Vector<T> limit = Constant(ClipValue ?? 0), factor = Constant(Factor), weightDecay = Constant(WeightDecay);
        nuint stride = (nuint)MomentStride, width = (nuint)Vector<T>.Count, length = (nuint)whole;
        ref T parameters = ref Unsafe.Add(ref MemoryMarshal.GetReference(Parameters), start);
        ref T gradients = ref Unsafe.Add(ref MemoryMarshal.GetReference(Gradients), start);
        ref T moments = ref Unsafe.Add(ref MemoryMarshal.GetReference(Moments), start);
        for (nuint i = 0; i < length; i += width)
        {
            Vector<T> parameter = Vector.LoadUnsafe(ref parameters, i);
            Vector<T> gradient = Shape(Vector.LoadUnsafe(ref gradients, i), parameter, clip, limit, factor, decay, weightDecay);
            rule.Apply(parameter, gradient, ref Unsafe.Add(ref moments, i), stride).StoreUnsafe(ref parameters, i);
        }
    }

    /// <summary>Fewer parameters than a vector holds, filled up with zeros, so that what is stored after them does not change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunRest<TRule>(TRule rule, int start, int length) where TRule : struct, IUpdateRule<T>
    {
        int width = Vector<T>.Count, kept = MomentStride == 0 ? 0 : Moments.Length / MomentStride;
        Span<T> rest = stackalloc T[width], restGradients = stackalloc T[width], moments = stackalloc T[(kept + 1) * width];
        rest.Clear();
        restGradients.Clear();
        moments.Clear();
        Parameters.Slice(start, length).CopyTo(rest);
        Gradients.Slice(start, length).CopyTo(restGradients);
        for (int moment = 0; moment < kept; moment++)
        {
            Moments.Slice(moment * MomentStride + start, length).CopyTo(moments[(moment * width)..]);
        }

        Vector<T> parameter = new(rest);
        Vector<T> gradient = Shape(
            new Vector<T>(restGradients), parameter, ClipValue is not null, Constant(ClipValue ?? 0), Constant(Factor), WeightDecay != 0, Constant(WeightDecay));
        rule.Apply(parameter, gradient, ref MemoryMarshal.GetReference(moments), (nuint)width).CopyTo(rest);
        rest[..length].CopyTo(Parameters[start..]);
        for (int moment = 0; moment < kept; moment++)
        {
            moments.Slice(moment * width, length).CopyTo(Moments[(moment * MomentStride + start)..]);
        }
    }

    /// <summary>Clips the gradient and adds the weight decay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> Shape(
        Vector<T> gradient, Vector<T> parameter, bool clip, Vector<T> limit, Vector<T> factor, bool decay, Vector<T> weightDecay)
    {
        if (clip)
        {
            gradient = Vector.MinNative(Vector.MaxNative(gradient, -limit), limit);
        }

        gradient *= factor;
        return decay ? gradient + (weightDecay * parameter) : gradient;
    }

    /// <summary>A vector with <paramref name="value"/> in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<T> Constant(double value) => new(T.CreateTruncating(value));
}
