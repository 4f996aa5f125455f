namespace RnnGen.Comparison;

/// <summary>All rows of the comparison, with what the project asks of each.</summary>
internal static class Rows
{
    public const string OneDnn = "oneDNN";
    public const string LibTorch = "LibTorch";
    public const string LibTorchTwoThreads = "LibTorch-2";
    public const string LibTorchBFloat16 = "LibTorch-bf16";
    public const string LibTorchBFloat16TwoThreads = "LibTorch-bf16-2";
    public const string TorchScript = "TorchScript";
    public const string OnnxRuntime = "ONNX-Runtime";
    public const string PlainLoop = "plain-C#";

    /// <summary>RnnGen's own LSTM, beside the cells that are written in equations by a user.</summary>
    public const string BuiltInLstm = "built-in LSTM";

    /// <summary>RnnGen's states, one for each of many streams.</summary>
    public const string States = "States";

    public static IReadOnlyList<Row> All { get; } =
    [
        Training<Lstm_32_64_64_128>((m, n) => m.Threads = n, new(LibTorch: 1.58, BFloat16: 0.96, Share: 0.90), Parts<Lstm_32_64_64_128, Linear_32_64_64_128>()),
        Training<Lstm_32_64_16_32>((m, n) => m.Threads = n, new(LibTorch: 3.4)),
        Training<Lstm_64_100_1_64>((m, n) => m.Threads = n, new(LibTorch: 4.05, BFloat16: 1.3, Share: 0.84), Parts<Lstm_64_100_1_64, Linear_64_100_1_64>()),
        Training<Lstm_32_128_256_256>((m, n) => m.Threads = n, new(LibTorch: 1.95, BFloat16: 0.96, Share: 0.87), Parts<Lstm_32_128_256_256, Linear_32_128_256_256>()),
        Training<Lstm_16_200_3_20>((m, n) => m.Threads = n, new(LibTorch: 4.7)),
        Training<Lstm_128_28_28_128>((m, n) => m.Threads = n, new(LibTorch: 3.3, BFloat16: 0.96, Share: 0.90), Parts<Lstm_128_28_28_128, Linear_128_28_28_128>()),
        Training<Gru_32_64_64_128>((m, n) => m.Threads = n, new(LibTorch: 4.7)),
        Training<Gru_32_64_16_32>((m, n) => m.Threads = n, new(LibTorch: 21.5)),
        Training<Rnn_32_64_64_128>((m, n) => m.Threads = n, new()),
        Training<Rnn_32_64_16_32>((m, n) => m.Threads = n, new()),

        .. DifferentLengths.Rows,

        // No slower than the built-in LSTM by 2 %; 1.3 times its step.
        Own<OwnLstm_32_64_64_128>("lstm", (m, n) => m.Threads = n, builtIn: 0.98),
        Own<CoupledLstm_32_64_64_128>("coupled", (m, n) => m.Threads = n, builtIn: 0.77),
        Own<PeepholeLstm_32_64_64_128>("peephole", (m, n) => m.Threads = n, builtIn: 0.77),
        Own<LayerNormLstm_32_64_64_128>("layer-norm", (m, n) => m.Threads = n, builtIn: 0.77),

        Forward<Lstm_32_64_64_128>(),
        Forward<Lstm_32_128_256_256>(),
        Forward<Gru_32_64_64_128>(),
        .. ManyAtOnce.All,
        .. Scans.All,
        .. HeadRows.All,
        .. Convolutions.All,

        Streaming<StreamLstm_1_8>(model =>
        {
            StreamLstm_1_8.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamLstm_1_8.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamLstm_1_16>(model =>
        {
            StreamLstm_1_16.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamLstm_1_16.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamLstm_1_20>(model =>
        {
            StreamLstm_1_20.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamLstm_1_20.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamLstm_1_40>(model =>
        {
            StreamLstm_1_40.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamLstm_1_40.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamLstm_1_64>(model =>
        {
            StreamLstm_1_64.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamLstm_1_64.SequenceLength * 1, 1), y);
                }
            };
        }),
        Streaming<StreamLstm_64_64>(model =>
        {
            StreamLstm_64_64.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamLstm_64_64.SequenceLength * 64, 64), y);
                }
            };
        }),
        Streaming<StreamLstm_64_128>(model =>
        {
            StreamLstm_64_128.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamLstm_64_128.SequenceLength * 64, 64), y);
                }
            };
        }),
        Streaming<StreamGru_1_8>(model =>
        {
            StreamGru_1_8.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamGru_1_8.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamGru_1_16>(model =>
        {
            StreamGru_1_16.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamGru_1_16.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamGru_1_20>(model =>
        {
            StreamGru_1_20.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamGru_1_20.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamGru_1_40>(model =>
        {
            StreamGru_1_40.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamGru_1_40.SequenceLength * 1, 1), y);
                }
            };
        }, againstPeers: true),
        Streaming<StreamGru_1_64>(model =>
        {
            StreamGru_1_64.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamGru_1_64.SequenceLength * 1, 1), y);
                }
            };
        }),
        Streaming<StreamGru_64_64>(model =>
        {
            StreamGru_64_64.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamGru_64_64.SequenceLength * 64, 64), y);
                }
            };
        }),
        Streaming<StreamGru_64_128>(model =>
        {
            StreamGru_64_128.State state = model.CreateState();
            return (x, y, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    state.Step(x.AsSpan(i % StreamGru_64_128.SequenceLength * 64, 64), y);
                }
            };
        }),

        .. BlockRows.All,
        .. FewerBits.All,
    ];

    /// <summary>What a training row is asked for: ratios to LibTorch in float32 and in bfloat16, one thread each, and the share of the FMA peak; null where nothing is.</summary>
    public sealed record TrainingGoals(double? LibTorch = null, double? BFloat16 = null, double? Share = null);

    /// <summary>A training row.</summary>
    /// <param name="setThreads">Tells a model its threads.</param>
    /// <param name="goals">What is asked of it.</param>
    /// <param name="parts">What a miss of its share is explained by.</param>
    public static Row Training<TModel>(Action<TModel, int> setThreads, TrainingGoals goals, StepParts? parts = null)
        where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(
            Work.Training,
            TModel.Layout,
            (problem, threads) =>
            {
                TModel model = Create<TModel>(problem);
                setThreads(model, threads);
                return new Compiled.Training<TModel>(problem, model, threads);
            },
            Draw<TModel>)
        {
            Goals = Present((OneDnn, 1.25), (LibTorch, goals.LibTorch), (LibTorchBFloat16, goals.BFloat16), (LibTorchBFloat16TwoThreads, 1.12)),
            ShareGoal = goals.Share,
            Parts = parts,
        };

    private static StepParts Parts<TModel, TLinear>()
        where TModel : class, IRnnModel<TModel, float, float, float>
        where TLinear : class, IRnnModel<TLinear, float, float, float> =>
        new(
            problem =>
            {
                // Zeros, since without functions nothing bounds the values.
                TLinear model = TLinear.Create(1);
                model.SetParameters(new float[TLinear.Layout.ParameterCount]);
                return new Compiled.Training<TLinear>(problem, model, 1);
            },
            problem => new Compiled.Update<TModel>(problem, Create<TModel>(problem)));

    private static Dictionary<string, double> Present(params ReadOnlySpan<(string Peer, double? Goal)> goals)
    {
        Dictionary<string, double> result = [];
        foreach ((string peer, double? goal) in goals)
        {
            if (goal is { } ratio)
            {
                result.Add(peer, ratio);
            }
        }

        return result;
    }

    private static Row Own<TModel>(string cell, Action<TModel, int> setThreads, double builtIn)
        where TModel : class, IRnnModel<TModel, float, float, float> =>
        Training(setThreads, new()) with
        {
            Cell = cell,
            IsOwn = true,
            Goals = new() { [BuiltInLstm] = builtIn },
            Beside = [new(BuiltInLstm, LstmOf, Bits: HasLstmsParameters(TModel.Layout) ? 24 : null)],
        };

    // The built-in LSTM, with the problem's parameters where they are its own.
    private static Compiled.Training<Lstm_32_64_64_128> LstmOf(Problem problem)
    {
        Lstm_32_64_64_128 model = new(1);
        if (HasLstmsParameters(problem.Row.Layout))
        {
            model.SetParameters(problem.Parameters);
        }

        return new(problem, model, 1);
    }

    private static bool HasLstmsParameters(ModelLayout layout) => layout.ParameterCount == Lstm_32_64_64_128.ParameterCount;

    private static Row Forward<TModel>() where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Forward, TModel.Layout, (problem, _) => new Compiled.Forward<TModel>(problem, Create<TModel>(problem), 1), Draw<TModel>)
        {
            Goals = { [OneDnn] = 1.1, [OnnxRuntime] = 1.25 },
        };

    private static Row Streaming<TModel>(Func<TModel, Compiled.StreamingLoop> start, bool againstPeers = false)
        where TModel : class, IRnnModel<TModel, float, float, float> =>
        new(Work.Streaming, TModel.Layout, (problem, _) => new Compiled.Streaming(problem, () => start(Create<TModel>(problem))), Draw<TModel>)
        {
            Goals = againstPeers ? new() { [OneDnn] = 10, [OnnxRuntime] = 100 } : [],
        };

    internal static TModel Create<TModel>(Problem problem) where TModel : IRnnModel<TModel, float, float, float>
    {
        TModel model = TModel.Create(1);
        model.SetParameters(problem.Parameters);
        return model;
    }

    internal static float[] Draw<TModel>() where TModel : IRnnModel<TModel, float, float, float> => TModel.Create(1).Parameters.ToArray();
}
