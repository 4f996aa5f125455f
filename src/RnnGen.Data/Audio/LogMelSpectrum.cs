using System.Globalization;
using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace RnnGen.Data;

/// <summary>
/// Log-mel features for speech models: the logarithm of each frame's energy in bands that are equally wide on the mel scale,
/// mel = 2595 log10(1 + f / 700) (D. O'Shaughnessy 1987). A frame is a Hann window of samples. Triangular filters, each from the centre of one neighbour
/// to that of the other, sum its power spectrum; the logarithm is natural.
/// </summary>
/// <example>
/// <code>
/// var mel = new LogMelSpectrum(sampleRate: 8000);
/// float[] features = mel.Compute(WavFile.Read("digit.wav").Samples);   // [frames × 40]
/// </code>
/// </example>
public sealed class LogMelSpectrum
{
    private const double Floor = 1e-10;
    private const int LongestWindow = 1 << 24;

    private readonly double[] _window;
    private readonly (int First, double[] Weights)[] _filters;
    private readonly Complex[] _spectrum;

    /// <summary>Creates the filters.</summary>
    /// <param name="sampleRate">Samples per second, in Hz, at least 1.</param>
    /// <param name="windowLength">Samples of a frame. Default: 0, 25 ms.</param>
    /// <param name="hop">Samples from one frame to the next. Default: 0, half a window.</param>
    /// <param name="bands">Bands, the values of a frame, at least 1. Default: 40.</param>
    /// <param name="lowest">The lowest frequency in Hz. Default: 20.</param>
    /// <param name="highest">The highest frequency in Hz. Default: 0, half the sample rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range, the frequencies are not in order, the window is longer than 2²⁴ samples, or there are more bands than the window can separate: each needs its own bin of the spectrum. The message says how many fit.</exception>
    public LogMelSpectrum(int sampleRate, int windowLength = 0, int hop = 0, int bands = 40, double lowest = 20, double highest = 0)
    {
        Guard.AtLeast(sampleRate, 1);
        Guard.AtLeast(bands, 1);
        Guard.AtLeast(windowLength, 0);
        Guard.AtLeast(hop, 0);
        WindowLength = windowLength == 0 ? Math.Max(2, sampleRate / 40) : windowLength;
        Hop = hop == 0 ? Math.Max(1, WindowLength / 2) : hop;
        Bands = bands;
        highest = highest == 0 ? sampleRate / 2.0 : highest;
        if (!(lowest >= 0 && lowest < highest && highest <= sampleRate / 2.0))
        {
            throw new ArgumentOutOfRangeException(nameof(highest), Invariant($"{highest}"), Invariant($"The frequencies {lowest} to {highest} Hz must be in order and at most half of {sampleRate} Hz."));
        }

        if (WindowLength > LongestWindow)
        {
            throw new ArgumentOutOfRangeException(nameof(windowLength), Invariant($"{windowLength}"), Invariant($"A window has at most {LongestWindow} samples."));
        }

        int length = (int)BitOperations.RoundUpToPowerOf2((uint)WindowLength);
        _window = [.. Enumerable.Range(0, WindowLength).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / WindowLength))];
        _spectrum = new Complex[length];
        MelFilters filters = new(lowest, highest, sampleRate);
        _filters = filters.Bank(bands, length) ?? throw new ArgumentOutOfRangeException(
            nameof(bands), Invariant($"{bands}"), Invariant($"{bands} bands from {Text(lowest)} to {Text(highest)} Hz are more than the {(length / 2) + 1} bins of a window of {WindowLength} samples at {sampleRate} Hz can resolve: some would be empty or copies of others. {Fix(filters, bands, length)}"));
    }

    /// <summary>Samples of a frame.</summary>
    public int WindowLength { get; }

    /// <summary>Samples from one frame to the next.</summary>
    public int Hop { get; }

    /// <summary>Bands, the values of a frame.</summary>
    public int Bands { get; }

    private static string Text(double hertz) => hertz.ToString(CultureInfo.InvariantCulture);

    // What fits instead.
    private static string Fix(MelFilters filters, int bands, int length)
    {
        int fitting = filters.MostBands(bands, length), longer = filters.FittingLength(bands, length, LongestWindow);
        string fewer = fitting > 0 ? Invariant($"At most {fitting} bands fit") : "No number of bands fits";
        return longer > 0 ? Invariant($"{fewer}; {bands} bands need a window of at least {(longer / 2) + 1} samples.") : Invariant($"{fewer}.");
    }

    /// <summary>Number of frames of a recording: those that lie within it, or one if it is shorter than a window.</summary>
    /// <param name="samples">Number of samples.</param>
    public int FrameCount(int samples) => samples <= 0 ? 0 : samples < WindowLength ? 1 : (samples - WindowLength) / Hop + 1;

    /// <summary>Computes all frames.</summary>
    /// <param name="samples">Samples from -1 to 1; a recording shorter than a window is padded with silence.</param>
    /// <returns>Features <c>[frame, band]</c>, row-major.</returns>
    public float[] Compute(ReadOnlySpan<float> samples)
    {
        float[] features = new float[FrameCount(samples.Length) * Bands];
        for (int frame = 0; frame < features.Length / Bands; frame++)
        {
            ComputeFrame(samples[(frame * Hop)..], features.AsSpan(frame * Bands, Bands));
        }

        return features;
    }

    /// <summary>Computes one frame, for audio that arrives piece by piece. Not thread-safe: use one instance per thread.</summary>
    /// <param name="samples">Samples from the frame's first one; fewer than a window are padded with silence.</param>
    /// <param name="features">Receives the <see cref="Bands"/> values.</param>
    /// <exception cref="ArgumentException"><paramref name="features"/> does not have <see cref="Bands"/> values.</exception>
    public void ComputeFrame(ReadOnlySpan<float> samples, Span<float> features)
    {
        if (features.Length != Bands)
        {
            throw new ArgumentException(Invariant($"'features' must hold {Bands} elements (Bands); it holds {features.Length}."), nameof(features));
        }

        for (int i = 0; i < _spectrum.Length; i++)
        {
            _spectrum[i] = i < WindowLength && i < samples.Length ? samples[i] * _window[i] : 0;
        }

        Fourier.Forward(_spectrum, FourierOptions.NoScaling);
        for (int band = 0; band < Bands; band++)
        {
            (int first, double[] weights) = _filters[band];
            double energy = 0;
            for (int i = 0; i < weights.Length; i++)
            {
                Complex bin = _spectrum[first + i];
                energy += weights[i] * (bin.Real * bin.Real + bin.Imaginary * bin.Imaginary);
            }

            features[band] = (float)Math.Log(Math.Max(Floor, energy));
        }
    }

    /// <summary>Normalises each band of a recording to mean 0 and standard deviation 1 over its frames.</summary>
    /// <param name="features">Features <c>[frame, band]</c>, changed in place.</param>
    public void Normalize(Span<float> features)
    {
        int frames = features.Length / Bands;
        for (int band = 0; band < Bands && frames > 0; band++)
        {
            double sum = 0, squares = 0;
            for (int i = band; i < features.Length; i += Bands)
            {
                sum += features[i];
                squares += features[i] * (double)features[i];
            }

            double mean = sum / frames, deviation = Math.Sqrt(Math.Max(1e-6, squares / frames - mean * mean));
            for (int i = band; i < features.Length; i += Bands)
            {
                features[i] = (float)((features[i] - mean) / deviation);
            }
        }
    }
}
