using System.Numerics;

namespace RnnGen;

/// <summary>What an optimiser is to change, and by which gradient.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal readonly ref struct ParameterChange<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>All parameters of the model.</summary>
    public required Span<T> Parameters { get; init; }

    /// <summary>As many values.</summary>
    public required ReadOnlySpan<T> Gradients { get; init; }

    /// <summary>The model's layout.</summary>
    public required ModelLayout Layout { get; init; }

    /// <summary>The segments to update, which do not overlap.</summary>
    public required ReadOnlySpan<ParameterSegment> Segments { get; init; }

    /// <summary>The same, without <see cref="Rows"/>, in blocks.</summary>
    public required ReadOnlySpan<ParameterSegment> Blocks { get; init; }

    /// <summary>Rows of embedding tables, which are not packed.</summary>
    public ReadOnlySpan<ParameterSegment> Rows { get; init; }

    /// <summary>The gradient's sum of squares over blocks and rows, where it is known.</summary>
    public double? Squares { get; init; }

    /// <summary>The processes that make the same change; null if this one makes it alone.</summary>
    public ProcessGroup? Processes { get; init; }

    /// <summary>Updates the blocks and packs them; null where nothing is packed.</summary>
    public UpdatePass<T>? Pass { get; init; }

    /// <summary>The gradient's sum of squares over blocks and rows, in their order.</summary>
    public double SumOfSquares() => Squares
        ?? Gradient.SumOfSquares(Gradients, Rows, double.PositiveInfinity, Gradient.SumOfSquares(Gradients, Blocks, double.PositiveInfinity));
}
