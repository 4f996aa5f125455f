using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Model;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>No name of a user's meets a keyword or a name of the generated code.</summary>
public sealed class CodeNameTests
{
    // One phase and several, streams in registers and to and fro, widths, means, made values, dropout: what is not ASCII is a user's.
    private static readonly (string Cell, string Layers)[] s_greek =
    [
        ("ι = sigmoid(W x + U η + b)\nγ' = ι * γ + (1 - ι) * tanh(W x + U η)\nη' = ι * tanh(γ')", "[Recurrent<C>(5, RecurrentDropout = 0.1)] [Recurrent<C>(17)] [Recurrent<C>(150)]"),
        ("vector π\nbias β\nι = sigmoid(norm(W x + U η) + π * η + β)\nη' = tanh(W x + U (ι * η) + mean(ι) + d) + π", "[Recurrent<C>(9)] [Recurrent<C>(40, Bidirectional = true)] [Recurrent<C>(17)]"),
        ("width P = 19\nstate η[P], γ\nweight V[P]\nvector π[P]\nι = sigmoid(W x + U η + b)\nγ' = ι * γ + tanh(W x + b)\nη' = V (ι * tanh(γ')) + π * η\nω = γ' * ι\noutput ω", "[Recurrent<C>(12)] [Recurrent<C>(70)]"),
    ];

    private static readonly string[] s_names =
    [
        "as", "is", "int", "field", "var", "t", "tail", "tail0", "tailPack", "shared0", "value", "value0", "value0_1", "sum0_0", "sum", "rest1", "row", "ro", "rows", "first", "last", "slots", "lanes", "w", "xw", "x1", "hw", "h1", "hNext", "hPrevious",
        "hPreviousRows", "hNextRows", "dOutput", "dh", "v12", "a_h", "tanh_h", "made0", "made0Values", "numbers", "unit", "block", "start_", "of256", "out_put", "output_", "gradients", "bia", "bias", "ß", "漢", "weights", "ref", "record",
    ];

    /// <summary>The lists of the generated code's own names are whole: every name that kernels declare is on them.</summary>
    [Fact]
    public void TheListsHaveEveryNameOfTheKernels()
    {
        List<string> missing = [];
        foreach ((string cell, string layers) in s_greek)
        {
            foreach (SyntaxTree kernel in Kernels(cell, layers))
            {
                foreach (MethodDeclarationSyntax method in kernel.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
                {
                    string[] declared = [.. method.ParameterList.Parameters.Select(p => p.Identifier.Text), .. method.DescendantNodes().OfType<VariableDeclaratorSyntax>().Select(v => v.Identifier.Text)];
                    missing.AddRange(declared.Where(n => IsOwn(n) && !CodeNames.IsTaken(n)));

                    // If the equations' variables have no suffix, they are beside everything.
                    bool hasPlain = method.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(v => !IsOwn(v.Identifier.Text) && v.Identifier.Text is "ι" or "ηNext" or "γNext");
                    missing.AddRange(declared.Where(n => hasPlain && IsOwn(n) && !CodeNames.IsTakenBesideEquations(n)));
                }
            }
        }

        missing.Distinct().ShouldBeEmpty();
    }

    /// <summary>States and lines of every keyword and of the kernels' own names compile.</summary>
    [Fact]
    public void EveryNameCompiles()
    {
        string[] keywords = [.. SyntaxFacts.GetKeywordKinds().Select(SyntaxFacts.GetText), .. SyntaxFacts.GetContextualKeywordKinds().Select(SyntaxFacts.GetText)];
        string[] names = [.. s_names.Concat(keywords).Distinct().Where(n => n.All(char.IsLetterOrDigit) || n.Contains('_')).Where(n => n.Length > 0 && char.IsLetter(n[0]) && !char.IsUpper(n[0]) && CellNames.OperandsOf(n) is null && n != "x")];
        string[] cells = [.. names.Chunk(24).Select(chunk => Cell([.. chunk.Where(n => n is not ("state" or "weight" or "bias" or "vector" or "number" or "width" or "start" or "output" or "cell" or "select"))]))];
        foreach (string text in cells)
        {
            Errors(Source(text, "[Recurrent<C>(5)] [Recurrent<C>(17)]")).ShouldBe("", text);
        }
    }

    [Theory]
    [InlineData("state h, s\nweight V\na = W x\ns' = tanh(a) + U s + V s\nh' = a * s + W_a x")]
    [InlineData("h' = mean(tanh(W x + U h + b))")]
    [InlineData("h' = mean(W x) * h")]
    [InlineData("h' = tanh(W x\u0085 + U h) # \u2028 & < \u0001")]
    [InlineData("h' = tanh(W x + # & <b\n U h)")]
    [InlineData("number n = 1e30\nstart b = 1e20\nh' = tanh(W x + b) / n / n + h / n")]
    public void ItCompiles(string text) => Errors(Source(text, "[Recurrent<C>(5)]")).ShouldBe("");

    /// <summary>Layers are called after their classes and numbered: no class is taken for another layer.</summary>
    [Fact]
    public void ClassesOfAnyNameCompile()
    {
        string[] names = ["@class", "A", "A1", "A1_", "Head", "Dense", "Norm", "Query", "Bridge", "DecoderA", "K", "Unsafe", "VectorMath", "State", "漢", "_", "@as"];
        string cells = string.Concat(names.Select(n => $"[Cell(\"h' = tanh(W x + U h + b)\")] public sealed class {n} : ICell;\n"));
        string layers = string.Join("\n", names.Take(12).Select(n => $"[Recurrent<Cells.{n}>(3)]"));
        string more = string.Join("\n", names.Skip(12).Select(n => $"[Recurrent<Cells.{n}>(3)]"));
        Errors($$"""
            namespace Cells
            {
                {{cells}}
            }

            namespace @namespace.@class.RnnGenerated
            {
                [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 2, OutputSize = 1)]
                {{layers}}
                public sealed partial class @event;

                [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 2, OutputSize = 1)]
                {{more}}
                public sealed partial class @int;
            }
            """).ShouldBe("");
    }

    // Each name is a line and, primed, a state; of both widths.
    private static string Cell(IReadOnlyList<string> names)
    {
        List<string> lines = [];
        string sum = "W x + U h + b";
        for (int i = 0; i < names.Count; i++)
        {
            lines.Add(i % 3 == 0 ? $"{names[i]}' = tanh(W x + 0.5 * {names[i]} + U {names[i]})" : i % 3 == 1 ? $"{names[i]} = sigmoid({sum})" : $"{names[i]} = tanh(W x) * h");
            sum = $"W x + U h + {names[i]}{(i % 3 == 0 ? "'" : "")}";
        }

        lines.Add($"h' = tanh({sum}) + {string.Join(" + ", names.Select((n, i) => i % 3 == 0 ? n + "'" : n))}");
        return string.Join("\n", lines);
    }

    private static bool IsOwn(string name) => name.All(char.IsAscii) && !System.Text.RegularExpressions.Regex.IsMatch(name, "^((v[0-9]+|dOutput|dmade[0-9]+(Next)?|b|d|d_[bd]|d?a)(_[0-9]+|_b|_ofRow)?|.*Rows)$");

    private static IEnumerable<SyntaxTree> Kernels(string cell, string layers)
    {
        GeneratorRunResult result = Compiler.Generate(Compiler.Create(Source(cell, layers))).Result;
        result.Exception.ShouldBeNull();
        SyntaxTree[] kernels = [.. result.GeneratedSources.Where(s => s.HintName.Contains("Kernels.C_", StringComparison.Ordinal)).Select(s => s.SyntaxTree)];
        kernels.ShouldNotBeEmpty();
        return kernels;
    }

    // The author's own missing comments aside.
    private static string Errors(string source)
    {
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(source));
        return $"{result.Exception}{string.Join("\n", Compiler.Faults(output).Concat(output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && d.Id != "CS1591")).Take(5))}";
    }

    private static string Source(string cell, string layers) => $"""
        [Cell({SymbolDisplay.FormatLiteral(cell, quote: true)})]
        public sealed class C : ICell;
        [RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 2, OutputSize = 2)]
        {layers}
        public sealed partial class M;
        """;
}
