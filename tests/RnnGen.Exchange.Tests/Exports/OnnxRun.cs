using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>A graph in ONNX Runtime.</summary>
internal sealed class OnnxRun(byte[] file) : IDisposable
{
    private readonly InferenceSession _session = new(file);
    private readonly List<NamedOnnxValue> _inputs = [];

    public IReadOnlyCollection<string> Inputs => _session.InputMetadata.Keys.ToArray();

    /// <summary>Lengths of an input; -1 where they are not fixed.</summary>
    public int[] Shape(string input) => _session.InputMetadata[input].Dimensions;

    public OnnxRun With<T>(string name, T[] values, params int[] shape)
    {
        _inputs.Add(NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(values, shape)));
        return this;
    }

    /// <summary>The outputs by their names; the inputs are gone then.</summary>
    public Dictionary<string, float[]> Outputs()
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(_inputs);
        _inputs.Clear();
        return results.ToDictionary(static r => r.Name, static r => r.AsTensor<float>().ToArray());
    }

    public void Dispose() => _session.Dispose();
}
