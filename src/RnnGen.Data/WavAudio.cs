namespace RnnGen.Data;

/// <summary>Sound: samples of one or more channels at a constant rate.</summary>
public sealed class WavAudio
{
    /// <summary>Wraps samples; they are not copied.</summary>
    /// <param name="samples">Interleaved: <c>[frame, channel]</c>; full scale is from -1 to 1.</param>
    /// <param name="sampleRate">Frames a second, in Hz, at least 1.</param>
    /// <param name="channels">Channels, from 1 to 65,535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the number of channels is out of range.</exception>
    /// <exception cref="ArgumentException">The samples are no whole number of frames.</exception>
    public WavAudio(float[] samples, int sampleRate, int channels = 1)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, ushort.MaxValue);
        if (samples.Length % channels != 0)
        {
            throw new ArgumentException($"{samples.Length} samples are no whole number of frames of {channels} channels.", nameof(samples));
        }

        Samples = samples;
        SampleRate = sampleRate;
        Channels = channels;
    }

    /// <summary>Interleaved samples: <c>[frame, channel]</c>; full scale is from -1 to 1.</summary>
    public float[] Samples { get; }

    /// <summary>Frames a second, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }
}

/// <summary>How samples are stored in a WAV file.</summary>
public enum WavEncoding
{
    /// <summary>Whole numbers of 16 bits: steps of 1/32,768 of full scale; what is beyond it is clipped.</summary>
    SixteenBit,

    /// <summary>Numbers of IEEE 754 with 32 bits: every <see cref="float"/> as it is.</summary>
    FloatingPoint,
}
