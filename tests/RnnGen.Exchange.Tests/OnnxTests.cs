using RnnGen.Exchange.Model;
using RnnGen.Exchange.Onnx;
using RnnGen.Exchange.Onnx.Graphs;
using RnnGen.Tool;
using RnnGen.Tool.Checking;

namespace RnnGen.Exchange.Tests;

/// <summary>ONNX graphs: those that PyTorch exports, the standard's node tests, and single ops that these do not cover.</summary>
public sealed class OnnxTests
{
    private const string List = "onnx.json";

    public static TheoryData<string> Files => [.. ForeignCase.All(List).Select(c => c.File).Distinct()];

    /// <summary>The file says what the tests of other formats must be told.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void TheGraphSaysWhetherThereIsOneOutput(string file)
    {
        ForeignCase golden = ForeignCase.Of(List, file);
        ForeignFile.Read(golden.Path).Architecture.ShouldBe(golden.Architecture);
    }

    [Fact]
    public void AllTwelveNodeTestsAreHere() => ForeignCase.All(List).Select(c => c.File).Distinct().Count(file => file.StartsWith("node-", StringComparison.Ordinal)).ShouldBe(12);

    [Theory]
    [InlineData("rejected-clip.onnx", "'first' is a GRU with clip -3")]
    [InlineData("rejected-direction.onnx", "'first' is a GRU with direction 'sideways', which cannot be declared: forward, reverse and bidirectional can")]
    [InlineData("rejected-reverse-last-step.onnx", "of the last step of a bidirectional or a reverse layer")]
    [InlineData("rejected-function.onnx", "'first' is a GRU with the activation 'Swish', which cannot be declared: Relu, Tanh, Sigmoid, Affine,")]
    [InlineData("rejected-convolution.onnx", "'second' is a 'Conv'")]
    [InlineData("rejected-outside.onnx", "outside of the file")]
    [InlineData("rejected-skip-over-two.onnx", "'/add/Add' is an 'Add' of a value that")]
    [InlineData("rejected-skip-inside.onnx", "behind an addition of the model's inputs")]
    [InlineData("rejected-skip-before-function.onnx", "a 'Relu' behind a layer that is neither dense nor a convolution, or behind an addition")]
    [InlineData("rejected-norm-convolution.onnx", "is a batch normalisation in front of")]
    [InlineData("rejected-squeeze.onnx", "is an 'If' between two graphs, as squeeze() of an axis without a fixed length is exported")]
    [InlineData("rejected-cell-state.onnx", "whose final cell state is read")]
    [InlineData("rejected-softmax-steps.onnx", "is a 'Softmax' over axis 1 of BTF")]
    [InlineData("rejected-softmax-batch.onnx", "'end' is a 'Softmax' over axis 1 of TBF")]
    [InlineData("rejected-flip.onnx", "is a 'Slice' that is not the last step")]
    [InlineData("rejected-empty-slice.onnx", "'part' is a 'Slice' that is not the last step")]
    [InlineData("rejected-hidden-first.onnx", "of which the second is no final state and no value on the way to the first")]
    [InlineData("rejected-two-outputs.onnx", "The graph has the outputs 'M' and 'out'")]
    [InlineData("rejected-both-last-steps.onnx", "of the last step of a bidirectional or a reverse layer")]
    [InlineData("rejected-norm-first.onnx", "is a layer normalisation before any other layer")]
    [InlineData("rejected-states-in-rows.onnx", "of the final states of several layers")]
    [InlineData("rejected-constant-output.onnx", "The graph's output, 'out', does not depend on its recurrent layers")]
    [InlineData("rejected-no-output.onnx", "The graph has no output")]
    [InlineData("rejected-domain.onnx", "'own' is a 'Relu' of the domain 'my.ops'")]
    [InlineData("rejected-training.onnx", "'drop' is a 'Dropout' in training mode")]
    [InlineData("rejected-half.onnx", "'rounds' is a 'Cast' to F16, which rounds")]
    [InlineData("rejected-long.onnx", "'rounds' is a 'Cast' to I64, which rounds")]
    [InlineData("rejected-view.onnx", "'last' is a 'Gather' that is not the last step")]
    [InlineData("rejected-attribute.onnx", "with the attribute 'output_sequence', which is not read")]
    [InlineData("rejected-layout.onnx", "has the attribute 'layout' of kind Text, where ONNX has Integer")]
    [InlineData("rejected-hidden-size.onnx", "has hidden_size 5, but weights of 3 units")]
    [InlineData("rejected-turned.onnx", "'turned' is a 'Gemm' with transA")]
    [InlineData("rejected-whole-weights.onnx", "'V' is of the type I8")]
    [InlineData("rejected-twice.onnx", "two constants that are called 'V'")]
    public void WhatCannotBeDeclaredIsRejectedByName(string file, string said) =>
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Path.Combine(ForeignCase.Folder, file))).Message.ShouldContain(said);

    [Fact]
    public void WhatAGraphSaysIsNoted()
    {
        ForeignFile.Read(Path.Combine(ForeignCase.Folder, "case-gru-lengths.onnx")).Notes.ShouldContain(note => note.Contains("'lens'", StringComparison.Ordinal));
        ForeignFile.Read(Path.Combine(ForeignCase.Folder, "torch-tokens.onnx")).Notes.ShouldContain(note => note.Contains("logits", StringComparison.Ordinal));
        ForeignFile.Read(Path.Combine(ForeignCase.Folder, "torch-states.onnx")).Notes.ShouldContain(note => note.Contains("initial state", StringComparison.Ordinal));
        ForeignFile.Read(Path.Combine(ForeignCase.Folder, "torch-lstm-fixed.onnx")).SequenceLength.ShouldBe(6);
        ForeignFile.Read(Path.Combine(ForeignCase.Folder, "torch-lstm.onnx")).SequenceLength.ShouldBeNull();
    }

    [Fact]
    public void OtherOutputsAreNoted() => ForeignFile.Read(Path.Combine(ForeignCase.Folder, "torch-outputs.onnx")).Notes.Count(note => note.Contains("is a final state, which is left out", StringComparison.Ordinal)).ShouldBe(2);

    [Fact]
    public void AGraphHasItsOwnOrderAndFunctions()
    {
        string path = Path.Combine(ForeignCase.Folder, "torch-lstm.onnx");
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(path, new ImportOptions { Order = ["a"] })).Message.ShouldContain("--order");
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(path, new ImportOptions { Activations = new Dictionary<string, Activation> { ["a"] = Activation.Relu } })).Message.ShouldContain("--activation");
    }

    /// <summary>What an import is compared with are the graph's nodes, and not the layers that were read from them.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void TheGraphItselfIsRun(string file)
    {
        ForeignCase golden = ForeignCase.Of(List, file);
        ForeignModel model = ForeignFile.Read(golden.Path);
        model.Run(golden.Inputs, golden.Steps);
        model.Basis.ShouldBe("the graph's own nodes");
    }

    /// <summary>Layers that were read wrongly differ from the graph.</summary>
    [Fact]
    public void AWrongLayerIsFound()
    {
        byte[] file = File.ReadAllBytes(Path.Combine(ForeignCase.Folder, "case-scaled.onnx"));
        ForeignModel model = ForeignFile.Read(file);
        byte[] weights = model.ToWeights("Wrong");
        weights[^1] ^= 0x80;
        DeclarationOptions options = new() { Name = "Wrong", Steps = 5 };
        Should.Throw<CheckException>(() => DeclarationCheck.Run(model, options, weights)).Message.ShouldContain("other numbers than its file");
    }

    /// <summary>The graph's outputs owe nothing to the layers that were read; that these output as many numbers is all that is asked of them.</summary>
    [Theory]
    [InlineData("case-dead-end.onnx", "M", 10)]
    [InlineData("case-dead-end.onnx", "M", 2)]
    public void WhatWasReadDoesNotReachTheGraph(string file, string value, int count)
    {
        ForeignCase golden = ForeignCase.Of(List, file);
        OnnxGraph graph = OnnxFile.Read(File.ReadAllBytes(golden.Path));
        GraphEquations equations = new()
        {
            Graph = graph, Makers = new ConstantFolding(graph, 1000), Feed = new GraphFeed(graph, "X", "TBF", new HashSet<string>()), Output = value, OutputAxes = "TBF", Steps = null, Refusal = "", Layers = new Zeros(count),
        };
        if (count != golden.Outputs.Length)
        {
            Should.Throw<ForeignFileException>(() => equations.Run(golden.Inputs, golden.Steps)).Message.ShouldContain("outputs 10 numbers for 5 steps, but the layers that were read output 2");
            return;
        }

        equations.Run(golden.Inputs, golden.Steps).Zip(golden.Outputs, static (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(golden.Bound);
        equations.Basis.ShouldBe("the graph's own nodes");
    }

    /// <summary>Where the graph cannot be run, the check says what it compared with.</summary>
    [Fact]
    public void OtherStepsThanTheGraphsAreThoseOfTheLayers()
    {
        ForeignModel model = ForeignFile.Read(Path.Combine(ForeignCase.Folder, "torch-lstm-fixed.onnx"));
        model.Run(new double[9], steps: 3);
        model.Basis.ShouldBe("the equations of the layers that were read, not the graph's nodes, since the graph has 6 steps");
        model.Run(new double[18], steps: 6);
        model.Basis.ShouldBe("the graph's own nodes, and the equations of the layers where the graph has 6 steps");
    }

    /// <summary>A shape, a length and a number of Protobuf that fit into nothing.</summary>
    [Theory]
    [InlineData(new byte[] { 0x08, 0x07, 0x3a, 0x7f })]
    [InlineData(new byte[] { 0x08, 0x07, 0x3a, 0x00 })]
    [InlineData(new byte[] { 0x08, 0x07, 0x3a, 0x02, 0x0a, 0x00, 0x42, 0x02, 0x10, 0x0e })]
    [InlineData(new byte[] { 0x08, 0x07, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    public void DamagedMessagesAreErrors(byte[] file) => Should.Throw<ForeignFileException>(() => OnnxModel.Read(file, new ImportOptions()));

    private sealed class Zeros(int count) : IForeignEquations
    {
        public double[] Run(ReadOnlySpan<double> inputs, int steps) => new double[count];
    }
}
