using RnnGen.Tool.Checking;
using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests;

/// <summary>
/// Functions of ONNX's RNN, GRU and LSTM that no attribute of RnnGen's has: the graph's nodes in double compute what ONNX Runtime does, and the declaration with a cell of its own computes what the nodes do, at the graph's
/// number of steps, and what the equations of the layers do, at fewer.
/// </summary>
public sealed class OnnxFunctionTests(ITestOutputHelper output)
{
    private const double Bound = 2e-5;

    private static readonly string[] s_hard = ["HardSigmoid", "Tanh", "Tanh"], s_relu = ["Relu", "Tanh"];

    private static readonly FunctionGraph[] s_graphs =
    [
        new("LSTM", 1) { Activations = s_hard },
        new("LSTM", 7) { Activations = [.. s_hard, .. s_hard], Directions = 2, Layers = 2 },
        new("LSTM", 8) { Activations = ["HardSigmoid", "Relu", "ScaledTanh"], Alpha = [0.3f, 1.7159f], Beta = [0.4f, 0.6667f], HasPeepholes = true },
        new("LSTM", 9) { Activations = s_hard, IsCoupled = true, HasBias = false },
        new("LSTM", 15) { Activations = ["Sigmoid", "Softsign", "Softsign"], HasPeepholes = true, Clip = 0.7f, Layers = 2 },
        new("LSTM", 16) { Clip = 0.4f, Directions = 2 },
        new("LSTM", 17) { HasPeepholes = true, IsCoupled = true },
        new("LSTM", 33) { Activations = ["Sigmoid", "Affine", "Elu"], Alpha = [0.5f, 0.7f], Beta = [-0.25f], Scale = 0.6 },
        new("LSTM", 4) { Activations = ["hardsigmoid", "tanh", "LeakyRelu"], Alpha = [0.25f, 0.1f], Beta = [0.5f] },
        new("GRU", 1) { Activations = ["HardSigmoid", "Tanh"], ResetsAfter = true },
        new("GRU", 7) { Activations = ["HardSigmoid", "Tanh"] },
        new("GRU", 8) { Activations = ["HardSigmoid", "Relu", "HardSigmoid", "Relu"], Alpha = [0.25f, 0.25f], Directions = 2, ResetsAfter = true, Layers = 2, Scale = 0.5 },
        new("GRU", 9) { Activations = ["HardSigmoid", "Softsign"], Clip = 0.5f, HasBias = false },
        new("GRU", 16) { Clip = 0.3f, ResetsAfter = true, Layers = 2 },
        new("GRU", 33) { Activations = ["Sigmoid", "Softplus"], Scale = 0.4 },
        new("RNN", 1) { Activations = ["Sigmoid"] },
        new("RNN", 7) { Activations = ["HardSigmoid", "HardSigmoid"], Directions = 2, Layers = 2 },
        new("RNN", 15) { Activations = ["ThresholdedRelu"], Alpha = [0.2f], Scale = 0.5 },
        new("RNN", 17) { Activations = ["LeakyRelu"], Scale = 0.6 },
        new("RNN", 33) { Activations = ["Softsign"] },
        new("RNN", 9) { Clip = 0.5f },
    ];

    public static TheoryData<int> Graphs => [.. Enumerable.Range(0, s_graphs.Length)];

    [Theory]
    [MemberData(nameof(Graphs))]
    public void AFunctionIsWhatTheRuntimeComputes(int index) => CheckNodes(s_graphs[index]);

    /// <summary>A form each, the quick ones.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(15)]
    public void TheDeclarationSaysTheFunctions(int index) => Check(s_graphs[index]);

    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public void EveryDeclarationSaysTheFunctions()
    {
        foreach (FunctionGraph graph in s_graphs)
        {
            Check(graph);
        }
    }

    /// <summary>Sizes around the vectors' widths, layers, directions and forms.</summary>
    [LongFact, Trait(Tiers.Tier, Tiers.Long)]
    public void AFunctionIsTheSameInEverySize()
    {
        foreach (int hidden in (int[])[1, 7, 8, 9, 15, 16, 17, 33])
        {
            foreach ((int layers, int directions) in ((int, int)[])[(1, 1), (2, 1), (1, 2), (2, 2)])
            {
                Check(new("LSTM", hidden) { Layers = layers, Directions = directions, Activations = Each(s_hard, directions) });
            }

            FunctionGraph both = new("GRU", hidden) { Layers = 2, Directions = 2, Activations = Each(["HardSigmoid", "Tanh"], 2) };
            Check(both);
            Check(both with { ResetsAfter = true });
            Check(both with { Op = "LSTM", Activations = [], HasPeepholes = true, Clip = 0.8f });
            Check(both with { Op = "RNN", Activations = Each(["HardSigmoid"], 2) });
        }

        static string[] Each(string[] names, int directions) => [.. Enumerable.Repeat(names, directions).SelectMany(static n => n)];
    }

    /// <summary>What is written as a declaration: the cell within the class, with its equations.</summary>
    [Fact]
    public void ADeclarationHasTheCellWithItsEquations()
    {
        ForeignModel model = ForeignFile.Read(new FunctionGraph("LSTM", 4) { Activations = ["HardSigmoid", "Softsign", "Tanh"], HasPeepholes = true, Clip = 3 }.File());
        model.ToDeclaration(new DeclarationOptions { Name = "Speech" }).ShouldBe(""""
            using RnnGen;

            /// <summary>Imported from an ONNX graph.</summary>
            [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 6, OutputSize = 4)]
            [Recurrent<Speech.ClippedHardSigmoidSoftsignPeepholeLstm>(4)]
            public sealed partial class Speech
            {
                /// <summary>A recurrent cell with gates min(max(0.2 * x + 0.5, 0), 1), candidate x / (1 + abs(x)), output tanh(x), and sums from -3 to 3.</summary>
                [Cell("""
                    vector p = peephole
                    start b_f = 1

                    i    = min(max(0.2 * min(max(W x + b + U h + d + p * c, -3), 3) + 0.5, 0), 1)
                    f    = min(max(0.2 * min(max(W x + b + U h + d + p * c, -3), 3) + 0.5, 0), 1)
                    gSum = min(max(W x + b + U h + d, -3), 3)
                    g    = gSum / (1 + abs(gSum))
                    c'   = f * c + i * g
                    o    = min(max(0.2 * min(max(W x + b + U h + d + p * c', -3), 3) + 0.5, 0), 1)
                    h'   = o * tanh(c')
                    """)]
                public sealed class ClippedHardSigmoidSoftsignPeepholeLstm : ICell;
            }

            """".ReplaceLineEndings("\n"));
        model.Notes.ShouldContain(note => note.Contains("not its cell state", StringComparison.Ordinal));
    }

    /// <summary>A class within a class has another name than that.</summary>
    [Fact]
    public void AModelThatIsCalledAsItsCellCompiles()
    {
        ForeignModel model = ForeignFile.Read(new FunctionGraph("RNN", 2) { Activations = ["Sigmoid"] }.File());
        DeclarationOptions options = new() { Name = "SigmoidRnn" };
        model.ToDeclaration(options).ShouldContain("[Recurrent<SigmoidRnn.SigmoidRnnCell>(2)]");
        DeclarationCheck.Run(model, options, model.ToWeights("SigmoidRnn")).Rounding.ShouldBeNull();
    }

    /// <summary>What is imported goes out again, as a Scan, and ONNX Runtime computes of it what the nodes of the first graph do.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnExportOfWhatWasImportedComputesTheSame(int directions)
    {
        FunctionGraph graph = new("LSTM", 9) { Activations = [.. Enumerable.Repeat(s_hard, directions).SelectMany(static n => n)], Directions = directions };
        byte[] file = graph.File();
        ForeignModel model = ForeignFile.Read(file);
        CheckedModel compiled = DeclarationCheck.Run(model, new DeclarationOptions { Name = "Imported" }, model.ToWeights("Imported"));
        byte[] exported = OnnxExport.ToBytes(DeclaredModel.Read(model.ToWeights("Imported", compiled.Metadata)));
        double difference = FunctionGraph.Difference(file, ForeignFile.Read(file), x => FunctionGraph.OfExport(exported, x));
        output.WriteLine($"{difference:0.#E+0} from ONNX Runtime");
        difference.ShouldBeLessThan(Bound);
    }

    /// <summary>A layer that reads backwards alone is one of both directions, of which a dense layer takes one.</summary>
    [Theory]
    [InlineData("LSTM", 5, 1, "")]
    [InlineData("GRU", 9, 2, "")]
    [InlineData("RNN", 3, 1, "Sigmoid")]
    public void AReverseLayerComputesWhatTheRuntimeDoes(string op, int hidden, int layers, string function)
    {
        byte[] file = new FunctionGraph(op, hidden) { IsReverse = true, Layers = layers, Activations = function.Length == 0 ? [] : [function] }.File();
        ForeignModel model = ForeignFile.Read(file);
        FunctionGraph.Difference(file, model).ShouldBeLessThan(Bound);
        model.Layers.Select(static layer => layer.IsBidirectional).ShouldBe([.. Enumerable.Repeat((bool[])[true, false], layers).SelectMany(static pair => pair)]);
        model.Notes.ShouldContain(note => note.Contains("reads from the last step to the first alone", StringComparison.Ordinal));
        DeclarationCheck.Run(model, new DeclarationOptions { Name = "Imported" }, model.ToWeights("Imported")).Rounding.ShouldBeNull();
    }

    [Fact]
    public void DirectionsWithOtherFunctionsAreRejected() => Rejected(new("GRU", 2) { Directions = 2, Activations = ["HardSigmoid", "Tanh", "Sigmoid", "Tanh"] }).ShouldContain("is a GRU with other activations in the backward direction than in the forward one");

    [Fact]
    public void ABackwardDirectionWithAnotherAlphaIsRejected() => Rejected(new("RNN", 2) { Directions = 2, Activations = ["LeakyRelu", "LeakyRelu"], Alpha = [0.1f, 0.2f] }).ShouldContain("other activations in the backward direction");

    [Fact]
    public void TooFewActivationsAreRejected() => Rejected(new("LSTM", 2) { Activations = ["Sigmoid", "Tanh"] }).ShouldContain("is a LSTM with 2 activations in 1 direction(s), which cannot be declared: 3 for each direction can");

    [Fact]
    public void NumbersThatNoActivationReadsAreRejected() => Rejected(new("GRU", 2) { Activations = ["HardSigmoid", "Tanh"], Alpha = [0.2f, 0.3f] }).ShouldContain("with 1 more numbers in activation_alpha and 0 in activation_beta than its activations read");

    [Fact]
    public void NumbersThatAreNoneAreRejected() => Rejected(new("RNN", 2) { Activations = ["Elu"], Alpha = [float.NaN] }).ShouldContain("finite numbers can");

    /// <summary>A gate that reads nothing leaves weights without influence, which no equations of a cell may.</summary>
    [Fact]
    public void AFunctionThatReadsNothingIsRejected() => Rejected(new("GRU", 2) { Activations = ["Affine", "Tanh"], Alpha = [0], Beta = [0.5f] }).ShouldContain("is a layer with the functions 0 * x + 0.5, tanh(x), which cannot be declared");

    /// <summary>The largest float bounds nothing.</summary>
    [Fact]
    public void AClipOfTheLargestFloatIsNone() => ForeignFile.Read(new FunctionGraph("GRU", 2) { Clip = float.MaxValue }.File()).Layers[0].Kind.ShouldBe(ForeignLayerKind.ResetBeforeGru);

    /// <summary>Layers with the same equations have one class, and others another one.</summary>
    [Fact]
    public void LayersShareACellWhereTheyCan()
    {
        string[] names = [.. ForeignFile.Read(new FunctionGraph("RNN", 2) { Layers = 2, Activations = ["Sigmoid"] }.File()).ToDeclaration(new DeclarationOptions { Name = "M" }).Split('\n').Where(static line => line.Contains("class SigmoidRnn", StringComparison.Ordinal))];
        names.Length.ShouldBe(1);
    }

    private static string Rejected(FunctionGraph graph) => Should.Throw<ForeignFileException>(() => ForeignFile.Read(graph.File())).Message;

    private ForeignModel CheckNodes(FunctionGraph graph)
    {
        byte[] file = graph.File();
        ForeignModel model = ForeignFile.Read(file);
        model.Layers.Count(static layer => layer.Kind == ForeignLayerKind.Recurrent).ShouldBe(graph.Layers);
        double runtime = FunctionGraph.Difference(file, model);
        output.WriteLine($"{model.Layers[0].Cell!.Name}: {runtime:0.#E+0} from ONNX Runtime");
        runtime.ShouldBeLessThan(Bound);
        return model;
    }

    private void Check(FunctionGraph graph)
    {
        ForeignModel model = CheckNodes(graph);
        DeclarationOptions options = new() { Name = "Imported", Namespace = "Tests.Imported" };
        DeclarationCheck.Run(model, options, model.ToWeights("Imported")).Rounding.ShouldBeNull();
    }
}
