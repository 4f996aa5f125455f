namespace RnnGen.Exchange.Tests;

/// <summary>PyTorch's files.</summary>
public sealed class PyTorchTests
{
    [Theory]
    [InlineData("rejected-module.pt", "torch.nn.modules.rnn.LSTM")]
    [InlineData("rejected-convolution.pt", "'conv' is a convolution over 1 dimension")]
    [InlineData("rejected-normalisation.pt", "'bn' is a batch normalisation in front of 'norm'")]
    [InlineData("rejected-no-recurrence.pt", "no recurrent layer")]
    [InlineData("rejected-old.pt", "before PyTorch 1.6")]
    [InlineData("rejected-script.pt", "TorchScript")]
    [InlineData("rejected-function.pt", "which function stands between")]
    public void WhatCannotBeDeclaredIsRejectedByName(string file, string said) =>
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Path.Combine(ForeignCase.Folder, file))).Message.ShouldContain(said);
}
