using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Layers;

/// <summary>Kernels <c>[…, inputs, outputs]</c> and biases that have taken a map y = scale · x + shift of their inputs or outputs into them.</summary>
internal static class KernelScaling
{
    /// <summary>The kernel that reads x where this one reads scale · x.</summary>
    public static Tensor ScaledInputs(this Tensor kernel, double[] scale)
    {
        int outputs = kernel.Shape[^1];
        return new Tensor(kernel.Name, kernel.Shape, [.. kernel.Values.Select((value, k) => value * scale[k / outputs % scale.Length])]);
    }

    /// <summary>The kernel whose outputs are scale times these.</summary>
    public static Tensor ScaledOutputs(this Tensor kernel, double[] scale) =>
        new(kernel.Name, kernel.Shape, [.. kernel.Values.Select((value, k) => value * scale[k % scale.Length])]);

    /// <summary>The bias with what a kernel makes of the shift of its inputs; the bias of a state behind it stays.</summary>
    /// <param name="bias">The bias; null for zeros.</param>
    /// <param name="kernel"><c>[inputs, outputs]</c>, before it is scaled.</param>
    /// <param name="shift">Of each input.</param>
    /// <param name="shape">Of the bias.</param>
    public static Tensor Shifted(this Tensor? bias, Tensor kernel, double[] shift, params int[] shape)
    {
        Tensor shifted = bias is null ? Tensor.Zeros(kernel.Name, shape) : bias.Part(0, [.. bias.Shape]);
        int outputs = kernel.Shape[^1];
        for (int k = 0; k < kernel.Values.Length; k++)
        {
            shifted.Values[k % outputs] += shift[k / outputs % shift.Length] * kernel.Values[k];
        }

        return shifted;
    }

    /// <summary>The bias with scale times itself and the shift of its outputs.</summary>
    /// <param name="bias">The bias; null for zeros.</param>
    /// <param name="name">What messages call the bias where there is none.</param>
    /// <param name="scale">Of each output.</param>
    /// <param name="shift">Of each output.</param>
    public static Tensor ScaledAndShifted(this Tensor? bias, string name, double[] scale, double[] shift) =>
        new(bias?.Name ?? name, [scale.Length], [.. scale.Select((factor, j) => ((bias?.Values[j] ?? 0) * factor) + shift[j])]);
}
