using RnnGen.Generator.Cells;
using RnnGen.Generator.Planning.Graph;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Equation text is read as it is written, and every mistake in it is told with its line.</summary>
public sealed class CellParserTests
{
    private const string Head = "cell Test\nstate h\nweight W = w\nweight U = u\nbias b = b\n";

    [Fact]
    public void AnLstmIsReadAsWritten()
    {
        CellDefinition cell = CellLibrary.Find("lstm");
        cell.Name.ShouldBe("LSTM");
        cell.States.ShouldBe([new CellState("h", "H"), new CellState("c", "H")]);
        cell.Tensors.Select(t => (t.Kind, t.Symbol, t.TensorName, t.BlockCount)).ShouldBe(
        [
            (CellTensorKind.Weight, "W", "weight_ih", 4), (CellTensorKind.Weight, "U", "weight_hh", 4),
            (CellTensorKind.Bias, "b", "bias_ih", 4), (CellTensorKind.Bias, "d", "bias_hh", 4),
        ]);
        cell.Tensors[2].Starts.ShouldBe(new Dictionary<string, double> { ["f"] = 1 });
        cell.Equations.Select(e => e.Name).ShouldBe(["i", "f", "g", "o", "c'", "h'"]);
        cell.Equations[5].Text.ShouldBe("h' = o * tanh(c')");
        cell.Output.ShouldBe("h'");
        cell.IsRecurrent.ShouldBeTrue();
        CellLibrary.Find("dense").IsRecurrent.ShouldBeFalse();
    }

    [Theory]
    [InlineData("W x + U h * 2 - b", "((W·x + (U·h * 2)) - b)")]
    [InlineData("(x - h) * -h", "((x - h) * -h)")]
    [InlineData("x - h - 0.5", "((x - h) - 0.5)")]
    [InlineData("U tanh(W x)", "U·tanh(W·x)")]
    [InlineData("- U - h", "-U·-h")]
    public void PrecedenceIsThatOfThePapers(string expression, string expected) =>
        Show(CellParser.Parse(Head + "a = W x + U h + b\nh' = " + expression + "\noutput h'").Equations[1].Expression).ShouldBe(expected);

    [Fact]
    public void CommentsBlankLinesAndCarriageReturnsDoNotCount() =>
        CellParser.Parse("# a cell\r\ncell T # name\r\n\r\nweight W = w\r\ny = W x # product\r\noutput y\r\n").Equations.Single().Text.ShouldBe("y = W x");

    [Fact]
    public void AWidthOfItsOwnMakesASingleBlock()
    {
        CellDefinition cell = CellParser.Parse(CellTexts.ProjectedLstm);
        cell.States[0].Width.ShouldBe("P");
        CellTensor projection = cell.Tensors.Single(t => t.Symbol == "R");
        (projection.Width, projection.BlockCount).ShouldBe(("P", 1));
    }

    [Theory]
    [InlineData("cell T\nlayer x\noutput y", 2, "'layer' starts neither a declaration nor an equation")]
    [InlineData("cell T\nweight W w", 2, "expected '=', found 'w'")]
    [InlineData("cell T\nweight W =", 2, "the line ends too early")]
    [InlineData("cell T\nweight W = w w", 2, "unexpected 'w'")]
    [InlineData("cell T\nstate h[P", 2, "expected ']', found the end of the line")]
    [InlineData("cell T\nstate h,", 2, "the line ends too early")]
    [InlineData("cell T\nstate 1", 2, "expected a name, found '1'")]
    [InlineData("cell T\nstate h, h", 2, "h is a state")]
    [InlineData("cell T\ngates i, i", 2, "a gate is named twice")]
    [InlineData("cell T\nweight W = w\ngates i", 3, "before the first parameter")]
    [InlineData("cell T\nweight W = w\nbias W = b", 3, "W is defined twice")]
    [InlineData("cell T\nweight x = w", 2, "x is defined twice")]
    [InlineData("cell T\nweight W_i = w", 2, "call the parameter W")]
    [InlineData("cell T\nstart b = 1", 2, "'start' takes a declared tensor")]
    [InlineData("cell T\nbias b = b\nstart b = one", 3, "'one' is not a number")]
    [InlineData(Head + "h' = W x + U h + b\nstart b = 1", 7, "before the equations")]
    [InlineData(Head + "h' = W y", 6, "'y' is neither a parameter nor a value")]
    [InlineData(Head + "h' = W_i x", 6, "W has no block 'i'")]
    [InlineData(Head + "h' = (W x", 6, "expected ')', found the end of the line")]
    [InlineData(Head + "h' = W x )", 6, "unexpected ')'")]
    [InlineData(Head + "h' = + W x", 6, "expected a value, found '+'")]
    [InlineData(Head + "h' = W x / 2", 6, "unexpected '/'")]
    [InlineData(Head + "h' = W", 6, "the line ends too early")]
    [InlineData(Head + "h' = 1.2.3", 6, "'1.2.3' is not a number")]
    [InlineData(Head + "h = W x", 6, "its next value is h'")]
    [InlineData(Head + "x = h", 6, "x is defined twice")]
    [InlineData(Head + "a = h\na = x", 7, "a is defined twice")]
    [InlineData(Head + "b = h", 6, "b is a parameter")]
    [InlineData(Head + "c' = h", 6, "c' is the next value of no declared state")]
    [InlineData(Head + "1 = h", 6, "expected a name, found '1'")]
    [InlineData(Head + "h' = W x + U h + b", 6, "the cell names no output")]
    [InlineData(Head + "h' = W x + U h + b\noutput y", 7, "no equation gives the output y")]
    [InlineData(Head + "y = W x + U h + b\noutput y", 7, "no equation gives h'")]
    [InlineData(Head + "h' = W x + U h\noutput h'", 7, "no equation uses b")]
    [InlineData("gates r, z\nbias b = b\ny = x + b_r\noutput y", 4, "no equation uses b_z")]
    public void AMistakeIsToldWithItsLine(string text, int line, string message)
    {
        string told = Should.Throw<CellFormatException>(() => CellParser.Parse(text)).Message;
        told.ShouldStartWith($"line {line}: ");
        told.ShouldContain(message);
    }

    [Theory]
    [InlineData("state h\nweight W = w\nh' = W x + x\noutput h'", "x has the width I, and the other operand of '+' has the width H")]
    [InlineData("state h\nweight W = w\nh' = x\ny = W x\noutput y", "the state h has the width H")]
    [InlineData("state h\nweight W = w\nh' = 1\ny = W x\noutput y", "is a number, and the state h has the width H")]
    [InlineData("weight W = w\ny = W 1\noutput y", "W is multiplied by a number")]
    [InlineData("state h\nweight W = w\nh' = W x + W h\noutput h'", "W is multiplied by values of the widths I and H")]
    [InlineData("weight W = w\nweight V[P] = v\ny = W x + V x\noutput y", "V has P rows")]
    [InlineData("weight W = w\ny = exp(W x)\noutput y", "there is no function 'exp'")]
    public void WidthsAndFunctionsAreChecked(string text, string message) =>
        Should.Throw<FormatException>(() => CellGraph.Build(CellParser.Parse("cell T\n" + text), null)).Message.ShouldContain(message);

    private static string Show(Expression expression) => expression switch
    {
        Expression.Number number => FormattableString.Invariant($"{number.Value}"),
        Expression.Name name => name.Identifier,
        Expression.Parameter parameter => parameter.Tensor.Symbol,
        Expression.Product product => $"{product.Weight.Symbol}·{Show(product.Operand)}",
        Expression.Call call => $"{call.Function}({Unwrap(Show(call.Operand))})",
        Expression.Binary binary => $"({Show(binary.Left)} {binary.Operator} {Show(binary.Right)})",
        Expression.Negation negation => "-" + Show(negation.Operand),
        _ => throw new InvalidOperationException(),
    };

    private static string Unwrap(string text) => text.StartsWith('(') ? text[1..^1] : text;
}
