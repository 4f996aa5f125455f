using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace RnnGen.Data;

/// <summary>
/// What speech models read: of each frame the logarithm of the energy in bands that are equally wide on the mel scale,
/// mel = 2595 log10(1 + f / 700) (D. O'Shaughnessy 1987). A frame is a Hann window of samples, its power spectrum is summed
/// by triangular filters, each from its neighbour's centre to the other's, and the logarithm is natural.
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

    private readonly double[] _window;
    private readonly (int First, double[] Weights)[] _filters;
    private readonly Complex[] _spectrum;

    /// <summary>Makes a spectrum.</summary>
    /// <param name="sampleRate">Samples a second.</param>
    /// <param name="windowLength">Samples of a frame; by default 25 ms.</param>
    /// <param name="hop">Samples from a frame to the next; by default half a window.</param>
    /// <param name="bands">Values of a frame. Default: 40.</param>
    /// <param name="lowest">The lowest frequency in Hz. Default: 20.</param>
    /// <param name="highest">The highest frequency in Hz; by default half the sample rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, the frequencies are not in order, or there are more bands than the window can tell apart.</exception>
    public LogMelSpectrum(int sampleRate, int windowLength = 0, int hop = 0, int bands = 40, double lowest = 20, double highest = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bands, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(windowLength);
        ArgumentOutOfRangeException.ThrowIfNegative(hop);
        WindowLength = windowLength == 0 ? Math.Max(2, sampleRate / 40) : windowLength;
        Hop = hop == 0 ? Math.Max(1, WindowLength / 2) : hop;
        Bands = bands;
        highest = highest == 0 ? sampleRate / 2.0 : highest;
        if (!(lowest >= 0 && lowest < highest && highest <= sampleRate / 2.0))
        {
            throw new ArgumentOutOfRangeException(nameof(highest), highest, $"The frequencies {lowest} to {highest} Hz must be in order and at most half of {sampleRate} Hz.");
        }

        int length = (int)BitOperations.RoundUpToPowerOf2((uint)WindowLength);
        _window = [.. Enumerable.Range(0, WindowLength).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / WindowLength))];
        _spectrum = new Complex[length];
        double[] centres = [.. Enumerable.Range(0, bands + 2).Select(i => Hertz(Mel(lowest) + (Mel(highest) - Mel(lowest)) * i / (bands + 1)) * length / sampleRate)];
        _filters = [.. Enumerable.Range(1, bands).Select(i => Filter(centres[i - 1], centres[i], centres[i + 1], length / 2))];
    }

    /// <summary>Samples of a frame.</summary>
    public int WindowLength { get; }

    /// <summary>Samples from a frame to the next.</summary>
    public int Hop { get; }

    /// <summary>Values of a frame.</summary>
    public int Bands { get; }

    private static double Mel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);

    private static double Hertz(double mel) => 700 * (Math.Pow(10, mel / 2595) - 1);

    private static (int First, double[] Weights) Filter(double left, double centre, double right, int bins)
    {
        int first = Math.Max(0, (int)Math.Ceiling(left)), last = Math.Min(bins, (int)Math.Floor(right));
        double[] weights = [.. Enumerable.Range(first, Math.Max(0, last - first + 1)).Select(b => Math.Max(0, b <= centre ? (b - left) / (centre - left) : (right - b) / (right - centre)))];

        // A band between two bins takes the nearest.
        return weights.Sum() > 0 ? (first, weights) : (Math.Min(bins, (int)Math.Round(centre)), [1]);
    }

    /// <summary>Frames of so many samples: those that lie wholly within them, and one where there are fewer than a window.</summary>
    /// <param name="samples">Number of samples.</param>
    public int FrameCount(int samples) => samples <= 0 ? 0 : samples < WindowLength ? 1 : (samples - WindowLength) / Hop + 1;

    /// <summary>Computes all frames.</summary>
    /// <param name="samples">Samples, from -1 to 1; where they are fewer than a window, silence follows.</param>
    /// <returns>[frames × bands] values.</returns>
    public float[] Compute(ReadOnlySpan<float> samples)
    {
        float[] features = new float[FrameCount(samples.Length) * Bands];
        for (int frame = 0; frame < features.Length / Bands; frame++)
        {
            ComputeFrame(samples[(frame * Hop)..], features.AsSpan(frame * Bands, Bands));
        }

        return features;
    }

    /// <summary>Computes one frame, as audio arrives. It belongs to one thread at a time.</summary>
    /// <param name="samples">The samples from the frame's first one on; silence follows where they are fewer than a window.</param>
    /// <param name="features">[bands] values, written.</param>
    /// <exception cref="ArgumentException">The features have another length.</exception>
    public void ComputeFrame(ReadOnlySpan<float> samples, Span<float> features)
    {
        if (features.Length != Bands)
        {
            throw new ArgumentException($"'features' must hold {Bands} elements (Bands); it holds {features.Length}.", nameof(features));
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

    /// <summary>Gives each band of a recording the mean 0 and the deviation 1 over its frames.</summary>
    /// <param name="features">[frames × bands] values, changed in place.</param>
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
