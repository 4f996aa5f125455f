using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Cells.Graph;

/// <summary>
/// An element-wise function: how it is computed, how it is written, and its own derivative rule.
/// </summary>
/// <param name="name">Its name in equations.</param>
/// <param name="isCostly">Whether keeping its result for the reverse pass is cheaper than computing it again.</param>
/// <param name="text">How vector code writes it, with {0}, {1} for the operands.</param>
/// <param name="fastText">How it is written where coarse results will do; null where that is no different.</param>
/// <param name="evaluate">Its value, for the interpreter of the graph.</param>
/// <param name="derivative">
/// Given the graph, the node, the adjoint of its result and the index of an operand: the contribution to that operand's adjoint.
/// </param>
internal sealed class Function(
    string name, bool isCostly, string text, Func<double[], double> evaluate, Function.DerivativeRule? derivative, string? fastText = null)
{
    public delegate int DerivativeRule(StepGraph graph, Node node, int adjoint, int operand);

    public string Name { get; } = name;

    public bool IsCostly { get; } = isCostly;

    public string Text { get; } = text;

    public string FastText { get; } = fastText ?? text;

    public double Evaluate(params double[] operands) => evaluate(operands);

    public int Differentiate(StepGraph graph, Node node, int adjoint, int operand) =>
        derivative is null
            ? throw new InvalidOperationException($"{Name} has no derivative rule.")
            : derivative(graph, node, adjoint, operand);

    public static Function Add { get; } = new("+", false, "({0} + {1})", v => v[0] + v[1], AddRule);

    public static Function Subtract { get; } = new("-", false, "({0} - {1})", v => v[0] - v[1], SubtractRule);

    public static Function Multiply { get; } = new("*", false, "({0} * {1})", v => v[0] * v[1], MultiplyRule);

    public static Function Negate { get; } = new("negate", false, "(-{0})", v => -v[0], NegateRule);

    public static Function Sigmoid { get; } =
        new("sigmoid", true, "VectorMath.Sigmoid({0})", v => 1 / (1 + Math.Exp(-v[0])), SigmoidRule, "VectorMath.FastSigmoid({0})");

    public static Function Tanh { get; } = new("tanh", true, "VectorMath.Tanh({0})", v => Math.Tanh(v[0]), TanhRule, "VectorMath.FastTanh({0})");

    public static Function Relu { get; } = new("relu", true, "VectorMath.Relu({0})", v => v[0] < 0 ? 0 : v[0], ReluRule);

    /// <summary>The first operand where the second is positive, else 0: the reverse of ReLU.</summary>
    public static Function WherePositive { get; } =
        new("where positive", false, "VectorMath.WherePositive({0}, {1})", v => v[1] > 0 ? v[0] : 0, null);

    public static Function Divide { get; } = new("/", true, "({0} / {1})", v => v[0] / v[1], DivideRule);

    public static Function Minimum { get; } = new("min", false, "VectorMath.Minimum({0}, {1})", v => v[0] < v[1] ? v[0] : v[1], MinimumRule);

    public static Function Maximum { get; } = new("max", false, "VectorMath.Maximum({0}, {1})", v => v[0] < v[1] ? v[1] : v[0], MaximumRule);

    public static Function Absolute { get; } = new("abs", false, "VectorMath.Absolute({0})", v => Math.Abs(v[0]), AbsoluteRule);

    public static Function Exp { get; } = new("exp", true, "VectorMath.Exp({0})", v => Math.Exp(v[0]), ExpRule);

    public static Function Log { get; } = new("log", true, "VectorMath.Log({0})", v => Math.Log(v[0]), LogRule);

    public static Function Sqrt { get; } = new("sqrt", true, "VectorMath.Sqrt({0})", v => Math.Sqrt(v[0]), SqrtRule);

    /// <summary>1 / √x, of values above 0; not by dividing 1, which an operand cannot be here.</summary>
    public static Function InverseSqrt { get; } = new("1 / sqrt", true, "(VectorMath.Sqrt({0}) / ({0}))", v => 1 / Math.Sqrt(v[0]), InverseSqrtRule);

    public static Function Sin { get; } = new("sin", true, "VectorMath.Sin({0})", v => Math.Sin(v[0]), SinRule);

    public static Function Cos { get; } = new("cos", true, "VectorMath.Cos({0})", v => Math.Cos(v[0]), CosRule);

    /// <summary>log(1 + e^x).</summary>
    public static Function Softplus { get; } =
        new("softplus", true, "VectorMath.Softplus({0})", v => Math.Max(v[0], 0) + Math.Log(1 + Math.Exp(-Math.Abs(v[0]))), SoftplusRule);

    /// <summary>The third operand where the first is greater than the second, else the fourth. No gradient flows through the comparison.</summary>
    public static Function Select { get; } =
        new("select", false, "VectorMath.Select({0}, {1}, {2}, {3})", v => v[0] > v[1] ? v[2] : v[3], SelectRule);

    /// <summary>The same value, where it is needed in two places.</summary>
    public static Function Copy { get; } = new("copy", false, "{0}", v => v[0], AddRule);

    private static int AddRule(StepGraph graph, Node node, int adjoint, int operand) => adjoint;

    private static int SubtractRule(StepGraph graph, Node node, int adjoint, int operand) =>
        operand == 0 ? adjoint : graph.Apply(Negate, adjoint);

    private static int MultiplyRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Multiply, adjoint, node.Operands[1 - operand]);

    private static int NegateRule(StepGraph graph, Node node, int adjoint, int operand) => graph.Apply(Negate, adjoint);

    // s' = s (1 - s)
    private static int SigmoidRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Multiply, adjoint,
            graph.Apply(Multiply, node.Id, graph.Apply(Subtract, graph.Constant(1), node.Id)));

    // t' = 1 - t²
    private static int TanhRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Multiply, adjoint,
            graph.Apply(Subtract, graph.Constant(1), graph.Apply(Multiply, node.Id, node.Id)));

    // 1 where the result is positive, else 0
    private static int ReluRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(WherePositive, adjoint, node.Id);

    // ∂(a / b) = (∂a - y ∂b) / b
    private static int DivideRule(StepGraph graph, Node node, int adjoint, int operand)
    {
        int share = graph.Apply(Divide, adjoint, node.Operands[1]);
        return operand == 0 ? share : graph.Apply(Negate, graph.Apply(Multiply, share, node.Id));
    }

    // Of two equal values the gradient goes to the second.
    private static int MinimumRule(StepGraph graph, Node node, int adjoint, int operand) => operand == 0
        ? graph.Apply(Select, node.Operands[1], node.Operands[0], adjoint, graph.Constant(0))
        : graph.Apply(Select, node.Operands[1], node.Operands[0], graph.Constant(0), adjoint);

    // Of two equal values the gradient goes to the first.
    private static int MaximumRule(StepGraph graph, Node node, int adjoint, int operand) => operand == 0
        ? graph.Apply(Select, node.Operands[1], node.Operands[0], graph.Constant(0), adjoint)
        : graph.Apply(Select, node.Operands[1], node.Operands[0], adjoint, graph.Constant(0));

    // The sign, 0 at 0.
    private static int AbsoluteRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Select, node.Operands[0], graph.Constant(0), adjoint,
            graph.Apply(Select, graph.Constant(0), node.Operands[0], graph.Apply(Negate, adjoint), graph.Constant(0)));

    private static int ExpRule(StepGraph graph, Node node, int adjoint, int operand) => graph.Apply(Multiply, adjoint, node.Id);

    private static int LogRule(StepGraph graph, Node node, int adjoint, int operand) => graph.Apply(Divide, adjoint, node.Operands[0]);

    // 1 / (2 √x)
    private static int SqrtRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Divide, graph.Apply(Multiply, graph.Constant(0.5), adjoint), node.Id);

    // -½ r³
    private static int InverseSqrtRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Multiply, adjoint, graph.Apply(Multiply, graph.Constant(-0.5), graph.Apply(Multiply, node.Id, graph.Apply(Multiply, node.Id, node.Id))));

    private static int SinRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Multiply, adjoint, graph.Apply(Cos, node.Operands[0]));

    private static int CosRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Negate, graph.Apply(Multiply, adjoint, graph.Apply(Sin, node.Operands[0])));

    private static int SoftplusRule(StepGraph graph, Node node, int adjoint, int operand) =>
        graph.Apply(Multiply, adjoint, graph.Apply(Sigmoid, node.Operands[0]));

    private static int SelectRule(StepGraph graph, Node node, int adjoint, int operand) => operand switch
    {
        2 => graph.Apply(Select, node.Operands[0], node.Operands[1], adjoint, graph.Constant(0)),
        3 => graph.Apply(Select, node.Operands[0], node.Operands[1], graph.Constant(0), adjoint),
        // The comparison has no derivative.
        0 or 1 => graph.Constant(0),
        _ => throw new InvalidOperationException($"A selection has no operand {operand}."),
    };

    private static readonly Dictionary<string, Function> s_named = new Function[]
    {
        Sigmoid, Tanh, Relu, Softplus, Exp, Log, Sqrt, Absolute, Sin, Cos,
    }.ToDictionary(f => f.Name);

    /// <summary>The function of one value that equations call by this name.</summary>
    public static Function? Find(string name) => s_named.TryGetValue(name, out Function? function) ? function : null;
}
