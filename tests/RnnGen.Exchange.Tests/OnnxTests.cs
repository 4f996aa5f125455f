using RnnGen.Exchange.Onnx;

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
    [InlineData("rejected-clip.onnx", "'first' is a GRU with clip")]
    [InlineData("rejected-reverse.onnx", "direction 'reverse'")]
    [InlineData("rejected-function.onnx", "'HardSigmoid'")]
    [InlineData("rejected-convolution.onnx", "'second' is a 'Conv'")]
    [InlineData("rejected-outside.onnx", "outside of the file")]
    [InlineData("rejected-skip-over-two.onnx", "'/add/Add' is an 'Add' of a value that")]
    [InlineData("rejected-skip-inside.onnx", "behind an addition of the model's inputs")]
    [InlineData("rejected-skip-before-function.onnx", "a 'Relu' behind a layer that is neither dense nor a convolution, or behind an addition")]
    [InlineData("rejected-norm-convolution.onnx", "is a batch normalisation in front of")]
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

    /// <summary>A shape, a length and a number of Protobuf that fit into nothing.</summary>
    [Theory]
    [InlineData(new byte[] { 0x08, 0x07, 0x3a, 0x7f })]
    [InlineData(new byte[] { 0x08, 0x07, 0x3a, 0x00 })]
    [InlineData(new byte[] { 0x08, 0x07, 0x3a, 0x02, 0x0a, 0x00, 0x42, 0x02, 0x10, 0x0e })]
    [InlineData(new byte[] { 0x08, 0x07, 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    public void DamagedMessagesAreErrors(byte[] file) => Should.Throw<ForeignFileException>(() => OnnxModel.Read(file, new ImportOptions()));
}
