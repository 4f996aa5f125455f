using RnnGen;
using RnnGen.Runtime;

namespace CharLanguageModel;

/// <summary>What a trained model does with text, character by character.</summary>
internal static class Writing
{
    /// <summary>Reads a text from its first character to its last and returns the mean of -log p of each after those before it, in nats.</summary>
    public static double Nats(StreamState<float, int, int> state, int[] tokens)
    {
        var logits = new float[Alphabet.Size];
        double sum = 0;
        for (int i = 0; i + 1 < tokens.Length; i++)
        {
            state.Step(tokens.AsSpan(i, 1), logits);
            double greatest = logits.Max(), total = 0;
            foreach (float logit in logits)
            {
                total += Math.Exp(logit - greatest);
            }

            sum += greatest + Math.Log(total) - logits[tokens[i + 1]];
        }

        return sum / (tokens.Length - 1);
    }

    /// <summary>Goes on from a beginning.</summary>
    /// <param name="model">The model.</param>
    /// <param name="beginning">At least one character.</param>
    /// <param name="length">Characters to write.</param>
    /// <param name="temperature">Below 1 it favours probable characters; near 0 it writes only the most probable one.</param>
    /// <param name="seed">Draws the characters.</param>
    public static string Continue(CharModel model, string beginning, int length, double temperature, int seed)
    {
        CharModel.State state = model.CreateState();
        var logits = new float[Alphabet.Size];
        foreach (int token in Alphabet.Tokens(beginning))
        {
            state.Step(token, logits);
        }

        TokenSampler<float> sampler = new(new DecodingOptions { Temperature = temperature, Seed = seed });
        var written = new int[length];
        for (int i = 0; i < length; i++)
        {
            written[i] = sampler.Next(logits);
            state.Step(written[i], logits);
        }

        return Alphabet.Text(written);
    }
}
