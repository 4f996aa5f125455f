using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>Advice stands at the exact argument, is never more than Info, and leaves the generation alone.</summary>
public sealed class AdviceTests
{
    private const string Plain = "[RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 101, OutputSize = 1)]\n";

    private const string Head = "[RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 4, OutputSize = 1)]\n";

    private const string Translation = "[RnnModel(Architecture.EncoderDecoder, InputSize = 2, SequenceLength = 4, OutputLength = 3, OutputSize = 1)]\n";

    /// <summary>Rule, source with the place marked, and a part of the message.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        { "RNN060", Plain + "[Lstm(8)]\n[⟦Rnn(8)⟧]\npublic partial class M;", "through 101 steps" },
        { "RNN060", "[RnnModel(Architecture.OneToMany, InputSize = 1, OutputLength = 200, OutputSize = 1)]\n[⟦Rnn(8, Activation = Activation.Relu)⟧]\npublic partial class M;", "through 200 steps" },
        { "RNN061", Head + "[Lstm(⟦17⟧)]\npublic partial class M;", "17 is computed as 32, in blocks of 16; 32 units take the same time, and 16 take less" },
        { "RNN061", Head + "[Gru(⟦hiddenSize: 36⟧, Frozen = false)]\npublic partial class M;", "computed as 48" },
        { "RNN061", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Precision = Precision.Double)]\n[Lstm(⟦9⟧)]\npublic partial class M;", "9 is computed as 16, in blocks of 8" },
        { "RNN062", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦BatchSize = 3⟧)]\n[Lstm(8)]\npublic partial class M;", "groups of 3" },
        { "RNN063", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1)]\n[Lstm(8, ⟦Dropout = 0.25⟧)]\n[Lstm(8, Dropout = 0.5)]\npublic partial class M;", "0.25 of the sequences" },
        { "RNN064", "[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Precision = Precision.Double, ⟦Accuracy = Accuracy.Fast⟧)]\n[Lstm(8)]\npublic partial class M;", "6.5e-5" },
        { "RNN066", Translation + "[Gru(8)]\n[⟦Gru(8)⟧]\n[Decoder]\n[Gru(8)]\npublic partial class M;", "of the model 'M' starts from" },
        { "RNN066", Translation + "[Gru(8)]\n[⟦Dense(4)⟧]\n[Decoder]\n[Gru(8)]\npublic partial class M;", "remove it, or let the decoder attend" },
        { "RNN069", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦Deadline = 20.8⟧)]\n[Lstm(128)]\npublic partial class M;", "A step of the model 'M' is estimated at 33.1 µs" },
        { "RNN069", "[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, ⟦Deadline = 9⟧, PredictionWeights = WeightFormat.Int8)]\n[Lstm(128)]\npublic partial class M;", "76288 bytes" },
        { "RNN069", "[RnnModel(default, InputSize = 1, SequenceLength = 400, OutputSize = 1, ⟦Deadline = 1000⟧)]\n[Gru(64, Bidirectional = true)]\npublic partial class M;", "The prediction of a sequence of the model 'M'" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void StandsAtItsPlace(string rule, string marked, string message)
    {
        int start = marked.IndexOf('⟦', StringComparison.Ordinal);
        string expected = marked[(start + 1)..marked.IndexOf('⟧', StringComparison.Ordinal)];
        Compilation compilation = Compiler.Create(marked.Replace("⟦", "", StringComparison.Ordinal).Replace("⟧", "", StringComparison.Ordinal));
        GeneratorRunResult result = Compiler.Driver().RunGenerators(compilation).GetRunResult().Results.Single();
        result.Exception.ShouldBeNull();
        Diagnostic found = Compiler.Analyze(compilation).ShouldHaveSingleItem();
        found.Id.ShouldBe(rule);
        found.Severity.ShouldBe(DiagnosticSeverity.Info);
        found.DefaultSeverity.ShouldBe(DiagnosticSeverity.Info);
        found.Location.SourceTree!.ToString()[found.Location.SourceSpan.Start..found.Location.SourceSpan.End].ShouldBe(expected);
        found.Location.SourceSpan.Start.ShouldBe("using RnnGen;\n".Length + start);
        found.GetMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldContain(message);
        result.GeneratedSources.Select(file => file.HintName).ShouldContain("M.g.cs");
    }

    [Theory]
    [InlineData("[RnnModel(default, InputSize = 1, SequenceLength = 100, OutputSize = 1)]\n[Rnn(8)]")]
    [InlineData("[RnnModel(default, InputSize = 1, SequenceLength = 400, OutputSize = 1)]\n[Rnn(8, Activation = Activation.Relu, Initializer = Initializer.Identity)]")]
    [InlineData(Head + "[Lstm(1), Lstm(15), Gru(16), Gru(25), Lstm(32), Lstm(37), Lstm(100)]")]
    [InlineData(Head + "[Lstm(17, Frozen = true)]")]
    [InlineData("[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, Deadline = 20.8)]\n[Lstm(64)]")]
    [InlineData("[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, Deadline = 20.8, PredictionWeights = WeightFormat.BFloat16)]\n[Lstm(128)]")]
    [InlineData("[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 4, OutputSize = 1, Deadline = 20.8, PredictionWeights = WeightFormat.Int8)]\n[Lstm(128)]")]
    [InlineData(Head + "[Dense(17), Lstm(8, Dropout = 0.5)]")]
    [InlineData("[RnnModel(default, SequenceLength = 4, OutputSize = 1, BatchSize = 4)]\n[Embedding(9, 4), Lstm(8, Dropout = 0.5)]")]
    [InlineData(Translation + "[Gru(8), Gru(8), Decoder, Gru(8), Gru(8)]")]
    [InlineData(Translation + "[Gru(8), Gru(9), Decoder, Gru(8), Gru(8)]")]
    [InlineData(Translation + "[Gru(8), Lstm(8), Decoder, Rnn(8)]")]
    [InlineData(Translation + "[Gru(8), Gru(8), Decoder(Attention = Attention.Additive), Gru(8)]")]
    [InlineData("[RnnModel(default, InputSize = 1, SequenceLength = 4, OutputSize = 1, Accuracy = Accuracy.Fast)]\n[Lstm(8)]")]
    public void SaysNothingWithoutReason(string declaration) =>
        Compiler.Analyze(Compiler.Create(declaration + "\npublic partial class M;")).ShouldBeEmpty();

    /// <summary>The samples follow the advice, but for the amplifiers and captures of them, whose sizes are those that others measure with, and for the plain networks that show how gradients vanish.</summary>
    [Fact]
    public void TheSamplesFollowIt()
    {
        var found = new List<string>();
        foreach (string folder in Directory.GetDirectories(Path.Combine(Repository.Root, "samples")))
        {
            string[] sources = [.. Directory.GetFiles(folder, "*.cs").Select(File.ReadAllText)];
            ImmutableArray<Diagnostic> advice = Compiler.Analyze(Compiler.Create(sources));
            found.AddRange(advice.Select(diagnostic => $"{Path.GetFileName(folder)} {diagnostic.Id} {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"));
        }

        found.Where(advice => !advice.StartsWith("VanishingGradients RNN060 ", StringComparison.Ordinal) && !advice.StartsWith("Capture RNN061 ", StringComparison.Ordinal)).ShouldHaveSingleItem().ShouldStartWith("Amplifier RNN061 A hidden size of 20");
        found.Count.ShouldBeGreaterThan(1, "VanishingGradients shows what RNN060 warns of");
    }
}
