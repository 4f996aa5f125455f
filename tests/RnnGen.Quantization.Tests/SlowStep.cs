using RnnGen.Runtime;

namespace RnnGen.Quantization.Tests;

/// <summary>
/// One step of each cell, written out plainly: the rounding of weights and of what is multiplied with them is the promised one, sums are exact, and functions are those of
/// <see cref="MathF"/>.
/// </summary>
/// <param name="parameters">All parameters.</param>
internal sealed class SlowStep(IReadOnlyList<ParameterInfo> layout, float[] parameters, WeightFormat format)
{
    /// <summary>The next states of layer k: h and c of an LSTM, h of others.</summary>
    public float[] Next(string cell, int layer, float[] x, float[] state)
    {
        int size = cell == "lstm" ? state.Length / 2 : state.Length;
        float[] h = state[..size];
        float[] a = Product($"rnn.weight_ih_l{layer}", x, isState: false), u = Product($"rnn.weight_hh_l{layer}", h, isState: true);
        float[] b = Values($"rnn.bias_ih_l{layer}"), d = Values($"rnn.bias_hh_l{layer}");

        // The bias, then the input's products, then the state's.
        float Sum(int gate, int unit) => b[gate * size + unit] + d[gate * size + unit] + a[gate * size + unit] + u[gate * size + unit];
        float[] next = new float[state.Length];
        for (int i = 0; i < size; i++)
        {
            switch (cell)
            {
                case "lstm":
                    float c = Sigmoid(Sum(1, i)) * state[size + i] + Sigmoid(Sum(0, i)) * MathF.Tanh(Sum(2, i));
                    (next[i], next[size + i]) = (Sigmoid(Sum(3, i)) * MathF.Tanh(c), c);
                    break;
                case "gru":
                    float z = Sigmoid(Sum(1, i));
                    float n = MathF.Tanh(b[2 * size + i] + a[2 * size + i] + Sigmoid(Sum(0, i)) * (d[2 * size + i] + u[2 * size + i]));
                    next[i] = (1 - z) * n + z * h[i];
                    break;
                case "rnn":
                    next[i] = MathF.Tanh(Sum(0, i));
                    break;
                default:
                    throw new ArgumentException(cell);
            }
        }

        return next;
    }

    /// <summary>W x + b of the output layer.</summary>
    public float[] Output(float[] x) => [.. Product("head.weight", x, isState: false).Zip(Values("head.bias"), (product, bias) => bias + product)];

    private float[] Values(string name)
    {
        ParameterInfo info = layout.First(p => p.Name == name);
        return parameters.AsSpan(info.Offset, info.Length).ToArray();
    }

    private float[] Product(string name, float[] x, bool isState)
    {
        float[] weights = Values(name);
        return [.. Enumerable.Range(0, weights.Length / x.Length).Select(row => Dot(weights.AsSpan(row * x.Length, x.Length), x, isState))];
    }

    private float Dot(ReadOnlySpan<float> row, float[] x, bool isState)
    {
        if (format == WeightFormat.BFloat16)
        {
            double sum = 0;
            for (int k = 0; k < x.Length; k++)
            {
                sum += (double)WeightRounding.FromBFloat16(WeightRounding.ToBFloat16(row[k])) * x[k];
            }

            return (float)sum;
        }

        // A state within ±1 has the scale 1.
        float greatest = x.Max(MathF.Abs), scale = isState && greatest <= 1 ? 1 : greatest, weightScale = WeightRounding.Scale(row);
        long products = 0;
        for (int k = 0; k < x.Length; k++)
        {
            products += WeightRounding.ToInt8(row[k], weightScale) * (long)MathF.Round(x[k] * (127 / scale));
        }

        return products * (weightScale / 127 * scale);
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
