using System.Collections.Generic;

namespace RnnGen.Generator.Planning.Graph;

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

    private static readonly Dictionary<string, Function> s_named = new()
    {
        [Sigmoid.Name] = Sigmoid,
        [Tanh.Name] = Tanh,
        [Relu.Name] = Relu,
    };

    /// <summary>The function that equations call by this name.</summary>
    public static Function? Find(string name) => s_named.TryGetValue(name, out Function? function) ? function : null;
}
