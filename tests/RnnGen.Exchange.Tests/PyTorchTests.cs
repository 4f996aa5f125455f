namespace RnnGen.Exchange.Tests;

/// <summary>PyTorch's files.</summary>
public sealed class PyTorchTests
{
    [Theory]
    [InlineData("rejected-module.pt", "torch.nn.modules.rnn.LSTM")]
    [InlineData("rejected-convolution.pt", "'conv' is a convolution over 3 steps, and the file does not say which: name it with --convolution conv=causal")]
    [InlineData("rejected-normalisation.pt", "'bn' is a batch normalisation in front of 'norm'")]
    [InlineData("rejected-no-recurrence.pt", "no recurrent layer")]
    [InlineData("rejected-old.pt", "before PyTorch 1.6")]
    [InlineData("rejected-script.pt", "TorchScript")]
    [InlineData("rejected-function.pt", "which function stands between")]
    public void WhatCannotBeDeclaredIsRejectedByName(string file, string said) =>
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Path.Combine(ForeignCase.Folder, file))).Message.ShouldContain(said);

    [Theory]
    [InlineData("lstm.pt", "other", "A convolution is named 'other', but the file has no weights of three axes with that name")]
    [InlineData("lstm.pt", "lstm", "A convolution is named 'lstm', but the file has no weights of three axes with that name")]
    [InlineData("rejected-convolution.pt", "conv", "no recurrent layer")]
    [InlineData("torch-lstm.onnx", "conv", "An ONNX graph says its layers, their functions and their order itself, but a convolution (--convolution, Convolutions) is given for it")]
    [InlineData("capture.nam", "conv", "a convolution (--convolution, Convolutions) is given for it")]
    public void AConvolutionThatIsNoneIsRejected(string file, string name, string said) =>
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Path.Combine(ForeignCase.Folder, file), new ImportOptions { Convolutions = new Dictionary<string, ConvolutionOptions> { [name] = new() { IsCausal = true } } })).Message.ShouldContain(said);

    /// <summary>A function behind a convolution is asked for, as it is behind a linear layer.</summary>
    [Fact]
    public void AFunctionBehindAConvolutionIsNotGuessed()
    {
        ForeignCase golden = ForeignCase.Of("pytorch.json", "convolutions.pt");
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(golden.Path, new ImportOptions { Convolutions = golden.Convolutions })).Message.ShouldContain("'a' is followed by other layers, and the file does not say which function stands between");
        ForeignFile.Read(golden.Path, golden.Options).Notes.Count(note => note.Contains("is taken for an nn.Conv1d with stride 1", StringComparison.Ordinal)).ShouldBe(4);
    }
}
