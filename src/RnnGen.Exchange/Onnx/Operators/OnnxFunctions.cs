using System.Globalization;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx.Graphs;

namespace RnnGen.Exchange.Onnx.Operators;

/// <summary>
/// What the attributes of an RNN, GRU or LSTM say of its functions: <c>activations</c> with <c>activation_alpha</c> and <c>activation_beta</c>, <c>clip</c>, <c>linear_before_reset</c>, <c>input_forget</c>.
/// </summary>
/// <remarks>
/// https://onnx.ai/onnx/operators/onnx__LSTM.html. Alphas and betas are consumed in the order of the functions, by those that have one; where they end, a function has the number of its own operator. They are stored in
/// float, and taken for the shortest decimals that are these floats: 0.2. clip bounds the sums that gates and candidate read. By the standard's text it bounds the cell state before the last function, too; ONNX Runtime leaves
/// that as it is, and is what files are run by.
/// </remarks>
internal static class OnnxFunctions
{
    private static readonly Dictionary<string, OnnxFunction> s_all = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Relu"] = new(static (_, _) => CellFunctions.Relu),
        ["Tanh"] = new(static (_, _) => CellFunctions.Tanh),
        ["Sigmoid"] = new(static (_, _) => CellFunctions.Sigmoid),
        ["Affine"] = new(CellFunctions.Affine) { Alpha = 1, Beta = 0 },
        ["LeakyRelu"] = new(static (alpha, _) => CellFunctions.LeakyRelu(alpha)) { Alpha = 0.01 },
        ["ThresholdedRelu"] = new(static (alpha, _) => CellFunctions.ThresholdedRelu(alpha)) { Alpha = 1 },
        ["ScaledTanh"] = new(CellFunctions.ScaledTanh) { Alpha = 1, Beta = 1 },
        ["HardSigmoid"] = new(CellFunctions.HardSigmoid) { Alpha = 0.2, Beta = 0.5 },
        ["Elu"] = new(static (alpha, _) => CellFunctions.Elu(alpha)) { Alpha = 1 },
        ["Softsign"] = new(static (_, _) => CellFunctions.Softsign),
        ["Softplus"] = new(static (_, _) => CellFunctions.Softplus),
    };

    /// <summary>What each direction computes.</summary>
    /// <param name="node">The node.</param>
    /// <param name="directions">One or two.</param>
    public static RecurrentCell[] Cells(OnnxNode node, int directions)
    {
        string[] usual = node.Op switch
        {
            "RNN" => ["Tanh"],
            "GRU" => ["Sigmoid", "Tanh"],
            "LSTM" => ["Sigmoid", "Tanh", "Tanh"],
            _ => throw NoLayer(node),
        };
        List<string> names = node.Texts("activations") is { Count: > 0 } said ? said : [.. Enumerable.Repeat(usual, directions).SelectMany(static name => name)];
        if (names.Count != usual.Length * directions)
        {
            throw Rejected(node, Invariant($"{names.Count} activations in {directions} direction(s)"), Invariant($"{usual.Length} for each direction can"));
        }

        CellFunction[] functions = [.. Named(node, names)];
        return [.. Enumerable.Range(0, directions).Select(d => Cell(node, functions.AsSpan(d * usual.Length, usual.Length)))];
    }

    private static RecurrentCell Cell(OnnxNode node, ReadOnlySpan<CellFunction> functions)
    {
        RecurrentCell cell = new() { Form = ForeignLayerKind.Rnn, Candidate = functions[0], Clip = Clip(node) };
        return node.Op switch
        {
            "RNN" => cell,
            "GRU" => cell with { Form = node.Integer("linear_before_reset", 0) != 0 ? ForeignLayerKind.Gru : ForeignLayerKind.ResetBeforeGru, Gate = functions[0], Candidate = functions[1] },
            "LSTM" => cell with
            {
                Form = ForeignLayerKind.Lstm, Gate = functions[0], Candidate = functions[1], Output = functions[2], IsCoupled = node.Integer("input_forget", 0) != 0, HasPeepholes = node.Input(7).Length > 0,
            },
            _ => throw NoLayer(node),
        };
    }

    private static IEnumerable<CellFunction> Named(OnnxNode node, List<string> names)
    {
        Queue<double> alphas = new(node.Floats("activation_alpha") ?? []), betas = new(node.Floats("activation_beta") ?? []);
        foreach (string name in names)
        {
            if (!s_all.TryGetValue(name, out OnnxFunction? function))
            {
                throw Rejected(node, Invariant($"the activation {ForeignText.Shown(name)}"), Invariant($"{string.Join(", ", s_all.Keys)} can"));
            }

            double alpha = Next(function.Alpha, alphas), beta = Next(function.Beta, betas);
            yield return double.IsFinite(alpha) && double.IsFinite(beta) ? function.Of(alpha, beta) : throw Rejected(node, Invariant($"the alpha {alpha} and the beta {beta} of {name}"), "finite numbers can");
        }

        if (alphas.Count + betas.Count > 0)
        {
            throw Rejected(node, Invariant($"{alphas.Count} more numbers in activation_alpha and {betas.Count} in activation_beta than its activations read"), "a number for each activation that has one can");
        }
    }

    private static double Next(double? usual, Queue<double> said) => usual is { } standard ? said.TryDequeue(out double next) ? Decimal(next) : standard : 0;

    // The largest float is no bound of finite numbers.
    private static double Clip(OnnxNode node)
    {
        double clip = node.Float("clip", double.PositiveInfinity);
        return clip >= float.MaxValue ? double.PositiveInfinity : clip > 0 ? Decimal(clip) : throw Rejected(node, Invariant($"clip {clip}"), "a number above 0 can");
    }

    private static double Decimal(double stored) => double.Parse(((float)stored).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static InvalidOperationException NoLayer(OnnxNode node) => new(Invariant($"{node.Op} has no functions."));

    private static ForeignFileException Rejected(OnnxNode node, string what, string fix) => ForeignModelBuilder.Undeclarable(node.Place, Invariant($"a {node.Op} with {what}"), fix);

    /// <summary>A function with its numbers; null for one that it does not have.</summary>
    private sealed record OnnxFunction(Func<double, double, CellFunction> Of)
    {
        public double? Alpha { get; init; }

        public double? Beta { get; init; }
    }
}
