namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>A test that runs where RNNGEN_FUZZ says how many declarations to try.</summary>
public sealed class FuzzFactAttribute : FactAttribute
{
    public FuzzFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("RNNGEN_FUZZ") is null)
        {
            Skip = "Set RNNGEN_FUZZ to the number of declarations, as 304 or 20000.";
        }
    }
}
