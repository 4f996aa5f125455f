using System.Buffers.Binary;
using System.IO.Compression;
using RnnGen.Exchange.Tests.Exports;

namespace RnnGen.Exchange.Tests;

/// <summary>What a state dict leaves open: a missing tensor is an error, and what was taken where it does not say is a note.</summary>
public sealed class StateDictTests
{
    private static readonly ImportOptions s_one = new() { Architecture = Architecture.ManyToOne };

    /// <summary>Each bias of a module with others, and a second direction of one layer only.</summary>
    [Fact]
    public void APartThatIsMissingIsRejectedByItsName()
    {
        (string Name, int[] Shape)[] whole = [.. StateDictFile.Gru("gru", 2, 3, layers: 2, isBidirectional: true), ("fc.weight", [1, 6]), ("fc.bias", [1])];
        ForeignFile.Read(StateDictFile.Of(whole)).Notes.ShouldNotContain(note => note.Contains("no bias", StringComparison.Ordinal));
        foreach (string bias in whole.Select(static tensor => tensor.Name).Where(static name => name.StartsWith("gru.bias", StringComparison.Ordinal)))
        {
            Rejected([.. whole.Where(tensor => tensor.Name != bias)]).ShouldContain($"The file has no '{bias}', though 'gru' has 'gru.bias_");
        }

        Rejected([.. whole.Where(static tensor => !tensor.Name.EndsWith("l1_reverse", StringComparison.Ordinal))]).ShouldContain("no 'gru.weight_ih_l1_reverse', though 'gru' has a second direction");
    }

    /// <summary>A module without all of them was made with bias=False, which is said.</summary>
    [Fact]
    public void ALayerWithoutBiasesIsNoted()
    {
        ForeignModel model = Read([.. StateDictFile.Gru("gru", 2, 3).Where(static tensor => tensor.Name.Contains("weight", StringComparison.Ordinal)), ("fc.weight", [1, 3])]);
        model.Notes.ShouldContain(note => note.StartsWith("'gru' has no bias", StringComparison.Ordinal));
        model.Notes.ShouldContain(note => note.StartsWith("'fc' has no bias", StringComparison.Ordinal));
    }

    [Fact]
    public void HalfABatchNormalisationIsRejected() =>
        Rejected([.. StateDictFile.Gru("gru", 2, 3), ("bn.weight", [3]), ("bn.running_mean", [3]), ("bn.running_var", [3]), ("fc.weight", [1, 3]), ("fc.bias", [1])]).ShouldContain("The file has no 'bn.bias'");

    [Fact]
    public void ABiasOfAnotherLengthIsWhatIsSaid()
    {
        (string Name, int[] Shape)[] tensors = StateDictFile.Gru("gru", 2, 3);
        tensors[2].Shape = [8];
        Rejected(tensors).ShouldContain("'gru.bias_ih_l0' is [8], but 'gru.weight_ih_l0' has 9 rows");
    }

    /// <summary>PyTorch's out[:, -1] and its final states differ where a layer has two directions.</summary>
    [Fact]
    public void WhatOneOutputReadsIsNoted()
    {
        byte[] both = StateDictFile.Of([.. StateDictFile.Gru("gru", 2, 3, isBidirectional: true), ("fc.weight", [1, 6]), ("fc.bias", [1])]);
        ForeignModel final = ForeignFile.Read(both, s_one), each = ForeignFile.Read(both, new ImportOptions { Architecture = Architecture.ManyToMany });
        final.Notes.ShouldContain(note => note.Contains("torch.cat([h_n[-2], h_n[-1]], -1)", StringComparison.Ordinal) && note.Contains("--architecture many-to-many", StringComparison.Ordinal));
        double[] inputs = [0.3, -0.4, 0.9, 0.1, -0.7, 0.5];
        Math.Abs(final.Run(inputs, 3)[0] - each.Run(inputs, 3)[^1]).ShouldBeGreaterThan(1e-3);
        Read([.. StateDictFile.Gru("gru", 2, 3), ("fc.weight", [1, 3]), ("fc.bias", [1])], s_one).Notes.ShouldContain(note => note.Contains("the last step of 'gru'", StringComparison.Ordinal));
    }

    /// <summary>As fc(out.mean(1)) and fc(out.amax(1)) of PyTorch: the head is linear, so the mean of its outputs is the output of the mean.</summary>
    [Fact]
    public void AModelMayReadAMeanOrAMaximum()
    {
        (string, int[])[] tensors = [.. StateDictFile.Gru("gru", 2, 3, isBidirectional: true), ("fc.weight", [1, 6]), ("fc.bias", [1])];
        double[] inputs = [0.3, -0.4, 0.9, 0.1, -0.7, 0.5];
        ForeignModel mean = Read(tensors, new ImportOptions { Architecture = Architecture.ManyToOne, Pooling = Pooling.Mean });
        mean.Run(inputs, 3)[0].ShouldBe(Read(tensors).Run(inputs, 3).Average(), 1e-12);
        mean.ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("Pooling = Pooling.Mean");
        Should.Throw<ForeignFileException>(() => Read(tensors, new ImportOptions { Pooling = Pooling.Max })).Message.ShouldContain("--architecture many-to-one");
        Should.Throw<ArgumentException>(() => new ImportOptions { Pooling = (Pooling)9 });
    }

    /// <summary>A matrix without a bias is a table or a linear layer, whatever it is called: sizes say which, and where they do not, the caller may.</summary>
    [Fact]
    public void AMatrixWithoutABiasIsWhatFits()
    {
        (string, int[])[] rest = [.. StateDictFile.Gru("gru", 4, 3), ("fc.weight", [1, 3]), ("fc.bias", [1])];
        ForeignModel taken = Read([("embed.weight", [4, 4]), .. rest]);
        taken.VocabularySize.ShouldBe(4);
        taken.Notes.ShouldContain(note => note.Contains("'embed' is taken for an nn.Embedding of 4 tokens", StringComparison.Ordinal) && note.Contains("--activation embed=identity", StringComparison.Ordinal));
        Read([("embed.weight", [4, 4]), .. rest], new ImportOptions { Activations = new Dictionary<string, Activation> { ["embed"] = Activation.Identity } }).VocabularySize.ShouldBe(0);
        ForeignModel known = Read([("embed.weight", [9, 4]), .. rest]);
        known.VocabularySize.ShouldBe(9);
        known.Notes.ShouldNotContain(note => note.Contains("embed", StringComparison.Ordinal));

        // A table has its columns in front of the layer, so this one is linear.
        Rejected([("embed.weight", [4, 2]), .. rest]).ShouldContain("'embed' is followed by other layers");
        Read([("embed.weight", [4, 2]), .. rest], new ImportOptions { Activations = new Dictionary<string, Activation> { ["embed"] = Activation.Tanh } }).InputSize.ShouldBe(2);

        // Another name says nothing.
        Rejected([("token.weight", [4, 4]), .. rest], new ImportOptions { Order = ["token", "gru", "fc"] }).ShouldContain("--embedding token");
        Read([("token.weight", [4, 4]), .. rest], new ImportOptions { Embedding = "token" }).VocabularySize.ShouldBe(4);
        Rejected([("token.weight", [4, 4]), .. rest], new ImportOptions { Embedding = "fc" }).ShouldContain("'fc' is named as an embedding");
    }

    /// <summary>A tensor that repeats numbers, as expand makes it, is read; one that repeats them beyond the file's size is not.</summary>
    [Fact]
    public void AnExpandedTensorIsRead()
    {
        byte[] file = TorchExport.ToBytes(DeclaredModel.Of(new PlainLstm(seed: 1)));
        ForeignTensor Bias(byte[] bytes) => ForeignFile.Read(bytes).Tensors.Single(static tensor => tensor.Name == "rnn.bias_ih_l0");
        float first = (float)Bias(file).Values.Span[0];
        Bias(Reshaped(file, 24, stride: 0)).Values.ToArray().ShouldAllBe(value => value == first);
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Reshaped(file, int.MaxValue, stride: 0))).Message.ShouldContain("many times as many numbers");
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Reshaped(file, 25, stride: 1))).Message.ShouldContain("does not lie within its storage");
    }

    /// <summary>A checkpoint with an average of the weights beside them.</summary>
    [Fact]
    public void WhichOfSeveralStateDictsWasTakenIsNoted()
    {
        byte[] file = TorchExport.ToBytes(DeclaredModel.Of(new PlainLstm(seed: 1)));
        ForeignFile.Read(file).Notes.ShouldNotContain(note => note.Contains("'ema'", StringComparison.Ordinal));
        byte[] both = Archive(file, static pickle => [.. pickle[..2], .. "}(X\u0003\0\0\0ema"u8, .. pickle[2..^1], .. "X\u0005\0\0\0model"u8, .. pickle[2..^1], .. "u."u8]);
        ForeignModel model = ForeignFile.Read(both);
        model.ParameterCount.ShouldBe(PlainLstm.ParameterCount);
        model.Notes.ShouldContain(note => note.Contains("'ema'", StringComparison.Ordinal) && note.Contains("those under 'model' were taken", StringComparison.Ordinal));
    }

    /// <summary>The first vector of 24 numbers in an archive, seen as one of another length and stride.</summary>
    private static byte[] Reshaped(byte[] file, int length, int stride)
    {
        byte[] changed = [.. file], pattern = [(byte)'(', (byte)'J', 24, 0, 0, 0, (byte)'t', (byte)'(', (byte)'J', 1, 0, 0, 0, (byte)'t'];
        int at = file.AsSpan().IndexOf(pattern);
        at.ShouldBeGreaterThan(0);
        BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at + 2), length);
        BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at + 9), stride);
        return Archive(changed, static pickle => pickle);
    }

    // The entries packed again, so that their sums fit.
    private static byte[] Archive(byte[] file, Func<byte[], byte[]> pickle)
    {
        using MemoryStream stream = new();
        using (ZipArchive source = new(new MemoryStream(file)), target = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (ZipArchiveEntry entry in source.Entries)
            {
                using Stream from = entry.Open(), to = target.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                byte[] content = new byte[entry.Length];
                from.ReadExactly(content);
                to.Write(entry.Name == "data.pkl" ? pickle(content) : content);
            }
        }

        return stream.ToArray();
    }

    [Fact]
    public void OptionsThatAFormatHasNoUseForAreRejected()
    {
        ImportOptions options = new() { Activations = new Dictionary<string, Activation> { ["nope"] = Activation.Relu } };
        foreach (byte[] file in (byte[][])[OnnxExport.ToBytes(DeclaredModel.Of(new PlainLstm(seed: 1))), RTNeuralExport.ToBytes(DeclaredModel.Of(new PlainLstm(seed: 1))), NamExport.ToBytes(DeclaredModel.Of(new PlainLstm(seed: 1)))])
        {
            Should.Throw<ForeignFileException>(() => ForeignFile.Read(file, options)).Message.ShouldContain("leave it out");
            Should.Throw<ForeignFileException>(() => ForeignFile.Read(file, new ImportOptions { Order = ["x"] })).Message.ShouldContain("--order");
            Should.Throw<ForeignFileException>(() => ForeignFile.Read(file, new ImportOptions { Embedding = "x" })).Message.ShouldContain("--embedding");
            Should.Throw<ForeignFileException>(() => ForeignFile.Read(file, new ImportOptions { Architecture = Architecture.ManyToOne, Pooling = Pooling.Mean })).Message.ShouldContain("--pooling");
        }

        Should.Throw<ArgumentException>(() => new ImportOptions { Activations = new Dictionary<string, Activation> { ["fc"] = (Activation)99 } }).Message.ShouldContain("'fc' is 99");
    }

    private static ForeignModel Read((string, int[])[] tensors, ImportOptions? options = null) => ForeignFile.Read(StateDictFile.Of(tensors), options);

    private static string Rejected((string, int[])[] tensors, ImportOptions? options = null) => Should.Throw<ForeignFileException>(() => Read(tensors, options)).Message;
}
