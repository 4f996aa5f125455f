using RnnGen.Generator.Cells;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Graph;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// The graph and its derived reverse pass are general: they differentiate cells that are compiled and cells that are
/// not yet. What a compiled cell's program keeps is enough for its reverse pass.
/// </summary>
public sealed class CellGradientTests
{
    public static TheoryData<string, string> Shipped => new()
    {
        { "rnn", "tanh" }, { "rnn", "relu" }, { "lstm", "" }, { "gru", "" }, { "dense", "" }, { "dense", "tanh" }, { "dense", "relu" }, { "dense", "sigmoid" },
    };

    public static TheoryData<string> Texts =>
    [
        nameof(CellTexts.PeepholeLstm), nameof(CellTexts.ResetBeforeGru), nameof(CellTexts.ProjectedLstm), nameof(CellTexts.Entangled), nameof(CellTexts.Delays),
    ];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void ACompiledCellsGradientsAgreeWithDifferences(string cell, string activation) =>
        AgreesWithDifferences(CellLibrary.Find(cell), Function.Find(activation));

    [Theory]
    [MemberData(nameof(Texts))]
    public void AnotherCellsGradientsAgreeWithDifferences(string cell) => AgreesWithDifferences(Parse(cell), null);

    [Theory]
    [MemberData(nameof(Shipped))]
    public void WhatTheProgramKeepsIsEnough(string name, string activation) =>
        IsEnough(new CellCase(CellLibrary.Find(name), Function.Find(activation), seed: 3));

    [Theory]
    [InlineData("h' = tanh(W x + U h + b) - h")]
    [InlineData("h' = -h - relu(U h + W x + b) * h")]
    [InlineData("a = sigmoid(W x + b)\nh' = (1 - a) * h - a * tanh(U h)")]
    [InlineData("a = W x\ne = U h + b\nh' = tanh(a * e) + a - e * h")]
    public void WhatAnotherProgramKeepsIsEnough(string equations) => IsEnough(new CellCase(
        CellParser.Parse("state h\nweight W = w\nweight U = u\nbias b = b\n" + equations + "\noutput h'"), null, seed: 5));

    private static void IsEnough(CellCase @case)
    {
        IReadOnlyDictionary<string, double[]> expected = GraphInterpreter.Gradients(@case);
        IReadOnlyDictionary<string, double[]> all = ProgramInterpreter.Gradients(@case, hasOutputAdjoint: true, needsInputAdjoint: true);
        IReadOnlyDictionary<string, double[]> withoutInput = ProgramInterpreter.Gradients(@case, hasOutputAdjoint: true, needsInputAdjoint: false);
        foreach ((string variable, double[] gradient) in expected)
        {
            Norm(gradient).ShouldBeGreaterThan(1e-3, variable);
            Distance(all[variable], gradient).ShouldBeLessThan(1e-14, variable);
            if (variable != "x")
            {
                Distance(withoutInput[variable], gradient).ShouldBeLessThan(1e-14, variable);
            }
        }

        ProgramInterpreter.InferredLoss(@case).ShouldBe(GraphInterpreter.Loss(@case).Loss, 1e-13);
    }

    [Theory]
    [InlineData("rnn", "tanh")]
    [InlineData("lstm", "")]
    [InlineData("gru", "")]
    public void WithoutOutputAdjointsTheFinalStatesAloneCount(string name, string activation)
    {
        CellCase @case = new(CellLibrary.Find(name), Function.Find(activation), seed: 4);
        IReadOnlyDictionary<string, double[]> actual = ProgramInterpreter.Gradients(@case, hasOutputAdjoint: false, needsInputAdjoint: true);
        Array.Clear(@case.OutputWeights);
        foreach ((string variable, double[] gradient) in GraphInterpreter.Gradients(@case))
        {
            Distance(actual[variable], gradient).ShouldBeLessThan(1e-14, variable);
        }
    }

    [Theory]
    [InlineData(nameof(CellTexts.PeepholeLstm), "per-unit parameters")]
    [InlineData(nameof(CellTexts.ResetBeforeGru), "product of a value that the same step computes")]
    [InlineData(nameof(CellTexts.ProjectedLstm), "product of a value that the same step computes")]
    [InlineData(nameof(CellTexts.Delays), "a state that no equation reads")]
    public void ACellThatIsNotCompiledIsNamed(string cell, string why) => NotCompiled(Parse(cell), why);

    [Theory]
    [InlineData("state h\nweight W = w\nweight U = u\nh' = tanh(W x + U h) + sigmoid(W x)\noutput h'", "twice")]
    [InlineData("state h\nweight W = w\nweight U = u\nbias b = b\nh' = tanh(W x + U h) * b\noutput h'", "bias without a matrix product")]
    [InlineData("state h\nweight W = w\nweight U = u\nq = W x\nh' = tanh(U h)\noutput h'", "reaches neither")]
    [InlineData("state h[I]\nweight U[I] = u\nh' = tanh(U h) * x\noutput h'", "second width")]
    [InlineData("weight W[I] = w\noutput y\ny = x * (W x)", "second width")]
    [InlineData("state h, s\nweight W = w\nh' = tanh(W x) * s\ns' = h\noutput h'", "only repeats another")]
    public void ACellOutsideWhatIsCompiledIsNamed(string text, string why) => NotCompiled(CellParser.Parse(text), why);

    private static void NotCompiled(CellDefinition definition, string why)
    {
        CellGraph graph = CellGraph.Build(definition, null);
        Should.Throw<NotSupportedException>(() => CellProgram.Create(graph, hasOutputAdjoint: true, needsInputAdjoint: true)).Message.ShouldContain(why);
    }

    private static CellDefinition Parse(string name) => CellParser.Parse((string)typeof(CellTexts).GetField(name)!.GetValue(null)!);

    private static void AgreesWithDifferences(CellDefinition definition, Function? activation)
    {
        CellCase @case = Enumerable.Range(1, 1000)
            .Select(seed => new CellCase(definition, activation, seed))
            .First(c => GraphInterpreter.Loss(c).DistanceToKink > 0.02);
        foreach ((string variable, double[] analytic) in GraphInterpreter.Gradients(@case))
        {
            double[] numeric = Differences(@case, variable);
            if (definition.Name == "Delays" && variable is "k(0)" or "u(0)")
            {
                // No equation reads these states.
                Norm(analytic).ShouldBe(0, variable);
                Norm(numeric).ShouldBeLessThan(1e-11, variable);
                continue;
            }

            Norm(analytic).ShouldBeGreaterThan(1e-3, variable);
            Distance(analytic, numeric).ShouldBeLessThan(1e-8, variable);
        }
    }

    // The five-point stencil: f' = (f(-2s) - 8 f(-s) + 8 f(s) - f(2s)) / 12 s + O(s⁴).
    private static double[] Differences(CellCase @case, string variable)
    {
        const double step = 1e-3;
        double[] values = @case.Variables[variable];
        return [.. Enumerable.Range(0, values.Length).Select(i =>
        {
            double value = values[i];
            double At(double shift)
            {
                values[i] = value + shift;
                return GraphInterpreter.Loss(@case).Loss;
            }

            double difference = (At(-2 * step) - 8 * At(-step) + 8 * At(step) - At(2 * step)) / (12 * step);
            values[i] = value;
            return difference;
        })];
    }

    private static double Distance(double[] a, double[] b)
    {
        double norm = Norm(a) + Norm(b);
        return norm == 0 ? 0 : Norm([.. a.Zip(b, (x, y) => x - y)]) / norm;
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(v => v * v));
}
