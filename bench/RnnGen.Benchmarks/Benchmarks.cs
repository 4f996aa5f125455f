using BenchmarkDotNet.Attributes;

namespace RnnGen.Benchmarks;

/// <summary>A training step: forward, BPTT, clipping, Adam.</summary>
[MemoryDiagnoser]
public class TrainingStep
{
    private readonly Lstm_32_64_64_128 _lstm = new(1);
    private readonly Gru_32_64_64_128 _gru = new(1);
    private readonly Rnn_32_64_64_128 _rnn = new(1);
    private readonly Adam[] _optimizers = [.. Enumerable.Range(0, 3).Select(_ => new Adam(1e-3) { ClipNorm = 1 })];
    private readonly Batch _batch = Batch.For(Lstm_32_64_64_128.Layout);

    /// <summary>LSTM, batch 32, 64 steps, 64 inputs, 128 units.</summary>
    [Benchmark(Baseline = true)]
    public float Lstm() => _lstm.TrainStep(_batch.Inputs, _batch.Targets, _batch.Count, _optimizers[0]);

    /// <summary>GRU of the same sizes.</summary>
    [Benchmark]
    public float Gru() => _gru.TrainStep(_batch.Inputs, _batch.Targets, _batch.Count, _optimizers[1]);

    /// <summary>Plain RNN of the same sizes.</summary>
    [Benchmark]
    public float Rnn() => _rnn.TrainStep(_batch.Inputs, _batch.Targets, _batch.Count, _optimizers[2]);
}

/// <summary>Forward only, a batch of 32 and a single sequence.</summary>
[MemoryDiagnoser]
public class Forward
{
    private readonly Lstm_32_64_64_128 _lstm = new(1);
    private readonly Batch _batch = Batch.For(Lstm_32_64_64_128.Layout);
    private readonly float[] _outputs = new float[32];

    /// <summary>32 sequences of 64 steps.</summary>
    [Benchmark(Baseline = true)]
    public void Batch32() => _lstm.PredictBatch(_batch.Inputs, _outputs, _batch.Count);

    /// <summary>One sequence of 64 steps.</summary>
    [Benchmark]
    public void OneSequence() => _lstm.Predict(_batch.Inputs.AsSpan(0, Lstm_32_64_64_128.Layout.InputLength), _outputs.AsSpan(0, 1));
}

/// <summary>One streaming step of one sequence, inputs to units.</summary>
[MemoryDiagnoser]
public class StreamingStep
{
    private readonly StreamLstm_1_8.State _lstm8 = new StreamLstm_1_8(1).CreateState();
    private readonly StreamLstm_1_20.State _lstm20 = new StreamLstm_1_20(1).CreateState();
    private readonly StreamLstm_1_40.State _lstm40 = new StreamLstm_1_40(1).CreateState();
    private readonly StreamGru_64_64.State _gru64 = new StreamGru_64_64(1).CreateState();
    private readonly float[] _x = [.. Enumerable.Range(0, 64).Select(i => i / 64f)];
    private readonly float[] _y = new float[1];

    /// <summary>LSTM, 1 → 8.</summary>
    [Benchmark]
    public void Lstm1To8() => _lstm8.Step(_x.AsSpan(0, 1), _y);

    /// <summary>LSTM, 1 → 20.</summary>
    [Benchmark]
    public void Lstm1To20() => _lstm20.Step(_x.AsSpan(0, 1), _y);

    /// <summary>LSTM, 1 → 40.</summary>
    [Benchmark]
    public void Lstm1To40() => _lstm40.Step(_x.AsSpan(0, 1), _y);

    /// <summary>GRU, 64 → 64.</summary>
    [Benchmark]
    public void Gru64To64() => _gru64.Step(_x, _y);
}
