using System.Numerics.Tensors;

namespace RnnGen.Comparison.Plain;

/// <summary>LSTM: i, f, o = σ, g = tanh of W x + U h + b; c = f c + i g; h = o tanh(c).</summary>
internal sealed class PlainLstm(Row row, ReadOnlySpan<float> parameters, int steps) : PlainNetwork(row, parameters, steps)
{
    private readonly float[] _cell = new float[(steps + 1) * row.Batch * row.Units];
    private readonly float[] _tanh = new float[steps * row.Batch * row.Units];
    private readonly float[] _cellGradient = new float[row.Batch * row.Units];

    public override void Carry()
    {
        base.Carry();
        Array.Copy(_cell, Steps * Batch * Units, _cell, 0, Batch * Units);
    }

    protected override void Activate(int step, int row)
    {
        Span<float> all = FromInput.AsSpan(((step * Batch) + row) * Lanes, Lanes);
        TensorPrimitives.Add(all, FromState.AsSpan(((step * Batch) + row) * Lanes, Lanes), all);
        Span<float> i = Gate(FromInput, step, row, 0), f = Gate(FromInput, step, row, 1), g = Gate(FromInput, step, row, 2), o = Gate(FromInput, step, row, 3);
        Span<float> c = Cell(step + 1, row), tanh = _tanh.AsSpan(((step * Batch) + row) * Units, Units);
        TensorPrimitives.Sigmoid(all[..(2 * Units)], all[..(2 * Units)]);
        TensorPrimitives.Tanh(g, g);
        TensorPrimitives.Sigmoid(o, o);
        TensorPrimitives.Multiply(i, g, c);
        TensorPrimitives.MultiplyAdd(f, Cell(step, row), c, c);
        TensorPrimitives.Tanh(c, tanh);
        TensorPrimitives.Multiply(o, tanh, HiddenOf(step + 1, row));
    }

    protected override void BeginBackward() => Array.Clear(_cellGradient);

    protected override void Differentiate(int step, int row)
    {
        ReadOnlySpan<float> i = Gate(FromInput, step, row, 0), f = Gate(FromInput, step, row, 1), g = Gate(FromInput, step, row, 2), o = Gate(FromInput, step, row, 3);
        ReadOnlySpan<float> before = Cell(step, row), tanh = _tanh.AsSpan(((step * Batch) + row) * Units, Units);
        ReadOnlySpan<float> dh = HiddenGradient.AsSpan(row * Units, Units);
        Span<float> dc = _cellGradient.AsSpan(row * Units, Units), lanes = InputLaneGradient.AsSpan(row * Lanes, Lanes);
        Span<float> di = lanes[..Units], df = lanes.Slice(Units, Units), dg = lanes.Slice(2 * Units, Units), dout = lanes.Slice(3 * Units, Units);
        for (int unit = 0; unit < dc.Length; unit++)
        {
            float carried = dc[unit] + (dh[unit] * o[unit] * (1 - (tanh[unit] * tanh[unit])));
            di[unit] = carried * g[unit] * i[unit] * (1 - i[unit]);
            df[unit] = carried * before[unit] * f[unit] * (1 - f[unit]);
            dg[unit] = carried * i[unit] * (1 - (g[unit] * g[unit]));
            dout[unit] = dh[unit] * tanh[unit] * o[unit] * (1 - o[unit]);
            dc[unit] = carried * f[unit];
        }

        lanes.CopyTo(StateLaneGradient.AsSpan(row * Lanes));
    }

    private Span<float> Cell(int step, int row) => _cell.AsSpan(((step * Batch) + row) * Units, Units);
}
