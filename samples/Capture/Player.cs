using System.Diagnostics;
using RnnGen;
using RnnGen.Exchange;
using RnnGen.Runtime;
using RnnGen.Samples;

namespace Capture;

/// <summary>Plays a sound through a capture, block by block.</summary>
internal sealed class Player
{
    /// <summary>Samples that a host asks for at once.</summary>
    public const int BlockSize = 64;

    private static readonly Dictionary<string, Func<byte[], StreamState<float, float, float>>> s_models = new()
    {
        ["Lstm(12), states"] = static weights => NamNano.Load(weights).CreateState(),
        ["Lstm(16), states"] = static weights => NamFeather.Load(weights).CreateState(),
        ["Lstm(8), Lstm(8), states"] = static weights => NamLite.Load(weights).CreateState(),
        ["Lstm(24), states"] = static weights => NamStandard.Load(weights).CreateState(),
        ["Lstm(20), skip"] = static weights => Skipping20.Load(weights).CreateState(),
        ["Lstm(32), skip"] = static weights => Skipping32.Load(weights).CreateState(),
        ["Lstm(40), skip"] = static weights => Skipping40.Load(weights).CreateState(),
    };

    private readonly StreamState<float, float, float> _state;

    private Player(StreamState<float, float, float> state) => _state = state;

    /// <summary>A player of a file.</summary>
    /// <exception cref="UsageException">The sample declares no model of this shape.</exception>
    public static Player Of(ForeignModel capture, string path)
    {
        string shape = Shape(capture);
        return s_models.TryGetValue(shape, out Func<byte[], StreamState<float, float, float>>? load) ? new Player(load(capture.ToWeights("Capture")))
            : throw new UsageException($"{path} is {shape}, and this sample declares {string.Join("; ", s_models.Keys)}. Write the declaration with rnngen import {path}, and add it to Models.cs and Player.cs.");
    }

    /// <summary>What a model must be declared as: its recurrent layers, and whether states or a skip belong to it.</summary>
    public static string Shape(ForeignModel capture)
    {
        IEnumerable<string> layers = capture.Layers.SkipLast(1).Select(static layer => $"{layer.Kind}({layer.Size})");
        string output = capture.Layers[^1].Activation == Activation.Identity ? "" : $", {capture.Layers[^1].Activation}", inputs = capture.InputSize == 1 ? "" : $", {capture.InputSize} inputs";
        return string.Join(", ", layers) + output + inputs + (capture.LearnedInitialState ? ", states" : "") + (capture.OutputSkip ? ", skip" : "");
    }

    /// <summary>Plays in blocks, as an audio host calls.</summary>
    /// <param name="sound">What is played.</param>
    /// <returns>What comes out, and the fastest of five runs in seconds.</returns>
    public (float[] Output, double Seconds) Play(float[] sound)
    {
        float[] output = new float[sound.Length];
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat < 5; repeat++)
        {
            _state.Reset();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < sound.Length; i += BlockSize)
            {
                int count = Math.Min(BlockSize, sound.Length - i);
                _state.Process(sound.AsSpan(i, count), output.AsSpan(i, count));
            }

            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return (output, best);
    }
}
