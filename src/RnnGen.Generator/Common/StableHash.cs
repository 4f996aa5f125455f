namespace RnnGen.Generator.Common;

/// <summary>A hash that is the same on every machine: FNV-1a, of 64 bits.</summary>
internal static class StableHash
{
    public static ulong Of(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in text)
        {
            hash = unchecked((hash ^ letter) * 1099511628211);
        }

        return hash;
    }
}
