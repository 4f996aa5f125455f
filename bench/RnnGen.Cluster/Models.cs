namespace RnnGen.Cluster;

/// <summary>The model of the measured runs: LSTM 32,128,256,256 (batch, steps, inputs, units) a process.</summary>
[RnnModel(Architecture.ManyToOne, InputSize = 256, SequenceLength = 128, OutputSize = 1, BatchSize = 128)]
[Lstm(256)]
internal sealed partial class Lstm256;

[RnnModel(Architecture.ManyToOne, InputSize = 128, SequenceLength = 128, OutputSize = 1, BatchSize = 32)]
[Lstm(128)]
internal sealed partial class Lstm128;

[RnnModel(Architecture.ManyToOne, InputSize = 1024, SequenceLength = 128, OutputSize = 1, BatchSize = 32)]
[Lstm(1024)]
internal sealed partial class Lstm1024;

/// <summary>The model of the sample Translator.</summary>
[RnnModel(Architecture.EncoderDecoder, SequenceLength = 32, OutputLength = 36, OutputSize = TargetWords, StartToken = 1, EndToken = 2, Loss = Loss.CrossEntropy, OutputDropout = 0.3, BatchSize = 32)]
[Embedding(SourceWords, 192)]
[Gru(256, Bidirectional = true, Dropout = 0.3)]
[Decoder(Attention = Attention.Multiplicative)]
[Embedding(TargetWords, 192)]
[Gru(256, Dropout = 0.3)]
internal sealed partial class Translator
{
    public const int SourceWords = 6000, TargetWords = 5000, EmbeddingSize = 192;
}
