using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RnnGen.Peers;

/// <summary>
/// What LibTorch offers a user who writes a cell: the step as a function of TorchScript with the loop over time, differentiated by autograd. The products with the inputs of all
/// steps are taken at once, as nn.LSTM does it, and come apart by <c>unbind</c>: an index for each step would cost a gradient of all steps' size for each.
/// Parameters come in RnnGen's order: weights, biases, vectors.
/// </summary>
internal sealed class ScriptedCell : IRecurrentLayer
{
    private const string Functions = """
        def lstm(x: Tensor, p: List[Tensor]):
            h = torch.zeros(x.size(0), p[1].size(1))
            c = torch.zeros(x.size(0), p[1].size(1))
            u = p[1].t()
            for a in (torch.matmul(x, p[0].t()) + p[2] + p[3]).unbind(1):
                i, f, g, o = (a + torch.matmul(h, u)).chunk(4, 1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
            return h

        def coupled(x: Tensor, p: List[Tensor]):
            h = torch.zeros(x.size(0), p[1].size(1))
            c = torch.zeros(x.size(0), p[1].size(1))
            u = p[1].t()
            for a in (torch.matmul(x, p[0].t()) + p[2] + p[3]).unbind(1):
                f, g, o = (a + torch.matmul(h, u)).chunk(3, 1)
                f = torch.sigmoid(f)
                c = f * c + (1 - f) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
            return h

        def peephole(x: Tensor, p: List[Tensor]):
            h = torch.zeros(x.size(0), p[1].size(1))
            c = torch.zeros(x.size(0), p[1].size(1))
            u = p[1].t()
            pi, pf, po = p[4].chunk(3)
            for a in (torch.matmul(x, p[0].t()) + p[2] + p[3]).unbind(1):
                i, f, g, o = (a + torch.matmul(h, u)).chunk(4, 1)
                d = torch.sigmoid(f + pf * c) * c + torch.sigmoid(i + pi * c) * torch.tanh(g)
                h = torch.sigmoid(o + po * d) * torch.tanh(d)
                c = d
            return h

        def norm(v: Tensor, units: int):
            return torch.layer_norm(v.unflatten(-1, [4, units]), [units]).flatten(-2)

        def layer_norm(x: Tensor, p: List[Tensor]):
            units = p[1].size(1)
            h = torch.zeros(x.size(0), units)
            c = torch.zeros(x.size(0), units)
            u = p[1].t()
            for a in (p[3] * norm(torch.matmul(x, p[0].t()), units) + p[2]).unbind(1):
                i, f, g, o = (a + p[4] * norm(torch.matmul(h, u), units)).chunk(4, 1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(torch.layer_norm(c, [units], p[5], p[6]))
            return h

        """;

    private readonly jit.CompilationUnit _unit = jit.compile(Functions);
    private readonly string _function;
    private readonly Tensor[] _tensors;

    public ScriptedCell(string cell, Sizes sizes)
    {
        (long i, long h) = (sizes.Inputs, sizes.Units);
        (_function, long[][] shapes) = cell switch
        {
            "lstm" => ("lstm", (long[][])[[4 * h, i], [4 * h, h], [4 * h], [4 * h]]),
            "coupled" => ("coupled", [[3 * h, i], [3 * h, h], [3 * h], [3 * h]]),
            "peephole" => ("peephole", [[4 * h, i], [4 * h, h], [4 * h], [4 * h], [3 * h]]),
            "layer-norm" => ("layer_norm", [[4 * h, i], [4 * h, h], [4 * h], [4 * h], [4 * h], [h], [h]]),
            _ => throw new NotSupportedException($"there is no script of the cell {cell}"),
        };
        Parameters = [.. shapes.Select(s => new Parameter(empty(s)))];
        _tensors = [.. Parameters];
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public Tensor Last(Tensor inputs) => (Tensor)_unit.invoke(_function, inputs, _tensors);

    public Tensor Last(Tensor inputs, Tensor lengths) => throw new NotSupportedException("packed sequences of a scripted cell are not measured");

    public Tensor Next(Tensor input) => throw new NotSupportedException("a stream of a scripted cell is not measured");
}
