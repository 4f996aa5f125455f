using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Runtime;

namespace RnnGen.Generator.Losses;

/// <summary>
/// What equations of losses may call, beside what cells' equations may: functions of all outputs that a loss reads, and functions that only losses
/// need. Each has its value and its own derivative here.
/// </summary>
internal static class LossFunctions
{
    private static readonly string[] s_pointwise = ["sigmoid", "tanh", "relu", "softplus", "exp", "log", "sqrt", "abs", "sin", "cos"];

    private static readonly Dictionary<string, int[]> s_operands = new()
    {
        ["log1p"] = [1], ["lgamma"] = [1], ["lbeta"] = [2], ["min"] = [2], ["max"] = [1, 2],
        ["sum"] = [1], ["mean"] = [1], ["cumsum"] = [1], ["logsumexp"] = [1], ["logsoftmax"] = [1], ["softmax"] = [1], ["pick"] = [2],
        ["middle"] = [1], ["interpolate"] = [3],
    };

    private static readonly Dictionary<string, int[]> s_drawn = new() { ["poisson"] = [2], ["negativebinomial"] = [3] };

    /// <summary>For readers.</summary>
    public static string Names { get; } = string.Join(", ", s_pointwise.Concat(s_operands.Keys)) + " and select";

    /// <summary>log(1 + x), exact for small x.</summary>
    public static Function Log1p { get; } = new("log1p", true, "", v => 1 + v[0] == 1 ? v[0] : Math.Log(1 + v[0]) * v[0] / (1 + v[0] - 1), Log1pRule);

    /// <summary>log Γ(x), of x above 0.</summary>
    public static Function LogGamma { get; } = new("lgamma", true, "", v => GammaFunctions.Log(v[0]), LogGammaRule);

    /// <summary>ψ(x), the derivative of log Γ(x), of x above 0.</summary>
    public static Function Digamma { get; } = new("digamma", true, "", v => GammaFunctions.Digamma(v[0]), null);

    /// <summary>log Γ(a) + log Γ(b) - log Γ(a + b), of values above 0; its terms do not cancel out.</summary>
    public static Function LogBeta { get; } = new("lbeta", true, "", v => GammaFunctions.LogBeta(v[0], v[1]), LogBetaRule);

    /// <summary>ψ(a + b) - ψ(a), of values above 0; its terms do not cancel out.</summary>
    public static Function DigammaRise { get; } = new("digamma rise", true, "", v => GammaFunctions.DigammaRise(v[0], v[1]), null);

    /// <summary>A count that is drawn with a mean, by chance.</summary>
    public static Function PoissonDraw { get; } = new("poisson", true, "", v => CountDraws.Poisson(v[0], v[1]), null);

    /// <summary>A count that is drawn with a mean and a number of successes, by chance.</summary>
    public static Function NegativeBinomialDraw { get; } = new("negativebinomial", true, "", v => CountDraws.NegativeBinomial(v[0], v[1], v[2]), null);

    /// <summary>1, 0 or -1. No gradient flows through it.</summary>
    public static Function Sign { get; } = new("sign", false, "", v => v[0] > 0 ? 1 : v[0] < 0 ? -1 : 0, null);

    /// <summary>log Σ exp(x) of all its operands, or of all values of its one operand; no exp overflows.</summary>
    public static Function LogSumExp { get; } = new("logsumexp", true, "", v => v.Max() + Math.Log(v.Sum(x => Math.Exp(x - v.Max()))), LogSumExpRule);

    /// <summary>The sum of all values of its operand.</summary>
    public static Function Sum { get; } = new("sum", true, "", v => v.Sum(), SumRule);

    /// <summary>The greatest value of its operand. No gradient flows through it: it shifts exponentials only, whose sum takes the shift back.</summary>
    public static Function Greatest { get; } = new("greatest", true, "", v => v.Max(), null);

    /// <summary>The first operand's value at the position that the second is.</summary>
    public static Function Pick { get; } = new("pick", false, "", v => v[(int)v[v.Length - 1]], null);

    /// <summary>The position of the greatest value, the first of several.</summary>
    public static Function ArgMax { get; } = new("argmax", true, "", v => v.ToList().IndexOf(v.Max()), null);

    /// <summary>How many values a function takes; null where no function has this name.</summary>
    public static IReadOnlyList<int>? OperandCounts(string function) => s_pointwise.Contains(function) ? [1] : s_operands.TryGetValue(function, out int[]? counts) ? counts : null;

    /// <summary>How many values a function takes that only a draw may call; null where no function has this name.</summary>
    public static IReadOnlyList<int>? DrawnOperandCounts(string function) => s_drawn.TryGetValue(function, out int[]? counts) ? counts : null;

    /// <summary>The function of several values, each of which may be of a list; null where it is none.</summary>
    public static Function? OfSeveral(string function, int operands) => (function, operands) switch
    {
        ("min", 2) => Function.Minimum,
        ("max", 2) => Function.Maximum,
        ("lbeta", 2) => LogBeta,
        ("poisson", 2) => PoissonDraw,
        ("negativebinomial", 3) => NegativeBinomialDraw,
        _ => null,
    };

    /// <summary>The function of one value, which is taken of each value of a list alone; null where it is none.</summary>
    public static Function? Pointwise(string function) => function switch
    {
        "log1p" => Log1p,
        "lgamma" => LogGamma,
        _ => s_pointwise.Contains(function) ? Function.Find(function) : null,
    };

    /// <summary>Of a value that is exp(x - log Σ exp(x)): x and log Σ exp(x); null where it is none.</summary>
    public static (int Value, int LogSumExp)? Softmax(StepGraph graph, Node node)
    {
        Node? difference = node.Function == Function.Exp ? graph[node.Operands[0]] : null;
        return difference?.Function == Function.Subtract && graph[difference.Operands[1]] is { } sum && sum.Function == LogSumExp && sum.Operands.Contains(difference.Operands[0])
            ? (difference.Operands[0], sum.Id)
            : null;
    }

    private static int Log1pRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Function.Divide, adjoint, graph.Apply(Function.Add, graph.Constant(1), node.Operands[0]));

    private static int LogGammaRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Function.Multiply, adjoint, graph.Apply(Digamma, node.Operands[0]));

    private static int LogBetaRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Function.Negate, graph.Apply(Function.Multiply, adjoint, graph.Apply(DigammaRise, node.Operands[operand], node.Operands[1 - operand])));

    // The softmax.
    private static int LogSumExpRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Function.Multiply, adjoint, graph.Apply(Function.Exp, graph.Apply(Function.Subtract, node.Operands[operand], node.Id)));

    private static int SumRule(StepGraph graph, Node node, int adjoint, int operand) => adjoint;
}
