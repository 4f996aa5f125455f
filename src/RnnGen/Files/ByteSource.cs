namespace RnnGen.Runtime;

/// <summary>Bytes one after the other: of a file that is in memory, or of a stream, of which one piece is in memory.</summary>
internal ref struct ByteSource
{
    /// <summary>Bytes that are taken at once, at most.</summary>
    public const int PieceBytes = 1 << 20;

    private readonly Stream? _stream;
    private readonly byte[] _piece;
    private ReadOnlySpan<byte> _memory;

    /// <summary>Bytes in memory.</summary>
    public ByteSource(ReadOnlySpan<byte> memory)
    {
        _memory = memory;
        _piece = [];
    }

    /// <summary>A stream, from its position on.</summary>
    public ByteSource(Stream stream)
    {
        _stream = stream;
        _piece = new byte[PieceBytes];
    }

    /// <summary>Bytes taken and passed over so far.</summary>
    public long Position { get; private set; }

    /// <summary>The next bytes; fewer where there are no more. They are overwritten by the next ones.</summary>
    /// <param name="count">How many: at most <see cref="PieceBytes"/>.</param>
    public ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken;
        if (_stream is null)
        {
            taken = _memory[..Math.Min(count, _memory.Length)];
            _memory = _memory[taken.Length..];
        }
        else
        {
            taken = _piece.AsSpan(0, _stream.ReadAtLeast(_piece.AsSpan(0, count), count, throwOnEndOfStream: false));
        }

        Position += taken.Length;
        return taken;
    }

    /// <summary>Passes over bytes; a stream that can seek must have them.</summary>
    /// <returns>Whether they were there.</returns>
    public bool Skip(long count)
    {
        if (_stream is { CanSeek: true })
        {
            _stream.Seek(count, SeekOrigin.Current);
            Position += count;
            return true;
        }

        while (count > 0 && Take((int)Math.Min(count, PieceBytes)).Length is int taken and > 0)
        {
            count -= taken;
        }

        return count == 0;
    }
}
