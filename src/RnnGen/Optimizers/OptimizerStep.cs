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
    /// <summary>Gives the new parameters and updates their moments.</summary>
    /// <param name="parameter">The parameters.</param>
    /// <param name="gradient">Their gradient, clipped and with the weight decay.</param>
    /// <param name="moments">The first moment; the next ones stand <paramref name="stride"/> values further each.</param>
    /// <param name="stride">Values from one moment to the next.</param>
    Vector<T> Apply(Vector<T> parameter, Vector<T> gradient, ref T moments, nuint stride);
}

/// <summary>One step over a flat range of parameters: clipping, weight decay and the rule fused in one pass.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal readonly ref struct OptimizerStep<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Updated in place.</summary>
    public required Span<T> Parameters { get; init; }

    /// <summary>As many values as there are parameters.</summary>
    public required ReadOnlySpan<T> Gradients { get; init; }

    /// <summary>The moments one after the other, each <see cref="MomentStride"/> long.</summary>
    public required Span<T> Moments { get; init; }

    /// <summary>The number of parameters, rounded up to whole vectors.</summary>
    public required int MomentStride { get; init; }

    /// <summary>The greatest magnitude of one value of the gradient, if limited.</summary>
    public required double? ClipValue { get; init; }

    /// <summary>What clipping by norm multiplies the gradient with.</summary>
    public required double Factor { get; init; }

    /// <summary>What is added to the gradient, times the parameter.</summary>
    public required double WeightDecay { get; init; }

    /// <summary>Runs <paramref name="rule"/> over all parameters.</summary>
    public void Run<TRule>(TRule rule) where TRule : struct, IUpdateRule<T>
    {
        int whole = Parameters.Length / Vector<T>.Count * Vector<T>.Count;
        RunWholeVectors(rule, whole);
        if (whole < Parameters.Length)
        {
            RunRest(rule, whole);
        }
    }

    // No call stands in this method: over a call, the constants of the loop would live in memory instead of registers.
    // Optimised at once: a training run of a few seconds would spend much of its time in the first tier.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunWholeVectors<TRule>(TRule rule, int whole) where TRule : struct, IUpdateRule<T>
    {
        bool clip = ClipValue is not null, decay = WeightDecay != 0;
        Vector<T> limit = Constant(ClipValue ?? 0), factor = Constant(Factor), weightDecay = Constant(WeightDecay);
        nuint stride = (nuint)MomentStride, width = (nuint)Vector<T>.Count, length = (nuint)whole;
        ref T parameters = ref MemoryMarshal.GetReference(Parameters);
        ref T gradients = ref MemoryMarshal.GetReference(Gradients);
        ref T moments = ref MemoryMarshal.GetReference(Moments);
        for (nuint i = 0; i < length; i += width)
        {
            Vector<T> parameter = Vector.LoadUnsafe(ref parameters, i);
            Vector<T> gradient = Shape(Vector.LoadUnsafe(ref gradients, i), parameter, clip, limit, factor, decay, weightDecay);
            rule.Apply(parameter, gradient, ref Unsafe.Add(ref moments, i), stride).StoreUnsafe(ref parameters, i);
        }
    }

    /// <summary>The parameters from <paramref name="start"/> on as one vector filled up with zeros; the moments are long enough for it.</summary>
    private void RunRest<TRule>(TRule rule, int start) where TRule : struct, IUpdateRule<T>
    {
        Span<T> rest = stackalloc T[Vector<T>.Count], restGradients = stackalloc T[Vector<T>.Count];
        rest.Clear();
        restGradients.Clear();
        Parameters[start..].CopyTo(rest);
        Gradients[start..].CopyTo(restGradients);
        Vector<T> parameter = new(rest);
        Vector<T> gradient = Shape(
            new Vector<T>(restGradients), parameter, ClipValue is not null, Constant(ClipValue ?? 0), Constant(Factor), WeightDecay != 0, Constant(WeightDecay));
        rule.Apply(parameter, gradient, ref Unsafe.Add(ref MemoryMarshal.GetReference(Moments), start), (nuint)MomentStride).CopyTo(rest);
        rest[..(Parameters.Length - start)].CopyTo(Parameters[start..]);
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
    public static Vector<T> Constant(double value) => new(T.CreateTruncating(value));
}
