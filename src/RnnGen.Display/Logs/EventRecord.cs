using System.Buffers.Binary;
using System.Text;

namespace RnnGen.Display;

/// <summary>
/// Records of a TensorBoard event file. A record is the length of its data (8 bytes), the masked CRC-32C of that, the data, and the masked CRC-32C of the data, all
/// little-endian; the data is a protocol buffer <c>Event</c>: <c>double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7;</c>
/// with <c>Summary { repeated Value value = 1; }</c>, <c>Value { string tag = 1; float simple_value = 2; }</c> and <c>SessionLog { SessionStatus status = 1; }</c>.
/// </summary>
internal static class EventRecord
{
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    /// <summary>The first record of a file.</summary>
    public static byte[] Version(double wallTime) => Record(e =>
    {
        WriteDouble(e, 1, wallTime);
        WriteBytes(e, 3, "brain.Event:2"u8);
    });

    /// <summary>A training starts or resumes: records of other files in the folder from this step on no longer count.</summary>
    public static byte[] Start(double wallTime, long step) => Record(e =>
    {
        WriteDouble(e, 1, wallTime);
        WriteNumber(e, 2, (ulong)step);
        using MemoryStream log = new();
        WriteNumber(log, 1, 1);
        WriteBytes(e, 7, log.ToArray());
    });

    /// <summary>Values at a step.</summary>
    public static byte[] Scalars(double wallTime, long step, IEnumerable<(string Tag, double Value)> values) => Record(e =>
    {
        WriteDouble(e, 1, wallTime);
        WriteNumber(e, 2, (ulong)step);
        using MemoryStream summary = new();
        foreach (var (tag, value) in values)
        {
            using MemoryStream entry = new();
            WriteBytes(entry, 1, Encoding.UTF8.GetBytes(tag));
            WriteFloat(entry, 2, (float)value);
            WriteBytes(summary, 1, entry.ToArray());
        }

        WriteBytes(e, 5, summary.ToArray());
    });

    private static byte[] Record(Action<MemoryStream> write)
    {
        using MemoryStream message = new();
        write(message);
        byte[] data = message.ToArray(), record = new byte[data.Length + 16];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), Crc32C.Masked(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), Crc32C.Masked(data));
        return record;
    }

    private static void WriteKey(MemoryStream to, int field, int type) => WriteVarint(to, (ulong)((field << 3) | type));

    private static void WriteNumber(MemoryStream to, int field, ulong value)
    {
        WriteKey(to, field, Varint);
        WriteVarint(to, value);
    }

    private static void WriteDouble(MemoryStream to, int field, double value)
    {
        WriteKey(to, field, Fixed64);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        to.Write(bytes);
    }

    private static void WriteFloat(MemoryStream to, int field, float value)
    {
        WriteKey(to, field, Fixed32);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        to.Write(bytes);
    }

    private static void WriteBytes(MemoryStream to, int field, ReadOnlySpan<byte> value)
    {
        WriteKey(to, field, Bytes);
        WriteVarint(to, (ulong)value.Length);
        to.Write(value);
    }

    private static void WriteVarint(MemoryStream to, ulong value)
    {
        while (value >= 0x80)
        {
            to.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        to.WriteByte((byte)value);
    }
}
