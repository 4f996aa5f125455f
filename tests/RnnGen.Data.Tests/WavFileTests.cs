using CsCheck;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

public sealed class WavFileTests
{
    // Written by hand from the specification: two frames of stereo at 8 kHz, 16 bits.
    private static readonly byte[] Stereo =
    [
        .. "RIFF"u8, 44, 0, 0, 0, .. "WAVE"u8,
        .. "fmt "u8, 16, 0, 0, 0, 1, 0, 2, 0, 0x40, 0x1F, 0, 0, 0x00, 0x7D, 0, 0, 4, 0, 16, 0,
        .. "data"u8, 8, 0, 0, 0, 0x00, 0x80, 0x00, 0x40, 0xFF, 0x7F, 0xFF, 0xFF,
    ];

    [Fact]
    public void Sixteen_bits_are_read_and_written_byte_for_byte()
    {
        WavAudio audio = WavFile.Read(Stereo);
        audio.SampleRate.ShouldBe(8000);
        audio.Channels.ShouldBe(2);
        audio.Samples.ShouldBe([-1f, 0.5f, 32767 / 32768f, -1 / 32768f]);
        WavFile.ToBytes(audio).ShouldBe(Stereo);
    }

    [Fact]
    public void Floating_point_keeps_every_bit_and_goes_beyond_full_scale()
    {
        float[] samples = [0, -3.5f, 1e-20f, MathF.PI];
        string path = Path.GetTempFileName();
        try
        {
            WavFile.Write(path, new WavAudio(samples, 48_000), WavEncoding.FloatingPoint);
            WavAudio again = WavFile.Read(path);
            again.Samples.ShouldBe(samples);
            (again.SampleRate, again.Channels).ShouldBe((48_000, 1));
            File.WriteAllBytes(path, Stereo[..40]);
            Should.Throw<DataFormatException>(() => WavFile.Read(path)).FilePath.ShouldBe(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_cannot_be_written_leaves_the_file_as_it_is()
    {
        string folder = Directory.CreateTempSubdirectory().FullName, path = Path.Combine(folder, "sound.wav");
        try
        {
            WavFile.Write(path, new WavAudio([0.25f], 8000));
            byte[] before = File.ReadAllBytes(path);
            Should.Throw<ArgumentException>(() => WavFile.Write(path, new WavAudio([float.NaN], 8000)));
            File.ReadAllBytes(path).ShouldBe(before);
            Should.Throw<IOException>(() => WavFile.Write(Path.Combine(folder, "none", "sound.wav"), new WavAudio([0], 8000)));
            WavFile.Write(path, new WavAudio([0.5f], 8000));
            WavFile.Read(path).Samples.ShouldBe([0.5f]);
            Directory.GetFiles(folder).ShouldBe([path]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Sixteen_bits_clip_beyond_full_scale() =>
        WavFile.Read(WavFile.ToBytes(new WavAudio([2, -2], 1))).Samples.ShouldBe([32767 / 32768f, -1f]);

    [Fact]
    public void Other_chunks_are_passed_over_with_their_padding()
    {
        byte[] bytes = [.. Stereo[..36], .. "LIST"u8, 3, 0, 0, 0, 9, 9, 9, 0, .. Stereo[36..], .. "junk"u8, 0, 0, 0, 0];
        WavFile.Read(bytes).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
    }

    [Fact]
    public void The_extensible_tag_names_its_encoding_further_on()
    {
        byte[] format = [.. Stereo[16..36]];
        format[0] = 40;
        (format[4], format[5]) = (0xFE, 0xFF);
        byte[] bytes = [.. Stereo[..16], .. format, 22, 0, 16, 0, 3, 0, 0, 0, 1, 0, .. new byte[14], .. Stereo[36..]];
        WavFile.Read(bytes).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
    }

    [Theory]
    [InlineData(0, (int)'X', "does not begin with 'RIFF'")]
    [InlineData(8, (int)'X', "does not begin with 'RIFF'")]
    [InlineData(12, (int)'X', "before the chunk 'fmt '")]
    [InlineData(16, 200, "'fmt ' at byte 12 says that it has 200 bytes")]
    [InlineData(20, 2, "found format 2 with 16 bits")]
    [InlineData(22, 0, "contradicts itself")]
    [InlineData(32, 3, "contradicts itself")]
    [InlineData(34, 20, "format 1 with 20 bits")]
    [InlineData(36, (int)'X', "Expected a chunk 'data'")]
    [InlineData(40, 9, "'data' at byte 36 says that it has 9 bytes, but 8 follow")]
    [InlineData(40, 6, "whole frames of 4 bytes")]
    [InlineData(40, 0, "whole frames of 4 bytes")]
    public void A_damaged_byte_is_a_typed_error(int place, int value, string message)
    {
        byte[] bytes = [.. Stereo];
        bytes[place] = (byte)value;
        Should.Throw<DataFormatException>(() => WavFile.Read(bytes)).Message.ShouldContain(message);
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_a_typed_error()
    {
        for (int length = 0; length < Stereo.Length; length++)
        {
            Should.Throw<DataFormatException>(() => WavFile.Read(Stereo.AsSpan(0, length)), customMessage: $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(0xFFFF_FFFFu, 0xFFFF_FFFFu)] // FFmpeg into a pipe
    [InlineData(0u, 0xFFFF_FFFFu)]
    [InlineData(0u, 0x7FFF_FFFFu)]
    [InlineData(0x7FFF_F024u, 0x7FFF_F000u)] // speech synthesisers
    [InlineData(0x8000_0024u, 0x8000_0000u)] // recorders
    [InlineData(8u, 0u)]                     // never closed
    public void A_length_that_the_writer_could_not_know_goes_to_the_end(uint form, uint data)
    {
        WavFile.Read(Lengths(form, data)).Samples.ShouldBe(WavFile.Read(Stereo).Samples);

        // What was broken off within a frame has the frames before it.
        WavFile.Read(Lengths(form, data).AsSpan(0, Stereo.Length - 1)).Samples.ShouldBe([-1f, 0.5f]);
        Should.Throw<DataFormatException>(() => WavFile.Read(Lengths(form, data).AsSpan(0, 44))).Message.ShouldContain("whole frames");
    }

    [Theory]
    [InlineData(0u, 0u, "The header has no length, but 8 bytes follow: set toEnd")]
    [InlineData(44u, 0u, "The header has no length")]
    [InlineData(44u, 12u, "says that it has 12 bytes, but 8 follow; the file is cut off. Set toEnd")]
    [InlineData(44u, 0x7FFF_EFFFu, "cut off")]
    public void A_length_that_may_mean_two_things_is_decided_by_the_caller(uint form, uint data, string message)
    {
        Should.Throw<DataFormatException>(() => WavFile.Read(Lengths(form, data))).Message.ShouldContain(message);
        WavFile.Read(Lengths(form, data), toEnd: true).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
    }

    [Theory]
    [InlineData(WavEncoding.EightBit, 1)]
    [InlineData(WavEncoding.SixteenBit, 2)]
    [InlineData(WavEncoding.FloatingPoint, 6)]
    public void An_empty_sound_is_read_back(WavEncoding encoding, int channels)
    {
        byte[] bytes = WavFile.ToBytes(new WavAudio([], 8000, channels), encoding);
        foreach (bool toEnd in new[] { false, true })
        {
            WavAudio audio = WavFile.Read(bytes, toEnd);
            (audio.Samples.Length, audio.SampleRate, audio.Channels).ShouldBe((0, 8000, channels));
        }

        // What follows may be samples of a recording that was not closed, and so may be what a form of another length lacks.
        Should.Throw<DataFormatException>(() => WavFile.Read([.. bytes, 0, 0])).Message.ShouldContain("whole frames");
        bytes[4]++;
        Should.Throw<DataFormatException>(() => WavFile.Read(bytes)).Message.ShouldContain("whole frames");
    }

    private static byte[] Lengths(uint form, uint data)
    {
        byte[] bytes = [.. Stereo];
        BitConverter.TryWriteBytes(bytes.AsSpan(4), form);
        BitConverter.TryWriteBytes(bytes.AsSpan(40), data);
        return bytes;
    }

    [Theory]
    [InlineData(3, new byte[] { 9, 9, 9 })]
    [InlineData(3, new byte[] { 9, 9, 9, 0 })]
    [InlineData(3, new byte[] { 9, 9, 9, (byte)'x' })]
    [InlineData(1, new byte[] { (byte)'d' })]
    [InlineData(5, new byte[] { 9, 9, 9, 0, 0 })]
    public void An_odd_chunk_may_lack_its_padding(byte length, byte[] content)
    {
        byte[] bytes = [.. Stereo[..36], .. "LIST"u8, length, 0, 0, 0, .. content, .. Stereo[36..]];
        WavFile.Read(bytes).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
    }

    [Theory]
    [InlineData("RF64", false)]
    [InlineData("BW64", false)]
    [InlineData("RF64", true)]
    public void The_form_of_64_bits_names_its_length_in_a_chunk_of_its_own(string form, bool isPlain)
    {
        byte[] sizes = [.. "ds64"u8, 28, 0, 0, 0, .. BitConverter.GetBytes(80L), .. BitConverter.GetBytes(isPlain ? 0 : 8L), .. BitConverter.GetBytes(2L), 0, 0, 0, 0];
        byte[] bytes = [.. System.Text.Encoding.ASCII.GetBytes(form), 255, 255, 255, 255, .. "WAVE"u8, .. sizes, .. Stereo[12..]];
        if (!isPlain)
        {
            bytes.AsSpan(bytes.Length - 12, 4).Fill(255);
        }

        byte[] more = [.. bytes, .. "LIST"u8, 0, 0, 0, 0];
        WavFile.Read(bytes).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
        WavFile.Read(more).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
        if (!isPlain)
        {
            Should.Throw<DataFormatException>(() => WavFile.Read(bytes.AsSpan(0, bytes.Length - 1))).Message.ShouldContain("says that it has 8 bytes, but 7 follow");
            byte[] without = [.. bytes[..12], .. bytes[(12 + sizes.Length)..]];
            Should.Throw<DataFormatException>(() => WavFile.Read(without)).Message.ShouldContain("needs a chunk 'ds64' with their number before the samples");
            bytes.AsSpan(28, 8).Fill(255);
            Should.Throw<DataFormatException>(() => WavFile.Read(bytes)).Message.ShouldContain("18446744073709551615");
        }
    }

    [Fact]
    public void The_big_endian_form_is_the_same_sound()
    {
        byte[] bytes = [.. Stereo];
        "RIFX"u8.CopyTo(bytes);
        foreach ((int at, int length) in new[] { (4, 4), (16, 4), (20, 2), (22, 2), (24, 4), (28, 4), (32, 2), (34, 2), (40, 4), (44, 2), (46, 2), (48, 2), (50, 2) })
        {
            bytes.AsSpan(at, length).Reverse();
        }

        WavFile.Read(bytes).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
    }

    // The tables of ITU-T G.711, at the ends of their segments.
    [Theory]
    [InlineData(7, new byte[] { 0x00, 0x80, 0xFF, 0x7F, 0x8F, 0x0F, 0xF0, 0xEF, 0x70 }, new[] { -32124, 32124, 0, 0, 16764, -16764, 120, 132, -120 })]
    [InlineData(6, new byte[] { 0x55, 0xD5, 0x2A, 0xAA, 0x80, 0x00, 0xD4, 0x45, 0x5A }, new[] { -8, 8, -32256, 32256, 5504, -5504, 24, -264, -248 })]
    public void Companded_samples_are_those_of_the_standard(byte tag, byte[] codes, int[] expected)
    {
        byte[] bytes = [.. Stereo[..20], tag, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x40, 0x1F, 0, 0, 1, 0, 8, 0, .. "data"u8, (byte)codes.Length, 0, 0, 0, .. codes];
        WavFile.Read(bytes).Samples.ShouldBe(expected.Select(e => e / 32768f));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71 }, true)]
    [InlineData(new byte[] { 0, 0, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0 }, true)]
    [InlineData(new byte[] { 9, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71 }, false)]
    public void A_sub_format_is_a_tag_or_an_error(byte[] rest, bool isRead)
    {
        byte[] bytes = [.. Stereo[..16], 40, 0, 0, 0, 0xFE, 0xFF, .. Stereo[22..36], 22, 0, 16, 0, 3, 0, 0, 0, 1, 0, .. rest, .. Stereo[36..]];
        if (isRead)
        {
            WavFile.Read(bytes).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
        }
        else
        {
            Should.Throw<DataFormatException>(() => WavFile.Read(bytes)).Message.ShouldContain("found format 65534");
        }
    }

    [Fact]
    public void Fewer_bits_than_bytes_are_the_upper_ones()
    {
        byte[] bytes = [.. Stereo];
        bytes[34] = 12;
        WavFile.Read(bytes).Samples.ShouldBe(WavFile.Read(Stereo).Samples);
    }

    [Fact]
    public void Floating_point_of_64_bits_becomes_the_nearest_or_an_error()
    {
        byte[] Doubles(params double[] values) => [.. Stereo[..20], 3, 0, 1, 0, 0x40, 0x1F, 0, 0, 0, 0xFA, 0, 0, 8, 0, 64, 0, .. "data"u8, (byte)(8 * values.Length), 0, 0, 0, .. values.SelectMany(BitConverter.GetBytes)];
        WavFile.Read(Doubles(0.1, -1e30)).Samples.ShouldBe([0.1f, -1e30f]);
        Should.Throw<DataFormatException>(() => WavFile.Read(Doubles(0.1, 1e39))).Message.ShouldContain("Sample 1, at byte 52, is not a finite number of type float");
    }

    [Fact]
    public void What_is_written_is_read_back_within_half_a_step()
    {
        Gen<WavAudio> audio =
            from channels in Gen.Int[1, 5]
            from frames in Gen.Int[1, 40]
            from rate in Gen.Int[1, 400_000]
            from samples in Gen.Float[-1.2f, 1.2f].Array[channels * frames]
            select new WavAudio(samples, rate, channels);
        Gen.Select(audio, Gen.Enum<WavEncoding>()).Sample((audio, encoding) =>
        {
            byte[] file = WavFile.ToBytes(audio, encoding);
            WavAudio again = WavFile.Read(file);
            (again.SampleRate, again.Channels, again.Samples.Length).ShouldBe((audio.SampleRate, audio.Channels, audio.Samples.Length));
            double steps = encoding switch
            {
                WavEncoding.EightBit => 128,
                WavEncoding.SixteenBit => 32768,
                WavEncoding.TwentyFourBit => 8388608,
                WavEncoding.ThirtyTwoBit => 2147483648,
                WavEncoding.FloatingPoint => double.PositiveInfinity,
                _ => throw new InvalidOperationException(),
            };
            for (int i = 0; i < audio.Samples.Length; i++)
            {
                // Full scale has one step fewer above than below, and float 24 bits.
                double right = double.IsInfinity(steps) ? audio.Samples[i] : Math.Clamp(audio.Samples[i], -1, 1 - (1 / steps));
                Math.Abs(again.Samples[i] - right).ShouldBeLessThanOrEqualTo(double.IsInfinity(steps) ? 0 : (0.5 / steps) + (Math.Abs(right) * 6e-8));
            }

            // Written again it is the same file, of an even length that its header says.
            WavFile.ToBytes(again, encoding).ShouldBe(file);
            (file.Length % 2, BitConverter.ToUInt32(file, 4)).ShouldBe((0, (uint)file.Length - 8));
            WavFile.Read([.. file, .. "LIST"u8, 2, 0, 0, 0, 1, 2]).Samples.ShouldBe(again.Samples);
        }, iter: 2000);
    }

    [Fact]
    public void A_file_takes_the_memory_of_its_samples()
    {
        string path = Path.GetTempFileName();
        try
        {
            WavFile.Write(path, new WavAudio(new float[4_000_000], 48_000, 2));
            long before = GC.GetAllocatedBytesForCurrentThread();
            WavFile.Read(path).Samples.Length.ShouldBe(4_000_000);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((4 * 4_000_000) + (1 << 17));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_neither_read_nor_written()
    {
        byte[] bytes = WavFile.ToBytes(new WavAudio([0, 1], 8000), WavEncoding.FloatingPoint);
        (bytes[^2], bytes[^1]) = (0x80, 0x7F); // infinity
        Should.Throw<DataFormatException>(() => WavFile.Read(bytes)).Message.ShouldContain("Sample 1, at byte 48,");
        Should.Throw<ArgumentException>(() => WavFile.ToBytes(new WavAudio([0, float.NaN], 8000))).Message.ShouldContain("Sample 1");
    }

    [Fact]
    public void Audio_has_whole_frames_and_a_rate()
    {
        Should.Throw<ArgumentException>(() => new WavAudio([1, 2, 3], 8000, 2));
        Should.Throw<ArgumentOutOfRangeException>(() => new WavAudio([], 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new WavAudio([], 8000, 0));
    }
}
