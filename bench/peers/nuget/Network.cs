using System.Runtime.InteropServices;
using RnnGen.Comparison;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RnnGen.Peers;

/// <summary>The sizes of a problem.</summary>
internal sealed record Sizes(int Batch, int Steps, int Inputs, int Units);

/// <summary>A recurrent layer and a head on the problem of a file, trained as users of TorchSharp write it.</summary>
internal sealed class Network
{
    private readonly string _work;
    private readonly IRecurrentLayer _layer;
    private readonly Linear _head;
    private readonly List<Parameter> _parameters;
    private readonly optim.Optimizer _optimizer;
    private readonly MSELoss _loss = nn.MSELoss();
    private readonly Tensor _inputs;
    private readonly Tensor _targets;
    private readonly Tensor? _lengths;
    private readonly List<Tensor> _steps;

    private Network(string work, IRecurrentLayer layer, ScalarType type, Sizes sizes, string path)
    {
        (_work, _layer) = (work, layer);
        _head = nn.Linear(sizes.Units, 1);
        _head.to(type);
        _parameters = [.. layer.Parameters, _head.weight!, _head.bias!];
        Tensor values = tensor(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray());
        long place = 0;
        Tensor Take(params long[] shape)
        {
            long count = shape.Aggregate(1L, (a, b) => a * b);
            place += count;
            return values.narrow(0, place - count, count).view(shape).to(type, copy: true);
        }

        using (no_grad())
        {
            foreach (Parameter parameter in _parameters)
            {
                parameter.copy_(Take(parameter.shape));
            }
        }

        _inputs = Take(sizes.Batch, sizes.Steps, sizes.Inputs);
        _targets = Take(work == "stream" ? sizes.Steps : sizes.Batch, 1);

        // Not by way of bfloat16, which has no 384.
        _lengths = work == "packed" ? values.narrow(0, place, sizes.Batch).to(ScalarType.Int64) : null;
        _optimizer = optim.Adam(_parameters, lr: 1e-3);
        _steps = work == "stream" ? [.. Enumerable.Range(0, sizes.Steps).Select(t => _inputs.narrow(1, t, 1).contiguous())] : [];
    }

    /// <summary>Makes a network.</summary>
    /// <param name="mode">Nn's layers in float32 or bfloat16, or script: cells of one's own under TorchScript.</param>
    /// <param name="work">train, packed (training of sequences that differ in length), forward or stream.</param>
    /// <param name="cell">The cell's name in the protocol.</param>
    /// <param name="sizes">The sizes.</param>
    /// <param name="path">The problem's file.</param>
    public static Network Create(string mode, string work, string cell, Sizes sizes, string path)
    {
        if (mode == "script" && work != "train")
        {
            throw new NotSupportedException($"only training steps are measured under TorchScript, not {work}");
        }

        ScalarType type = mode switch
        {
            "float32" or "script" => ScalarType.Float32,
            "bfloat16" => ScalarType.BFloat16,
            _ => throw new FormatException($"unknown mode {mode}"),
        };
        return new Network(work, mode == "script" ? new ScriptedCell(cell, sizes) : new LibraryLayer(cell, sizes, type), type, sizes, path);
    }

    /// <summary>Writes what is compared as floats, and returns their count.</summary>
    public long Check(string path)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> values = IsTraining
            ? [Gradients().detach().view(1), .. _parameters.Select(p => p.grad!.flatten())]
            : [.. Enumerable.Range(0, Math.Max(1, _steps.Count)).Select(t => Predict(t).flatten())];
        float[] floats = cat(values).to(ScalarType.Float32).data<float>().ToArray();
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(floats.AsSpan()).ToArray());
        return floats.Length;
    }

    /// <summary>Does the work this number of times and returns the seconds.</summary>
    public double Run(int count) => Clock.Time(() =>
    {
        for (int n = 0; n < count; n++)
        {
            using DisposeScope scope = NewDisposeScope();
            if (IsTraining)
            {
                Gradients();
                nn.utils.clip_grad_norm_(_parameters, 1.0);
                _optimizer.step();
            }
            else
            {
                Predict(n);
            }
        }
    });

    private bool IsTraining => _work is "train" or "packed";

    private Tensor Gradients()
    {
        _optimizer.zero_grad();
        Tensor last = _lengths is null ? _layer.Last(_inputs) : _layer.Last(_inputs, _lengths);
        Tensor loss = _loss.call(_head.call(last), _targets);
        loss.backward();
        return loss;
    }

    private Tensor Predict(int n)
    {
        using IDisposable mode = inference_mode();
        return _head.call(_work == "stream" ? _layer.Next(_steps[n % _steps.Count]) : _layer.Last(_inputs));
    }
}
