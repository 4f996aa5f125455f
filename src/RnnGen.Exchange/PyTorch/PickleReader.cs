using System.Buffers.Binary;
using System.Text;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.PyTorch;

/// <summary>
/// Reads the pickles of torch.save by an allow-list: opcodes of plain values, ordered dictionaries, storages and tensors. Nothing is executed, and no name is looked up; all else is an error that names
/// it. Time and memory are in proportion to the bytes.
/// </summary>
/// <remarks>The opcodes are those of Python's pickletools, protocols 2 to 5.</remarks>
internal sealed class PickleReader
{
    private const int MaximumDimensions = 8;

    private static readonly Dictionary<string, NumberType?> s_storages = new(StringComparer.Ordinal)
    {
        ["HalfStorage"] = NumberType.F16,
        ["BFloat16Storage"] = NumberType.BF16,
        ["FloatStorage"] = NumberType.F32,
        ["DoubleStorage"] = NumberType.F64,
        ["CharStorage"] = NumberType.I8,
        ["ByteStorage"] = NumberType.U8,
        ["ShortStorage"] = NumberType.I16,
        ["IntStorage"] = NumberType.I32,
        ["LongStorage"] = NumberType.I64,
        ["BoolStorage"] = NumberType.Bool,
        ["QInt8Storage"] = null,
        ["QUInt8Storage"] = null,
        ["QInt32Storage"] = null,
        ["ComplexFloatStorage"] = null,
        ["ComplexDoubleStorage"] = null,
    };

    private static readonly object s_mark = new();

    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<int, object?> _memo = [];
    private int _at;

    private PickleReader(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The value of a pickle.</summary>
    /// <exception cref="ForeignFileException">It holds more than values, dictionaries and tensors, or is damaged.</exception>
    public static object? Read(ReadOnlyMemory<byte> bytes)
    {
        PickleReader reader = new(bytes);
        while (!reader.Next())
        {
        }

        return reader.Pop();
    }

    // Whether the pickle ends.
    private bool Next()
    {
        int place = _at;
        byte opcode = Take(1)[0];
        switch ((char)opcode)
        {
            case '.':
                return true;
            case '\x80': // protocol
                Take(1);
                break;
            case '\x95': // frame
                Take(8);
                break;
            case '(':
                _stack.Add(s_mark);
                break;
            case 'N' or '\x88' or '\x89' or '}' or ']' or ')':
                _stack.Add(Plain((char)opcode));
                break;
            case 'J' or 'K' or 'M' or '\x8a' or 'G':
                _stack.Add(Number((char)opcode));
                break;
            case 'X' or '\x8c':
                _stack.Add(Text(opcode == 'X' ? Length(4) : Take(1)[0]));
                break;
            case 't' or '\x85' or '\x86' or '\x87':
                Tuple((char)opcode);
                break;
            case 'q' or 'r' or '\x94' or 'h' or 'j':
                Memo((char)opcode);
                break;
            case 's' or 'u' or 'a' or 'e':
                PutItems((char)opcode);
                break;
            case 'c' or '\x93':
                Global(opcode == 'c');
                break;
            case 'Q' or 'R' or 'b':
                Make((char)opcode);
                break;
            default:
                throw new ForeignFileException(Invariant($"The pickle has the opcode 0x{opcode:x2} at byte {place}, which a state dict does not need, so it is not read: save model.state_dict()."));
        }

        return false;
    }

    private static object? Plain(char opcode) => opcode switch
    {
        'N' => null,
        '\x88' => true,
        '\x89' => false,
        '}' => new PickleDict(),
        ']' => new List<object?>(),
        ')' => Array.Empty<object?>(),
        _ => throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "Not an opcode of a plain value."),
    };

    private object Number(char opcode)
    {
        switch (opcode)
        {
            case 'J':
                return (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4));
            case 'K':
                return (long)Take(1)[0];
            case 'M':
                return (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
            case 'G':
                return BinaryPrimitives.ReadDoubleBigEndian(Take(8));
            case '\x8a':
                ReadOnlySpan<byte> bytes = Take(Take(1)[0]);
                if (bytes.Length > sizeof(long))
                {
                    throw new ForeignFileException(Invariant($"The pickle has a whole number of {bytes.Length} bytes at byte {_at}; at most {sizeof(long)} are read."));
                }

                long value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1 : 0;
                for (int i = bytes.Length - 1; i >= 0; i--)
                {
                    value = (value << 8) | bytes[i];
                }

                return value;
            default:
                throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "Not an opcode of a number.");
        }
    }

    private void Tuple(char opcode)
    {
        int count = opcode == 't' ? SinceMark() : opcode - '\x84';
        if (count > _stack.Count)
        {
            throw Empty();
        }

        object?[] items = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count, count);
        if (opcode == 't')
        {
            Pop();
        }

        _stack.Add(Array.Exists(items, static item => item == s_mark) ? throw Empty() : items);
    }

    private void Memo(char opcode)
    {
        switch (opcode)
        {
            case 'q':
                _memo[Take(1)[0]] = Peek();
                break;
            case 'r':
                _memo[Length(4)] = Peek();
                break;
            case '\x94':
                _memo[_memo.Count] = Peek();
                break;
            case 'h' or 'j':
                int key = opcode == 'h' ? Take(1)[0] : Length(4);
                _stack.Add(_memo.TryGetValue(key, out object? value) ? value : throw new ForeignFileException(Invariant($"The pickle asks at byte {_at} for value {key}, which it does not have: it is damaged.")));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "Not an opcode of remembered values.");
        }
    }

    private void PutItems(char opcode)
    {
        bool isMarked = opcode is 'u' or 'e';
        int count = isMarked ? SinceMark() : opcode == 's' ? 2 : 1;
        if (count >= _stack.Count - (isMarked ? 1 : 0))
        {
            throw Empty();
        }

        object?[] items = [.. _stack[^count..]];
        _stack.RemoveRange(_stack.Count - count - (isMarked ? 1 : 0), count + (isMarked ? 1 : 0));
        if (opcode is 's' or 'u' && Peek() is PickleDict dict && count % 2 == 0)
        {
            for (int i = 0; i < count; i += 2)
            {
                dict.Put(items[i], items[i + 1]);
            }
        }
        else if (opcode is 'a' or 'e' && Peek() is List<object?> list)
        {
            list.AddRange(items);
        }
        else
        {
            throw Empty();
        }
    }

    private void Global(bool isText)
    {
        (string module, string name) = isText ? (Line(), Line()) : TwoStrings();
        bool isKnown = module switch
        {
            "collections" => name == "OrderedDict",
            "torch" => s_storages.ContainsKey(name),
            "torch._utils" => name is "_rebuild_tensor_v2" or "_rebuild_parameter",
            _ => false,
        };
        PickleGlobal global = new(module, name);
        _stack.Add(isKnown ? global : throw new ForeignFileException(Invariant(
            $"The pickle asks for {ForeignText.Shown(global.ToString())}, which could run code and is not on the list of what is read; nothing was run. Save the tensors alone: torch.save(model.state_dict(), path).")));
    }

    private void Make(char opcode)
    {
        object? argument = Pop();
        switch (opcode)
        {
            case 'Q':
                _stack.Add(Storage(argument));
                break;
            case 'R':
                _stack.Add(Reduced(Pop() as PickleGlobal ?? throw Empty(), argument as object?[] ?? throw Empty()));
                break;
            case 'b':
                // Attributes of an ordered dictionary: versions of modules, which say nothing about numbers.
                _ = Peek() as PickleDict ?? throw Empty();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "Not an opcode that makes something.");
        }
    }

    private static PickleStorage Storage(object? argument) =>
        argument is object?[] and ["storage", PickleGlobal { Module: "torch" } type, string key, string, long count] && count >= 0
            ? new PickleStorage(s_storages[type.Name], type.Name, key, count)
            : throw new ForeignFileException("The pickle refers to something outside of it that is no storage of tensors: it is not of torch.save, or damaged.");

    private static object Reduced(PickleGlobal global, object?[] arguments) => (global.Name, arguments) switch
    {
        ("OrderedDict", []) => new PickleDict(),
        ("_rebuild_tensor_v2", [PickleStorage storage, long offset, object?[] shape, object?[] strides, ..]) => View(storage, offset, shape, strides),
        ("_rebuild_parameter", [PickleTensor tensor, ..]) => tensor,
        _ => throw new ForeignFileException(Invariant($"The pickle calls {global} with arguments that torch.save does not write: it is damaged, or of a version that is not known.")),
    };

    // A view within its storage. An expanded one repeats numbers (a stride of 0); the archive's reader bounds what all views hold together.
    private static PickleTensor View(PickleStorage storage, long offset, object?[] shape, object?[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > MaximumDimensions || offset < 0 || offset > storage.Count)
        {
            throw Outside();
        }

        int[] lengths = new int[shape.Length];
        long[] steps = new long[shape.Length];
        long last = offset, count = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            if (shape[i] is not long length || strides[i] is not long step || length < 0 || step < 0 || length > int.MaxValue || step > int.MaxValue)
            {
                throw Outside();
            }

            (lengths[i], steps[i]) = ((int)length, step);
            count *= length;
            last += Math.Max(0, length - 1) * step;
            if (count > int.MaxValue || last > storage.Count)
            {
                throw Outside();
            }
        }

        return count == 0 || last < storage.Count ? new PickleTensor(storage, offset, lengths, steps) : throw Outside();

        ForeignFileException Outside() => new(Invariant($"The pickle has a tensor that does not lie within its storage {ForeignText.Shown(storage.Key)} of {storage.Count} numbers: it is damaged."));
    }

    private (string Module, string Name) TwoStrings()
    {
        object? name = Pop();
        return Pop() is string module && name is string text ? (module, text) : throw Empty();
    }

    // Items above the last mark.
    private int SinceMark()
    {
        int mark = _stack.FindLastIndex(static value => value == s_mark);
        return mark < 0 ? throw Empty() : _stack.Count - 1 - mark;
    }

    private object? Peek() => _stack.Count > 0 && _stack[^1] != s_mark ? _stack[^1] : throw Empty();

    private object? Pop()
    {
        object? value = _stack.Count > 0 ? _stack[^1] : throw Empty();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private string Line()
    {
        int end = _bytes.Span[_at..].IndexOf((byte)'\n');
        string line = end < 0 ? throw Truncated() : Text(end);
        _at++;
        return line;
    }

    private string Text(int length)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(Take(length));
        }
        catch (DecoderFallbackException e)
        {
            throw new ForeignFileException(Invariant($"The pickle has a text at byte {_at} that is not UTF-8: it is damaged."), e);
        }
    }

    private int Length(int bytes)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(bytes));
        return length <= int.MaxValue ? (int)length : throw Truncated();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
        {
            throw Truncated();
        }

        _at += count;
        return _bytes.Span.Slice(_at - count, count);
    }

    private static ForeignFileException Truncated() => new("The pickle is truncated.");

    private ForeignFileException Empty() => new(Invariant($"The pickle is damaged before byte {_at}: an opcode lacks the values that it works on."));
}
