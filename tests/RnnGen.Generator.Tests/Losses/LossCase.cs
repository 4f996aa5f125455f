using RnnGen.Generator.Losses;

namespace RnnGen.Generator.Tests.Losses;

/// <summary>A loss with its value by another formula, and points to try it at.</summary>
/// <param name="Name">Its name; a file's where <paramref name="Text"/> is null.</param>
/// <param name="Text">The equations.</param>
/// <param name="Value">The loss of outputs and a target, written independently.</param>
internal sealed record LossCase(string Name, string? Text, Func<double[], double, double> Value)
{
    public const int Classes = 5;

    public const string LogCosh = """
        # The mean of log cosh(y - target).
        d = abs(y - target)
        loss = d + softplus(-2 * d) - 0.6931471805599453
        """;

    private const string Brier = """
        targets classes
        link p = softmax(y)
        loss = sum(p * p) - 2 * pick(p, target) + 1
        """;

    private const string Margin = """
        targets classes
        link p = softmax(y)
        loss = max(2 * y) - 2 * pick(y, target)
        """;

    private const string Tempered = """
        targets classes
        link p = softmax(y)
        t = 1 + mean(y * y)
        loss = logsumexp(y / t) - pick(y, target) / t
        """;

    private const string Temperatures = """
        targets classes
        link p = softmax(y)
        q = softmax(y / 2)
        loss = logsumexp(3 * y) / 3 - pick(logsoftmax(y), target) + sum(q * q) + pick(q, target)
        """;

    private const string Kinked = """
        number delta = 0.5
        d = abs(y - target)
        loss = max(d - delta, 0) + abs(y) / 4 + min(y, target) + relu(y)
        """;

    private const string Mixed = """
        numbers w = 1, 2, 3
        values y[w]
        e = target - max(y)
        loss = logsumexp(w * y) - sum(w * softmax(y)) + e * e + tanh(pick(logsoftmax(y), 2)) + sqrt(1 + sum(y * y))
        prediction = mean(y)
        """;

    /// <summary>Those that ship and are equations, and those that only tests have.</summary>
    public static IReadOnlyList<LossCase> All { get; } =
    [
        new("MeanSquaredError", null, (y, t) => Math.Pow(y[0] - t, 2)),
        new("MeanAbsoluteError", null, (y, t) => Math.Abs(y[0] - t)),
        new("Huber", null, (y, t) => Math.Abs(y[0] - t) is var d && d <= 1 ? d * d / 2 : d - 0.5),
        new("BinaryCrossEntropy", null, (y, t) => -(t * Math.Log(Sigmoid(y[0]))) - ((1 - t) * Math.Log(Sigmoid(-y[0])))),
        new("CrossEntropy", null, (y, t) => -Math.Log(Softmax(y)[(int)t])),
        new("Gaussian", null, (y, t) => (Math.Pow((t - y[0]) / Positive(y[1]), 2) / 2) + Math.Log(Positive(y[1]) * Math.Sqrt(2 * Math.PI))),
        new("Laplace", null, (y, t) => -Math.Log(Math.Exp(-Math.Abs(t - y[0]) / Positive(y[1])) / (2 * Positive(y[1])))),
        new("StudentT", null, Tailed),
        new("Quantile", null, Pinball),
        new("LogCosh", null, (y, t) => Math.Log(Math.Cosh(y[0] - t))),
        new("NegativeBinomial", null, Counts),
        new("Poisson", null, (y, t) => Math.Exp(y[0]) - (t * y[0]) + Enumerable.Range(1, (int)t).Sum(k => Math.Log(k))),
        new("MeanAbsolutePercentageError", null, (y, t) => Math.Abs((y[0] - t) / t)),
        new("SymmetricMeanAbsolutePercentageError", null, (y, t) => Math.Abs(y[0] - t) / ((Math.Abs(y[0]) + Math.Abs(t)) / 2)),
        new("Focal", null, (y, t) => Softmax(y)[(int)t] is var p ? -Math.Pow(1 - p, 2) * Math.Log(p) : 0),
        new("SmoothedCrossEntropy", null, (y, t) => Softmax(y) is var p ? -(0.9 * Math.Log(p[(int)t])) - (0.1 * p.Average(Math.Log)) : 0),
        new("Brier", Brier, (y, t) => Softmax(y).Select((p, i) => Math.Pow(p - (i == (int)t ? 1 : 0), 2)).Sum()),
        new("Margin", Margin, (y, t) => 2 * (y.Max() - y[(int)t])),
        new("Tempered", Tempered, (y, t) => -Math.Log(Softmax([.. y.Select(v => v / (1 + y.Average(u => u * u)))])[(int)t])),
        new("Temperatures", Temperatures, (y, t) => (Math.Log(y.Sum(v => Math.Exp(3 * v))) / 3) - Math.Log(Softmax(y)[(int)t]) + Softmax([.. y.Select(v => v / 2)]).Sum(q => q * q) + Softmax([.. y.Select(v => v / 2)])[(int)t]),
        new("Kinked", Kinked, (y, t) => Math.Max(Math.Abs(y[0] - t) - 0.5, 0) + (Math.Abs(y[0]) / 4) + Math.Min(y[0], t) + Math.Max(y[0], 0)),
        new("Mixed", Mixed, (y, t) => Math.Log(y.Select((v, i) => Math.Exp((i + 1) * v)).Sum()) - Softmax(y).Select((p, i) => (i + 1) * p).Sum() + Math.Pow(t - y.Max(), 2)
            + Math.Tanh(Math.Log(Softmax(y)[2])) + Math.Sqrt(1 + y.Sum(v => v * v))),
    ];

    public static TheoryData<string> Names => [.. All.Select(c => c.Name)];

    public static LossCase Of(string name) => All.Single(c => c.Name == name);

    public LossDefinition Definition => Text is null ? ((LossSource)Name).Definition : LossParser.Parse(Text, Name);

    public int Outputs => Definition.TargetsAreClasses ? Classes : Definition.ValuesPerTarget;

    /// <summary>Outputs and a target, away from kinks for all but the luckless.</summary>
    public (double[] Outputs, double Target) Draw(Random random)
    {
        LossDefinition definition = Definition;
        double target = definition.Targets switch
        {
            LossTargets.Classes => random.Next(Classes),
            LossTargets.Probabilities => random.NextDouble(),
            LossTargets.Numbers => Name is "NegativeBinomial" or "Poisson" ? random.Next(20) : 3 * ((2 * random.NextDouble()) - 1),
            _ => throw new InvalidOperationException($"{definition.Targets} have no value of one target."),
        };
        return ([.. Enumerable.Range(0, Outputs).Select(_ => 2 * ((2 * random.NextDouble()) - 1))], target);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Softplus(double x) => Math.Log(1 + Math.Exp(x));

    private static double Positive(double x) => 1e-6 + Softplus(x);

    // The constant of the density by the integral of its shape, with x = √ν sinh u: √ν ∫ cosh(u)^-ν du, by the trapezoidal rule, which is exact to rounding here.
    private static double Tailed(double[] y, double target)
    {
        double scale = Positive(y[1]), freedom = 2 + Softplus(y[2]);
        double integral = Enumerable.Range(-400, 801).Sum(i => 0.05 * Math.Pow(Math.Cosh(0.05 * i), -freedom)) * Math.Sqrt(freedom);
        return -Math.Log(Math.Pow(1 + (Math.Pow((target - y[0]) / scale, 2) / freedom), -(freedom + 1) / 2) / (integral * scale));
    }

    private static double[] Softmax(double[] y) => [.. y.Select(v => Math.Exp(v) / y.Sum(Math.Exp))];

    private static double Pinball(double[] y, double target)
    {
        double[] levels = [0.1, 0.5, 0.9], z = [y[0], y[0] + Softplus(y[1]), y[0] + Softplus(y[1]) + Softplus(y[2])];
        return levels.Zip(z, (q, value) => target >= value ? q * (target - value) : (1 - q) * (value - target)).Average();
    }

    // Of a whole number of successes the gamma functions are products.
    private static double Counts(double[] y, double target)
    {
        double m = Positive(y[0]), r = Positive(y[1]), log = 0;
        for (int k = 0; k < (int)target; k++)
        {
            log += Math.Log((r + k) / (k + 1));
        }

        return -(log + (r * Math.Log(r / (r + m))) + (target * Math.Log(m / (r + m))));
    }
}
