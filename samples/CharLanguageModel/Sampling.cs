namespace CharLanguageModel;

/// <summary>Draws what comes next.</summary>
internal static class Sampling
{
    /// <summary>The token at which the cumulated probabilities, softmax(logits / temperature), pass a number between 0 and 1.</summary>
    public static int Draw(ReadOnlySpan<float> logits, double temperature, double number)
    {
        double greatest = double.NegativeInfinity, total = 0;
        foreach (float logit in logits)
        {
            greatest = Math.Max(greatest, logit);
        }

        foreach (float logit in logits)
        {
            total += Math.Exp((logit - greatest) / temperature);
        }

        double rest = number * total;
        int last = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            double weight = Math.Exp((logits[token] - greatest) / temperature);
            last = weight > 0 ? token : last;
            rest -= weight;
            if (rest < 0)
            {
                return token;
            }
        }

        return last;
    }
}
