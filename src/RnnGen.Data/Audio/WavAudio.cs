namespace RnnGen.Data;

/// <summary>Sound: samples of one or more channels at a constant rate.</summary>
public sealed class WavAudio
{
    /// <summary>Wraps samples without a copy.</summary>
    /// <param name="samples">Interleaved: <c>[frame, channel]</c>; full scale is from -1 to 1.</param>
    /// <param name="sampleRate">Frames per second, in Hz, at least 1.</param>
    /// <param name="channels">Number of channels, from 1 to 65,535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the number of channels is out of range.</exception>
    /// <exception cref="ArgumentException">The number of samples is not a multiple of <paramref name="channels"/>.</exception>
    public WavAudio(float[] samples, int sampleRate, int channels = 1)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Guard.AtLeast(sampleRate, 1);
        Guard.Within(channels, 1, ushort.MaxValue);
        if (samples.Length % channels != 0)
        {
            throw new ArgumentException(Invariant($"{samples.Length} samples do not make whole frames of {channels} channels."), nameof(samples));
        }

        Samples = samples;
        SampleRate = sampleRate;
        Channels = channels;
    }

    /// <summary>Interleaved samples: <c>[frame, channel]</c>; full scale is from -1 to 1.</summary>
    public float[] Samples { get; }

    /// <summary>Frames per second, in Hz.</summary>
    public int SampleRate { get; }

    /// <summary>Number of channels.</summary>
    public int Channels { get; }

    /// <summary>One channel, the mean of all.</summary>
    public WavAudio ToMono()
    {
        if (Channels == 1)
        {
            return this;
        }

        float[] mono = new float[Samples.Length / Channels];
        for (int i = 0; i < mono.Length; i++)
        {
            double sum = 0;
            for (int c = 0; c < Channels; c++)
            {
                sum += Samples[(i * Channels) + c];
            }

            mono[i] = (float)(sum / Channels);
        }

        return new WavAudio(mono, SampleRate);
    }

    /// <summary>
    /// The same sound at another rate, by band-limited interpolation (J. O. Smith and P. Gossett, "A flexible sampling-rate conversion method", 1984): a sinc of
    /// 32 zero crossings to each side under a Kaiser window, with a stop band at -80 dB. Frequencies above half of the lower rate are removed.
    /// </summary>
    /// <param name="sampleRate">Frames per second, in Hz, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is below 1, or the sound would be longer than an array can be.</exception>
    public WavAudio Resample(int sampleRate)
    {
        Guard.AtLeast(sampleRate, 1);
        return sampleRate == SampleRate ? this : new WavAudio(Resampler.Resample(Samples, Channels, SampleRate, sampleRate), sampleRate, Channels);
    }
}

/// <summary>How samples are stored in a WAV file.</summary>
public enum WavEncoding
{
    /// <summary>Unsigned 8-bit integers: steps of 1/128 of full scale; samples beyond full scale are clipped.</summary>
    EightBit,

    /// <summary>16-bit integers: steps of 1/32,768 of full scale; samples beyond full scale are clipped.</summary>
    SixteenBit,

    /// <summary>24-bit integers: steps of 1/8,388,608 of full scale; samples beyond full scale are clipped.</summary>
    TwentyFourBit,

    /// <summary>32-bit integers: steps of 1/2,147,483,648 of full scale; samples beyond full scale are clipped.</summary>
    ThirtyTwoBit,

    /// <summary>32-bit floating point (IEEE 754): every <see cref="float"/> unchanged.</summary>
    FloatingPoint,
}
