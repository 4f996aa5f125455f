namespace RnnGen.Generator.Common;

internal static class Choices
{
    /// <summary>For the arm of a switch that no value of the enum has yet: a new one must be given its own.</summary>
    public static InvalidOperationException Unimplemented<T>(T choice) where T : struct, Enum =>
        new($"{typeof(T).Name}.{choice} is not implemented in this place.");
}
