namespace RnnGen.Runtime;

/// <summary>How the rows of a prediction are shared among threads: in ranges of whole register tiles. No result depends on it, since a row's bits do not depend on the rows beside it.</summary>
/// <param name="Threads">Threads that pay.</param>
/// <param name="Size">Rows of a range.</param>
internal readonly record struct RowShares(int Threads, int Size)
{
    // Rows of a register tile.
    private const int Tile = 4;

    // What a thread must be given so that waking it and waiting for it pays: some ten microseconds of multiplying.
    private const double MinimumFlops = 1 << 20;

    /// <param name="rows">All rows.</param>
    /// <param name="limit">The maximum number of rows of a range.</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="flops">Multiplications and additions of a row.</param>
    public static RowShares Of(int rows, int limit, int threads, long flops)
    {
        if (threads == 1)
        {
            return new(1, limit);
        }

        int useful = (int)Math.Min(Math.Min(threads, (rows + Tile - 1) / Tile), Math.Max(1, (double)rows * flops / MinimumFlops));
        if (useful <= 1)
        {
            return new(1, limit);
        }

        // As many ranges for each thread.
        int ranges = (rows + limit - 1) / limit, shared = (ranges + useful - 1) / useful * useful, size = (rows + shared - 1) / shared;
        return new(useful, Math.Min(limit, (size + Tile - 1) / Tile * Tile));
    }
}

/// <summary>Sequences of those that a caller gave.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The one after the last.</param>
internal readonly record struct SequenceRange(int First, int Last);
