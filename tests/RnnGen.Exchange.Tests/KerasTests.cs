using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace RnnGen.Exchange.Tests;

/// <summary>Files of Keras: what is said of them, what is rejected by its name, and files that are made to do harm.</summary>
public sealed class KerasTests
{
    private const string Lstm = "keras-lstm.keras", Grus = "keras-grus.keras", BothWays = "keras-both-ways.keras", Tokens = "keras-tokens.keras", Convolutions = "keras-convolutions.keras", Functional = "keras-functional.keras";

    [Fact]
    public void VersionStepsAndArchitectureAreThoseOfTheFile()
    {
        ForeignModel model = Read(Grus);
        (model.Format, model.Architecture, model.SequenceLength, model.Precision).ShouldBe(("a Keras model", Architecture.ManyToOne, 12, Precision.Single));
        model.Metadata["keras_version"].ShouldBe("3.10.0");
        model.Notes.ShouldContain(note => note.Contains("'layer 2 (dropout_3)', a Dropout, was left out", StringComparison.Ordinal));
        model.Notes.ShouldContain(note => note.Contains("softmax", StringComparison.Ordinal) && note.Contains("logits", StringComparison.Ordinal));
        Read("keras-2.h5").Metadata["keras_version"].ShouldBe("2.9.0");
        Read("keras-3.h5").Precision.ShouldBe(Precision.Double);
        Read(Lstm).SequenceLength.ShouldBeNull();
        Read("keras-pooled.keras").Pooling.ShouldBe(Pooling.Max);
        Read("keras-pooled.keras").ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("Pooling = Pooling.Max");
        Read("keras-batch-norms.keras").Notes.Count(note => note.Contains("was folded into", StringComparison.Ordinal)).ShouldBe(5);
        Read(Functional).Notes.ShouldContain(note => note.Contains("stateful", StringComparison.Ordinal));
    }

    /// <summary>A model with outputs at each step may be read for its last one, but not the other way round.</summary>
    [Fact]
    public void AnArchitectureThatTheFileDeniesIsRejected()
    {
        Should.Throw<ForeignFileException>(() => KerasFile.Read(Bytes(Grus), new ImportOptions { Architecture = Architecture.ManyToMany })).Message.ShouldContain("'layer 3 (gru_4)' has return_sequences=False");
        KerasFile.Read(Bytes(Lstm), new ImportOptions { Architecture = Architecture.ManyToOne }).Architecture.ShouldBe(Architecture.ManyToOne);
    }

    [Theory]
    [InlineData(Lstm, "\"return_sequences\": true", "\"return_sequences\": true, \"go_backwards\": true", "'layer 1 (lstm_3)' is a layer 'LSTM' with go_backwards=True")]
    [InlineData(Lstm, "\"activation\": \"tanh\"", "\"activation\": \"relu\"", "'layer 1 (lstm_3)' is a layer 'LSTM' with the function 'relu'")]
    [InlineData(Lstm, "\"sigmoid\"", "\"hard_sigmoid\"", "with the recurrent function 'hard_sigmoid'")]
    [InlineData(Lstm, "\"return_sequences\": true", "\"return_state\": true", "with return_state=True")]
    [InlineData(Lstm, "\"class_name\": \"Dense\"", "\"class_name\": \"PReLU\"", "'layer 2 (dense_3)' is a layer 'PReLU', which cannot be declared")]
    [InlineData(Lstm, "\"class_name\": \"Dense\"", "\"class_name\": \"Lambda\"", "'layer 2 (dense_3)' is a layer 'Lambda'")]
    [InlineData(Lstm, "\"module\": \"keras.layers\", \"class_name\": \"Dense\"", "\"module\": \"mine\", \"class_name\": \"Dense\"", "a 'Dense' of 'mine', and not of Keras")]
    [InlineData(Lstm, "\"activation\": \"linear\"", "\"activation\": \"gelu\"", "'layer 2 (dense_3)' is a layer 'Dense' with the function 'gelu'")]
    [InlineData(Lstm, "\"class_name\": \"Sequential\"", "\"class_name\": \"MyModel\"", "The model is a 'MyModel'")]
    [InlineData(Lstm, "\"units\": 5", "\"units\": 6", "which does not fit its configuration")]
    [InlineData(Lstm, "\"units\": 5", "\"units\": -5", "has no 'units' that is a whole number")]
    [InlineData(Grus, "\"units\": 4, \"return_sequences\": true", "\"units\": 4, \"return_sequences\": false", "'layer 3 (gru_4)' is a layer 'GRU' behind 'layer 1 (gru_3)', which has return_sequences=False")]
    [InlineData(Grus, "\"relu\"", "\"softmax\"", "'layer 4 (dense_3)' is a layer 'Dense' with the function 'softmax'")]
    [InlineData(Grus, "\"reset_after\": true", "\"reset_after\": false", "which does not fit its configuration")]
    [InlineData(BothWays, "\"merge_mode\": \"concat\"", "\"merge_mode\": \"sum\"", "'layer 1 (bidirectional_3)' is a layer 'Bidirectional' with merge_mode 'sum'")]
    [InlineData(BothWays, "\"merge_mode\": \"concat\"", "\"merge_mode\": null", "with merge_mode 'none'")]
    [InlineData(BothWays, "\"class_name\": \"LSTM\"", "\"class_name\": \"ConvLSTM1D\"", "'layer 1 (bidirectional_3)' is a layer 'Bidirectional' of 'ConvLSTM1D'")]
    [InlineData("keras-pooled.keras", "\"keepdims\": false", "\"keepdims\": true", "'layer 2 (global_max_pooling1d_3)' is a layer 'GlobalMaxPooling1D' that is not directly behind")]
    [InlineData(BothWays, "1e-05", "0.0", "with epsilon 0")]
    [InlineData(BothWays, "\"axis\": -1", "\"axis\": 1", "over other values than those of a step")]
    [InlineData(Tokens, "\"mask_zero\": false", "\"mask_zero\": true", "'layer 1 (embedding_3)' is a layer 'Embedding' with mask_zero=True")]
    [InlineData(Convolutions, "\"padding\": \"same\"", "\"padding\": \"valid\"", "'layer 2 (conv1d_4)' is a layer 'Conv1D' with padding 'valid'")]
    [InlineData(Convolutions, "\"strides\": [1]", "\"strides\": [2]", "'layer 1 (conv1d_3)' is a layer 'Conv1D' with strides 2")]
    [InlineData(Functional, "[\"lstm_3\", 0, 0]", "[\"input_1\", 0, 0]", "a second reader of 'input_1'")]
    [InlineData(Functional, "[[\"dense_3\", 0, 0]]", "[[\"dense_3\", 0, 0], [\"lstm_3\", 0, 0]]", "are not a chain")]
    [InlineData(Functional, "\"mask\": null", "\"mask\": {\"class_name\": \"__keras_tensor__\"}", "that does not read one other layer once")]
    public void WhatCannotBeDeclaredIsRejectedByItsNameAndPlace(string file, string said, string instead, string expected) =>
        Should.Throw<ForeignFileException>(() => KerasFile.Read(Edited(file, said, instead))).Message.ShouldContain(expected);

    [Fact]
    public void ANormalisationHasTheEpsilonOfItsFile() => KerasFile.Read(Edited(BothWays, "1e-05", "0.001")).ToDeclaration(new DeclarationOptions { Name = "Own" }).ShouldContain("[LayerNorm(Epsilon = 0.001)]");

    /// <summary>A model without layers, of either kind.</summary>
    [Theory]
    [InlineData("""{"class_name":"Sequential","config":{"layers":[]}}""", "no recurrent layer")]
    [InlineData("""{"class_name":"Functional","config":{"layers":[],"input_layers":[],"output_layers":[]}}""", "are not a chain")]
    [InlineData("""{"class_name":"Sequential","config":[{"class_name":"LSTM"}]}""", "layer 1 has no 'config'")]
    [InlineData("""{"class_name":"Sequential"}""", "without a list of layers")]
    [InlineData("""{"config":[]}""", "has no 'class_name'")]
    public void AnEmptyModelIsRejected(string config, string said) => Rejected(Zip(("config.json", Encoding.UTF8.GetBytes(config)), ("model.weights.h5", Entry(Bytes(Lstm), "model.weights.h5")))).ShouldContain(said);

    [Fact]
    public void AnArchiveWithADamagedEntrySaysSo()
    {
        byte[] file = Bytes(Lstm);
        int directory = file.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(directory + 42), file.Length);
        Rejected(file).ShouldContain("damaged");
    }

    [Fact]
    public void OtherFilesAreNotOfKeras()
    {
        KerasFile.TryRead(Path.Combine(ForeignCase.Folder, "lstm.pt")).ShouldBeNull();
        KerasFile.TryRead(Path.Combine(ForeignCase.Folder, "torch-lstm.onnx")).ShouldBeNull();
        Rejected(Encoding.UTF8.GetBytes("{}")).ShouldContain("not a Keras model");

        // The other package names this one.
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Bytes(Lstm))).Message.ShouldContain("RnnGen.Exchange.Keras");
        Should.Throw<ForeignFileException>(() => ForeignFile.Read(Bytes("keras-3.h5"))).Message.ShouldContain("RnnGen.Exchange.Keras");
    }

    [Fact]
    public void WeightsWithoutAModelAreRejected()
    {
        byte[] weights = Entry(Bytes(Lstm), "model.weights.h5");
        Rejected(weights).ShouldContain("weights without the model");
        Rejected(Zip(("config.json", Entry(Bytes(Lstm), "config.json")), ("model.weights.npz", weights))).ShouldContain("model.weights.npz");
        Rejected(Zip(("config.json", Entry(Bytes(Lstm), "config.json")), ("model.weights.h5", "no"u8.ToArray()))).ShouldContain("is not HDF5");
    }

    /// <summary>An archive that unpacks to more than it has is not unpacked.</summary>
    [Fact]
    public void ACompressedArchiveIsNotUnpacked()
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in (string[])["config.json", "model.weights.h5"])
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.SmallestSize).Open();
                entry.Write(new byte[1 << 26]);
            }
        }

        byte[] file = stream.ToArray();
        file.Length.ShouldBeLessThan(1 << 18);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rejected(file).ShouldContain("compressed");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    /// <summary>A tree of groups that leads back to itself, a text that is larger than its heap, a matrix that claims more than the file: each ends at once.</summary>
    [Fact]
    public void ALoopOrAClaimOfTheFileEndsAtOnce()
    {
        byte[] file = Bytes("keras-2.h5");
        int tree = file.AsSpan().IndexOf("TREE"u8), table = file.AsSpan().IndexOf("SNOD"u8);
        Rejected(Patched(file, tree + 32, tree)).ShouldContain("damaged");
        Rejected(Patched(file, tree + 5, 1)).ShouldContain("damaged");
        Rejected(Patched(file, table + 16, long.MaxValue)).ShouldContain("damaged");

        // The shape of the first kernel, [3, 16].
        int shape = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[1, 2, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 16, 0]);
        shape.ShouldBeGreaterThan(0);
        foreach (long length in (long[])[long.MaxValue, 1L << 62, 1 << 30])
        {
            Rejected(Patched(file, shape + 8, length)).ShouldContain("should hold");
        }
    }

    private static ForeignModel Read(string file) => KerasFile.Read(Path.Combine(ForeignCase.Folder, file));

    private static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(ForeignCase.Folder, file));

    private static string Rejected(byte[] file) => Should.Throw<ForeignFileException>(() => KerasFile.Read(file)).Message;

    private static byte[] Patched(byte[] file, int at, long value)
    {
        byte[] patched = [.. file];
        BinaryPrimitives.WriteInt64LittleEndian(patched.AsSpan(at), value);
        return patched;
    }

    // The file with the first place of a text in its configuration changed.
    private static byte[] Edited(string file, string said, string instead)
    {
        string config = Encoding.UTF8.GetString(Entry(Bytes(file), "config.json"));
        int at = config.IndexOf(said, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0, said);
        return Zip(("config.json", Encoding.UTF8.GetBytes(config[..at] + instead + config[(at + said.Length)..])), ("model.weights.h5", Entry(Bytes(file), "model.weights.h5")));
    }

    private static byte[] Entry(byte[] file, string name)
    {
        using ZipArchive archive = new(new MemoryStream(file));
        using Stream stream = archive.GetEntry(name)!.Open();
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }
}
