using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>
/// The graph and its derived reverse pass are general. What a cell's program keeps is enough for its reverse pass, in one phase or in several.
/// </summary>
public sealed class CellGradientTests
{
    public static TheoryData<string, string> Shipped => new()
    {
        { "rnn", "tanh" }, { "rnn", "relu" }, { "lstm", "" }, { "gru", "" }, { "dense", "" }, { "dense", "tanh" }, { "dense", "relu" }, { "dense", "sigmoid" },
    };

    private static readonly string[] s_compiled =
    [
        nameof(CellTexts.PeepholeLstm), nameof(CellTexts.ResetBeforeGru), nameof(CellTexts.Entangled), nameof(CellTexts.Delays),
        nameof(CellTexts.Functions), nameof(CellTexts.Normed), nameof(CellTexts.Deep), nameof(CellTexts.ProjectedLstm), nameof(CellTexts.Widths),
    ];

    public static TheoryData<string> Texts => [.. s_compiled];

    public static TheoryData<string> Compiled => [.. s_compiled];

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
    [MemberData(nameof(Compiled))]
    public void WhatTheProgramOfAnotherCellKeepsIsEnough(string name) =>
        IsEnough(Enumerable.Range(5, 100).Select(seed => new CellCase(Parse(name), null, seed))
            .First(c => GraphInterpreter.Gradients(c).All(g => g.Key is "e(0)" or "u(0)" || Norm(g.Value) > 1e-3)));

    [Theory]
    [InlineData("h' = tanh(W x + U h + b) - h")]
    [InlineData("h' = -h - relu(U h + W x + b) * h")]
    [InlineData("a = sigmoid(W x + b)\nh' = (1 - a) * h - a * tanh(U h)")]
    [InlineData("a = W x\ne = U h + b\nh' = tanh(a * e) + a - e * h")]
    public void WhatAnotherProgramKeepsIsEnough(string equations) => IsEnough(new CellCase(
        CellParser.Parse(equations), null, seed: 5));

    private static void IsEnough(CellCase @case)
    {
        IReadOnlyDictionary<string, double[]> expected = GraphInterpreter.Gradients(@case);
        IReadOnlyDictionary<string, double[]> all = ProgramInterpreter.Gradients(@case, hasOutputAdjoint: true, needsInputAdjoint: true);
        IReadOnlyDictionary<string, double[]> withoutInput = ProgramInterpreter.Gradients(@case, hasOutputAdjoint: true, needsInputAdjoint: false);
        foreach ((string variable, double[] gradient) in expected)
        {
            if (@case.Definition.Name == "Delays" && variable is "e(0)" or "u(0)")
            {
                Norm(all[variable]).ShouldBe(0, variable);
                continue;
            }

            Norm(gradient).ShouldBeGreaterThan(1e-3, variable);
            Distance(all[variable], gradient).ShouldBeLessThan(1e-13, variable);
            if (variable != "x")
            {
                Distance(withoutInput[variable], gradient).ShouldBeLessThan(1e-13, variable);
            }
        }

        ProgramInterpreter.InferredLoss(@case).ShouldBe(GraphInterpreter.Loss(@case).Loss, 1e-12);
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
    [InlineData("h' = tanh(b * h)", "no matrix product")]
    [InlineData("h' = select(W x > h, 0.5 * h, h)", "no gradient")]
    public void ACellOutsideWhatIsCompiledIsNamed(string text, string why) => NotCompiled(CellParser.Parse(text), why);

    private static void NotCompiled(CellDefinition definition, string why)
    {
        CellGraph graph = CellGraph.Build(definition, null);
        Should.Throw<CellFormatException>(() => CellLimits.Check(graph)).Message.ShouldContain(why);
    }

    private static CellDefinition Parse(string name) => CellParser.Parse((string)typeof(CellTexts).GetField(name)!.GetValue(null)!);

    private static void AgreesWithDifferences(CellDefinition definition, Function? activation)
    {
        CellCase @case = Enumerable.Range(1, 1000)
            .Select(seed => new CellCase(definition, activation, seed))
            .First(c => GraphInterpreter.Loss(c).DistanceToKink > (definition.Name == "Cell" ? 0.004 : 0.02));
        foreach ((string variable, double[] analytic) in GraphInterpreter.Gradients(@case))
        {
            double[] numeric = Differences(@case, variable);
            if (definition.Name == "Delays" && variable is "e(0)" or "u(0)")
            {
                // No equation reads these states.
                Norm(analytic).ShouldBe(0, variable);
                Norm(numeric).ShouldBeLessThan(1e-11, variable);
                continue;
            }

            Norm(analytic).ShouldBeGreaterThan(1e-3, variable);
            Distance(analytic, numeric).ShouldBeLessThan(definition.Name == "Cell" ? 2e-6 : 1e-8, variable);
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
