using System.Text;

namespace RnnGen.Exchange.Files;

/// <summary>A vector of floats as a <c>.npy</c> file.</summary>
/// <remarks>https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0.</remarks>
internal static class NumPyVector
{
    public static byte[] Of(double[] values)
    {
        const int alignment = 64, prefix = 10;
        string header = Invariant($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({values.Length},), }}");
        int length = ((prefix + header.Length + 1 + alignment - 1) / alignment * alignment) - prefix;
        byte[] text = Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8), .. text, .. StoredNumbers.Of(values, isDouble: false)];
    }
}
