using RnnGen.Data;

namespace SpokenDigits;

/// <summary>
/// What the models hear of a recording: log-mel frames, each band with mean 0 and deviation 1 over the recordings that the ear was made for. These levels are
/// known before a frame is heard, so the same ear serves a microphone. It belongs to one thread at a time.
/// </summary>
internal sealed class Ear
{
    public const int Bands = 40;

    // Digital silence is far below all else.
    private const float Silence = -3;

    private readonly LogMelSpectrum _spectrum = new(Sounds.Rate, windowLength: 200, hop: 100, bands: Bands);
    private readonly float[] _mean = new float[Bands];
    private readonly float[] _scale = new float[Bands];

    /// <summary>Makes an ear for recordings like these.</summary>
    public Ear(IEnumerable<Recording> recordings)
    {
        double[] sum = new double[Bands], squares = new double[Bands];
        long frames = 0;
        foreach (Recording recording in recordings)
        {
            float[] features = _spectrum.Compute(recording.Samples);
            frames += features.Length / Bands;
            for (int i = 0; i < features.Length; i++)
            {
                sum[i % Bands] += features[i];
                squares[i % Bands] += (double)features[i] * features[i];
            }
        }

        for (int band = 0; band < Bands; band++)
        {
            double mean = sum[band] / frames;
            _mean[band] = (float)mean;
            _scale[band] = (float)(1 / Math.Sqrt(squares[band] / frames - mean * mean + 1e-6));
        }
    }

    /// <summary>Frames of a recording with a number of samples.</summary>
    public int FrameCount(int samples) => _spectrum.FrameCount(samples);

    /// <summary>Frames as a model hears them; what is beyond its steps is left out.</summary>
    public float[] Hear(ReadOnlySpan<float> samples, int steps)
    {
        float[] features = _spectrum.Compute(samples);
        features = features.Length > steps * Bands ? features[..(steps * Bands)] : features;
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = Math.Max(Silence, (features[i] - _mean[i % Bands]) * _scale[i % Bands]);
        }

        return features;
    }
}
