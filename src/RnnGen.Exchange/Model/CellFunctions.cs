namespace RnnGen.Exchange.Model;

/// <summary>The functions that recurrent layers of other frameworks have and that equations of a cell can say, a line each. What a format calls them is the format's.</summary>
internal static class CellFunctions
{
    // As in keras.activations.selu: G. Klambauer et al. 2017, "Self-Normalizing Neural Networks".
    private const double SeluScale = 1.0507009873554805, SeluAlpha = 1.6732632423543772;

    public static CellFunction Linear { get; } = new("Linear", "{0}", static x => x);

    public static CellFunction Tanh { get; } = new("Tanh", "tanh({0})", Math.Tanh);

    public static CellFunction Sigmoid { get; } = new("Sigmoid", "sigmoid({0})", Functions.Sigmoid);

    public static CellFunction Relu { get; } = new("Relu", "relu({0})", static x => Math.Max(x, 0));

    public static CellFunction Relu6 { get; } = new("Relu6", "min(relu({0}), 6)", static x => Math.Clamp(x, 0, 6));

    public static CellFunction Softsign { get; } = new("Softsign", "{0} / (1 + abs({0}))", static x => x / (1 + Math.Abs(x)));

    public static CellFunction Softplus { get; } = new("Softplus", "softplus({0})", Soft);

    public static CellFunction Exponential { get; } = new("Exponential", "exp({0})", Math.Exp);

    public static CellFunction LogSigmoid { get; } = new("LogSigmoid", "-softplus(-{0})", static x => -Soft(-x));

    public static CellFunction Silu { get; } = new("Silu", "{0} * sigmoid({0})", static x => x * Functions.Sigmoid(x));

    public static CellFunction Mish { get; } = new("Mish", "{0} * tanh(softplus({0}))", static x => x * Math.Tanh(Soft(x)));

    public static CellFunction HardTanh { get; } = new("HardTanh", "min(max({0}, -1), 1)", static x => Math.Clamp(x, -1, 1));

    public static CellFunction TanhShrink { get; } = new("TanhShrink", "{0} - tanh({0})", static x => x - Math.Tanh(x));

    public static CellFunction Squareplus { get; } = new("Squareplus", "({0} + sqrt({0} * {0} + 4)) / 2", static x => (x + Math.Sqrt((x * x) + 4)) / 2);

    public static CellFunction Selu { get; } = new("Selu", Invariant($"{SeluScale:R} * select({{0}} >= 0, {{0}}, {SeluAlpha:R} * elu({{0}}))"), static x => SeluScale * (x >= 0 ? x : SeluAlpha * (Math.Exp(x) - 1)));

    /// <summary>The hard sigmoid of a third: min(max(x + 3, 0), 6) / 6.</summary>
    public static CellFunction HardSigmoidOfSix { get; } = new("HardSigmoid", "min(max({0} + 3, 0), 6) / 6", static x => Math.Clamp(x + 3, 0, 6) / 6);

    public static CellFunction HardSilu { get; } = new("HardSilu", "{0} * min(max({0} + 3, 0), 6) / 6", static x => x * Math.Clamp(x + 3, 0, 6) / 6);

    public static CellFunction HardSigmoid(double alpha, double beta) => new("HardSigmoid", Invariant($"min(max({Line(alpha, beta)}, 0), 1)"), x => Math.Clamp((alpha * x) + beta, 0, 1));

    public static CellFunction Affine(double alpha, double beta) => new("Affine", Line(alpha, beta), x => (alpha * x) + beta);

    public static CellFunction ScaledTanh(double alpha, double beta) => new("ScaledTanh", Invariant($"{alpha:R} * tanh({Line(beta, 0)})"), x => alpha * Math.Tanh(beta * x));

    public static CellFunction LeakyRelu(double alpha) => new("LeakyRelu", Invariant($"select({{0}} >= 0, {{0}}, {alpha:R} * {{0}})"), x => x >= 0 ? x : alpha * x);

    public static CellFunction ThresholdedRelu(double alpha) => new("ThresholdedRelu", Invariant($"select({{0}} >= {alpha:R}, {{0}}, 0)"), x => x >= alpha ? x : 0);

    public static CellFunction Elu(double alpha) => alpha == 1 ? new("Elu", "elu({0})", static x => x >= 0 ? x : Math.Exp(x) - 1)
        : new("Elu", Invariant($"select({{0}} >= 0, {{0}}, {alpha:R} * elu({{0}}))"), x => x >= 0 ? x : alpha * (Math.Exp(x) - 1));

    // alpha x + beta, without a factor of 1 and a summand of 0.
    private static string Line(double alpha, double beta)
    {
        string scaled = alpha == 1 ? "{0}" : Invariant($"{alpha:R} * {{0}}");
        return beta == 0 ? scaled : beta < 0 ? Invariant($"{scaled} - {-beta:R}") : Invariant($"{scaled} + {beta:R}");
    }

    private static double Soft(double x) => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x)));
}
