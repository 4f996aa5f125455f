using System.Globalization;
using Microsoft.CodeAnalysis;
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
    public void Anywhere(string declaration) => Compiler.Compile(Fill(declaration));

    [Theory]
    [MemberData(nameof(Models))]
    public void AnyModel(string architecture, string layers, string settings) => Compiler.Compile(
        $"{Doc}[RnnModel(Architecture.{architecture}, InputSize = 3, SequenceLength = 2, OutputSize = 2{settings}), {layers}]\npublic sealed partial class M;");

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
            ", Loss = Loss.Huber, OutputActivation = Activation.Relu, Precision = Precision.Double", ", Loss = Loss.CrossEntropy",
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
