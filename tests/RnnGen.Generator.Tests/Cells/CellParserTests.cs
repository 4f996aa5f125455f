using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Equation text is read as it is written, and every mistake in it is told at its characters.</summary>
public sealed class CellParserTests
{
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
        cell.Tensors[2].Gates.ShouldBe(["i", "f", "g", "o"]);
        cell.Equations.Select(e => e.Name).ShouldBe(["i", "f", "g", "o", "c'", "h'"]);
        cell.Equations[5].Text.ShouldBe("h' = o * tanh(c')");
        cell.Output.ShouldBe("h'");
        cell.IsRecurrent.ShouldBeTrue();
        cell.HasActivation.ShouldBeFalse();
        CellLibrary.Find("dense").IsRecurrent.ShouldBeFalse();
        CellLibrary.Find("dense").HasActivation.ShouldBeTrue();
    }

    /// <summary>Each equation has a block of its own of what it uses, stacked in the order of appearance; a name behind '_' means another's.</summary>
    [Fact]
    public void BlocksAreStackedInOrderOfAppearance()
    {
        CellDefinition cell = CellParser.Parse("""
            f  = sigmoid(W x + U h + b)
            g  = tanh(W x + U h + b_f)
            c' = f * c + (1 - f) * g
            h' = sigmoid(W x + b + p) * tanh(c' + p)
            vector p
            """);
        Gates("W").ShouldBe(["f", "g", "h"]);
        Gates("U").ShouldBe(["f", "g"]);
        Gates("b").ShouldBe(["f", "h"]);
        Gates("p").ShouldBeEmpty("one equation uses it");
        cell.Tensors.Select(t => t.TensorName).ShouldBe(["weight_ih", "weight_hh", "bias_ih", "p"], "weights, biases, vectors");
        cell.States.Select(s => s.Name).ShouldBe(["h", "c"], "h comes first");

        IReadOnlyList<string> Gates(string symbol) => cell.Tensors.Single(t => t.Symbol == symbol).Gates;
    }

    [Theory]
    [InlineData("W x + U h * 2 - b", "((W·x + (U·h * 2)) - b)")]
    [InlineData("(x - h) * -h", "((x - h) * -h)")]
    [InlineData("x - h - 0.5", "((x - h) - 0.5)")]
    [InlineData("h / 2 * h", "((h / 2) * h)")]
    [InlineData("h ÷ 2 × h", "((h / 2) * h)")]
    [InlineData("U tanh(W x)", "U·tanh(W·x)")]
    [InlineData("- U - h", "-U·-h")]
    [InlineData("1e-3 - h-1e+2*h", "((0.001 - h) - (100 * h))")]
    [InlineData("max(h, min(1,\n  h))", "max(h, min(1, h))")]
    [InlineData("select(h <= 1, 2, h)", "select(h > 1, h, 2)")]
    public void PrecedenceIsThatOfThePapers(string expression, string expected) =>
        Show(CellParser.Parse("h' = " + expression).Equations[0].Expression).ShouldBe(expected);

    [Fact]
    public void CommentsBlankLinesAndCarriageReturnsDoNotCount() =>
        CellParser.Parse("# a cell\r\ncell T # name\r\n\r\nweight W = w\r\ny = W x # product\r\noutput y\r\n").Equations.Single().Text.ShouldBe("y = W x");

    [Fact]
    public void AWidthOfItsOwnIsRead()
    {
        CellDefinition cell = CellParser.Parse(CellTexts.ProjectedLstm);
        cell.States[0].Width.ShouldBe("P");
        CellTensor projection = cell.Tensors.Single(t => t.Symbol == "R");
        (projection.Width, projection.BlockCount).ShouldBe(("P", 1));
        cell.Widths.ShouldBe(new Dictionary<string, int> { ["P"] = 2 });
        CellParser.Parse(CellTexts.ProjectedLstm, numbers: new([new CellNumber("P", 7)])).SizeOf("P", 64).ShouldBe(7);
        cell.SizeOf("H", 64).ShouldBe(64);
        Should.Throw<CellFormatException>(() => CellParser.Parse(CellTexts.ProjectedLstm, numbers: new([new CellNumber("P", 1.5)]))).Message.ShouldContain("a whole number from 1");
    }

    [Fact]
    public void ALayersNumbersStandInPlaceOfTheText()
    {
        CellSource source = new("Leaky", "number leak = 0.5, k = 2\nh' = leak * h + k * tanh(W x)", new([new CellNumber("leak", 0.25)]));
        source.Definition.Numbers.ShouldBe([new CellNumber("leak", 0.25), new CellNumber("k", 2)]);
        source.KernelName.ShouldStartWith("Leaky_");
        source.KernelName.ShouldNotBe((source with { Numbers = new([new CellNumber("leak", 0.75)]) }).KernelName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheEndsOfARangeBelongToIt(double leak) =>
        CellParser.Parse("number leak = 0.5 from 0 to 1\nh' = leak * h + tanh(W x)", numbers: new([new CellNumber("leak", leak)])).Numbers.ShouldBe([new CellNumber("leak", leak)]);

    [Fact]
    public void ALayersNumberOutsideItsRangeIsAMistake() =>
        Should.Throw<CellFormatException>(() => CellParser.Parse("number leak = 0.5 from 0 to 1\nh' = leak * h + tanh(W x)", numbers: new([new CellNumber("leak", 2)])))
            .Message.ShouldContain("'leak' is from 0 to 1");

    /// <summary>What stands between « and » is marked.</summary>
    [Theory]
    [InlineData("«layer» x", nameof(CellProblem.Syntax), "'layer' starts neither an equation")]
    [InlineData("weight V «w»\nh' = V x", nameof(CellProblem.Syntax), "unexpected 'w'")]
    [InlineData("weight V «=»\nh' = V x", nameof(CellProblem.Syntax), "the line ends too early")]
    [InlineData("state h«,»", nameof(CellProblem.Syntax), "the line ends too early")]
    [InlineData("state «1»", nameof(CellProblem.Syntax), "expected a name, found '1'")]
    [InlineData("state h, «h»", nameof(CellProblem.Name), "already in use")]
    [InlineData("weight V\nweight «V» = b\nh' = V x", nameof(CellProblem.Name), "already in use")]
    [InlineData("weight «v»\nh' = v x", nameof(CellProblem.Name), "begins with a capital letter")]
    [InlineData("vector «P»\nh' = W x * P", nameof(CellProblem.Name), "begins with a small letter")]
    [InlineData("weight «V_i»\nh' = V x", nameof(CellProblem.Name), "declare 'V'")]
    [InlineData("weight V = weight_hh, «A» = weight_hh\nh' = V x + A h", nameof(CellProblem.Name), "another parameter")]
    [InlineData("start «e» = 1\nh' = W x", nameof(CellProblem.UnknownName), "takes a parameter")]
    [InlineData("start «b_g» = 1\nf = W x + b\nh' = f * tanh(W x + b)", nameof(CellProblem.UnknownName), "'g' does not use 'b'")]
    [InlineData("start b = «one»\nh' = W x + b", nameof(CellProblem.Syntax), "'one' is not a number")]
    [InlineData("number k = «1e99»\nh' = W x * k", nameof(CellProblem.Syntax), "size up to 1e30")]
    [InlineData("number k = «2» from 0 to 1\nh' = W x * k", nameof(CellProblem.Syntax), "'k' is from 0 to 1")]
    [InlineData("number k = 0.5, j = «-»1 from 0\nh' = W x * k * j", nameof(CellProblem.Syntax), "'j' is at least 0")]
    [InlineData("width P = «0»\nstate h[P]\nh' = W x", nameof(CellProblem.Syntax), "a whole number from 1")]
    [InlineData("width P = «2.5»\nstate h[P]\nh' = W x", nameof(CellProblem.Syntax), "a whole number from 1")]
    [InlineData("width «H» = 2\nh' = W x", nameof(CellProblem.Name), "H is the layer's size")]
    [InlineData("width «p» = 2\nh' = W x", nameof(CellProblem.Name), "begins with a capital letter")]
    [InlineData("width «P» = 2\nh' = W x", nameof(CellProblem.Unused), "has the width P")]
    [InlineData("state h[«P»]\nh' = W x", nameof(CellProblem.UnknownName), "declare it: width P = 32")]
    [InlineData("h' = W «y»", nameof(CellProblem.UnknownName), "'y' is neither a value of an earlier line, nor a state")]
    [InlineData("h' = «V» x", nameof(CellProblem.UnknownName), "others do: weight V")]
    [InlineData("h' = tanh(W x + U h + «e»)", nameof(CellProblem.UnknownName), "vector e")]
    [InlineData("h' = W x * «c'»", nameof(CellProblem.UnknownName), "no equation defines c'")]
    [InlineData("h' = «tan»(W x)", nameof(CellProblem.UnknownName), "there is no function 'tan'; the functions are sigmoid,")]
    [InlineData("h' = «max»(W x)", nameof(CellProblem.Syntax), "takes 2 values, not 1")]
    [InlineData("h' = (W «x»", nameof(CellProblem.Syntax), "expected ')', found the end of the line")]
    [InlineData("h' = W x «)»", nameof(CellProblem.Syntax), "unexpected ')'")]
    [InlineData("h' = «+» W x", nameof(CellProblem.Syntax), "expected a value, found '+'")]
    [InlineData("h' = «W»", nameof(CellProblem.Syntax), "the line ends too early")]
    [InlineData("h' = W x h", nameof(CellProblem.Syntax), "values are multiplied by '*'", "«h»")]
    [InlineData("h' = «1.2.3» * W x", nameof(CellProblem.Syntax), "'1.2.3' is not a number")]
    [InlineData("a = sigmoid(W x)\nh' = a «(»1 - a)", nameof(CellProblem.Syntax), "write a * (…)")]
    [InlineData("state h\n«h» = W x", nameof(CellProblem.Name), "its next value is h'")]
    [InlineData("«x» = h", nameof(CellProblem.Name), "already in use")]
    [InlineData("a = W x\n«a» = U h", nameof(CellProblem.Name), "defined twice")]
    [InlineData("h = W x\n«h'» = U h", nameof(CellProblem.Name), "is a value of the step")]
    [InlineData("«h''» = W x", nameof(CellProblem.Name), "a prime comes once")]
    [InlineData("«G» = W x", nameof(CellProblem.Name), "begins with a small letter")]
    [InlineData("«1» = W x", nameof(CellProblem.Name), "expected a name, found '1'")]
    [InlineData("h' = W x\noutput «y»", nameof(CellProblem.UnknownName), "no equation defines the output y")]
    [InlineData("state h, «c»\nh' = W x + c", nameof(CellProblem.NoNextValue), "no equation defines c'")]
    [InlineData("vector «p»\nh' = W x", nameof(CellProblem.Unused), "no equation uses 'p'")]
    [InlineData("number «k» = 1\nh' = W x", nameof(CellProblem.Unused), "no equation uses 'k'")]
    [InlineData("«r» = sigmoid(W x)\nh' = tanh(W x + U h)", nameof(CellProblem.Unused), "nothing reads 'r'")]
    [InlineData("f = sigmoid(W x + «g»)\ng = tanh(W x + f)\nh' = g", nameof(CellProblem.Cycle), "'g' is defined by a later line")]
    [InlineData("f = sigmoid(W x + «f»)\nh' = f", nameof(CellProblem.Cycle), "'f' depends on itself")]
    [InlineData("h' = tanh(W x + «h'»)", nameof(CellProblem.Cycle), "depends on itself")]
    [InlineData("h' = «round»(W x)", nameof(CellProblem.NoDerivative), "round has no derivative")]
    [InlineData("h' = W x * (h «>» 0)", nameof(CellProblem.NoDerivative), "a comparison has no derivative")]
    [InlineData("", nameof(CellProblem.Syntax), "there is no equation")]
    public void AMistakeIsToldAtItsCharacters(string text, string problem, string message, string? mark = null)
    {
        string marked = mark is null ? text : text.Replace(" " + mark.Trim('«', '»'), " " + mark);
        string plain = marked.Replace("«", "").Replace("»", "");
        CellFormatException told = Should.Throw<CellFormatException>(() => CellParser.Parse(plain));
        told.Message.ShouldContain(message);
        told.First.Problem.ToString().ShouldBe(problem);
        if (marked.Contains('«'))
        {
            told.First.Start.ShouldBe(marked.IndexOf('«'));
            plain.Substring(told.First.Start, told.First.Length).ShouldBe(marked[(marked.IndexOf('«') + 1)..marked.IndexOf('»')]);
        }
    }

    /// <summary>All mistakes that do not follow from each other, in the order of the text.</summary>
    [Theory]
    [InlineData("a = tanh(W x + «e» + «k»)\nh' = «tan»(a) + «c'»", "'e' is neither|'k' is neither|no function 'tan'|no equation defines c'")]
    [InlineData("weight «v»\nnumber k = «one»\nh' = v x * k + «z»\ns' = «q» * s\noutput «y»", "capital letter|'one' is not a number|'q' is neither|output y")]
    [InlineData("f = sigmoid(W x «f»)\nf2 = «round»(W x + U h)\nh' = f * f2 «)»", "expected ')', found 'f'|round has no derivative|unexpected ')'")]
    [InlineData("vector «p»\n«r» = W x\nnumber «k» = 1\nh' = tanh(W x + U h)", "uses 'p'|reads 'r'|uses 'k'")]
    [InlineData("state h, «c», «e»\nh' = tanh(W x + U h + c + e)", "defines c'|defines e'")]
    [InlineData("a = «W» 1\nn = U a\nh' = n + «x»\ns' = «x»", "multiplied by a number|x has the width I|x has the width I")]
    public void EveryMistakeIsTold(string marked, string messages)
    {
        string text = marked.Replace("«", "").Replace("»", "");
        IReadOnlyList<CellMistake> told = Should.Throw<CellFormatException>(() => CellGraph.Build(CellParser.Parse(text), null)).Mistakes;
        string[] expected = messages.Split('|');
        told.Select(m => m.Message).Zip(expected, (message, part) => message.Contains(part, StringComparison.Ordinal)).ShouldAllBe(found => found, string.Join("\n", told.Select(m => m.Message)));
        told.Count.ShouldBe(expected.Length, string.Join("\n", told.Select(m => m.Message)));
        string again = text;
        foreach (CellMistake mistake in told.Reverse())
        {
            again = again.Insert(mistake.Start + mistake.Length, "»").Insert(mistake.Start, "«");
        }

        again.ShouldBe(marked.Replace("«z»", "z"));
    }

    [Theory]
    [InlineData("h' = W x + «x»", "x has the width I of the layer's input, and the other operand of '+' has the width H, the layer's size; multiply x by a matrix: W x")]
    [InlineData("y = W x\nh' = «x» \noutput y", "the state h has the width H")]
    [InlineData("h' = «1»\ny = W x\noutput y", "is a number, and the state h has the width H")]
    [InlineData("y = «W» 1", "W is multiplied by a number")]
    [InlineData("h' = W x + «W» h", "W is multiplied by values of the widths I and H")]
    [InlineData("width P = 3\nweight V[P] = v\nh' = W x + «V» h", "V has P rows")]
    [InlineData("width P = 3\nstate h[P]\nh' = «W» x", "the state h has the width P")]
    [InlineData("h' = W x * «norm»(x)", "what norm is of")]
    public void WidthsAreChecked(string marked, string message)
    {
        CellFormatException told = Should.Throw<CellFormatException>(() => CellGraph.Build(CellParser.Parse(marked.Replace("«", "").Replace("»", "")), null));
        told.Message.ShouldContain(message);
        told.First.Problem.ShouldBe(CellProblem.Shape);
        told.First.Start.ShouldBe(marked.IndexOf('«'));
        told.First.Length.ShouldBe(marked.IndexOf('»') - marked.IndexOf('«') - 1);
    }

    private static string Show(Expression expression) => expression switch
    {
        Expression.Number number => FormattableString.Invariant($"{number.Value}"),
        Expression.Name name => name.Identifier,
        Expression.Parameter parameter => parameter.Tensor.Symbol,
        Expression.Product product => $"{product.Weight.Symbol}·{Show(product.Operand)}",
        Expression.Call call => $"{call.Function}({string.Join(", ", call.Operands.Select(o => Unwrap(Show(o))))})",
        Expression.Select select => $"select({Show(select.Left)} > {Show(select.Right)}, {Show(select.Then)}, {Show(select.Otherwise)})",
        Expression.Binary binary => $"({Show(binary.Left)} {binary.Operator} {Show(binary.Right)})",
        Expression.Negation negation => "-" + Show(negation.Operand),
        _ => throw new InvalidOperationException(),
    };

    private static string Unwrap(string text) => text.StartsWith('(') ? text[1..^1] : text;
}
