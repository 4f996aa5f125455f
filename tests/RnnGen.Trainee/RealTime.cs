using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RnnGen.Runtime;

namespace RnnGen.Trainee;

/// <summary>A small amplifier, as an audio callback streams it.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 8, OutputSize = 1, Accuracy = Accuracy.Fast)]
[Lstm(20)]
public sealed partial class AmplifierModel;

/// <summary>Layers of several kinds, some wider than a block of units.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 8, OutputSize = 3)]
[Gru(40)]
[LayerNorm]
[Lstm(24)]
[Dense(12, Activation = Activation.Relu)]
public sealed partial class LayeredModel;

/// <summary>A layer whose blocks of steps are computed at once.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 64, SequenceLength = 8, OutputSize = 64)]
[Lstm(64)]
public sealed partial class WideModel;

/// <summary>Weights in 8 bits, and inputs that are measured at each step.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 8, OutputSize = 20, PredictionWeights = WeightFormat.Int8)]
[Gru(40)]
[LayerNorm]
[Lstm(24)]
public sealed partial class EightBitModel;

/// <summary>Weights in bfloat16.</summary>
[RnnModel(Architecture.ManyToMany, InputSize = 6, SequenceLength = 8, OutputSize = 20, PredictionWeights = WeightFormat.BFloat16)]
[Gru(40)]
[LayerNorm]
[Lstm(24)]
public sealed partial class BFloat16Model;

/// <summary>
/// What a real-time thread does, between two system calls that a watch of all system calls can find. Two threads step a state of one model each, so that whatever they would lock they would wait for.
/// </summary>
public static partial class RealTime
{
    /// <summary>The first argument of the program that watches all cases.</summary>
    public const string Argument = "real-time";

    /// <summary>The number in the call before the first case; the one after it is one more, then come those of the second case.</summary>
    public const int FirstMark = 2_000_000_000;

    /// <summary>Threads that step at once.</summary>
    public const int Threads = 2;

    /// <summary>Steps of each thread in each case.</summary>
    public const int Steps = 100_000;

    private static readonly Lock s_lock = new();
    private static byte[] s_allocated = [];

    /// <summary>What is stepped: a name, and what makes a model; its result makes a state of it and returns a step of that.</summary>
    public static IReadOnlyList<(string Name, Func<Func<Action>> Model)> Cases { get; } =
    [
        ("LSTM, Fast", () => Stepping(new AmplifierModel(1))),
        ("GRU, layer norm, LSTM, dense", () => Stepping(new LayeredModel(1))),
        ("embedding, GRU", () => Stepping(new TokenModel(1))),
        ("double", () => Stepping(new CarryingModel(1))),
        ("weights in 8 bits", () => Stepping(new EightBitModel(1))),
        ("weights in bfloat16", () => Stepping(new BFloat16Model(1))),
        ("five streams", () => SteppingStreams(new LayeredModel(1))),
        ("blocks, LSTM, Fast", () => Processing(new AmplifierModel(1).CreateState, 1)),
        ("blocks in place, a layer that reads ahead", () => Processing(new WideModel(1).CreateState, 64)),
    ];

    /// <summary>Steps that break the promise, which a watch must see; only some of them do what they should not.</summary>
    public static IReadOnlyList<(string Name, Func<Func<Action>> Model)> Faults { get; } =
    [
        ("allocation", static () => static () => EveryThousandth(static () => s_allocated = new byte[8])),
        ("system call", static () => static () => EveryThousandth(static () => Thread.Yield())),
        ("lock", static () => static () => EveryThousandth(static () =>
        {
            lock (s_lock)
            {
                Thread.SpinWait(20_000);
            }
        })),
    ];

    /// <summary>Warms up, and steps each case and each fault between two marks on each thread.</summary>
    /// <returns>For each the bytes that the threads allocated between its marks.</returns>
    public static long[] Watch()
    {
        Func<Action>[] models = [.. Cases.Concat(Faults).Select(c => c.Model())];
        long[] allocated = new long[models.Length];
        using Barrier together = new(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() => Step([.. models.Select(state => state())], allocated, together)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return allocated;
    }

    private static void Step(Action[] steps, long[] allocated, Barrier together)
    {
        // Until the JIT has nothing left to do in the background.
        for (long compiled = -1; compiled != JitInfo.GetCompiledMethodCount(); Thread.Sleep(250))
        {
            compiled = JitInfo.GetCompiledMethodCount();
            foreach (Action step in steps)
            {
                Mark(FirstMark - 1);
                _ = Run(step, Steps / 20);
            }
        }

        for (int i = 0; i < steps.Length; i++)
        {
            together.SignalAndWait();
            Mark(FirstMark + (2 * i));
            long bytes = Run(steps[i], Steps);
            Mark(FirstMark + (2 * i) + 1);
            Interlocked.Add(ref allocated[i], bytes);
        }
    }

    private static Action EveryThousandth(Action fault)
    {
        int steps = 0;
        return () =>
        {
            if (++steps % 1000 == 0)
            {
                fault();
            }
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static long Run(Action step, int steps)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < steps; i++)
        {
            step();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // No process has such a number, so that nothing happens.
    private static void Mark(int number)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = GetGroup(number);
        }
    }

    private static Func<Action> Stepping(AmplifierModel model) => () =>
    {
        AmplifierModel.State state = model.CreateState();
        float[] x = [0.5f], y = new float[1];
        return () => state.Step(x, y);
    };

    private static Func<Action> Stepping(LayeredModel model) => () =>
    {
        LayeredModel.State state = model.CreateState();
        float[] x = [0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f], y = new float[3];
        return () => state.Step(x, y);
    };

    private static Func<Action> SteppingStreams(LayeredModel model) => () =>
    {
        LayeredModel.Streams streams = model.CreateStreams(5);
        float[] x = new float[5 * LayeredModel.InputSize], y = new float[5 * LayeredModel.OutputSize];
        return () => streams.Step(x, y);
    };

    private static Func<Action> Stepping(EightBitModel model) => () =>
    {
        EightBitModel.State state = model.CreateState();
        float[] x = [0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f], y = new float[20];
        return () => state.Step(x, y);
    };

    private static Func<Action> Stepping(BFloat16Model model) => () =>
    {
        BFloat16Model.State state = model.CreateState();
        float[] x = [0.1f, -0.2f, 0.3f, -0.4f, 0.5f, -0.6f], y = new float[20];
        return () => state.Step(x, y);
    };

    private static Func<Action> Stepping(TokenModel model) => () =>
    {
        TokenModel.State state = model.CreateState();
        int[] x = [3];
        float[] y = new float[5];
        return () => state.Step(x, y);
    };

    private static Func<Action> Stepping(CarryingModel model) => () =>
    {
        CarryingModel.State state = model.CreateState();
        double[] x = [0.1, -0.2, 0.3], y = new double[2];
        return () => state.Step(x, y);
    };

    // Blocks of three steps, in place.
    private static Func<Action> Processing(Func<StreamState<float, float, float>> createState, int size) => () =>
    {
        StreamState<float, float, float> state = createState();
        float[] block = new float[3 * size];
        return () => state.Process(block, block);
    };

    [LibraryImport("libc", EntryPoint = "getpgid")]
    private static partial int GetGroup(int process);
}
