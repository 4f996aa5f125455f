using Xunit.Abstractions;

namespace RnnGen.Exchange.Tests;

/// <summary>PyTorch's files.</summary>
public sealed class PyTorchTests(ITestOutputHelper output)
{
    private const string List = "pytorch.json";

    public static TheoryData<string> Files => [.. ForeignCase.All(List).Select(c => c.File)];

    [Theory]
    [MemberData(nameof(Files))]
    public void TheEquationsAreThoseOfPyTorch(string file)
    {
        double difference = GoldenChecks.Equations(ForeignCase.Of(List, file));
        output.WriteLine($"{file}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(1e-12);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TheDeclaredModelComputesTheSame(string file)
    {
        double difference = GoldenChecks.Declared(ForeignCase.Of(List, file));
        output.WriteLine($"{file}: {difference:0.#E+0}");
        difference.ShouldBeLessThan(2e-6);
    }

    [Theory]
    [InlineData("rejected-module.pt", "torch.nn.modules.rnn.LSTM")]
    [InlineData("rejected-convolution.pt", "'conv' is a convolution over 1 dimension")]
    [InlineData("rejected-normalisation.pt", "'0' is a batch normalisation")]
    [InlineData("rejected-no-recurrence.pt", "no recurrent layer")]
    [InlineData("rejected-old.pt", "before PyTorch 1.6")]
    [InlineData("rejected-script.pt", "TorchScript")]
    [InlineData("rejected-function.pt", "which function stands between")]
    public void WhatCannotBeDeclaredIsRejectedByName(string file, string said) =>
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Path.Combine(ForeignCase.Folder, file))).Message.ShouldContain(said);
}
