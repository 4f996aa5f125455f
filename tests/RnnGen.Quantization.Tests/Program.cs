using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using RnnGen.Runtime;

namespace RnnGen.Quantization.Tests;

/// <summary>What <see cref="ProcessorTests"/> runs on other processors: prints hashes of sums, of codes, and of the outputs at each width.</summary>
internal static class Program
{
    private static readonly byte[] s_codes = [0, 1, 2, 127, 128, 129, 254, 255];
    private static readonly sbyte[] s_weights = [-127, -126, -1, 0, 1, 64, 126, 127];

    public static void Main()
    {
        Console.WriteLine($"sums {Hash<int>(CheckSums())}");
        Console.WriteLine($"codes {Hash<float>(Codes())}");
        foreach (VectorWidth width in Twins.Widths)
            Console.WriteLine($"{width} {Hash<float>([.. Walk(Twins.Drawn<Stack33Int8>().At(width), 50), .. Walk(Twins.Drawn<Stack33BFloat16>().At(width), 50), .. Rows(width)])}");
    }

    /// <summary>Sums of four products at every width, which are those of plain integers: all codes and weights at the ends of their ranges among them.</summary>
    public static int[] CheckSums()
    {
        List<int> sums = [];
        Random random = new(1);
        for (int round = 0; round < 2000; round++)
        {
            byte[] codes = [.. Enumerable.Range(0, 64).Select(_ => s_codes[random.Next(s_codes.Length)])];
            sbyte[] weights = [.. Enumerable.Range(0, 64).Select(_ => s_weights[random.Next(s_weights.Length)])];
            if (round < 4)
            {
                // 127 × 255 twice is beyond 16 bits, and so is its opposite.
                Array.Fill(codes, (byte)(round % 2 == 0 ? 255 : 0));
                Array.Fill(weights, (sbyte)(round < 2 ? 127 : -127));
            }

            // An instruction for signed bytes starts at 0, and adds what the others start from.
            int[] starts = [.. Enumerable.Range(0, 16).Select(i => -128 * (weights[4 * i] + weights[4 * i + 1] + weights[4 * i + 2] + weights[4 * i + 3]))];
            int[] expected = [.. Enumerable.Range(0, 64).GroupBy(i => i / 4, i => (codes[i] - 128) * weights[i]).Select(g => g.Sum())];
            int[] of512 = new int[16], of256 = new int[8], of128 = new int[4];
            Int8Math.Dot(Int8Math.Start(Vector512.Create(starts)), Vector512.Create(codes), Vector512.Create(weights)).CopyTo(of512);
            Int8Math.Dot(Int8Math.Start(Vector256.Create(starts)), Vector256.Create(codes), Vector256.Create(weights)).CopyTo(of256);
            Int8Math.Dot(Int8Math.Start(Vector128.Create(starts)), Vector128.Create(codes), Vector128.Create(weights)).CopyTo(of128);
            of512.ShouldBe(expected);
            of256.ShouldBe(expected[..8]);
            of128.ShouldBe(expected[..4]);
            sums.AddRange(of512);
        }

        return [.. sums];
    }

    /// <summary>The last output after a number of steps.</summary>
    public static float[] Walk<TModel>(TModel model, int steps) where TModel : IRnnModel<TModel, float, float, float>
    {
        var state = model.Stream();
        float[] x = Twins.Numbers(5, 3), y = new float[20];
        for (int t = 0; t < steps; t++)
        {
            for (int i = 0; i < x.Length; i++)
                x[i] = (x[i] * 97 + 0.61f * (i + 1)) % 1;
            state.Step(x, y);
        }

        return y;
    }

    private static float[] Codes()
    {
        List<float> all = [];
        foreach (int columns in (int[])[1, 3, 8, 15, 16, 17, 33, 64])
        {
            float[] values = Twins.Numbers(3 * columns, columns, 1.2f), codes = new float[3 * 32];
            Int8Math.Encode(ref MemoryMarshal.GetArrayDataReference(values), columns, columns, ref MemoryMarshal.GetArrayDataReference(codes), 32, 0, 3);
            all.AddRange(codes);
            Int8Math.MeasureAndEncode(ref MemoryMarshal.GetArrayDataReference(values), columns, columns, ref MemoryMarshal.GetArrayDataReference(codes), 32, 0, 3);
            all.AddRange(codes);
        }

        return [.. all];
    }

    private static float[] Rows(VectorWidth width)
    {
        float[] inputs = Twins.Numbers(5 * 6 * 5, 8);
        return [.. Twins.Drawn<Stack17Int8>().At(width).Outputs(inputs, 5), .. Twins.Drawn<Stack9BFloat16>().At(width).Outputs(inputs, 5)];
    }

    private static string Hash<T>(T[] values) where T : unmanaged => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())));
}
