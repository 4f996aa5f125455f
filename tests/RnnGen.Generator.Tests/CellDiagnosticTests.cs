using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>A mistake in a cell's equations is reported at its characters in the text, marked <c>⟦so⟧</c>, however the text is written.</summary>
public sealed class CellDiagnosticTests
{
    private const string Model = "\n[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 1)]\n[Recurrent<C>(8)]\npublic partial class M;";

    /// <summary>Rule, source of the cell with the place marked, and a part of the message.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        { "RNN050", Raw("h' = tanh(W x + U h ⟦h⟧)"), "values are multiplied by '*'" },
        { "RNN051", Raw("f = sigmoid(W x + b)\n    h' = f * tanh(W x + ⟦e⟧)"), "vector e" },
        { "RNN052", Raw("h' = tanh(W x + U h) + ⟦x⟧"), "W x" },
        { "RNN053", Raw("⟦r⟧ = sigmoid(W x)\n    h' = tanh(W x + U h)"), "nothing reads 'r'" },
        { "RNN054", Raw("state h, ⟦c⟧\n    h' = tanh(W x + U h + c)"), "c'" },
        { "RNN055", Raw("f = sigmoid(W x + ⟦g⟧)\n    g = tanh(U f)\n    h' = f * h + g"), "a later line" },
        { "RNN056", Raw("h' = tanh(W x + U h) * (h ⟦>⟧ 0)"), "select" },
        { "RNN057", Raw("n = W x\n    ⟦n⟧ = U h\n    h' = n"), "defined twice" },
        { "RNN058", "[Cell(⟦\"h' = 0.5 * h\"⟧)]\npublic sealed class C : ICell;", "no matrix product" },
    };

    /// <summary>A parameter that simplification removes, or that changes nothing, is told by its name and line.</summary>
    public static TheoryData<string, string, string> Removed => new()
    {
        { "RNN058", Raw("h' = tanh(W x + b + (h - h) * ⟦U⟧ h)"), "U in the line for h'" },
        { "RNN058", Raw("h' = tanh(W x + b + 0 * ⟦U⟧ h)"), "multiplied by 0" },
        { "RNN058", Raw("y = tanh(W x)\n    h' = y + (y - y) * ⟦b_h⟧"), "b in the line for h'" },
        { "RNN058", Raw("weight V\n    y = tanh(W x + U h)\n    h' = y + ⟦V⟧ h - V h"), "V in the line for h'" },
        { "RNN058", Raw("h' = tanh(W x + ⟦U⟧ (h - h))"), "is always 0" },
        { "RNN058", Raw("s' = tanh(W x + U s)\n    h' = h ⟦-⟧ h"), "always 0" },
        { "RNN058", Raw("y = sigmoid(W x)\n    h' = tanh(W x + U h) * select(⟦b⟧ > h, y, 0.5)"), "comparison" },
        { "RNN058", Raw("h' = tanh(W x + ⟦U⟧ h - U h)"), "U in the line for h' has no gradient: its terms cancel out" },
        { "RNN058", Raw("h' = tanh(⟦U⟧ h - U h + W x)"), "its terms cancel out" },
        { "RNN058", Raw("h' = tanh(-(⟦U⟧ h) + W x + U h)"), "its terms cancel out" },
        { "RNN058", Raw("h' = tanh(W x - (⟦U⟧ h - h) + U h)"), "its terms cancel out" },
        { "RNN058", Raw("h' = tanh((W x + ⟦b⟧) - (U h + b))"), "b in the line for h'" },
        { "RNN058", Raw("h' = tanh(⟦b⟧ + U h - (b - W x))"), "b in the line for h'" },
        { "RNN058", Raw("weight V\n    h' = tanh(W x + U h + V s)\n    s' = h * (V h + ⟦b⟧ - V s) - b * h"), "b in the line for s'" },
        { "RNN058", Raw("weight V\n    a = W x + ⟦V_a⟧ h\n    e = a - U h\n    h' = tanh(e - V_a h)"), "in the line for a has no gradient: its terms cancel out" },
        { "RNN058", Raw("weight V\n    h' = tanh(W x + U h + 2 * (⟦V⟧ h - h) - V h * 0.5 - 1.5 * V h)"), "V in the line for h'" },
        { "RNN058", Raw("weight V\n    h' = tanh(W x + U h + 0.1 * (⟦V⟧ h) + 0.2 * (V h) - V h * 0.3)"), "V in the line for h'" },
        { "RNN058", Raw("vector p\n    y = sigmoid(W x + U h)\n    h' = y * (⟦p⟧ + h) - p * y"), "p in the line for h'" },
        { "RNN058", Raw("weight V\n    h' = tanh(W x + U h + ⟦V⟧ (2 * h + 1) - 2 * (V h) - V (h + 1 - h))"), "V in the line for h'" },
        { "RNN058", Raw("weight V\n    h' = tanh(⟦V⟧ h + b) - tanh(b + W x - W x + V h) + sigmoid(W x + U h + b)"), "V in the line for h'" },
        { "RNN058", Raw("h' = tanh(1 ⟦/⟧ 0 + W x + U h)"), "the divisor is always 0" },
        { "RNN058", Raw("h' = tanh(W x + ⟦log⟧(0 - 1) * (U h))"), "this is always NaN" },
        { "RNN058", Raw("h' = tanh(W x + U h) * ⟦sqrt⟧(-1)"), "this is always NaN, which is no finite number" },
        { "RNN058", Raw("h' = tanh(W x + U h) + ⟦exp⟧(1000)"), "this is always Infinity" },
        { "RNN058", Raw("h' = tanh(W x + U h) + 1e30 ⟦*⟧ 1e30"), "which is no finite number of type float" },
        { "RNN058", Raw("h' = tanh(W x + U h) ⟦/⟧ (h - h)"), "the divisor is always 0" },
        { "RNN058", Raw("h' = select(h > 0, tanh(W x + U h), ⟦log⟧(0))"), "this is always -Infinity" },
        { "RNN058", Raw("number k = 0\n    h' = tanh(W x + U h) ⟦/⟧ k"), "the divisor is always 0" },
        { "RNN058", Raw("h' = norm(W x + mean(⟦U⟧ h))"), "has no gradient: its terms cancel out" },
        { "RNN058", "[Cell(⟦\"number k = 0; h' = h + k * tanh(W x + U h)\"⟧)]\npublic sealed class C : ICell;", "nothing is left of the cell's matrix products: with k = 0 they are multiplied by 0" },
        { "RNN058", "[Cell(⟦\"h' = 0.5 * h + 0 * tanh(W x + U h)\"⟧)]\npublic sealed class C : ICell;", "nothing is left of the cell's matrix products: they are multiplied by 0" },
        { "RNN058", Raw("h' = tanh(W x + U h) * ⟦exp⟧(0 - 1000)"), "this is always 0, since it is too small for a number of type double" },
        { "RNN058", Raw("h' = tanh(W x + U h) * (1e-30 ⟦*⟧ 1e-30)"), "which is too small for a number of type float" },
        { "RNN058", Raw("h' = tanh(W x + U h) * ⟦1e-50⟧"), "this is always 1E-50, which is too small for a number of type float" },
        { "RNN050", Raw("h' = tanh(W x + U h) * ⟦1e-400⟧"), "'1e-400' is too small for a number of type double, and would be 0" },
        { "RNN050", Raw("number k = ⟦0.01e-400⟧\n    h' = k * tanh(W x + U h)"), "too small" },
    };

    /// <summary>What says one thing stands once.</summary>
    public static TheoryData<string, string, string> Twice => new()
    {
        { "RNN057", Raw("start b = 1\n    start ⟦b⟧ = 2\n    h' = tanh(W x + U h + b)"), "the start of 'b' is given twice" },
        { "RNN057", Raw("start b = 1\n    start ⟦b_h⟧ = 1\n    h' = tanh(W x + U h + b)"), "the start of 'b_h' is given twice" },
        { "RNN057", Raw("start b_f = 1\n    start ⟦b_f⟧ = 2\n    f = sigmoid(W x + b)\n    h' = f * tanh(W x + U h + b)"), "the start of 'b_f' is given twice" },
        { "RNN057", Raw("output y\n    output ⟦h'⟧\n    y = tanh(W x)\n    h' = tanh(W x + U h) + y"), "the output is defined twice" },
        { "RNN057", Raw("heads = 2\n    ⟦heads⟧ = 4\n    h' = tanh(W x + U h)"), "the number of heads is defined twice" },
        { "RNN050", Raw("heads = ⟦0⟧\n    h' = tanh(W x + U h)"), "heads is a whole number from 1 to" },
        { "RNN052", Raw("width P = 3\n    state h[P]\n    weight V[P]\n    ⟦heads⟧ = 2\n    h' = V tanh(W x + U h)"), "the cell has a second width, P" },
        { "RNN053", Raw("⟦heads⟧ = 2\n    h' = h + tanh(W x)"), "nothing to divide into heads" },
        { "RNN057", Raw("cell A\n    cell ⟦B⟧\n    h' = tanh(W x + U h)"), "the cell's name is defined twice" },
    };

    /// <summary>A parameter's blocks begin with one number, and one of them with another.</summary>
    [Fact]
    public void ABlockMayBeginOtherwiseThanTheOthers() => Compiler.Compile(
        Raw("start b = 1\n    start b_f = 2\n    f = sigmoid(W x + b)\n    h' = f * tanh(W x + U h + b)").Replace("public", "internal", StringComparison.Ordinal) + Model);

    /// <summary>Terms of a parameter that do not all cancel out leave it learned.</summary>
    [Theory]
    [InlineData("a = U_a h\n    h' = tanh(W x + U_a h - U_a h) + a")]
    [InlineData("h' = tanh((W x + b) - (U h + d))")]
    [InlineData("h' = tanh(W x + U h + U h)")]
    [InlineData("h' = tanh(W x + 2 * (U h) - U h)")]
    [InlineData("h' = tanh(W x + U h) - tanh(W x - U h)")]
    [InlineData("y = tanh(W x)\n    h' = tanh(W x + U h - U y)")]
    [InlineData("h' = tanh(W x + U (h + 1) - U h)")]
    [InlineData("y = sigmoid(W x + b)\n    h' = y * (U h + b) - b * h")]
    [InlineData("h' = norm(W x + U h) + mean(b)")]
    public void WhatRemainsIsLearned(string text) => Compiler.Compile(Raw(text).Replace("public", "internal", StringComparison.Ordinal) + Model);

    private static string Raw(string text) => $"[Cell(\"\"\"\n    {text}\n    \"\"\")]\npublic sealed class C : ICell;";

    [Theory]
    [MemberData(nameof(Cases))]
    [MemberData(nameof(Removed))]
    [MemberData(nameof(Twice))]
    [InlineData("RNN050", "[Cell(\"h' = tanh(W x + ---------------------------------------------------------------------------------------------------⟦h⟧)\")] public sealed class C : ICell;", "100 deep")]
    [InlineData("RNN051", "[Cell(\"h' = tanh(W x + ⟦e⟧)\")] public sealed class C : ICell;", "vector e")]
    [InlineData("RNN051", "[Cell(\"\\th' = W x;\\u0061 = 1\\n s' = a * ⟦zz⟧\")] public sealed class C : ICell;", "'zz'")]
    [InlineData("RNN051", "[Cell(@\"# a \"\"cell\"\"\n h' = tanh(W x + ⟦e⟧)\")] public sealed class C : ICell;", "vector e")]
    [InlineData("RNN051", "[Cell(\"\"\"h' = tanh(W x + ⟦e⟧)\"\"\")] public sealed class C : ICell;", "vector e")]
    [InlineData("RNN051", "[Cell(\"\"\"\"\r\n\t  h' = tanh(W x\r\n\r\n\t    + ⟦e⟧)\r\n\t  \"\"\"\")] public sealed class C : ICell;", "vector e")]
    [InlineData("RNN051", "[Cell(⟦\"h' = tanh(W x\" + \" + e)\"⟧)] public sealed class C : ICell;", "vector e")]
    [InlineData("RNN051", "[Cell(⟦T.Text⟧)] public sealed class C : ICell; public static class T { public const string Text = \"h' = tanh(W x + e)\"; }", "vector e")]
    public void IsReportedAtItsCharacters(string rule, string marked, string message)
    {
        int start = marked.IndexOf('⟦', StringComparison.Ordinal);
        string expected = marked[(start + 1)..marked.IndexOf('⟧', StringComparison.Ordinal)];
        string source = marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal);
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(source + Model));
        result.Exception.ShouldBeNull();
        result.GeneratedSources.ShouldBeEmpty();
        Diagnostic found = Compiler.Analyze(output).ShouldHaveSingleItem("the model's layer repeats nothing");
        found.Id.ShouldBe(rule);
        found.Severity.ShouldBe(DiagnosticSeverity.Error);
        found.GetMessage(CultureInfo.InvariantCulture).ShouldContain(message);
        found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe(expected);
        found.Location.SourceSpan.Start.ShouldBe("using RnnGen;\n".Length + start);
    }

    /// <summary>Several mistakes in one text, each at its characters.</summary>
    [Fact]
    public void EachMistakeIsReported()
    {
        string marked = Raw("vector ⟦P⟧\n    f = sigmoid(W x + ⟦e⟧) * ⟦floor⟧(U h)\n    h' = f * tanh(W x ⟦h⟧)");
        string source = marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal);
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(source + Model));
        result.GeneratedSources.ShouldBeEmpty();
        Diagnostic[] found = [.. Compiler.Analyze(output).OrderBy(d => d.Location.SourceSpan.Start)];
        found.Select(d => d.Id).ShouldBe(["RNN057", "RNN051", "RNN056", "RNN050"]);
        found.Select(d => source.Substring(d.Location.SourceSpan.Start - "using RnnGen;\n".Length, d.Location.SourceSpan.Length)).ShouldBe(["P", "e", "floor", "h"]);
    }

    [Fact]
    public void ALayerWithoutACellIsReported()
    {
        Report("public sealed class C : ICell;" + Model, "RNN059", "Recurrent<C>(8)", "has no equations");
        Report("[Cell(\"y = tanh(W x)\")] public sealed class C : ICell;" + Model, "RNN059", "Recurrent<C>(8)", "has no state");
        string numbered = "[Cell(\"number k = 1; h' = k * tanh(W x)\")] internal sealed class C : ICell;" + Model;
        Report(numbered.Replace("(8)", "(8, Numbers = \"k = one\")"), "RNN050", "Numbers = \"k = one\"", "The cell 'C': 'k = one' in Numbers is not of the form name = number");
        Report(numbered.Replace("(8)", "(8, Numbers = \"k = 1, k = 2\")"), "RNN050", "Numbers = \"k = 1, k = 2\"", "The cell 'C': 'k' is given twice in Numbers; keep one of them");
        Report("[Cell(\"number k = 1; h' = tanh(W x) / k\")] internal sealed class C : ICell;" + Model.Replace("(8)", "(8, Numbers = \"k = 0\")"), "RNN058", "Numbers = \"k = 0\"", "the divisor is always 0");
        Report(numbered.Replace("(8)", "(8, Numbers = \"k = 1e-400\")"), "RNN050", "Numbers = \"k = 1e-400\"", "too small for a number of type double");
        Report("[Cell(\"number k = 0.5; h' = h + (1 - k) * tanh(W x + U h)\")] internal sealed class C : ICell;" + Model.Replace("(8)", "(8, Numbers = \"k = 1\")"), "RNN058", "Numbers = \"k = 1\"",
            "nothing is left of the cell's matrix products: with k = 1 they are multiplied by 0");
        Report("[Cell(null!)] public sealed class C : ICell;" + Model, "RNN059", "Recurrent<C>(8)", "has null for equations");
        Report("[Cell(equations: default(string)!)] public sealed class C : ICell;" + Model, "RNN059", "Recurrent<C>(8)", "has null for equations");
        Report(numbered.Replace("(8)", "(8, Numbers = \"q = 1\")"), "RNN051", "Numbers = \"q = 1\"", "'q'");
        string heads = "[Cell(\"heads = 3; h' = tanh(W x + U h)\")] internal sealed class C : ICell;" + Model;
        Report(heads, "RNN052", "8", "The cell 'C': 8 units are not divided by 3 heads; give a multiple of 3, or another number of heads");
        Report(heads.Replace("(8)", "(8, Numbers = \"heads = 1.5\")"), "RNN050", "Numbers = \"heads = 1.5\"", "heads is a whole number from 1 to");
        Report(numbered.Replace("(8)", "(8, Numbers = \"heads = 2\")"), "RNN051", "Numbers = \"heads = 2\"", "the layer sets 'heads', but no line says 'heads = …'");
        Compiler.Compile(numbered.Replace("(8)", "(8, Numbers = \"k = 0.25\")"));
        Compiler.Compile(heads.Replace("(8)", "(8, Numbers = \"heads = 2\")"));

        static void Report(string source, string rule, string place, string message)
        {
            (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(source));
            result.GeneratedSources.ShouldBeEmpty();
            Diagnostic found = Compiler.Analyze(output).ShouldHaveSingleItem();
            (found.Id, found.GetMessage(CultureInfo.InvariantCulture).Contains(message)).ShouldBe((rule, true), found.ToString());
            found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe(place);
        }
    }

    [Theory]
    [InlineData("r = sigmoid(W x + U h + b)\n    h' = tanh(W x + ⟦U⟧ (r * h) + b)", "2 phases a step", "multiplied by a value")]
    [InlineData("h' = tanh(⟦norm⟧(W x + U h) + b)", "3 phases a step", "all units of a row")]
    public void SeveralPhasesAreAdvice(string text, string phases, string why)
    {
        string marked = Raw(text);
        int start = marked.IndexOf('⟦', StringComparison.Ordinal);
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal) + Model));
        result.Exception.ShouldBeNull();
        result.GeneratedSources.ShouldNotBeEmpty();
        Diagnostic found = Compiler.Analyze(output).ShouldHaveSingleItem();
        (found.Id, found.Severity).ShouldBe(("RNN065", DiagnosticSeverity.Info));
        found.GetMessage(CultureInfo.InvariantCulture).ShouldContain(phases);
        found.GetMessage(CultureInfo.InvariantCulture).ShouldContain(why);
        found.Location.SourceSpan.Start.ShouldBe("using RnnGen;\n".Length + start);
    }

    /// <summary>A user's LSTM is the built-in one, to the instruction: the kernels differ in nothing but their names.</summary>
    [Fact]
    public void AnLstmOfAUsersOwnHasTheSameKernels()
    {
        const string Own = """"
            [Cell("""
                start b_f = 1
                i  = sigmoid(W x + b + U h + d)
                f  = sigmoid(W x + b + U h + d)
                g  = tanh(W x + b + U h + d)
                o  = sigmoid(W x + b + U h + d)
                c' = f * c + i * g
                h' = o * tanh(c')
                """)]
            public sealed class Lstm : ICell;

            [RnnModel(Architecture.ManyToMany, InputSize = 5, SequenceLength = 4, OutputSize = 2)]
            [LAYER(40)]
            public partial class M;
            """";
        ImmutableArray<GeneratedSourceResult> own = Compiler.Generate(Compiler.Create(Own.Replace("LAYER", "Recurrent<Lstm>"))).Result.GeneratedSources;
        ImmutableArray<GeneratedSourceResult> shipped = Compiler.Generate(Compiler.Create(Own.Replace("[LAYER(40)]", "[global::RnnGen.Lstm(40)]"))).Result.GeneratedSources;
        own.Length.ShouldBe(shipped.Length);
        string[] mine = [.. own.Where(s => s.HintName.Contains("Kernels.Lstm_")).Select(Text)];
        mine.Length.ShouldBe(3, "one a vector width");
        mine.ShouldBe(shipped.Where(s => s.HintName.Contains("Kernels.Lstm_")).Select(Text));
        string model = Text(own.Single(s => s.HintName == "M.g.cs"));
        model.ShouldContain("/// i  = sigmoid(W x + b + U h + d)\n");
        model.ShouldContain("/// ∂a_o = ");
        model.ShouldContain("U_iᵀ ∂a_i");
        model.ShouldBe(Text(shipped.Single(s => s.HintName == "M.g.cs")));

        // What is saved of the declaration has the equations, or their hash.
        static string Text(GeneratedSourceResult source) => System.Text.RegularExpressions.Regex.Replace(
            System.Text.RegularExpressions.Regex.Replace(source.SourceText.ToString(), "\n *(Specification|Details) = .*", ""), "Lstm_[0-9a-f]{16}_", "Lstm_").Replace("/// LSTM, ", "/// Lstm, ");
    }

    /// <summary>What the generator caches on holds the equations, wherever they are written.</summary>
    [Fact]
    public void AnEditOfACellInAnotherFileRegeneratesItsModel()
    {
        const string Cell = "[Cell(\"h' = tanh(W x + U h)\")] public sealed class C : ICell;";
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation compilation = Compiler.Create(Model, Cell);
        GeneratorDriver driver = Compiler.Driver().RunGenerators(compilation);
        Kernel(driver).ShouldContain("VectorMath.Tanh");
        SyntaxTree tree = compilation.SyntaxTrees[1];
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation edited = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(tree.ToString().Replace("tanh", "sin"))));
        driver = driver.RunGenerators(edited);
        Kernel(driver).ShouldNotContain("VectorMath.Tanh");
        Kernel(driver).ShouldContain("VectorMath.Sin");

        SyntaxTree again = edited.SyntaxTrees[1];
        driver = driver.RunGenerators(edited.ReplaceSyntaxTree(again, again.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(again + "\n// a comment"))));
        driver.GetRunResult().Results.Single().TrackedSteps[RnnModelGenerator.Steps.Models].SelectMany(s => s.Outputs)
            .ShouldAllBe(o => o.Reason == IncrementalStepRunReason.Unchanged || o.Reason == IncrementalStepRunReason.Cached);

        static string Kernel(GeneratorDriver driver) => driver.GetRunResult().Results.Single().GeneratedSources.First(s => s.HintName.Contains("Kernels.C_")).SourceText.ToString();
    }
}
