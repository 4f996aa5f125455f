namespace RnnGen;

/// <summary>A cyclic redundancy check of 32 bits with reversed bits, in which all bits are inverted before and after.</summary>
/// <param name="reversedPolynomial">Its polynomial, the lowest power at the highest bit.</param>
internal sealed class CyclicCheck(uint reversedPolynomial)
{
    private readonly uint[] _table = Table(reversedPolynomial);

    /// <summary>The checksum of some bytes.</summary>
    public uint Of(ReadOnlySpan<byte> bytes)
    {
        uint check = uint.MaxValue;
        foreach (byte value in bytes)
        {
            check = _table[(byte)(check ^ value)] ^ (check >> 8);
        }

        return ~check;
    }

    private static uint[] Table(uint reversedPolynomial)
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 1 ? (value >> 1) ^ reversedPolynomial : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
