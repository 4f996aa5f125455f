using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Equal values are one node, and the arithmetic of 0 and 1 is folded.</summary>
public sealed class StepGraphTests
{
    private readonly StepGraph _graph = new();
    private readonly int _a;
    private readonly int _b;

    public StepGraphTests()
    {
        _a = _graph.State("a", "H");
        _b = _graph.State("b", "H");
    }

    [Fact]
    public void EqualValuesAreOneNode()
    {
        int sum = _graph.Apply(Function.Add, _a, _b);
        int count = _graph.Nodes.Count;
        _graph.Apply(Function.Add, _a, _b).ShouldBe(sum);
        _graph.State("a", "H").ShouldBe(_a);
        _graph.Nodes.Count.ShouldBe(count);
        _graph.Apply(Function.Subtract, _a, _b).ShouldNotBe(_graph.Apply(Function.Subtract, _b, _a));
        _graph.Constant(0.1).ShouldBe(_graph.Constant(0.1));
        _graph.Constant(0.1).ShouldNotBe(_graph.Constant(0.1 + 1e-17 + 2e-17));
    }

    [Fact]
    public void EqualProductsAreOneNode()
    {
        CellTensor weights = new(CellTensorKind.Weight, "U", "u", "H", ["i", "f"], new Dictionary<string, double>());
        CellTensor biases = new(CellTensorKind.Bias, "b", "b", "H", [], new Dictionary<string, double>());
        int Affine(int block, bool transposed, int source, bool bias) => _graph.Affine(
            "H", [new AffineTerm(new BlockReference(weights, block), transposed, source)], bias ? [new BlockReference(biases, 0)] : []);
        Affine(0, false, _a, true).ShouldBe(Affine(0, false, _a, true));
        new[] { Affine(0, false, _a, true), Affine(1, false, _a, true), Affine(0, true, _a, true), Affine(0, false, _b, true), Affine(0, false, _a, false) }
            .ShouldBeUnique();
    }

    [Fact]
    public void ZeroAndOneAreFolded()
    {
        int zero = _graph.Constant(0);
        int one = _graph.Constant(1);
        _graph.Apply(Function.Add, _a, zero).ShouldBe(_a);
        _graph.Apply(Function.Add, zero, _a).ShouldBe(_a);
        _graph.Apply(Function.Subtract, _a, zero).ShouldBe(_a);
        _graph.Apply(Function.Multiply, _a, one).ShouldBe(_a);
        _graph.Apply(Function.Multiply, one, _a).ShouldBe(_a);
        _graph.Apply(Function.Multiply, _a, zero).ShouldBe(zero);
        _graph.Apply(Function.Multiply, zero, _a).ShouldBe(zero);
        int negated = _graph.Apply(Function.Subtract, zero, _a);
        _graph[negated].Function.ShouldBe(Function.Negate);
        _graph.Apply(Function.Negate, negated).ShouldBe(_a);
        _graph.Apply(Function.Subtract, one, _a).ShouldNotBe(_a);
    }

    [Fact]
    public void NumbersAreComputed()
    {
        int value = _graph.Apply(Function.Subtract, _graph.Constant(2), _graph.Apply(Function.Multiply, _graph.Constant(3), _graph.Constant(0.5)));
        (_graph[value].Kind, _graph[value].Value).ShouldBe((NodeKind.Constant, 0.5));
    }

    [Fact]
    public void AValueKeepsItsFirstName()
    {
        int sum = _graph.Apply(Function.Add, _a, _b);
        _graph.Name(sum, "s");
        _graph.Name(sum, "t");
        _graph[sum].Name.ShouldBe("s");
        _graph.Apply(Function.Add, _a, _b).ShouldBe(sum);
    }

    [Fact]
    public void AClosureHoldsWhatAValueIsComputedFromAndNothingElse()
    {
        int product = _graph.Apply(Function.Multiply, _a, _a);
        int unused = _graph.Apply(Function.Add, product, _b);
        int result = _graph.Apply(Function.Tanh, product);
        _graph.Closure([result]).ShouldBe([_a, product, result]);
        _graph.Closure([result, unused]).ShouldBe([_a, _b, product, unused, result]);
    }

    /// <summary>No dead work: nothing is derived towards an input that nobody wants a gradient of.</summary>
    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void NothingIsDerivedTowardsAnUnwantedInput(string name)
    {
        CellGraph with = CellGraph.Build(CellLibrary.Find(name), null);
        CellGraph without = CellGraph.Build(CellLibrary.Find(name), null);
        ReverseGraph.Derive(with, hasOutputAdjoint: true, needsInputAdjoint: true).InputAdjoint.ShouldNotBeNull();
        ReverseGraph.Derive(without, hasOutputAdjoint: true, needsInputAdjoint: false).InputAdjoint.ShouldBeNull();
        Transposed(with).ShouldContain("W");
        Transposed(without).ShouldNotContain("W");

        static string[] Transposed(CellGraph cell) =>
            [.. cell.Graph.Nodes.SelectMany(n => n.Terms).Where(t => t.Transposed).Select(t => t.Weight.Tensor.Symbol)];
    }

    /// <summary>The reverse pass of a gate is written from its value: what was computed forward is found, not computed again.</summary>
    [Fact]
    public void TheReversePassOfAnLstmComputesNoSigmoidAndNoTanh()
    {
        CellGraph cell = CellGraph.Build(CellLibrary.Find("lstm"), null);
        int count = cell.Graph.Nodes.Count;
        ReverseGraph.Derive(cell, hasOutputAdjoint: true, needsInputAdjoint: true);
        cell.Graph.Nodes.Skip(count).ShouldAllBe(n => n.Function != Function.Sigmoid && n.Function != Function.Tanh);
        cell.Graph.Nodes.Count.ShouldBeGreaterThan(count);
    }

    /// <summary>The parser of equations knows functions by their names alone, and the graph what they are.</summary>
    [Fact]
    public void TheGraphHasEachFunctionThatEquationsCall() => CellNames.Elementwise.ShouldBe(
        typeof(Function).GetProperties().Where(p => p.PropertyType == typeof(Function)).Select(p => ((Function)p.GetValue(null)!).Name).Where(name => Function.Find(name) is not null), ignoreOrder: true);
}
