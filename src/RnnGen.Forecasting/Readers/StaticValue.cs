namespace RnnGen.Forecasting;

/// <summary>A static of a series as a reader met it.</summary>
/// <param name="Text">Its text; empty where it is missing.</param>
/// <param name="Number">The number that it is; <see langword="null"/> for a category.</param>
internal readonly record struct StaticValue(string Text, double? Number)
{
    /// <summary>Whether both are one number, or one category.</summary>
    public bool IsSame(StaticValue other) => Number is { } number && other.Number is { } same ? number == same : Text == other.Text;
}
