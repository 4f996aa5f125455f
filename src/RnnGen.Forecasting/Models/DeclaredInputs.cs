namespace RnnGen.Forecasting;

/// <summary>What a model declares to read.</summary>
internal static class DeclaredInputs
{
    /// <summary>Values of the inputs of a kind.</summary>
    public static int Declared(this ModelLayout layout, InputKind kind) => layout.Inputs.Where(input => input.Kind == kind).Sum(input => input.Size);
}
