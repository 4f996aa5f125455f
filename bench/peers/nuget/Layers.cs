using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RnnGen.Peers;

/// <summary>A recurrent layer as the harness needs it.</summary>
internal interface IRecurrentLayer
{
    /// <summary>The parameters in the problem's order.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The output of the last step, [batch, units], from [batch, steps, inputs].</summary>
    Tensor Last(Tensor inputs);

    /// <summary>The output of each sequence's last step, [batch, units], from [batch, steps, inputs] and the sequences' lengths.</summary>
    Tensor Last(Tensor inputs, Tensor lengths);

    /// <summary>The output of one more step of a stream, [1, units], from [1, 1, inputs].</summary>
    Tensor Next(Tensor input);
}

/// <summary>nn.LSTM, nn.GRU or nn.RNN.</summary>
internal sealed class LibraryLayer : IRecurrentLayer
{
    private readonly nn.Module _module;
    private readonly Func<Tensor, (Tensor Output, Tensor Hidden, Tensor Cell)?, (Tensor Output, Tensor Hidden, Tensor Cell)> _call;
    private (Tensor Output, Tensor Hidden, Tensor Cell)? _last;

    public LibraryLayer(string cell, Sizes sizes, ScalarType type)
    {
        switch (cell)
        {
            case "lstm":
                LSTM lstm = nn.LSTM(sizes.Inputs, sizes.Units, batchFirst: true);
                _module = lstm;
                _call = (x, last) => lstm.call(x, last is { } l ? (l.Hidden, l.Cell) : null);
                break;
            case "gru":
                GRU gru = nn.GRU(sizes.Inputs, sizes.Units, batchFirst: true);
                _module = gru;
                _call = (x, last) => WithoutCell(gru.call(x, last?.Hidden));
                break;
            case "rnn":
                RNN rnn = nn.RNN(sizes.Inputs, sizes.Units, batchFirst: true);
                _module = rnn;
                _call = (x, last) => WithoutCell(rnn.call(x, last?.Hidden));
                break;
            default:
                throw new NotSupportedException($"LibTorch has no layer {cell}");
        }

        _module.to(type);
        Parameters = [.. _module.parameters()];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public Tensor Last(Tensor inputs) => _call(inputs, null).Output.select(1, -1);

    public Tensor Last(Tensor inputs, Tensor lengths)
    {
        using nn.utils.rnn.PackedSequence packed = nn.utils.rnn.pack_padded_sequence(inputs, lengths, batch_first: true, enforce_sorted: false);
        return _module is LSTM lstm ? lstm.call(packed).Item2.select(0, 0) : throw new NotSupportedException("packed sequences are measured with an LSTM");
    }

    public Tensor Next(Tensor input)
    {
        (Tensor Output, Tensor Hidden, Tensor Cell)? before = _last;
        _last = _call(input, before);

        // The state outlives the scope of its step.
        _last.Value.Hidden.DetachFromDisposeScope();
        _last.Value.Cell?.DetachFromDisposeScope();
        before?.Hidden.Dispose();
        before?.Cell?.Dispose();
        return _last.Value.Output.select(1, 0);
    }

    private static (Tensor, Tensor, Tensor) WithoutCell((Tensor Output, Tensor Hidden) result) => (result.Output, result.Hidden, null!);
}
