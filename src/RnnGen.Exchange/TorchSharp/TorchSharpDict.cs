using System.Text;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.StateDicts;

namespace RnnGen.Exchange.TorchSharp;

/// <summary>
/// The <c>.dat</c> files of TorchSharp's <c>module.save</c>: the number of tensors, and for each its name, type, shape and numbers. Whole numbers are LEB128, so there is no mark at the start: a file is
/// one of these if its first tensor is.
/// </summary>
/// <remarks>As exportsd.py of dotnet/TorchSharp writes them.</remarks>
internal static class TorchSharpDict
{
    private const int MaximumTensors = 65_536, MaximumName = 1024, MaximumDimensions = 8;

    public static bool Is(ReadOnlySpan<byte> file)
    {
        Cursor cursor = new(file);
        if (cursor.Number() is not (>= 1 and <= MaximumTensors) || cursor.Number() is not (>= 1 and <= MaximumName and long name) || name > cursor.Left)
        {
            return false;
        }

        foreach (byte letter in cursor.Take((int)name))
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'.' or (byte)'_' or (byte)'-'))
            {
                return false;
            }
        }

        return cursor.Number() is { } type && TypeOf(type) is not null && cursor.Number() is >= 0 and <= MaximumDimensions;
    }

    public static StateDict Read(ReadOnlySpan<byte> file)
    {
        Cursor cursor = new(file);
        long count = cursor.Number() ?? throw Truncated();
        List<StateDictEntry> entries = [];
        for (int i = 0; i < count; i++)
        {
            entries.Add(ReadTensor(ref cursor));
        }

        return cursor.Left == 0 ? new StateDict("a TorchSharp state dict", entries, isOrdered: true)
            : throw new ForeignFileException(Invariant($"The file is damaged: {cursor.Left} bytes follow its {count} tensors."));
    }

    private static StateDictEntry ReadTensor(ref Cursor cursor)
    {
        long length = cursor.Number() ?? throw Truncated();
        if (length > MaximumName || length > cursor.Left)
        {
            throw new ForeignFileException(Invariant($"The file is damaged: a tensor's name has {length} bytes; at most {MaximumName} are read."));
        }

        string name = Encoding.UTF8.GetString(cursor.Take((int)length));
        long code = cursor.Number() ?? throw Truncated(), rank = cursor.Number() ?? throw Truncated();
        NumberType type = TypeOf(code) ?? throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} has the type {code}, which is not one of numbers that are read."));
        if (rank > MaximumDimensions)
        {
            throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} has {rank} dimensions; at most {MaximumDimensions} are read."));
        }

        int[] shape = new int[rank];
        long values = 1;
        for (int d = 0; d < rank; d++)
        {
            long size = cursor.Number() ?? throw Truncated();
            values = size > int.MaxValue ? long.MaxValue : values * size;
            if (values > cursor.Left)
            {
                throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} should have more numbers than the file has bytes: it is damaged."));
            }

            shape[d] = (int)size;
        }

        int bytes = Numbers.Size(type);
        if (values * bytes > cursor.Left)
        {
            throw Truncated();
        }

        ReadOnlySpan<byte> stored = cursor.Take((int)values * bytes);
        double[] numbers = new double[values];
        for (int k = 0; k < numbers.Length; k++)
        {
            numbers[k] = Numbers.Read(type, stored[(k * bytes)..]);
        }

        return new StateDictEntry(name, shape, type, numbers);
    }

    // PyTorch's numbers of its types.
    private static NumberType? TypeOf(long code) => code switch
    {
        0 => NumberType.U8,
        1 => NumberType.I8,
        2 => NumberType.I16,
        3 => NumberType.I32,
        4 => NumberType.I64,
        5 => NumberType.F16,
        6 => NumberType.F32,
        7 => NumberType.F64,
        11 => NumberType.Bool,
        15 => NumberType.BF16,
        _ => null,
    };

    private static ForeignFileException Truncated() => new("The file is truncated, or not of TorchSharp's module.save.");

    /// <summary>Bytes one after the other.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> file)
    {
        private readonly ReadOnlySpan<byte> _file = file;
        private int _at;

        public readonly int Left => _file.Length - _at;

        public ReadOnlySpan<byte> Take(int count)
        {
            _at += count;
            return _file.Slice(_at - count, count);
        }

        /// <summary>A whole number from 0, seven bits a byte; null where it does not end, or is too large.</summary>
        public long? Number()
        {
            const int maximumShift = 56;
            long number = 0;
            for (int shift = 0; shift < maximumShift && Left > 0; shift += 7)
            {
                byte part = _file[_at++];
                number |= (long)(part & 0x7f) << shift;
                if (part < 0x80)
                {
                    return number;
                }
            }

            return null;
        }
    }
}
