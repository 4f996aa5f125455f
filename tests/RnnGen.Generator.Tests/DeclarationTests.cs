using Microsoft.CodeAnalysis;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>Valid declarations become the specification that they say, with the defaults that the attributes document.</summary>
public sealed class DeclarationTests
{
    private const string Head = "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1), Lstm(8)]\n";

    private static readonly ModelSpecification Least = new(
        "", EquatableArray<TypeHeader>.Empty, new TypeHeader("class", "M", IsPublic: true), Model.Architecture.ManyToOne, 1, 4, 1,
        Model.Pooling.Last, "MeanSquaredError", Model.Activation.Identity, Model.Initializer.Default, Model.Precision.Single, Model.Accuracy.Exact, 32, null,
        Layers(new LayerSpecification("lstm", 8, Model.Activation.Identity, Model.Initializer.Default)));

    [Fact]
    public void TheLeast() => Specification(Head + "public sealed partial class M;").ShouldBe(Least);

    [Fact]
    public void EveryChoice() => Specification("""
        namespace A.B;

        [RnnModel(Architecture.ManyToMany, InputSize = 2, SequenceLength = 5, OutputSize = 3, Loss = Loss.Huber,
            OutputActivation = Activation.Sigmoid, OutputInitializer = Initializer.Glorot, Precision = Precision.Double, Accuracy = Accuracy.Fast, BatchSize = 7)]
        [Dense(4, Activation = Activation.Relu, Initializer = Initializer.Orthogonal)]
        [Rnn(5), Rnn(6, Activation = Activation.Relu, Initializer = Initializer.Identity)]
        [Gru(hiddenSize: 7, Initializer = Initializer.Uniform)]
        [Dense(8)]
        internal partial class M;
        """).ShouldBe(new ModelSpecification(
            "A.B", EquatableArray<TypeHeader>.Empty, new TypeHeader("class", "M", IsPublic: false), Model.Architecture.ManyToMany, 2, 5, 3,
            Model.Pooling.Last, "Huber", Model.Activation.Sigmoid, Model.Initializer.Glorot, Model.Precision.Double, Model.Accuracy.Fast, 7, null,
            Layers(
                new LayerSpecification("dense", 4, Model.Activation.Relu, Model.Initializer.Orthogonal),
                new LayerSpecification("rnn", 5, Model.Activation.Tanh, Model.Initializer.Default),
                new LayerSpecification("rnn", 6, Model.Activation.Relu, Model.Initializer.Identity),
                new LayerSpecification("gru", 7, Model.Activation.Identity, Model.Initializer.Uniform),
                new LayerSpecification("dense", 8, Model.Activation.Identity, Model.Initializer.Default))));

    [Fact]
    public void Pooled() => Specification(Head.Replace("OutputSize = 1", "OutputSize = 1, Pooling = Pooling.Max") + "public sealed partial class M;")
        .ShouldBe(Least with { Pooling = Model.Pooling.Max });

    [Theory]
    [InlineData("Embedding(100, 8, Initializer = Initializer.Uniform)", "")]
    [InlineData("Embedding(size: 8, vocabularySize: 100, Initializer = Initializer.Uniform)", "InputSize = 1, ")]
    public void AnEmbedding(string embedding, string inputSize) => Specification(
        $"[RnnModel(Architecture.ManyToOne, {inputSize}SequenceLength = 4, OutputSize = 1), {embedding}, Lstm(8)]\npublic sealed partial class M;")
        .ShouldBe(Least with { Embedding = new EmbeddingSpecification(100, 8, Model.Initializer.Uniform) });

    [Theory]
    [InlineData("Lstm(8)", "Lstm(Sizes.Hidden)")]
    [InlineData("Lstm(8)", "Lstm(2 * (Sizes.Hidden - 4))")]
    [InlineData("Lstm(8)", "RnnGen.LstmAttribute(8)")]
    [InlineData("Lstm(8)", "global::RnnGen.Lstm((byte)8)")]
    [InlineData("Lstm(8)", "Units(8)")]
    [InlineData("Lstm(8)", "Lstm(8, Initializer = 0)")]
    [InlineData("Lstm(8)", "Lstm(8, Initializer = default)")]
    [InlineData("Lstm(8)", "System.Obsolete, Lstm(8)")]
    [InlineData("Lstm(8)", "type: Lstm(8)")]
    [InlineData("[RnnModel(Architecture.ManyToOne, ", "[RnnModel(default, ")]
    [InlineData("[RnnModel(Architecture.ManyToOne, ", "[RnnGen.RnnModelAttribute(architecture: 0, ")]
    [InlineData("InputSize = 1, SequenceLength = 4, OutputSize = 1", "OutputSize = 'b' - 'a', SequenceLength = sizeof(int), InputSize = 1")]
    [InlineData("public sealed partial class", "public unsafe partial class")]
    [InlineData("class M;", "class M : System.IDisposable { public void Dispose() { } }")]
    [InlineData("class M;", "class M : Sizes { }")]
    [InlineData("class M;", "class M; public partial class M { public M(string name) : this(name.Length) { } }")]
    public void OtherWaysToSayTheSame(string from, string to)
    {
        string source = Head + "public sealed partial class M;";
        source.ShouldContain(from);
        Specification("using Units = RnnGen.LstmAttribute;\n" + source.Replace(from, to, StringComparison.Ordinal)
            + "\npublic class Sizes { public const int Hidden = 8; }").ShouldBe(Least);
    }

    [Theory]
    [InlineData("namespace A { namespace B.C { $ } }", "A.B.C", "")]
    [InlineData("namespace @class.@event { $ }", "@class.@event", "")]
    [InlineData("public partial class A { $ }", "", "class A +")]
    [InlineData("partial class A { $ }", "", "class A -")]
    [InlineData("namespace N; public partial struct A { partial interface B { public partial record C { partial record struct @struct { $ } } } }", "N", "struct A +, interface B -, record C -, record struct @struct -")]
    [InlineData("public abstract partial class A { protected internal partial class B { $ } }", "", "class A +, class B +")]
    [InlineData("public partial class A { private protected partial class B { $ } }", "", "class A +, class B -")]
    [InlineData("public readonly ref partial struct A { $ }", "", "struct A +")]
    public void WhereAModelStands(string around, string expectedNamespace, string expectedTypes)
    {
        ModelSpecification specification = Specification(around.Replace("$", Head + "public partial class M { }", StringComparison.Ordinal));
        specification.Namespace.ShouldBe(expectedNamespace);
        string.Join(", ", specification.ContainingTypes.Select(type => $"{type.Keyword} {type.Name} {(type.IsPublic ? '+' : '-')}")).ShouldBe(expectedTypes);
        specification.Declaration.IsPublic.ShouldBe(!expectedTypes.Contains('-', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("@event", "@event")]
    [InlineData("@record", "@record")]
    [InlineData("Größe", "Größe")]
    [InlineData("Ünit_1", "Ünit_1")]
    public void NamesAreWrittenSoThatTheyCompile(string name, string expected) =>
        Specification(Head + $"public partial class {name};", name.TrimStart('@')).Declaration.Name.ShouldBe(expected);

    [Fact]
    public void NamesThatDifferInCaseOnlyGetFilesOfTheirOwn()
    {
        Microsoft.CodeAnalysis.GeneratorRunResult result = Compiler.Generate(Compiler.Create(
            Head + "public partial class Model;\n" + Head + "public partial class mODEL;\nnamespace a {" + Head + "public partial class M; }\nnamespace A {" + Head + "public partial class M; }")).Result;
        result.Exception.ShouldBeNull();
        result.GeneratedSources.Count(file => file.SourceText.ToString().Contains("InputSize", StringComparison.Ordinal)).ShouldBe(4);
    }

    [Fact]
    public void EqualDeclarationsAreEqualSpecifications()
    {
        ModelSpecification one = Specification(Head + "public sealed partial class M;");
        one.GetHashCode().ShouldBe(Least.GetHashCode());
        Specification(Head.Replace("Lstm(8)", "Lstm(9)", StringComparison.Ordinal) + "public sealed partial class M;").ShouldNotBe(one);
    }

    private static ModelSpecification Specification(string source, string name = "M")
    {
        CheckedModel result = Compiler.Parse(source, name);
        result.Issues.ShouldBeEmpty();
        return result.Specification.ShouldNotBeNull();
    }

    private static EquatableArray<LayerSpecification> Layers(params LayerSpecification[] layers) => layers.ToEquatableArray();

    /// <summary>The compiler puts what a generator adds into a folder of this name.</summary>
    [Fact]
    public void GeneratedTreesAreKnownByTheGeneratorsName() => GeneratedMembers.GeneratorName.ShouldBe(typeof(RnnModelGenerator).FullName);

    /// <summary>0, the default, may be written.</summary>
    [Theory, InlineData("RecomputeEvery = 0"), InlineData("CheckpointEvery = 0")]
    public void NoRecomputationMayBeWritten(string argument)
    {
        const string Source = "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 6, OutputSize = 1)]\n[Lstm(8)]\npublic partial class M;";
        static string[] Texts(string source) => [.. Compiler.Generate(Compiler.Create(source)).Result.GeneratedSources.Select(s => s.SourceText.ToString())];
        Texts(Source.Replace("OutputSize = 1", "OutputSize = 1, " + argument, StringComparison.Ordinal)).ShouldBe(Texts(Source));
        Texts(Source).ShouldNotBeEmpty();
    }

    /// <summary>The old name of an argument forwards, and the compiler says that it is obsolete.</summary>
    [Fact]
    public void TheOldNameOfRecomputeEveryWritesTheSameModel()
    {
        static (string[] Texts, string[] Warnings) Written(string name)
        {
            (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(
                $"[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 6, OutputSize = 1, {name} = 2)]\n[Lstm(8)]\npublic partial class M;"));
            return ([.. result.GeneratedSources.Select(source => source.SourceText.ToString())], [.. output.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.Id)]);
        }

        (string[] texts, string[] warnings) = Written("RecomputeEvery");
        warnings.ShouldBeEmpty();
        texts.ShouldContain(text => text.Contains("Steps = 2,", StringComparison.Ordinal));
        (string[] old, warnings) = Written("CheckpointEvery");
        old.ShouldBe(texts);
        warnings.ShouldBe(["CS0618"]);
    }
}
