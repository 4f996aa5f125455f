using System.Buffers.Binary;
using System.Diagnostics;
using Shouldly;

namespace RnnGen.Fuzzing;

/// <summary>What a run found.</summary>
internal sealed record FuzzReport(string Reader, int Count, int Read, int Refused, long MostBytes, int LongestInput, double SlowestSeconds)
{
    public override string ToString() => FormattableString.Invariant(
        $"{Reader}: {Count} inputs, {Read} read, {Refused} refused with a typed error, at most {MostBytes / 1024.0:F0} KB allocated for one of at most {LongestInput} bytes, slowest {SlowestSeconds * 1e3:F1} ms");
}

/// <summary>
/// Reads whole files that were damaged: bytes changed, fragments put in, parts cut out, doubled or exchanged, the end cut off. The seed is fixed, so that a run can be repeated.
/// <c>RNNGEN_FUZZ=200000</c> sets the number of inputs of each reader; by default it is small.
/// </summary>
internal static class Fuzzer
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <param name="reader">Its name.</param>
    /// <param name="seeds">Whole files.</param>
    /// <param name="fragments">What the format is made of.</param>
    /// <param name="read">Reads an input; it may throw.</param>
    /// <param name="isTyped">Whether an exception is one that the reader promises.</param>
    /// <param name="bytesPerByte">Bytes that reading may allocate for a byte of input, beside a mebibyte.</param>
    public static FuzzReport Run(string reader, byte[][] seeds, string[] fragments, Action<byte[]> read, Func<Exception, bool> isTyped, int bytesPerByte = 64)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RNNGEN_FUZZ"), out int asked) ? asked : 2000;
        byte[][] parts = [.. fragments.Select(System.Text.Encoding.UTF8.GetBytes)];
        foreach (byte[] seed in seeds)
        {
            read(seed); // a seed that cannot be read would test nothing; and what is built once is built now
        }

        int done = 0, accepted = 0, refused = 0, longest = 0;
        long most = 0;
        double slowest = 0;
        byte[] current = [];
        Task run = Task.Run(() =>
        {
            Random random = new(20261125);
            for (; done < count; done++)
            {
                current = Damaged(seeds, parts, random);
                longest = Math.Max(longest, current.Length);
                long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
                try
                {
                    read(current);
                    accepted++;
                }
                catch (Exception e) when (isTyped(e))
                {
                    e.Message.ShouldNotBeNullOrWhiteSpace();
                    refused++;
                }

                long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
                bytes.ShouldBeLessThan((1 << 20) + (bytesPerByte * (long)current.Length), $"{reader}, input {done}: {Convert.ToBase64String(current)}");
                most = Math.Max(most, bytes);
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        });
        for (int last = -1; !run.Wait(s_patience) && run.Exception is null; last = done)
        {
            done.ShouldNotBe(last, $"{reader} hangs on {Convert.ToBase64String(current)}");
        }

        if (run.IsFaulted)
        {
            throw new InvalidOperationException($"{reader}, input {done}: {Convert.ToBase64String(current)}", run.Exception!.InnerException);
        }

        accepted.ShouldBeGreaterThan(0);
        refused.ShouldBeGreaterThan(count / 100);
        return new FuzzReport(reader, count, accepted, refused, most, longest, slowest);
    }

    private static byte[] Damaged(byte[][] seeds, byte[][] fragments, Random random)
    {
        List<byte> bytes = [.. seeds[random.Next(seeds.Length)]];
        for (int n = 1 + (random.Next(2) * random.Next(4)); n > 0; n--)
        {
            int at = random.Next(bytes.Count + 1), length = Math.Min(bytes.Count - at, 1 << random.Next(7));
            switch (random.Next(9))
            {
                case 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, [.. bytes[at..(at + length)]]);
                    break;
                case 3:
                    bytes.InsertRange(at, fragments[random.Next(fragments.Length)]);
                    break;
                case 4:
                    byte[] other = seeds[random.Next(seeds.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(64))]);
                    break;
                case 5:
                    Number(bytes, at, random);
                    break;
                default:
                    for (int i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
                    {
                        int place = random.Next(bytes.Count);
                        bytes[place] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(bytes[place] ^ (1 << random.Next(8)));
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    // Numbers at the edges of their types, which sizes and counts are made of.
    private static void Number(List<byte> bytes, int at, Random random)
    {
        long value = random.Next(6) switch
        {
            0 => long.MaxValue >> random.Next(64),
            1 => long.MinValue >> random.Next(64),
            2 => -1,
            3 => 0,
            4 => 1L << random.Next(64),
            _ => random.NextInt64(),
        };
        byte[] number = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        for (int i = 0, width = 1 << random.Next(4); i < width && at + i < bytes.Count; i++)
        {
            bytes[at + i] = number[i];
        }
    }
}
