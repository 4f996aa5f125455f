using RnnGen;

namespace CharLanguageModel;

/// <summary>Reads characters one after the other and outputs at each the logits of the next one, over the whole alphabet.</summary>
[RnnModel(Architecture.ManyToMany, SequenceLength = Window, OutputSize = Alphabet.Size, Loss = Loss.CrossEntropy, BatchSize = 32)]
[Embedding(Alphabet.Size, 64)]
[Lstm(256)]
internal sealed partial class CharModel
{
    /// <summary>Characters that a training sequence has.</summary>
    public const int Window = 128;
}
