using Microsoft.CodeAnalysis;
using RnnGen.CodeFixes;
using RnnGen.Generator.Analyzing;
using RnnGen.Generator.Model;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>What an editor offers beside a diagnostic fixes it.</summary>
public sealed class CodeFixTests
{
    private const string Model = "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)]";

    /// <summary>Rules whose fix needs a thought: names, base classes, sizes, versions, weights, and equations.</summary>
    private static readonly string[] Thoughtful = 
    [
        "RNN004", "RNN006", "RNN013", "RNN018", "RNN019", "RNN020", "RNN046", "RNN047", "RNN048", "RNN050", "RNN051", "RNN052", "RNN053", "RNN054", "RNN055", "RNN056", "RNN057", "RNN058", "RNN059",
        "RNN065", "RNN069", "RNN070", "RNN090",
    ];

    /// <summary>Source, title and what the fix makes of it.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        { "/// <summary>One.</summary>\n" + Model + "\n[Lstm(8)] // units\nclass M;", "Make 'M' partial", "/// <summary>One.</summary>\n" + Model + "\n[Lstm(8)] // units\npartial class M;" },
        { "public class A\n{\n    " + Model + "\n    [Lstm(8)]\n    public partial class M;\n}", "Make 'A' partial", "public partial class A\n{\n    " + Model + "\n    [Lstm(8)]\n    public partial class M;\n}" },
        { Model + "\n[Lstm(8)]\npublic sealed partial record M { }", "Declare 'M' as a class", Model + "\n[Lstm(8)]\npublic sealed partial class M { }" },
        { Model + "\n[Lstm(8)]\npublic static partial class M;", "Remove 'static'", Model + "\n[Lstm(8)]\npublic partial class M;" },
        { Model + "\n[Lstm(8)]\nfile partial class M;", "Remove 'file'", Model + "\n[Lstm(8)]\npartial class M;" },
        { Model + "\n[Lstm(8)]\npublic partial class M\n{\n    public M(string name) { }\n}", "Call the generated constructor", Model + "\n[Lstm(8)]\npublic partial class M\n{\n    public M(string name, int seed) : this(seed) { }\n}" },
        { Model + "\n[Lstm(8)]\npublic partial class M\n{\n    public required int Kind { get; set; }\n}", "Remove 'required'", Model + "\n[Lstm(8)]\npublic partial class M\n{\n    public int Kind { get; set; }\n}" },
        { Model + "\npublic partial class M;", "Add [Gru(32)]", Model + "\n[Gru(32)]\npublic partial class M;" },
        { "namespace N\n{\n    // Units.\n    [Lstm(8)]\n    public partial class M;\n}", "Add [RnnModel]", "namespace N\n{\n    // Units.\n    [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 32, OutputSize = 1)]\n    [Lstm(8)]\n    public partial class M;\n}" },
        { Model + "\n[Lstm(8)]\npublic partial class M;\n\n[Gru(9)]\npublic partial class M;", "Move the layer to the part with [RnnModel]", Model + "\n[Lstm(8)]\n[Gru(9)]\npublic partial class M;\n\npublic partial class M;" },
        { "[RnnModel(default, SequenceLength = 4)]\n[Lstm(8)]\npublic partial class M;", "Add 'InputSize = 1'", "[RnnModel(default, SequenceLength = 4, InputSize = 1)]\n[Lstm(8)]\npublic partial class M;" },
        { Model + "\n[Lstm(-8)]\npublic partial class M;", "Use 1", Model + "\n[Lstm(1)]\npublic partial class M;" },
        { Model + "\n[Rnn(8, Activation = Activation.Sigmoid)]\npublic partial class M;", "Use Activation.Relu", Model + "\n[Rnn(8, Activation = Activation.Relu)]\npublic partial class M;" },
        { "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy, OutputActivation = Activation.Tanh), Lstm(8)]\npublic partial class M;", "Remove 'OutputActivation'", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 3, Loss = Loss.CrossEntropy), Lstm(8)]\npublic partial class M;" },
        { "[RnnModel(default, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)] // reads\n[Embedding(10, 3)]\npublic partial class M;", "Make the embedding the first layer", "[RnnModel(default, SequenceLength = 4, OutputSize = 1)]\n[Embedding(10, 3)]\n[Lstm(8)] // reads\npublic partial class M;" },
        { "[RnnModel(default, SequenceLength = 4, OutputSize = 1)]\n[Embedding(9, 4, Dropout = 0.5)]\n[Lstm(8)]\npublic partial class M;", "Move 'Dropout' to the next layer", "[RnnModel(default, SequenceLength = 4, OutputSize = 1)]\n[Embedding(9, 4)]\n[Lstm(8, Dropout = 0.5)]\npublic partial class M;" },
        { "[RnnModel(default, InputSize = 1, SequenceLength = 96, OutputSize = 1, RecomputeEvery = 11)]\n[Lstm(8)]\npublic partial class M;", "Use 12", "[RnnModel(default, InputSize = 1, SequenceLength = 96, OutputSize = 1, RecomputeEvery = 12)]\n[Lstm(8)]\npublic partial class M;" },
        { "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1), LayerNorm, Lstm(8)]\npublic partial class M;", "Move [LayerNorm] after the next layer", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1), Lstm(8), LayerNorm]\npublic partial class M;" },
        { "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Lstm(9)]\npublic partial class M;", "Add [Decoder]", "[RnnModel(Architecture.EncoderDecoder, InputSize = 1, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n[Lstm(8)]\n[Decoder]\n[Lstm(9)]\npublic partial class M;" },
        { "[RnnModel(default, InputSize = 1, SequenceLength = 400, OutputSize = 1)]\n[Rnn(8, Activation = Activation.Relu, Bidirectional = true)]\npublic partial class M;", "Use [Gru]", "[RnnModel(default, InputSize = 1, SequenceLength = 400, OutputSize = 1)]\n[Gru(8, Bidirectional = true)]\npublic partial class M;" },
        { Model.Replace("1)]", "1, Precision = Precision.Double, PredictionWeights = WeightFormat.Int8)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Remove 'PredictionWeights'", Model.Replace("1)]", "1, Precision = Precision.Double)]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;" },
        { Model.Replace("1)]", "1, Weights = \"wave.safetensors\")]", StringComparison.Ordinal) + "\n[Lstm(8)]\npublic partial class M;", "Remove 'Weights'", Model + "\n[Lstm(8)]\npublic partial class M;" },
        { "[Loss(\"loss = abs(y - target)\")]\npublic sealed class L : ILoss;\n" + Model.Replace("1)]", "1, Loss = Loss.Huber)]", StringComparison.Ordinal) + "\n[Loss<L>]\n[Lstm(8)]\npublic partial class M;", "Remove 'Loss'", "[Loss(\"loss = abs(y - target)\")]\npublic sealed class L : ILoss;\n" + Model + "\n[Loss<L>]\n[Lstm(8)]\npublic partial class M;" },
        { Model + "\n[Lstm(20)]\npublic partial class M;", "Use 32", Model + "\n[Lstm(32)]\npublic partial class M;" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Writes(string source, string title, string expected)
    {
        List<(string Title, string Text)> fixes = await Fixes.ApplyAll("using RnnGen;\n" + source);
        fixes.Select(fix => fix.Title).ShouldContain(title);
        fixes.Single(fix => fix.Title == title).Text.ShouldBe("using RnnGen;\n" + expected);
    }

    /// <summary>Names that the file has no using for are written in full.</summary>
    [Fact]
    public async Task WithoutAUsing()
    {
        const string Source = "[RnnGen.RnnModel(RnnGen.Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[$]\npublic partial class M;";
        List<(string Title, string Text)> fixes = await Fixes.ApplyAll(Source.Replace("$", "RnnGen.Rnn(8, Activation = RnnGen.Activation.Sigmoid)", StringComparison.Ordinal));
        fixes[0].Text.ShouldBe(Source.Replace("$", "RnnGen.Rnn(8, Activation = RnnGen.Activation.Tanh)", StringComparison.Ordinal));
    }

    /// <summary>A name that another using brings too: of the compiler's errors, one has a fix.</summary>
    [Theory]
    [InlineData("using System.Runtime.InteropServices;\nusing RnnGen;\n", "", "Architecture", "[RnnModel($.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\npublic partial class M;")]
    [InlineData("// Mine.\n", "    using RnnGen;\n    using System.Runtime.InteropServices; // both\n    // Sizes.\n", "Architecture", "    public static class A { public static object B => $.ManyToOne; }\n}", "namespace N\n{\n")]
    [InlineData("using RnnGen;\nusing Other;\n\n", "", "LstmAttribute", "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8)]\npublic partial class M;\nnamespace Other { public sealed class LstmAttribute(int size) : System.Attribute { public int Size => size; } }")]
    public async Task AmbiguousNamesAreOurs(string before, string inner, string name, string code, string opening = "")
    {
        string source = (before + opening + inner + code).Replace("$", name, StringComparison.Ordinal);
        Compiler.Create(source).GetDiagnostics().Select(found => found.Id).ShouldContain("CS0104", source);

        (string title, string text) = (await Fixes.ApplyAll(source)).ShouldHaveSingleItem();

        title.ShouldBe($"Add 'using {name} = RnnGen.{name};'");
        Compiler.Create(text).GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).ShouldBeEmpty(text);
        text.Split('\n').Where(line => line.Trim() != $"using {name} = RnnGen.{name};").ShouldBe(source.Split('\n'));
    }

    /// <summary>Where neither type is ours there is nothing to offer.</summary>
    [Fact]
    public async Task OtherAmbiguousNamesAreLeftAlone() =>
        (await Fixes.ApplyAll("using A;\nusing B;\nclass M { C c; }\nnamespace A { class C; }\nnamespace B { class C; }")).ShouldBeEmpty();

    /// <summary>On every case of the analyzer's tests each fix that is offered takes the diagnostic away and brings no error that the compiler finds.</summary>
    [Fact]
    public async Task EveryFixWorksInEveryCase()
    {
        var offered = new HashSet<string>(StringComparer.Ordinal);
        foreach (object[] row in DiagnosticTests.Cases.Concat(AdviceTests.Cases))
        {
            var (rule, marked) = ((string)row[0], (string)row[1]);
            string source = "using RnnGen;\n" + marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal);
            foreach ((string title, string text) in await Fixes.ApplyAll(source))
            {
                offered.Add(rule);
                Found(text, rule).ShouldBe(0, $"{rule} {title}\n{source}\n\n{text}");
                // Constructors call the generated one.
                Compilation corrected = rule == "RNN005" ? Compiler.Generate(Compiler.Create(text)).Output : Compiler.Create(text);
                corrected.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ShouldBeEmpty($"{title}\n{text}");
            }
        }

        string[] all = [.. new RnnModelAnalyzer().SupportedDiagnostics.Select(descriptor => descriptor.Id)];
        offered.Order(StringComparer.Ordinal).ShouldBe(all.Except(Thoughtful));
        new ModelCodeFixes().FixableDiagnosticIds.ShouldBe(offered.Append("CS0104"), ignoreOrder: true);

        static int Found(string source, string rule) => Compiler.Analyze(Compiler.Create(source)).Count(diagnostic => diagnostic.Id == rule);
    }
}
