using Xunit;

namespace RnnGen.Tests;

/// <summary>
/// Tests come in two tiers. The first is what <c>dotnet test</c> runs. The second holds the slow proofs, marked with
/// <c>[Trait(Tiers.Tier, Tiers.Long)]</c>: they run where <c>RNNGEN_LONG=1</c> is set, as continuous integration sets it.
/// </summary>
internal static class Tiers
{
    internal const string Tier = "Tier", Long = "Long";

    internal static bool RunsLong { get; } = Environment.GetEnvironmentVariable("RNNGEN_LONG") == "1";

    /// <summary>Why a slow proof is skipped; null where it runs.</summary>
    internal static string? Skip => RunsLong ? null : "A slow proof of the second tier: RNNGEN_LONG=1 runs it.";

    /// <summary>How many cases a test draws: what the variable says, or the tier's own number.</summary>
    internal static int Count(string variable, int quick, int @long) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int count) ? count : RunsLong ? @long : quick;
}

/// <summary>A fact of the second tier. The trait <c>Tier=Long</c>, by which a run selects the tier, stands beside it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = Tiers.Skip;
}
