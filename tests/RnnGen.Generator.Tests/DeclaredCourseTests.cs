using System.Reflection;
using System.Text.RegularExpressions;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>
/// Two declarations that differ in one property are told apart by what a checkpoint is held against, unless the course of a training does not depend on the property. An attribute that gains a property
/// needs a line here.
/// </summary>
public sealed partial class DeclaredCourseTests
{
    private const string ToOne = "Architecture.ManyToOne, InputSize = 3, SequenceLength = 4, OutputSize = 4";
    private const string ToMany = "Architecture.ManyToMany, SequenceLength = 4, OutputSize = 5, Loss = Loss.CrossEntropy";
    private const string Spelled = "Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 4, Loss = Loss.Ctc";
    private const string Writer = "Architecture.OneToMany, InputSize = 3, OutputSize = 2";
    private const string Translator = "Architecture.EncoderDecoder, SequenceLength = 4, OutputLength = 3, OutputSize = 7, Loss = Loss.CrossEntropy";
    private const string Translating = "[Embedding(7, 5)] [Gru(6)] [Decoder] [Embedding(7, 5)] [Gru(6)]";
    private const string Rows = "Architecture.ManyToOne, SequenceLength = 4, OutputSize = 4";
    private const string Category = "[Feature(\"a\", Categories = 5, EmbeddingSize = 2)] [Gru(4)]";
    private const string Cell = "h' = leak * tanh(W x + U h + b)";

    // The two declarations, or none where a training is the same with both.
    private static readonly Dictionary<string, (string First, string Second)?> s_pairs = new()
    {
        ["RnnModelAttribute.InputSize"] = (M(ToOne, "[Gru(4)]"), M(ToOne.Replace("InputSize = 3", "InputSize = 2"), "[Gru(4)]")),
        ["RnnModelAttribute.SequenceLength"] = (M(ToOne, "[Gru(4)]"), M(ToOne.Replace("SequenceLength = 4", "SequenceLength = 5"), "[Gru(4)]")),
        ["RnnModelAttribute.OutputSize"] = (M(ToOne, "[Gru(4)]"), M(ToOne.Replace("OutputSize = 4", "OutputSize = 5"), "[Gru(4)]")),
        ["RnnModelAttribute.OutputLength"] = (M(Writer + ", OutputLength = 3", "[Decoder] [Gru(4)]"), M(Writer + ", OutputLength = 4", "[Decoder] [Gru(4)]")),
        ["RnnModelAttribute.LabelLength"] = (M(Spelled + ", LabelLength = 2", "[Gru(4)]"), M(Spelled + ", LabelLength = 3", "[Gru(4)]")),
        ["RnnModelAttribute.InfeasibleLabels"] = null, // a training that goes on has met none, or was declared to count them as zero
        ["RnnModelAttribute.StartToken"] = (M(Translator, Translating), M(Translator + ", StartToken = 2", Translating)),
        ["RnnModelAttribute.EndToken"] = (M(Translator, Translating), M(Translator + ", EndToken = 2", Translating)),
        ["RnnModelAttribute.Pooling"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", Pooling = Pooling.Mean", "[Gru(4)]")),
        ["RnnModelAttribute.InitialState"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", InitialState = InitialState.Learned", "[Gru(4)]")),
        ["RnnModelAttribute.Loss"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", Loss = Loss.Huber", "[Gru(4)]")),
        ["RnnModelAttribute.Quantiles"] = (M(ToOne + ", Loss = Loss.Quantile", "[Gru(4)]"), M(ToOne + ", Loss = Loss.Quantile, Quantiles = new[] { 0.2, 0.5, 0.8 }", "[Gru(4)]")),
        ["RnnModelAttribute.LossNumbers"] = (M(ToOne + ", Loss = Loss.Focal", "[Gru(4)]"), M(ToOne + ", Loss = Loss.Focal, LossNumbers = \"gamma = 3\"", "[Gru(4)]")),
        ["RnnModelAttribute.MaskedTargets"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", MaskedTargets = true", "[Gru(4)]")),
        ["RnnModelAttribute.OutputActivation"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", OutputActivation = Activation.Tanh", "[Gru(4)]")),
        ["RnnModelAttribute.OutputDropout"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", OutputDropout = 0.25", "[Gru(4)]")),
        ["RnnModelAttribute.TiedEmbedding"] = (M(ToMany, "[Embedding(5, 4)] [Gru(4)]"), M(ToMany + ", TiedEmbedding = true", "[Embedding(5, 4)] [Gru(4)]")),
        ["RnnModelAttribute.OutputSkip"] = (M(ToMany.Replace("Loss = Loss.CrossEntropy", "InputSize = 6"), "[Gru(4)]"), M(ToMany.Replace("Loss = Loss.CrossEntropy", "InputSize = 6") + ", OutputSkip = true", "[Gru(4)]")),
        ["RnnModelAttribute.Precision"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", Precision = Precision.Double", "[Gru(4)]")),
        ["RnnModelAttribute.BatchSize"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", BatchSize = 16", "[Gru(4)]")),
        ["RnnModelAttribute.OutputInitializer"] = null,
        ["RnnModelAttribute.RecomputeEvery"] = (M(ToMany, "[Embedding(5, 4)] [Gru(4)]"), M(ToMany + ", RecomputeEvery = 2", "[Embedding(5, 4)] [Gru(4)]")),
        ["RnnModelAttribute.CheckpointEvery"] = (M(ToMany, "[Embedding(5, 4)] [Gru(4)]"), M(ToMany + ", CheckpointEvery = 2", "[Embedding(5, 4)] [Gru(4)]")), // the old name
        ["RnnModelAttribute.GradientSums"] = (M(ToOne, "[Gru(4)]"), M(ToOne + ", GradientSums = 4", "[Gru(4)]")),
        ["RnnModelAttribute.GradientFlow"] = null,
        ["RnnModelAttribute.InputGradients"] = null,
        ["RnnModelAttribute.Weights"] = null,
        ["RnnModelAttribute.Deadline"] = null,
        ["RnnModelAttribute.Accuracy"] = null,
        ["RnnModelAttribute.PredictionWeights"] = null, // training does not read it
        ["InputAttribute.Size"] = (M(Rows, "[Feature(\"a\")] [Gru(4)]"), M(Rows, "[Feature(\"a\", Size = 2)] [Gru(4)]")),
        ["InputAttribute.Categories"] = (M(Rows, Category), M(Rows, Category.Replace("Categories = 5", "Categories = 6"))),
        ["InputAttribute.EmbeddingSize"] = (M(Rows, Category), M(Rows, Category.Replace("Size = 2", "Size = 3"))),
        ["InputAttribute.Initializer"] = null,
        ["InputAttribute.Frozen"] = (M(Rows, Category), M(Rows, Category.Replace("Size = 2", "Size = 2, Frozen = true"))),
        ["LayerAttribute.Initializer"] = null,
        ["LayerAttribute.Dropout"] = (M(ToOne, "[Gru(4)]"), M(ToOne, "[Gru(4, Dropout = 0.25)]")),
        ["LayerAttribute.Residual"] = (M(ToOne, "[Gru(4)] [Gru(4)]"), M(ToOne, "[Gru(4)] [Gru(4, Residual = true)]")),
        ["LayerAttribute.Frozen"] = (M(ToOne, "[Gru(4)]"), M(ToOne, "[Gru(4, Frozen = true)]")),
        ["RecurrentLayerAttribute.Bidirectional"] = (M(ToOne, "[Gru(4)]"), M(ToOne, "[Gru(4, Bidirectional = true)]")),
        ["RecurrentLayerAttribute.RecurrentDropout"] = (M(ToOne, "[Gru(4)]"), M(ToOne, "[Gru(4, RecurrentDropout = 0.25)]")),
        ["DecoderAttribute.Attention"] = (M(Translator, Translating), M(Translator, Translating.Replace("[Decoder]", "[Decoder(Attention = Attention.Additive)]"))),
        ["DecoderAttribute.InputFeeding"] = (
            M(Translator, Translating.Replace("[Decoder]", "[Decoder(Attention = Attention.Additive)]")), M(Translator, Translating.Replace("[Decoder]", "[Decoder(Attention = Attention.Additive, InputFeeding = true)]"))),
        ["RnnAttribute.Activation"] = (M(ToOne, "[Rnn(4)]"), M(ToOne, "[Rnn(4, Activation = Activation.Relu)]")),
        ["LayerNormAttribute.Epsilon"] = (M(ToOne, "[Gru(4)] [LayerNorm]"), M(ToOne, "[Gru(4)] [LayerNorm(Epsilon = 1e-3)]")),
        ["Conv1DAttribute.Dilation"] = (M(ToOne, "[Conv1D(4, 2)] [Gru(4)]"), M(ToOne, "[Conv1D(4, 2, Dilation = 2)] [Gru(4)]")),
        ["Conv1DAttribute.Causal"] = (M(ToOne, "[Conv1D(4, 2)] [Gru(4)]"), M(ToOne, "[Conv1D(4, 2, Causal = false)] [Gru(4)]")),
        ["Conv1DAttribute.Activation"] = (M(ToOne, "[Conv1D(4, 2)] [Gru(4)]"), M(ToOne, "[Conv1D(4, 2, Activation = Activation.Relu)] [Gru(4)]")),
        ["DenseAttribute.Activation"] = (M(ToOne, "[Dense(4)] [Gru(4)]"), M(ToOne, "[Dense(4, Activation = Activation.Relu)] [Gru(4)]")),
        ["RecurrentAttribute`1.Activation"] = (M(ToOne, "[Recurrent<Own>(4)]", Cell.Replace("tanh", "f")), M(ToOne, "[Recurrent<Own>(4, Activation = Activation.Relu)]", Cell.Replace("tanh", "f"))),
        ["RecurrentAttribute`1.Numbers"] = (M(ToOne, "[Recurrent<Own>(4)]", Cell), M(ToOne, "[Recurrent<Own>(4, Numbers = \"leak = 0.25\")]", Cell)),
        ["CellAttribute.Equations"] = (M(ToOne, "[Recurrent<Own>(4)]", Cell), M(ToOne, "[Recurrent<Own>(4)]", Cell.Replace("tanh", "sigmoid"))),
        ["LossAttribute`1.Numbers"] = (M(ToOne, "[Loss<OwnLoss>] [Gru(4)]"), M(ToOne, "[Loss<OwnLoss>(Numbers = \"q = 0.25\")] [Gru(4)]")),
        ["LossAttribute.Equations"] = (M(ToOne, "[Loss<OwnLoss>] [Gru(4)]"), M(ToOne, "[Loss<OwnLoss>] [Gru(4)]").Replace("q * abs", "q * sin", StringComparison.Ordinal)),
        ["ProjectedLstmAttribute.Projection"] = (M(ToOne, "[ProjectedLstm(4)]"), M(ToOne, "[ProjectedLstm(4, Projection = 3)]")),
        ["ResidualRnnAttribute.Scale"] = (M(ToOne, "[ResidualRnn(4)]"), M(ToOne, "[ResidualRnn(4, Scale = 0.25)]")),
        ["LeakyRnnAttribute.Leak"] = (M(ToOne, "[LeakyRnn(4)]"), M(ToOne, "[LeakyRnn(4, Leak = 0.25)]")),
        ["SLstmAttribute.Heads"] = (M(ToOne, "[SLstm(4)]"), M(ToOne, "[SLstm(4, Heads = 2)]")),
        ["JanetAttribute.Beta"] = (M(ToOne, "[Janet(4)]"), M(ToOne, "[Janet(4, Beta = 0.25)]")),
    };

    private static string M(string model, string layers, string? cell = null) =>
        $"using RnnGen;\n[RnnModel({model})]\n{layers}\npublic sealed partial class M;\n[Loss(\"number q = 0.5; loss = q * abs(y - target)\")]\npublic sealed class OwnLoss : ILoss;\n"
        + (cell is null ? "" : $"[Cell(\"\"\"\n    number leak = 0.5\n    state h\n    {cell}\n    \"\"\")]\npublic sealed class Own : ICell;\n");

    [Fact]
    public void EveryPropertyHasALine()
    {
        string[] properties = [.. typeof(RnnModelAttribute).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Attribute)) && t.Namespace == "RnnGen" && t.IsPublic)
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)).Where(p => p.SetMethod is not null || p.Name == nameof(CellAttribute.Equations)).Select(p => $"{p.DeclaringType!.Name}.{p.Name}")];
        properties.ShouldBe(s_pairs.Keys, ignoreOrder: true);
    }

    [Fact]
    public void WhatTheCourseOfATrainingDependsOnIsInTheLayout()
    {
        foreach ((string property, (string First, string Second)? pair) in s_pairs)
        {
            if (pair is { } declared)
            {
                KnownBy(declared.First).ShouldNotBe(KnownBy(declared.Second), property);
                KnownBy(declared.First).ShouldBe(KnownBy(declared.First), property);
            }
        }
    }

    // What Training.Checkpoint reads of a model: of the layout, and the number type.
    private static string KnownBy(string source)
    {
        string text = Compiler.Generate(Compiler.Create(source)).Result.GeneratedSources.Single(s => s.HintName == "M.g.cs").SourceText.ToString();
        string[] known = [.. Known().Matches(text[..text.IndexOf("TrainingShape Training", StringComparison.Ordinal)]).Select(m => m.Value.Trim())];
        known.ShouldContain(line => line.StartsWith("Declaration", StringComparison.Ordinal), source);
        return string.Join("\n", known);
    }

    [GeneratedRegex("""\b(Declaration|Details) = "[^"]*"|\b(InputLength|TargetLength|MaskedTargets|EndToken) = [^,]*|^ *new\(".*|const int BatchSize = .*|IRnnModel<.*?>""", RegexOptions.Multiline)]
    private static partial Regex Known();
}
