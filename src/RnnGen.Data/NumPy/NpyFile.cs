using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using RnnGen.Runtime;

namespace RnnGen.Data;

/// <summary>An array of a NumPy file.</summary>
/// <typeparam name="T">The number type.</typeparam>
public sealed record NpyArray<T> where T : unmanaged, INumber<T>
{
    /// <summary>Lengths of the axes; empty for a single number.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>All values, row-major.</summary>
    public required T[] Values { get; init; }
}

/// <summary>
/// Reads and writes NumPy arrays: <c>.npy</c> of versions 1 to 3 (NumPy Enhancement Proposal 1). Types: floating point of 16, 32 and 64 bits, signed and unsigned
/// integers, and bool, in either byte order. Arrays of Python objects are rejected: they are pickled, and reading them would run code.
/// A number becomes the nearest one of the requested type: <see cref="float"/> represents every integer up to 2²⁴ and <see cref="double"/> up to 2⁵³;
/// <see cref="int"/> keeps each value or rejects it. NaN and infinities stay. A finite number beyond the type's range, such as 1e39 for <see cref="float"/>, is an error.
/// </summary>
/// <remarks>Reading takes the memory of the values (twice for Fortran order); streaming takes that of two rows.</remarks>
/// <example>
/// <code>
/// NpyArray&lt;float&gt; inputs = NpyFile.Read&lt;float&gt;("inputs.npy");          // [count, steps, features]
/// NpyArray&lt;int&gt; targets = NpyFile.Read&lt;int&gt;("classes.npy");
/// var train = SequenceDataset.FromArrays(inputs.Values, targets.Values, inputs.Shape[0]);
/// </code>
/// </example>
public static class NpyFile
{
    private const int LongestHeader = 1 << 16, PieceBytes = 1 << 16;

    /// <summary>Reads a file. An array in Fortran order becomes row-major.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/> or <see cref="double"/>, to which every type is converted, or <see cref="int"/>, to which integers are.</typeparam>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFormatException">The file is not such an array, is cut off or longer than its header says, or has a value that the type cannot represent; the message has its index and value.</exception>
    /// <exception cref="IOException">The file is missing or cannot be opened.</exception>
    public static NpyArray<T> Read<T>(string path) where T : unmanaged, INumber<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = PlainFile.OpenToRead(path);
        return Read<T>(stream, path);
    }

    /// <summary>Reads a file's bytes; see <see cref="Read{T}(string)"/>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="bytes">The whole file.</param>
    /// <exception cref="DataFormatException">The bytes are not such an array.</exception>
    public static NpyArray<T> Read<T>(byte[] bytes) where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(bytes);
        using MemoryStream stream = new(bytes, writable: false);
        return Read<T>(stream, null);
    }

    /// <summary>Streams the rows along the first axis, without holding the file in memory. Each enumeration reads the file again.</summary>
    /// <typeparam name="T">The number type; see <see cref="Read{T}(string)"/>.</typeparam>
    /// <param name="path">The file: an array of at least one axis in C order.</param>
    /// <returns>The values of each row. The next row reuses the memory.</returns>
    /// <exception cref="DataFormatException">Thrown by the enumeration: the file is not such an array.</exception>
    /// <exception cref="IOException">Thrown by the enumeration: the file is missing or cannot be opened.</exception>
    public static IEnumerable<ReadOnlyMemory<T>> Rows<T>(string path) where T : unmanaged, INumber<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FromFile();

        IEnumerable<ReadOnlyMemory<T>> FromFile()
        {
            using FileStream stream = PlainFile.OpenToRead(path);
            foreach (ReadOnlyMemory<T> row in Rows<T>(stream, path))
            {
                yield return row;
            }
        }
    }

    /// <summary>Streams the rows of an array in a stream; see <see cref="Rows{T}(string)"/>.</summary>
    /// <typeparam name="T">The number type; see <see cref="Read{T}(string)"/>.</typeparam>
    /// <param name="stream">The stream, which ends with the array. It must know its length; it is read once and stays open.</param>
    /// <exception cref="DataFormatException">Thrown by the enumeration: the stream does not contain such an array.</exception>
    public static IEnumerable<ReadOnlyMemory<T>> Rows<T>(Stream stream) where T : unmanaged, INumber<T>
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Rows<T>(stream, null);
    }

    private static IEnumerable<ReadOnlyMemory<T>> Rows<T>(Stream stream, string? path) where T : unmanaged, INumber<T>
    {
        NpyHeader header = ReadHeader<T>(stream, path);
        if (header.Shape.Length == 0 || (header.IsFortran && header.Shape.Length > 1))
        {
            throw new DataFormatException("only rows of arrays with at least one axis in C order can be streamed; save it with numpy.ascontiguousarray, or read it as a whole.", path);
        }

        Int128 rowBytes = header.Size;
        foreach (int length in header.Shape.Skip(1))
        {
            rowBytes *= length;
        }

        // An array without a row holds nothing, and so its rows may claim any length.
        if (header.Shape[0] == 0 || rowBytes == 0)
        {
            yield break;
        }

        if (rowBytes > 1 << 30)
        {
            throw new DataFormatException(Invariant($"a row has {rowBytes} bytes, but at most {1 << 30} are read at once. Use more and smaller rows."), path);
        }

        byte[] bytes = new byte[(int)rowBytes];
        T[] row = new T[bytes.Length / header.Size];
        for (long i = 0; i < header.Shape[0]; i++)
        {
            ReadExactly(stream, bytes, path);
            Convert(header, bytes, row, i * row.Length, path);
            yield return row;
        }
    }

    /// <summary>Writes a file, little-endian and row-major. An existing file is replaced only by a complete one.</summary>
    /// <typeparam name="T">The number type: <see cref="float"/>, <see cref="double"/> or <see cref="int"/>.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="shape">Lengths of the axes, at least 0 each; their product is the number of values.</param>
    /// <exception cref="ArgumentException">The shape does not fit the number of values, or their type is not supported; nothing was written.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is unchanged.</exception>
    public static void Write<T>(string path, ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged, INumber<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] header = Header(values, shape);
        AtomicFile.Write(path, values, (stream, values) =>
        {
            stream.Write(header);
            WriteValues(stream, values);
        });
    }

    /// <summary>The bytes of a file; see <see cref="Write{T}"/>.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="values">The values, row-major.</param>
    /// <param name="shape">Lengths of the axes.</param>
    /// <exception cref="ArgumentException">The shape does not fit the number of values, their type is not supported, or the file does not fit into an array of bytes: use <see cref="Write{T}"/> for it.</exception>
    public static byte[] ToBytes<T>(ReadOnlySpan<T> values, params ReadOnlySpan<int> shape) where T : unmanaged, INumber<T>
    {
        byte[] header = Header(values, shape);
        long length = header.Length + ((long)values.Length * Unsafe.SizeOf<T>());
        if (length > Array.MaxLength)
        {
            throw new ArgumentException(Invariant($"{values.Length} values take {length} bytes, which do not fit into an array; write them to a file."), nameof(values));
        }

        byte[] bytes = new byte[length];
        using MemoryStream stream = new(bytes);
        stream.Write(header);
        WriteValues(stream, values);
        return bytes;
    }

    private static byte[] Header<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> shape) where T : unmanaged, INumber<T>
    {
        string type = default(T) switch
        {
            float => "<f4",
            double => "<f8",
            int => "<i4",
            _ => throw new ArgumentException($"Only arrays of float, double and int can be written, not of {typeof(T).Name}.", nameof(values)),
        };
        Int128 count = 1;
        foreach (int length in shape)
        {
            Guard.AtLeast(length, 0, nameof(shape));
            count = Int128.Min(count * length, long.MaxValue);
        }

        if (count != values.Length)
        {
            throw new ArgumentException(Invariant($"The shape [{string.Join(", ", shape.ToArray())}] has {count} values, but there are {values.Length}."), nameof(shape));
        }

        string header = Invariant($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({string.Concat(shape.ToArray().Select(n => Invariant($"{n}, "))).TrimEnd(shape.Length > 1 ? [',', ' '] : [' '])}), }}");
        const int prefix = 10, alignment = 64; // the values begin at a multiple of 64
        int start = (prefix + header.Length + alignment) / alignment * alignment;
        byte[] bytes = new byte[start];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(start - prefix));
        Encoding.ASCII.GetBytes(header.PadRight(start - prefix - 1) + "\n", bytes.AsSpan(prefix));
        return bytes;
    }

    private static void WriteValues<T>(Stream stream, ReadOnlySpan<T> values) where T : unmanaged, INumber<T>
    {
        byte[] piece = new byte[PieceBytes];
        int size = Unsafe.SizeOf<T>(), perPiece = PieceBytes / size;
        while (!values.IsEmpty)
        {
            int count = Math.Min(perPiece, values.Length);
            MemoryMarshal.AsBytes(values[..count]).CopyTo(piece);
            if (!BitConverter.IsLittleEndian)
            {
                for (int i = 0; i < count; i++)
                {
                    piece.AsSpan(i * size, size).Reverse();
                }
            }

            stream.Write(piece, 0, count * size);
            values = values[count..];
        }
    }

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    private static NpyArray<T> Read<T>(Stream stream, string? path) where T : unmanaged, INumber<T>
    {
        NpyHeader header = ReadHeader<T>(stream, path);
        if (header.Count > Array.MaxLength)
        {
            throw new DataFormatException(Invariant($"the array has {header.Count} values, but at most {Array.MaxLength} fit into memory. Stream its rows."), path);
        }

        // The header's size was held against the file's, so a small file cannot ask for much memory.
        T[] values = new T[header.Count];
        byte[] piece = new byte[Math.Min(PieceBytes, values.LongLength * header.Size)];
        int perPiece = piece.Length / header.Size;
        for (long first = 0; first < values.Length; first += perPiece)
        {
            int count = (int)Math.Min(perPiece, values.Length - first);
            ReadExactly(stream, piece.AsSpan(0, count * header.Size), path);
            Convert(header, piece, values.AsSpan((int)first, count), first, path);
        }

        return new NpyArray<T> { Shape = header.Shape, Values = header.IsFortran && header.Shape.Length > 1 ? RowMajor(values, header.Shape) : values };
    }

    private static NpyHeader ReadHeader<T>(Stream stream, string? path) where T : unmanaged, INumber<T>
    {
        Span<byte> prefix = stackalloc byte[12];
        int read = stream.ReadAtLeast(prefix[..10], 10, throwOnEndOfStream: false);
        if (read < 10 || !prefix[..6].SequenceEqual(Magic))
        {
            throw new DataFormatException("not a NumPy array: it does not begin with 93 hex and 'NUMPY'.", path);
        }

        int version = prefix[6];
        if (version is < 1 or > 3 || prefix[7] != 0)
        {
            throw new DataFormatException(Invariant($"the format's version is {version}.{prefix[7]}, but only 1.0 to 3.0 are supported."), path);
        }

        long length = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
        if (version > 1)
        {
            ReadExactly(stream, prefix[10..], path);
            length = BinaryPrimitives.ReadUInt32LittleEndian(prefix[8..]);
        }

        if (length > LongestHeader)
        {
            throw new DataFormatException(Invariant($"the header has {length} bytes, but at most {LongestHeader} are read."), path);
        }

        byte[] text = new byte[length];
        ReadExactly(stream, text, path);
        NpyHeader header = NpyHeader.Parse(Encoding.UTF8.GetString(text), path);
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double) && typeof(T) != typeof(int))
        {
            throw new NotSupportedException($"Arrays can only be read as float, double or int, not as {typeof(T).Name}.");
        }

        if (typeof(T) == typeof(int) && header.Kind == 'f')
        {
            throw new DataFormatException(Invariant($"the array holds floating-point numbers ('{header.Kind}{header.Size}'), which cannot be read as int."), path);
        }

        Int128 bytes = (Int128)header.Count * header.Size;
        long found = stream.Length - stream.Position;
        return bytes == found ? header : throw new DataFormatException(
            Invariant($"the file is {(found < bytes ? "cut off" : "longer than it says")}: its shape ({string.Join(", ", header.Shape)}) takes {bytes} bytes, but {found} follow the header."), path);
    }

    private static void ReadExactly(Stream stream, Span<byte> bytes, string? path)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new DataFormatException("the file is cut off.", path);
        }
    }

    private static void Convert<T>(NpyHeader header, ReadOnlySpan<byte> bytes, Span<T> values, long first, string? path) where T : unmanaged, INumber<T>
    {
        Span<byte> one = stackalloc byte[8];
        for (int i = 0; i < values.Length; i++)
        {
            scoped ReadOnlySpan<byte> number = bytes.Slice(i * header.Size, header.Size);
            if (header.IsBigEndian)
            {
                number.CopyTo(one);
                one[..header.Size].Reverse();
                number = one[..header.Size];
            }

            long index = first + i;
            values[i] = (header.Kind, header.Size) switch
            {
                ('f', 2) => Nearest<Half, T>(BinaryPrimitives.ReadHalfLittleEndian(number), index, path),
                ('f', 4) => Nearest<float, T>(BinaryPrimitives.ReadSingleLittleEndian(number), index, path),
                ('f', 8) => Nearest<double, T>(BinaryPrimitives.ReadDoubleLittleEndian(number), index, path),
                ('i', 1) => T.CreateChecked((sbyte)number[0]),
                ('i', 2) => T.CreateChecked(BinaryPrimitives.ReadInt16LittleEndian(number)),
                ('i', 4) => Nearest<int, T>(BinaryPrimitives.ReadInt32LittleEndian(number), index, path),
                ('i', 8) => Nearest<long, T>(BinaryPrimitives.ReadInt64LittleEndian(number), index, path),
                ('u', 2) => T.CreateChecked(BinaryPrimitives.ReadUInt16LittleEndian(number)),
                ('u', 4) => Nearest<uint, T>(BinaryPrimitives.ReadUInt32LittleEndian(number), index, path),
                ('u', 8) => Nearest<ulong, T>(BinaryPrimitives.ReadUInt64LittleEndian(number), index, path),
                ('u', 1) => T.CreateChecked(number[0]),
                ('b', 1) => number[0] <= 1 ? T.CreateChecked(number[0])
                    : throw new DataFormatException(Invariant($"the value at index {index} is {number[0]}, but a bool is 0 or 1; the file is damaged, or its type is u1."), path),
                _ => throw new InvalidOperationException(Invariant($"There is no type '{header.Kind}{header.Size}'.")),
            };
        }
    }

    // The nearest number of the other type; what is finite stays finite.
    private static T Nearest<TFrom, T>(TFrom value, long index, string? path)
        where TFrom : unmanaged, INumber<TFrom>
        where T : unmanaged, INumber<T>
    {
        try
        {
            T converted = T.CreateChecked(value);
            return T.IsFinite(converted) || !TFrom.IsFinite(value) ? converted : throw DoesNotFit(value, typeof(T), index, path);
        }
        catch (OverflowException e)
        {
            throw DoesNotFit(value, typeof(T), index, path, e);
        }
    }

    private static DataFormatException DoesNotFit<TFrom>(TFrom value, Type type, long index, string? path, Exception? inner = null) where TFrom : INumber<TFrom> => new(
        Invariant($"the value {value.ToString(null, CultureInfo.InvariantCulture)} at index {index} does not fit into {type.Name}. Read the array as double, or scale it before it is saved."), path, 0, 0, inner);

    // In Fortran's order the first axis varies fastest.
    private static T[] RowMajor<T>(T[] values, int[] shape)
    {
        T[] arranged = new T[values.Length];
        int[] index = new int[shape.Length];
        long[] strides = new long[shape.Length];
        strides[0] = 1;
        for (int axis = 1; axis < shape.Length; axis++)
        {
            strides[axis] = strides[axis - 1] * shape[axis - 1];
        }

        for (int i = 0; i < arranged.Length; i++)
        {
            long from = 0;
            for (int axis = 0; axis < shape.Length; axis++)
            {
                from += index[axis] * strides[axis];
            }

            arranged[i] = values[from];
            for (int axis = shape.Length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--)
            {
                index[axis] = 0;
            }
        }

        return arranged;
    }
}
