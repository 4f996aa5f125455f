using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>RNN, GRU and LSTM over a batch, by the equations of ONNX's operators: https://onnx.ai/onnx/operators.</summary>
internal sealed class RecurrentOperators
{
    private readonly NodeCall _call;
    private readonly OnnxTensor _w, _r;
    private readonly OnnxTensor? _b, _p;
    private readonly int _gates, _steps, _batch, _inputs, _hidden, _directions;
    private readonly bool _isBatchFirst, _isReverse;
    private readonly RecurrentCell[] _cells;

    private RecurrentOperators(NodeCall call, int gates)
    {
        (_call, _gates, _w, _r, _b, _p) = (call, gates, call[1], call[2], call.Optional(3), call.Optional(7));
        OnnxNode node = call.Node;
        string direction = node.Text("direction", "forward");
        (_directions, _isReverse) = direction switch
        {
            "forward" => (1, false),
            "reverse" => (1, true),
            "bidirectional" => (2, false),
            _ => throw new OperatorException(Invariant($"its direction is {direction}")),
        };
        _isBatchFirst = node.Integer("layout", 0) != 0;
        int[] x = call[0].Shape;
        if (x.Length != 3 || _w.Shape.Length != 3 || _r.Shape.Length != 3)
        {
            throw new OperatorException("its inputs have not three axes");
        }

        (_steps, _batch, _inputs, _hidden) = (x[_isBatchFirst ? 1 : 0], x[_isBatchFirst ? 0 : 1], x[2], _r.Shape[2]);
        _cells = OnnxFunctions.Cells(node, _directions);
        int rows = gates * _hidden;
        bool fits = _w.Shape.SequenceEqual([_directions, rows, _inputs]) && _r.Shape.SequenceEqual([_directions, rows, _hidden]) && (_b is null || _b.Values.Length == 2 * rows * _directions) && (_p is null || _p.Values.Length == 3 * _hidden * _directions);
        if (!fits)
        {
            throw new OperatorException("its weights have other lengths");
        }
    }

    public static IEnumerable<KeyValuePair<string, Func<NodeCall, OnnxTensor[]>>> All =>
    [
        new("RNN", static call => new RecurrentOperators(call, 1).Run()),
        new("GRU", static call => new RecurrentOperators(call, 3).Run()),
        new("LSTM", static call => new RecurrentOperators(call, 4).Run()),
    ];

    private OnnxTensor[] Run()
    {
        double[] y = _call.Budget.Take((long)_steps * _directions * _batch * _hidden), h = State(5), c = State(6);
        OnnxTensor? lengths = _call.Optional(4);
        _call.Budget.Spend((double)_steps * _directions * _batch * _gates * _hidden * (_inputs + _hidden));
        for (int d = 0; d < _directions; d++)
        {
            for (int b = 0; b < _batch; b++)
            {
                Span<double> own = h.AsSpan(((d * _batch) + b) * _hidden, _hidden), cell = c.AsSpan(((d * _batch) + b) * _hidden, _hidden);
                int steps = lengths is null ? _steps : b < lengths.Values.Length && lengths.Values[b] >= 0 && lengths.Values[b] <= _steps ? (int)lengths.Values[b] : throw new OperatorException("a length is outside of its steps");
                for (int i = 0; i < steps; i++)
                {
                    int t = d == 0 && !_isReverse ? i : steps - 1 - i;
                    Step(d, _call[0].Values.AsSpan((_isBatchFirst ? (b * _steps) + t : (t * _batch) + b) * _inputs, _inputs), own, cell);
                    own.CopyTo(y.AsSpan((_isBatchFirst ? (((b * _steps) + t) * _directions) + d : (((t * _directions) + d) * _batch) + b) * _hidden));
                }
            }
        }

        int[] all = _isBatchFirst ? [_batch, _steps, _directions, _hidden] : [_steps, _directions, _batch, _hidden];
        return [new(_call.Node.Output(0), all, y, _call[0].Type), Final(1, h), .. _gates == 4 ? [Final(2, c)] : Array.Empty<OnnxTensor>()];
    }

    // [directions, batch, hidden], whatever the layout.
    private double[] State(int index)
    {
        double[] state = _call.Budget.Take((long)_directions * _batch * _hidden);
        if (_call.Optional(index) is not { } given || (index == 6 && _gates != 4))
        {
            return state;
        }

        return given.Values.Length == state.Length ? Turned(given.Values, _isBatchFirst ? _batch : 0) : throw new OperatorException("an initial state has other lengths");
    }

    private OnnxTensor Final(int index, double[] state) => _isBatchFirst
        ? new(_call.Node.Output(index), [_batch, _directions, _hidden], Turned(state, _directions), _call[0].Type) : new(_call.Node.Output(index), [_directions, _batch, _hidden], state, _call[0].Type);

    // The first two axes the other way round; the first one's length, or 0 for a copy.
    private double[] Turned(double[] state, int first)
    {
        double[] turned = _call.Budget.Take(state.Length);
        int second = first == 0 ? 1 : state.Length / _hidden / first;
        for (int k = 0; k < state.Length; k++)
        {
            int outer = k / _hidden;
            turned[first == 0 ? k : (((outer % second * first) + (outer / second)) * _hidden) + (k % _hidden)] = state[k];
        }

        return turned;
    }

    private void Step(int d, ReadOnlySpan<double> x, Span<double> h, Span<double> c)
    {
        double[] ofX = Product(_w, d, 0, x), ofH = Product(_r, d, 1, h), before = h.ToArray();
        RecurrentCell cell = _cells[d];
        switch (_gates)
        {
            case 1:
                for (int j = 0; j < _hidden; j++)
                {
                    h[j] = cell.CandidateOf(ofX[j] + ofH[j]);
                }

                break;
            case 3:
                // z, r, h.
                bool isAfter = cell.Form == ForeignLayerKind.Gru;
                double[] reset = [.. before.Select((value, j) => cell.GateOf(ofX[_hidden + j] + ofH[_hidden + j]) * value)], ofReset = isAfter ? ofH : Product(_r, d, 1, reset);
                for (int j = 0; j < _hidden; j++)
                {
                    double z = cell.GateOf(ofX[j] + ofH[j]), r = cell.GateOf(ofX[_hidden + j] + ofH[_hidden + j]);
                    int n = (2 * _hidden) + j;
                    h[j] = ((1 - z) * cell.CandidateOf(ofX[n] + (isAfter ? r * ofH[n] : ofReset[n]))) + (z * before[j]);
                }

                break;
            case 4:
                // i, o, f, c.
                for (int j = 0; j < _hidden; j++)
                {
                    double Peephole(int gate) => _p is null ? 0 : _p.Values[(((d * 3) + gate) * _hidden) + j];
                    double Sum(int gate) => ofX[(gate * _hidden) + j] + ofH[(gate * _hidden) + j];
                    double i = cell.GateOf(Sum(0) + (Peephole(0) * c[j])), f = cell.IsCoupled ? 1 - i : cell.GateOf(Sum(2) + (Peephole(2) * c[j]));
                    c[j] = (f * c[j]) + (i * cell.CandidateOf(Sum(3)));
                    h[j] = cell.GateOf(Sum(1) + (Peephole(1) * c[j])) * cell.OutputOf(c[j]);
                }

                break;
            default:
                throw new OperatorException(Invariant($"it has {_gates} gates"));
        }
    }

    private double[] Product(OnnxTensor matrix, int d, int bias, ReadOnlySpan<double> x)
    {
        int rows = _gates * _hidden;
        double[] sums = new double[rows];
        for (int j = 0; j < rows; j++)
        {
            sums[j] = (_b is null ? 0 : _b.Values[(((2 * d) + bias) * rows) + j]) + Functions.Dot(matrix.Values.AsSpan(((d * rows) + j) * x.Length, x.Length), x);
        }

        return sums;
    }
}
