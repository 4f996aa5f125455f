using RnnGen;
using RnnGen.Samples;

namespace CharLanguageModel;

/// <summary>A text as tokens: the first 90 % to learn from, the rest held out.</summary>
/// <param name="Train">What is learned from.</param>
/// <param name="HeldOut">What nothing has seen but the scores.</param>
internal sealed record Corpus(int[] Train, int[] HeldOut)
{
    private const double TrainFraction = 0.9;

    /// <summary>Splits a text.</summary>
    /// <exception cref="UsageException">The text is too short to train on.</exception>
    public static Corpus Of(string text)
    {
        int[] tokens = Alphabet.Tokens(text);
        int train = (int)(tokens.Length * TrainFraction);
        return tokens.Length - train > CharModel.Window && train > 20 * CharModel.Window
            ? new Corpus(tokens[..train], tokens[train..])
            : throw new UsageException($"The text has {tokens.Length} characters; give it at least {30 * CharModel.Window}.");
    }

    /// <summary>The first line of what is held out, up to 200 characters of it.</summary>
    public string FirstHeldOutLine => Alphabet.Text(HeldOut.TakeWhile(t => t != Alphabet.Token('\n')).Take(200)) + '\n';

    /// <summary>The training part cut into windows, the first of which begins at an offset; each character's target is the next one.</summary>
    /// <param name="offset">0 to below the window's length.</param>
    public SequenceDataset<int, int> Windows(int offset)
    {
        int count = (Train.Length - 1 - offset) / CharModel.Window, length = count * CharModel.Window;
        return SequenceDataset.FromArrays(Train[offset..(offset + length)], Train[(offset + 1)..(offset + 1 + length)], count);
    }
}
