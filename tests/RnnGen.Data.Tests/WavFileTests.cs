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
    [InlineData(0, (int)'X', "begins with 'RIFF'")]
    [InlineData(8, (int)'X', "begins with 'RIFF'")]
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
