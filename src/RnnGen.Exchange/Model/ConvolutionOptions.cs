namespace RnnGen.Exchange;

/// <summary>What the weights of a convolution over steps do not say. It has an output at each step (stride 1) and reads all inputs (one group).</summary>
public sealed record ConvolutionOptions
{
    /// <summary>
    /// Whether it reads its own step and those before, with zeros in front of the sequence: <c>F.pad(x, ((kernel - 1) * dilation, 0))</c>. Else it reads the steps around its own: PyTorch's <c>padding="same"</c>, such as 1 for a
    /// kernel of 3.
    /// </summary>
    public required bool IsCausal { get; init; }

    /// <summary>From one step that it reads to the next, from 1 to 65,536. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of that.</exception>
    public int Dilation
    {
        get;
        init => field = value is >= 1 and <= 65_536 ? value : throw new ArgumentOutOfRangeException(nameof(Dilation), Invariant($"{value}"), "Dilation must be from 1 to 65536.");
    } = 1;
}
