using System.Numerics.Tensors;

namespace RnnGen.Comparison.Plain;

/// <summary>GRU, reset after: r, z = σ(W x + U h + b); n = tanh(W x + b + r (U h + b)); h = (1 - z) n + z h.</summary>
internal sealed class PlainGru(Row row, ReadOnlySpan<float> parameters, int steps) : PlainNetwork(row, parameters, steps)
{
    protected override void Activate(int step, int row)
    {
        int start = ((step * Batch) + row) * Lanes;
        Span<float> gates = FromInput.AsSpan(start, 2 * Units), z = Gate(FromInput, step, row, 1), n = Gate(FromInput, step, row, 2);
        ReadOnlySpan<float> before = HiddenOf(step, row);
        Span<float> after = HiddenOf(step + 1, row);
        TensorPrimitives.Add(gates, FromState.AsSpan(start, 2 * Units), gates);
        TensorPrimitives.Sigmoid(gates, gates);
        TensorPrimitives.MultiplyAdd(Gate(FromInput, step, row, 0), Gate(FromState, step, row, 2), n, n);
        TensorPrimitives.Tanh(n, n);
        TensorPrimitives.Lerp(n, before, z, after);
    }

    protected override void BeginBackward()
    {
    }

    protected override void Differentiate(int step, int row)
    {
        ReadOnlySpan<float> r = Gate(FromInput, step, row, 0), z = Gate(FromInput, step, row, 1), n = Gate(FromInput, step, row, 2);
        ReadOnlySpan<float> candidate = Gate(FromState, step, row, 2), before = HiddenOf(step, row), dh = HiddenGradient.AsSpan(row * Units, Units);
        Span<float> previous = Previous.AsSpan(row * Units, Units);
        Span<float> input = InputLaneGradient.AsSpan(row * Lanes, Lanes), state = StateLaneGradient.AsSpan(row * Lanes, Lanes);
        for (int unit = 0; unit < previous.Length; unit++)
        {
            float dn = dh[unit] * (1 - z[unit]) * (1 - (n[unit] * n[unit]));
            float dr = dn * candidate[unit] * r[unit] * (1 - r[unit]);
            float dz = dh[unit] * (before[unit] - n[unit]) * z[unit] * (1 - z[unit]);
            (input[unit], input[Units + unit], input[(2 * Units) + unit]) = (dr, dz, dn);
            (state[unit], state[Units + unit], state[(2 * Units) + unit]) = (dr, dz, dn * r[unit]);
            previous[unit] = dh[unit] * z[unit];
        }
    }
}
