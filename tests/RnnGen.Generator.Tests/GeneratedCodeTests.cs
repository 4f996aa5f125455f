using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>The generated code compiles without a warning wherever a model may stand and whatever it is made of.</summary>
public sealed class GeneratedCodeTests
{
    private const string Doc = "/// <summary>Documented.</summary>\n";

    private const string Head = Doc + "[RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 2)]\n[Lstm(8)]\n[Dense(5)]\n";

    [Theory]
    [InlineData("$public sealed partial class M;")]
    [InlineData("$internal partial class M;")]
    [InlineData("$partial class M;")]
    [InlineData("namespace A.B.C; $public partial class M;")]
    [InlineData("namespace @class.@namespace; $public partial class @event;")]
    [InlineData("namespace A.System; $public partial class M;\ninternal class Math; internal class MathF; internal class Span; internal class ReadOnlySpan; internal class Single; internal class Int32; internal class Vector;")]
    [InlineData("namespace A.RnnGen.Vector; $public partial class M;")]
    [InlineData("namespace N; #public partial class A { $private partial class M; }")]
    [InlineData("#public partial struct A { #internal partial interface B { #public partial record C { $private protected partial class M; } } }")]
    [InlineData("#public static partial class A { $public sealed partial class M; }")]
    [InlineData("#public partial record struct A(int Size) { $public sealed partial class M; }")]
    [InlineData("#public readonly ref partial struct A { $public sealed partial class M; }")]
    [InlineData("#public class B { #protected int Kind { get; set; } }\n$public partial class M : B;")]
    [InlineData("$public partial class M : global::System.IDisposable { #public void Dispose() { } }")]
    [InlineData("$public partial class Größe;")]
    [InlineData("$public partial class Model;\n$public partial class mODEL;")]
    [InlineData("namespace My.RnnGen.System; $public partial class M;")]
    [InlineData("namespace My.System.RnnGen.Runtime; $internal partial class M;")]
    [InlineData("namespace N; $public partial class M;\ninternal class System; internal class RnnGen; internal class Runtime; internal class Generated;")]
    [InlineData("namespace N; $public partial class M;\ninternal class Optimizer; internal class Loss; internal class State; internal class Layout; internal class Unsafe; internal class MemoryMarshal; internal class ArgumentNullException; internal class VectorWidth; internal class ModelLayout;")]
    [InlineData("$public partial class M;\ninternal class Unsafe; internal class VectorMath; internal class Vector256; internal class Vector512; internal class Vector128; internal class MethodImplAttribute; internal class Rows; internal class Optimizer; internal class State;")]
    [InlineData("namespace N; #public partial class @class { #public partial struct @event { $internal partial class @record; } }")]
    [InlineData("namespace N; $public partial class Optimizer;\n$public partial class Unsafe;\n$public partial class Runtime;")]
    [InlineData("$public partial class M;\ninternal class Rnn; internal class Sys; internal class Jit;")]
    [InlineData("namespace N.Rnn.Sys { $public partial class Jit; }")]
    [InlineData("namespace N; #public partial class Outer { #public class State; #public class Layout; $public partial class M; }")]
    public void Anywhere(string declaration) => Compiler.Compile(Fill(declaration));

    [Theory]
    [MemberData(nameof(Models))]
    public void AnyModel(string architecture, string layers, string settings) => Compiler.Compile(
        $"{Doc}[RnnModel(Architecture.{architecture}, InputSize = 3, SequenceLength = 2, OutputSize = 2{settings}), {layers}]\npublic sealed partial class M;");

    /// <summary>A long schedule is split into parts: part 0 of layer 1 is not layer 10, and part 0 of the output layer is no layer of a cell that is called as it is.</summary>
    [Theory]
    [InlineData("[Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)] [Rnn(2)]", "")]
    [InlineData("[Recurrent<Head>(2)]", "[Cell(\"h' = tanh(W x + U h + b)\")] public class Head;")]
    public void EachMethodOfASplitScheduleHasItsName(string layers, string cell)
    {
        GeneratorRunResult result = Compiler.Generate(Compiler.Create($"[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 70, OutputSize = 1)] {layers} public sealed partial class M; {cell}")).Result;
        string[] methods = [.. result.GeneratedSources.Single(s => s.HintName == "M.g.cs").SyntaxTree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Select(m => m.Identifier.Text).Where(name => name.StartsWith("Rnn", StringComparison.Ordinal))];
        methods.ShouldContain("RnnForward0Head");
        methods.ShouldBeUnique();
    }

    /// <summary>As a strict project builds it: the newest language, arithmetic checked, warnings as errors.</summary>
    [Theory]
    [InlineData(LanguageVersion.CSharp12)]
    [InlineData(LanguageVersion.Preview)]
    public void InAStrictProject(LanguageVersion version)
    {
        CSharpCompilation compilation = Compiler.Create(Compiler.ParseOptions.WithLanguageVersion(version), Fill("namespace N; $public sealed partial class M;"));
        compilation = compilation.WithOptions(compilation.Options
            .WithOverflowChecks(true)
            .WithGeneralDiagnosticOption(ReportDiagnostic.Error)
            .WithOptimizationLevel(OptimizationLevel.Release));
        Compilation output = Compiler.Generate(compilation).Output;
        output.SyntaxTrees.Count().ShouldBeGreaterThan(1);
        using var assembly = new MemoryStream();
        using var documentation = new MemoryStream();
        output.Emit(assembly, xmlDocumentationStream: documentation).Diagnostics.ShouldBeEmpty();
        System.Text.Encoding.UTF8.GetString(documentation.ToArray()).ShouldContain("M:N.M.Predict(System.ReadOnlySpan{System.Single},System.Span{System.Single},System.Int32)");
    }

    /// <summary>The compiler's checks of documentation, without the pragma that keeps them from users.</summary>
    [Theory]
    [InlineData("ManyToOne", "Loss.MeanSquaredError", "Single")]
    [InlineData("ManyToOne", "Loss.CrossEntropy", "Double")]
    [InlineData("ManyToMany", "Loss.BinaryCrossEntropy", "Single")]
    [InlineData("ManyToMany", "Loss.CrossEntropy", "Single")]
    public void TheDocumentationIsWhole(string architecture, string loss, string precision)
    {
        string source = $"namespace N;\n{Doc}[RnnModel(Architecture.{architecture}, InputSize = 3, SequenceLength = 2, OutputSize = 2, Loss = {loss}, Precision = Precision.{precision}), Lstm(3), Dense(4)]\npublic sealed partial class M;";
        CSharpCompilation compilation = Compiler.Create(source);
        GeneratorRunResult result = Compiler.Driver().RunGenerators(compilation).GetRunResult().Results.Single();
        foreach (GeneratedSourceResult file in result.GeneratedSources)
        {
            string text = file.SourceText.ToString().Replace("#pragma warning disable\n", "", StringComparison.Ordinal).Replace("// <auto-generated/>\n", "", StringComparison.Ordinal);
            text.ShouldNotContain("#pragma");
            compilation = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(text, Compiler.ParseOptions, file.HintName));
        }

        using var documentation = new MemoryStream();
        Diagnostic[] found = [.. compilation.Emit(Stream.Null, xmlDocumentationStream: documentation).Diagnostics];
        string.Join("\n", found.Where(d => d.Id.StartsWith("CS15", StringComparison.Ordinal) || d.Id.StartsWith("CS16", StringComparison.Ordinal) || d.Severity == DiagnosticSeverity.Error)).ShouldBe("");
    }

    [Fact]
    public void GradientsAreMeasuredOnRequestAlone()
    {
        string source = Fill("$public sealed partial class M;");
        Text(source).ShouldNotContain("GradientFlow");
        string measured = Text(source.Replace("OutputSize = 2", "OutputSize = 2, GradientFlow = true", StringComparison.Ordinal));
        measured.ShouldContain("FlowMeasurement.Watch(flow, ref a, 0, 3, first, rows.Last(3, last), flowRow); // |∂L/∂h(3)|, |∂L/∂c(3)|");
        measured.ShouldContain("FlowMeasurement.Count(flow, ref a, 0, 3, first, rows.Last(3, last), flowRow); // i, f, g, o at t = 3");
        measured.ShouldContain("public Rnn::GradientFlow GradientFlow");
    }

    [Fact]
    public void InputsAreExplainedOnRequestAlone()
    {
        string source = Fill("$public sealed partial class M;");
        foreach (string name in new[] { "ComputeInputGradients", "ComputeIntegratedGradients", "Explained" })
        {
            Text(source).ShouldNotContain(name);
            Text(source.Replace("OutputSize = 2", "OutputSize = 2, InputGradients = true", StringComparison.Ordinal)).ShouldContain(name);
        }
    }

    /// <summary>Every line is written in one form, and nothing of the machine or the day is in the text.</summary>
    [Fact]
    public void TheTextIsClean()
    {
        foreach (GeneratedSourceResult file in Compiler.Generate(Compiler.Create(Fill("namespace N; $public sealed partial class M;"))).Result.GeneratedSources)
        {
            string text = file.SourceText.ToString();
            text.ShouldStartWith("// <auto-generated/>\n");
            text.ShouldEndWith("}\n");
            text.ShouldNotContain("\r");
            text.ShouldNotContain("\t");
            text.Split('\n').ShouldAllBe(line => line.Length == line.TrimEnd().Length, file.HintName);
        }
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    [InlineData("ar-SA")]
    [InlineData("fa-IR")]
    public void TheCultureDoesNotMatter(string culture)
    {
        string source = Fill("namespace I.i; $public sealed partial class Initial;");
        string expected = Text(source);
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo beforeUi = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(culture);
            Text(source).ShouldBe(expected);
            Compiler.Compile(source);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            CultureInfo.CurrentUICulture = beforeUi;
        }
    }

    [Fact]
    public void ManyModelsInOneCompilation() => Compiler.Compile(
        [.. Enumerable.Range(1, 6).Select(i => $"namespace N{i % 2};\n{Head.Replace("Lstm(8)", $"Lstm({i})", StringComparison.Ordinal)}public sealed partial class M{i};")]);

    /// <summary>Every layer in every position, every loss, activation, initializer and precision, in both architectures.</summary>
    public static TheoryData<string, string, string> Models()
    {
        var data = new TheoryData<string, string, string>();
        string[] layers =
        [
            "Rnn(1)", "Rnn(7, Activation = Activation.Relu)", "Lstm(8)", "Gru(9)", "Lstm(16), Lstm(17)", "Gru(33), Rnn(4)",
            "Dense(3), Lstm(5)", "Rnn(6), Dense(4, Activation = Activation.Tanh), Gru(3), Dense(2, Activation = Activation.Sigmoid), Dense(5, Activation = Activation.Relu)",
            "Lstm(4, Initializer = Initializer.Uniform), Gru(4, Initializer = Initializer.Orthogonal), Rnn(4, Initializer = Initializer.Identity)",
        ];
        string[] settings =
        [
            "", ", Precision = Precision.Double", ", Loss = Loss.MeanAbsoluteError, OutputActivation = Activation.Tanh",
            ", Loss = Loss.Huber, OutputActivation = Activation.Relu, Precision = Precision.Double, GradientFlow = true", ", Loss = Loss.CrossEntropy",
            ", Loss = Loss.BinaryCrossEntropy, OutputInitializer = Initializer.Glorot", ", OutputActivation = Activation.Sigmoid, BatchSize = 1",
            ", Loss = Loss.CrossEntropy, Precision = Precision.Double, BatchSize = 5",
        ];
        foreach (string architecture in (string[])["ManyToOne", "ManyToMany"])
        {
            for (int i = 0; i < Math.Max(layers.Length, settings.Length); i++)
            {
                data.Add(architecture, layers[i % layers.Length], settings[i % settings.Length]);
            }
        }

        return data;
    }

    private static string Fill(string declaration) =>
        declaration.Replace("#", "\n" + Doc, StringComparison.Ordinal).Replace("$", "\n" + Head, StringComparison.Ordinal);

    private static string Text(string source)
    {
        GeneratorRunResult result = Compiler.Generate(Compiler.Create(source)).Result;
        return string.Concat(result.GeneratedSources.Select(file => file.HintName + "\n" + file.SourceText));
    }
}
