namespace CharLanguageModel;

/// <summary>
/// The baseline: how often each character followed the last few. Each order is smoothed towards the one below in the
/// proportion of the different followers that it has seen (I. Witten and T. Bell, "The zero-frequency problem", 1991, method C);
/// below the lowest all characters are equally likely.
/// </summary>
internal sealed class CharacterCounts
{
    private readonly int _order;

    // By context, the last k characters as digits after a leading one, for k = 0 … order: how often each character followed.
    private readonly Dictionary<long, Dictionary<int, int>> _followers = [];

    /// <summary>Counts.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="order">Characters of the longest context, 0 to 8.</param>
    public CharacterCounts(int[] tokens, int order)
    {
        _order = order;
        for (int i = 0; i < tokens.Length; i++)
        {
            for (int length = 0; length <= Math.Min(order, i); length++)
            {
                long context = Context(tokens, i, length);
                if (!_followers.TryGetValue(context, out Dictionary<int, int>? counts))
                {
                    _followers[context] = counts = [];
                }

                counts[tokens[i]] = counts.GetValueOrDefault(tokens[i]) + 1;
            }
        }
    }

    /// <summary>The mean of -log p of each character after those before it, in nats.</summary>
    public double Nats(int[] tokens)
    {
        double sum = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            sum -= Math.Log(Probability(tokens, i));
        }

        return sum / tokens.Length;
    }

    /// <summary>The probability of the character at a place, given those before it.</summary>
    public double Probability(int[] tokens, int place)
    {
        double probability = 1.0 / Alphabet.Size;
        for (int length = 0; length <= Math.Min(_order, place); length++)
        {
            if (!_followers.TryGetValue(Context(tokens, place, length), out Dictionary<int, int>? counts))
            {
                break;
            }

            double total = counts.Values.Sum();
            probability = (counts.GetValueOrDefault(tokens[place]) + counts.Count * probability) / (total + counts.Count);
        }

        return probability;
    }

    private static long Context(int[] tokens, int place, int length)
    {
        long context = 1;
        for (int i = place - length; i < place; i++)
        {
            context = context * (Alphabet.Size + 1) + tokens[i];
        }

        return context;
    }
}
