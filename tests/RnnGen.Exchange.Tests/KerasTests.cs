using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace RnnGen.Exchange.Tests;

/// <summary>Files of Keras: what is said of them, what is rejected by its name, and files that are made to do harm.</summary>
public sealed class KerasTests
{
    private const string Lstm = "keras-lstm.keras", Grus = "keras-grus.keras", BothWays = "keras-both-ways.keras", Tokens = "keras-tokens.keras", Convolutions = "keras-convolutions.keras", Functional = "keras-functional.keras";

    private const string Masking = "{\"class_name\": \"Masking\", \"config\": {\"name\": \"masking\", \"mask_value\": 0.0}}, ";

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

    /// <summary>The file says whether there is an output at each step, so another wish is an error, in both directions.</summary>
    [Fact]
    public void AnArchitectureThatTheFileDeniesIsRejected()
    {
        Should.Throw<ForeignFileException>(() => KerasFile.Read(Bytes(Grus), new ImportOptions { Architecture = Architecture.ManyToMany })).Message.ShouldContain("'layer 3 (gru_4)' has return_sequences=False");
        Should.Throw<ForeignFileException>(() => KerasFile.Read(Bytes(Lstm), new ImportOptions { Architecture = Architecture.ManyToOne })).Message.ShouldContain("has return_sequences=True, so the model has an output at each step");
        KerasFile.Read(Bytes(Lstm), new ImportOptions { Architecture = Architecture.ManyToMany }).Architecture.ShouldBe(Architecture.ManyToMany);
    }

    [Theory]
    [InlineData(Lstm, "\"return_sequences\": true", "\"return_sequences\": true, \"go_backwards\": true", "'layer 1 (lstm_3)' is a layer 'LSTM' with go_backwards=True and return_sequences=True, whose outputs are in the other order of steps")]
    [InlineData(Lstm, "\"activation\": \"tanh\"", "\"activation\": \"gelu\"", "'layer 1 (lstm_3)' is a layer 'LSTM' with activation 'gelu', which cannot be declared: a cell's equations have no error function")]
    [InlineData(Lstm, "\"recurrent_activation\": \"sigmoid\"", "\"recurrent_activation\": \"softmax\"", "'layer 1 (lstm_3)' is a layer 'LSTM' with recurrent_activation 'softmax', which cannot be declared: linear, tanh,")]
    [InlineData(Lstm, "\"recurrent_activation\": \"sigmoid\"", "\"recurrent_activation\": {\"class_name\": \"LeakyReLU\", \"config\": {\"alpha\": 0.3}}", "with recurrent_activation 'LeakyReLU'")]
    [InlineData(Lstm, "\"recurrent_activation\": \"sigmoid\"", "\"recurrent_activation\": \"\\u202esoft\"", "recurrent_activation '\\u202Esoft'")]
    [InlineData(BothWays, "\"merge_mode\": \"concat\"", "\"merge_mode\": \"concat\", \"backward_layer\": {\"class_name\": \"LSTM\", \"config\": {\"units\": 4, \"go_backwards\": true, \"recurrent_activation\": \"softsign\"}}", "whose backward layer is another one than the forward layer")]
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
    [InlineData(BothWays, "\"merge_mode\": \"concat\"", "\"merge_mode\": \"mul\"", "'layer 1 (bidirectional_3)' is a layer 'Bidirectional' with merge_mode 'mul'")]
    [InlineData(BothWays, "\"merge_mode\": \"concat\"", "\"merge_mode\": null", "with merge_mode 'none'")]
    [InlineData(BothWays, "\"class_name\": \"LSTM\"", "\"class_name\": \"ConvLSTM1D\"", "'layer 1 (bidirectional_3)' is a layer 'Bidirectional' of 'ConvLSTM1D'")]
    [InlineData("keras-pooled.keras", "\"keepdims\": false", "\"keepdims\": true", "'layer 2 (global_max_pooling1d_3)' is a layer 'GlobalMaxPooling1D' that is not directly behind")]
    [InlineData(BothWays, "1e-05", "0.0", "with epsilon 0")]
    [InlineData(BothWays, "\"axis\": -1", "\"axis\": 1", "over other values than those of a step")]
    [InlineData("keras-pooled.keras", "{\"module\": \"keras.layers\", \"class_name\": \"Bidirectional\"", Masking + "{\"module\": \"keras.layers\", \"class_name\": \"Bidirectional\"", "'layer 3 (global_max_pooling1d_3)' is a layer 'GlobalMaxPooling1D' behind a mask, which it does not heed")]
    [InlineData(Convolutions, "{\"module\": \"keras.layers\", \"class_name\": \"Conv1D\"", Masking + "{\"module\": \"keras.layers\", \"class_name\": \"Conv1D\"", "'layer 2 (conv1d_3)' is a layer 'Conv1D' behind a mask, which it does not heed")]
    [InlineData(Lstm, "{\"module\": \"keras.layers\", \"class_name\": \"Dense\"", Masking + "{\"module\": \"keras.layers\", \"class_name\": \"Dense\"", "'layer 2 (masking)' is a layer 'Masking' behind another layer")]
    [InlineData(Convolutions, "\"padding\": \"same\"", "\"padding\": \"valid\"", "'layer 2 (conv1d_4)' is a layer 'Conv1D' with padding 'valid'")]
    [InlineData(Convolutions, "\"strides\": [1]", "\"strides\": [2]", "'layer 1 (conv1d_3)' is a layer 'Conv1D' with strides 2")]
    [InlineData(Functional, "[\"lstm_3\", 0, 0]", "[\"input_1\", 0, 0]", "a second reader of 'input_1'")]
    [InlineData(Functional, "[[\"dense_3\", 0, 0]]", "[[\"dense_3\", 0, 0], [\"lstm_3\", 0, 0]]", "are not a chain")]
    [InlineData(Functional, "\"mask\": null", "\"mask\": {\"class_name\": \"__keras_tensor__\"}", "'layer 1 (dense_3)' is a layer 'Dense' that is called with mask=")]
    [InlineData(Lstm, "\"class_name\": \"Dense\", \"config\": {\"name\": \"dense_3\", \"trainable\": true, \"units\": 2, \"activation\": \"linear\"}", "\"class_name\": \"Softmax\", \"config\": {\"name\": \"dense_3\", \"axis\": 1}", "'layer 2 (dense_3)' is a layer 'Softmax' over other values than those of a step, with axis 1")]
    [InlineData(Functional, "\"training\": false", "\"training\": true", "'layer 1 (dense_3)' is a layer 'Dense' that is called with training=true")]
    [InlineData(Functional, "\"mask\": null", "\"initial_state\": 0.5", "that is called with initial_state=0.5")]
    [InlineData(Convolutions, "\"dilation_rate\": [2]", "\"dilation_rate\": [65537]", "'layer 1 (conv1d_3)' has 65537 steps from one to the next (dilation); a declaration has from 1 to 65536")]
    [InlineData(Convolutions, "\"batch_shape\": [null, null, 2]", "\"batch_shape\": [null, 4, 2]", "'layer 1 (conv1d_3)' is a convolution that reads 4 steps away, where a sequence has 4")]
    [InlineData(Lstm, "\"units\": 2", "\"units\": 3", "'layer 2 (dense_3)' is [5, 2], which does not fit its configuration")]
    [InlineData(Convolutions, "\"filters\": 3", "\"filters\": 5", "'layer 1 (conv1d_3)' is [3, 2, 3], which does not fit its configuration")]
    [InlineData(Tokens, "\"input_dim\": 9", "\"input_dim\": 8", "'layer 1 (embedding_3)' is [9, 4], which does not fit its configuration")]
    [InlineData(Tokens, "\"output_dim\": 4", "\"output_dim\": 5", "'layer 1 (embedding_3)' is [9, 4], which does not fit its configuration")]
    [InlineData(Lstm, "\"batch_shape\": [null, null, 3]", "\"batch_shape\": [null, null, 4]", "is a sequence of the shape [free, 4], but 'layer 1 (lstm_3)' reads 3 values at a step")]
    [InlineData(Tokens, "\"batch_shape\": [null, null]", "\"batch_shape\": [null, null, 4]", "but 'layer 1 (embedding_3)' reads a token at a step")]
    [InlineData(Lstm, ", {\"module\": \"keras.layers\", \"class_name\": \"Dense\", \"config\": {\"name\": \"dense_3\", \"trainable\": true, \"units\": 2, \"activation\": \"linear\"}, \"registered_name\": null}", "", "The file has weights of 'dense', which is not among the layers of its configuration")]
    [InlineData(Lstm, "\"name\": \"dense_3\"", "\"name\": \"lstm_3\"", "'layer 2 (lstm_3)' has the name of a layer before it")]
    [InlineData("keras-reset-before.keras", "\"units\": 3, \"return_sequences\": true", "\"units\": 3, \"return_sequences\": false", "'layer 3 (time_distributed_3)' is a layer 'TimeDistributed' behind 'layer 2 (gru_4)', which has return_sequences=False")]
    [InlineData("keras-reset-before.keras", "\"class_name\": \"Dense\"", "\"class_name\": \"LayerNormalization\"", "'layer 3 (time_distributed_3)' is a layer 'TimeDistributed' of 'LayerNormalization'")]
    [InlineData(Lstm, "\"recurrent_activation\": \"sigmoid\"}, \"registered_name\": null", "\"recurrent_activation\": \"sigmoid\"}, \"registered_name\": \"My>LSTM\"", "'layer 1 (lstm_3)' is a 'LSTM' of 'My>LSTM', and not of Keras")]
    [InlineData(Lstm, "\"module\": \"keras.layers\", \"class_name\": \"LSTM\"", "\"module\": \"keras_contrib.layers\", \"class_name\": \"LSTM\"", "a 'LSTM' of 'keras_contrib.layers', and not of Keras")]
    [InlineData(Lstm, "\"module\": \"keras\", \"class_name\": \"Sequential\"", "\"module\": \"mine\", \"class_name\": \"Sequential\"", "a 'Sequential' of 'mine', and not of Keras")]
    [InlineData(Lstm, "\"activation\": \"linear\"", "\"activation\": {\"module\": \"builtins\", \"class_name\": \"function\", \"config\": \"relu\", \"registered_name\": \"function\"}", "'layer 2 (dense_3)' is a 'relu' of 'builtins', and not of Keras")]
    [InlineData(Lstm, "\"activation\": \"tanh\"", "\"activation\": {\"module\": \"keras.activations\", \"class_name\": \"function\", \"config\": \"tanh\", \"registered_name\": \"My>tanh\"}", "'layer 1 (lstm_3)' is a 'tanh' of 'My>tanh', and not of Keras")]
    [InlineData(Lstm, "\"class_name\": \"LSTM\"", "\"class_name\": \"LayerNormalization\"", "'layer 1 (lstm_3)' is a layer 'LayerNormalization' before any other layer")]
    [InlineData(Lstm, "\"class_name\": \"Dense\"", "\"class_name\": \"Sequential\"", "'layer 2 (dense_3)' is a layer 'Sequential' inside the model")]
    public void WhatCannotBeDeclaredIsRejectedByItsNameAndPlace(string file, string said, string instead, string expected) =>
        Should.Throw<ForeignFileException>(() => KerasFile.Read(Edited(file, said, instead))).Message.ShouldContain(expected);

    [Fact]
    public void ANormalisationHasTheEpsilonOfItsFile() => KerasFile.Read(Edited(BothWays, "1e-05", "0.001")).ToDeclaration(new DeclarationOptions { Name = "Own" }).ShouldContain("[LayerNorm(Epsilon = 0.001)]");

    /// <summary>What a call was not given is null, and training false in old files.</summary>
    [Fact]
    public void ACallWithoutItsKeywordsIsRead() => KerasFile.Read(Edited(Functional, "\"training\": false", "\"training\": null")).Layers.Count.ShouldBe(Read(Functional).Layers.Count);

    /// <summary>The default of <c>reset_after</c> is that of the version; an unknown one is seen by the two biases, and without them is an error.</summary>
    [Fact]
    public void AGruWithoutResetAfterHasTheDefaultOfItsVersion()
    {
        Kinds(KerasFile.Read(Edited(Grus, ", \"reset_after\": true", ""))).ShouldBe(Kinds(Read(Grus)));
        byte[] said = Bytes("keras-2.h5"), silent = Replaced(said, "\"reset_after\": true, ", "");
        Kinds(KerasFile.Read(silent)).ShouldBe(Kinds(KerasFile.Read(said)));
        Kinds(KerasFile.Read(Replaced(WithGates(silent), "2.9.0", "2.x.0"))).ShouldBe(Kinds(KerasFile.Read(said)));
        Rejected(Replaced(silent, "2.9.0", "2.3.1")).ShouldContain("which does not fit its configuration");
        byte[] withoutBias = Replaced(said, "\"reset_after\": true", "\"use_bias\": false");
        Rejected(Replaced(WithGates(withoutBias), "2.9.0", "2.x.0")).ShouldContain("'layer 2 (gru_3)' is a layer 'GRU' without reset_after, whose default the version '2.x.0' does not say");

        static string Kinds(ForeignModel model) => model.ToDeclaration(new DeclarationOptions { Name = "M" });

        // The functions of the gates in place of spaces.
        static byte[] WithGates(byte[] file)
        {
            string text = Encoding.Latin1.GetString(file);
            foreach (string kind in (string[])["LSTM", "GRU"])
            {
                int start = text.IndexOf($"{{\"class_name\": \"{kind}\"", StringComparison.Ordinal);
                string layer = text[start..(text.IndexOf("]]]}", start, StringComparison.Ordinal) + 4)];
                file = Replaced(file, layer, layer.Replace(" ", "", StringComparison.Ordinal).Replace("\"trainable\":true", "\"recurrent_activation\":\"sigmoid\"", StringComparison.Ordinal));
            }

            return file;
        }
    }

    /// <summary>The default of <c>recurrent_activation</c> is that of the version too.</summary>
    [Fact]
    public void GatesWithoutAFunctionHaveTheDefaultOfTheirVersion()
    {
        byte[] silent = Replaced(Bytes("keras-hard-sigmoid-2.h5"), "\"recurrent_activation\": \"hard_sigmoid\"", "\"recurrent_activatio_\": \"hard_sigmoid\"");
        KerasFile.Read(silent).Layers[0].Cell!.Name.ShouldBe("HardSigmoidLstm");
        KerasFile.Read(Replaced(silent, "2.2.4", "2.3.0")).Layers[0].Cell.ShouldBeNull();
        Rejected(Replaced(silent, "2.2.4", "2.x.4")).ShouldContain("without recurrent_activation, whose default the version '2.x.4' does not say");
    }

    /// <summary>Recurrent layers pass over masked steps, so the model reads sequences without them, and says so.</summary>
    [Fact]
    public void AMaskIsSaid()
    {
        ForeignModel tokens = Read("keras-masked-tokens.keras"), steps = Read("keras-masked-steps.keras");
        (tokens.MaskedValue, steps.MaskedValue, Read(Tokens).MaskedValue).ShouldBe((0, -1, null));
        tokens.Notes.ShouldContain(note => note.Contains("'layer 1 (embedding_3)' masks tokens 0 (mask_zero=True)", StringComparison.Ordinal));
        tokens.ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("// The file masks tokens 0. Give sequences without them, and their lengths where they differ.\n[RnnModel(");
        steps.ToDeclaration(new DeclarationOptions { Name = "M" }).ShouldContain("// The file masks steps whose values are all -1. Give");
        Should.Throw<ArgumentException>(() => tokens.Run([3, 0, 4], steps: 3)).Message.ShouldContain("Step 1 is masked, since its values are 0");
        Should.Throw<ArgumentException>(() => steps.Run([-1, 0, -1, -1, -1, -1], steps: 2)).Message.ShouldContain("Step 1 is masked");
    }

    /// <summary>In Keras 2 it is another function than in Keras 3; a file whose version is unknown is an error.</summary>
    [Fact]
    public void AHardSigmoidIsThatOfTheVersion()
    {
        byte[] said = Bytes("keras-hard-sigmoid-2.h5");
        Gates(KerasFile.Read(said)).ShouldBe("min(max(0.2 * x + 0.5, 0), 1)");
        Gates(KerasFile.Read(Replaced(said, "2.2.4", "3.0.0"))).ShouldBe("min(max(x + 3, 0), 6) / 6");
        Gates(Read("keras-functions-of-gates.keras")).ShouldBe("min(max(x + 3, 0), 6) / 6");
        Rejected(Replaced(said, "2.2.4", "2.x.4")).ShouldContain("with recurrent_activation 'hard_sigmoid', which is another one in Keras 2 than in Keras 3, and the version '2.x.4' does not say which");
        Rejected(Edited(Lstm, "\"recurrent_activation\": \"sigmoid\"", "\"recurrent_activation\": \"hard_sigmoid\"")).ShouldContain("and the version 'of the file' does not say which");

        static string Gates(ForeignModel model) => model.Layers[0].Cell!.Functions["gates"];
    }

    /// <summary>Theano convolves where other backends correlate.</summary>
    [Fact]
    public void AConvolutionOfTheanoIsRejected()
    {
        const string gru = "{\"class_name\": \"GRU\", \"config\": {\"name\": \"gru_3\", \"trainable\": true, \"units\": 4,", convolution = "{\"class_name\": \"Conv1D\", \"config\": {\"name\": \"gru_3\", \"kernel_size\": 1,";
        byte[] file = Replaced(Bytes("keras-2.1.h5"), gru, convolution);
        Rejected(Replaced(file, "tensorflow", "theano", '\0')).ShouldContain("'layer 1 (gru_3)' is a layer 'Conv1D' of the backend Theano, which turns filters round");
    }

    [Fact]
    public void WeightsOfALayerThatAnHdf5FileDoesNotNameAreRejected() =>
        Rejected(Replaced(Bytes("keras-2.1.h5"), ", {\"class_name\": \"Dense\", \"config\": {\"name\": \"dense_3\", \"trainable\": true, \"units\": 2, \"activation\": \"sigmoid\"}}", "")).ShouldContain("The file has weights of 'dense_3'");

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
        Rejected(file).ShouldContain("'model.weights.h5' cannot be unpacked: the file is damaged");
    }

    /// <summary>A bit of a weight that has changed, a password, an entry that is there twice.</summary>
    [Fact]
    public void AnArchiveIsCheckedBeforeItIsRead()
    {
        byte[] file = Bytes(Lstm), weights = Entry(file, "model.weights.h5"), config = Entry(file, "config.json");
        byte[] damaged = [.. file], encrypted = [.. file];
        damaged[file.AsSpan().IndexOf(weights) + weights.Length - 2] ^= 1;
        Rejected(damaged).ShouldContain("'model.weights.h5' does not have the checksum");
        encrypted[file.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        Rejected(encrypted).ShouldContain("'model.weights.h5' is encrypted");
        Rejected(Zip(("config.json", config), ("config.json", config), ("model.weights.h5", weights))).ShouldContain("several entries 'config.json'");
    }

    [Fact]
    public void AnHdf5FileThatWasCutOffIsRejected()
    {
        Rejected(Bytes("keras-2.h5")[..^1]).ShouldContain("it was cut off");
        Rejected(Bytes("keras-latest.h5")[..^1]).ShouldContain("it was cut off");
    }

    /// <summary>Parts of HDF5 that Keras does not write are named: a shape of nothing with lengths, big-endian numbers, a soft link.</summary>
    [Fact]
    public void WhatKerasDoesNotWriteIsNamed()
    {
        byte[] empty = Bytes("keras-latest.h5"), big = Bytes("keras-2.h5"), soft = Bytes("keras-2.h5");
        empty[empty.AsSpan().IndexOf((ReadOnlySpan<byte>)[2, 2, 1, 1, 3, 0, 0, 0, 0, 0, 0, 0]) + 3] = 2;
        Rejected(empty).ShouldContain("A shape of the HDF5 file is of version 2 and rank 2");
        big[big.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x11, 0x20, 31, 0, 4, 0, 0, 0]) + 1] |= 1;
        Rejected(big).ShouldContain("holds big-endian elements of 4 bytes");
        soft[soft.AsSpan().IndexOf("SNOD"u8) + 24] = 2;
        Rejected(soft).ShouldContain("'model_weights' in the HDF5 file is a soft or an external link");
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

    // The file with the first place of a text changed, in as many bytes.
    private static byte[] Replaced(byte[] file, string said, string instead, char filling = ' ')
    {
        int at = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(said));
        at.ShouldBeGreaterThanOrEqualTo(0, said);
        byte[] replaced = [.. file];
        Encoding.UTF8.GetBytes(instead.PadRight(said.Length, filling)).CopyTo(replaced, at);
        return replaced;
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
