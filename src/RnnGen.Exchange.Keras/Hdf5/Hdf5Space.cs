namespace RnnGen.Exchange.Keras.Hdf5;

/// <summary>How many elements an attribute or a dataset has, and in which shape.</summary>
internal static class Hdf5Space
{
    private const int MaximumRank = 32;

    /// <summary>The lengths; none of a single element.</summary>
    public static ulong[] Read(ReadOnlySpan<byte> message)
    {
        const int simple = 1, nothing = 2;
        Hdf5Cursor cursor = new(message, "A shape");
        int version = cursor.Byte(), rank = cursor.Byte();
        cursor.Skip(1);
        int kind = version == 2 ? cursor.Byte() : simple;
        cursor.Skip(version == 1 ? 5 : 0);
        if (version is not (1 or 2) || rank > MaximumRank || kind > nothing || (kind == nothing && rank > 0))
        {
            throw cursor.Damaged(Invariant($"is of version {version} and rank {rank}"));
        }

        ulong[] lengths = kind == nothing ? [0] : new ulong[rank];
        for (int i = 0; i < rank; i++)
        {
            lengths[i] = cursor.UInt64();
        }

        return lengths;
    }

    /// <summary>The number of elements, if there are at most as many as there can be.</summary>
    /// <param name="lengths">The shape.</param>
    /// <param name="maximum">How many fit.</param>
    public static int? Count(ReadOnlySpan<ulong> lengths, int maximum)
    {
        ulong count = 1;
        foreach (ulong length in lengths)
        {
            if (length == 0)
            {
                return 0;
            }

            if (length > (ulong)maximum || count > (ulong)maximum / length)
            {
                return null;
            }

            count *= length;
        }

        return count <= (ulong)maximum ? (int)count : null;
    }
}
