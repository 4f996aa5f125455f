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

    /// <summary>What a file says of its weights is what they are.</summary>
    [Theory]
    [InlineData("guitarml-lstm.json", "\"hidden_size\": 6", "\"hidden_size\": 7", "hidden_size 7, but the weights are those of 6")]
    [InlineData("guitarml-lstm.json", "\"num_layers\": 1", "\"num_layers\": 2", "num_layers 2")]
    [InlineData("guitarml-lstm.json", "\"input_size\": 1", "\"input_size\": 3", "input_size 3")]
    [InlineData("guitarml-lstm.json", "\"bias_fl\": true", "\"bias_fl\": false", "bias_fl false")]
    [InlineData("guitarml-lstm.json", "\"rec.bias_hh_l0\"", "\"rec.bias_hx_l0\"", "no 'rec.bias_hh_l0'")]
    [InlineData("capture.nam", "\"0.5.4\"", "\"9.9\"", "version '9.9'")]
    [InlineData("capture.nam", "\"0.5.4\"", "\"0.8.0\"", "version '0.8.0'")]
    [InlineData("capture.nam", "\"0.5.4\"", "null", "'version'")]
    [InlineData("capture.nam", "\"num_layers\"", "\"head_scale\": 0.5, \"num_layers\"", "'head_scale'")]
    public void WhatAFileSaysOfItselfIsHeldToItsWeights(string file, string from, string to, string said)
    {
        string text = File.ReadAllText(Path.Combine(ForeignCase.Folder, file));
        text.ShouldContain(from);
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(System.Text.Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)))).Message.ShouldContain(said);
    }

    [Fact]
    public void ASkipThatIsNotSaidIsNoted()
    {
        string text = File.ReadAllText(Path.Combine(ForeignCase.Folder, "guitarml-gru.json"));
        text.ShouldContain("\"skip\": 0");
        ForeignFile.Read(System.Text.Encoding.UTF8.GetBytes(text.Replace("\"skip\": 0", "\"skipped\": 0", StringComparison.Ordinal))).Notes.ShouldContain(note => note.Contains("'skip'; 0 was taken", StringComparison.Ordinal));
    }

    /// <summary>What an addition of inputs to outputs needs.</summary>
    [Fact]
    public void ASkipThatCannotBeDeclaredIsRejected() => Should.Throw<ForeignFileException>(() =>
        ForeignFile.Read(Path.Combine(ForeignCase.Folder, "aida-x.json"), new ImportOptions { Architecture = Architecture.ManyToOne })).Message.ShouldContain("OutputSkip");
}
