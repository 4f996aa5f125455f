using System.Buffers.Binary;

namespace RnnGen.Exchange.Files;

/// <summary>Numbers as files store them: little-endian, of float or double.</summary>
internal static class StoredNumbers
{
    /// <param name="values">The numbers; those of a float model are floats.</param>
    /// <param name="isDouble">Whether they are stored as double.</param>
    public static byte[] Of(ReadOnlySpan<double> values, bool isDouble)
    {
        int size = isDouble ? sizeof(double) : sizeof(float);
        byte[] bytes = new byte[values.Length * size];
        for (int k = 0; k < values.Length; k++)
        {
            if (isDouble)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(k * size), values[k]);
            }
            else
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(k * size), (float)values[k]);
            }
        }

        return bytes;
    }
}
