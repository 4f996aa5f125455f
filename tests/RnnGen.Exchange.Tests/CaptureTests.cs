namespace RnnGen.Exchange.Tests;

/// <summary>TorchSharp's files, and those of captures: RTNeural, AIDA-X, GuitarML, Neural Amp Modeler. They were written from PyTorch's modules, whose outputs they are held against.</summary>
public sealed class CaptureTests
{
    [Theory]
    [InlineData("rejected-wavenet.nam", "'WaveNet'")]
    [InlineData("rejected-conv1d.json", "'layer 2 (conv1d)'")]
    [InlineData("rejected-skip.json", "in_skip 2")]
    [InlineData("rejected-softmax.json", "'softmax'")]
    public void WhatCannotBeDeclaredIsRejectedByName(string file, string said) =>
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Path.Combine(ForeignCase.Folder, file))).Message.ShouldContain(said);

    [Fact]
    public void SkipInitialStatesAndMetadataAreKept()
    {
        ForeignModel skipping = ForeignFile.Read(Path.Combine(ForeignCase.Folder, "aida-x.json"));
        skipping.ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("OutputSkip = true");
        skipping.Metadata["in_gain"].ShouldBe("-3.5");
        skipping.Metadata["samplerate"].ShouldBe("48000");
        skipping.Metadata["metadata.name"].ShouldBe("Test");
        ForeignModel capture = ForeignFile.Read(Path.Combine(ForeignCase.Folder, "capture.nam"));
        capture.ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("InitialState = InitialState.Learned");
        capture.Tensors.Single(t => t.Name == "initial.c_l1").Values.ToArray().ShouldAllBe(value => value != 0);
        capture.Metadata["metadata.loudness"].ShouldBe("-18.5");
        capture.Metadata["sample_rate"].ShouldBe("48000.0");
    }

    /// <summary>What an addition of inputs to outputs needs.</summary>
    [Fact]
    public void ASkipThatCannotBeDeclaredIsRejected() => Should.Throw<ForeignFileException>(() =>
        ForeignFile.Read(Path.Combine(ForeignCase.Folder, "aida-x.json"), new ImportOptions { Architecture = Architecture.ManyToOne })).Message.ShouldContain("OutputSkip");
}
