namespace RnnGen;

/// <summary>How tokens are chosen, by a decoder or, for a stream, by a <see cref="TokenSampler{T}"/>: the most probable token at each step (greedy, the default), sampling, or beam search.</summary>
/// <example>
/// <code>
/// int length = model.Generate(input, tokens, new DecodingOptions { Beams = 4, LengthPenalty = 0.7 });
/// int other = model.Generate(input, tokens, new DecodingOptions { Temperature = 0.8, TopP = 0.95, Seed = 3 });
/// </code>
/// </example>
public sealed class DecodingOptions
{
    /// <summary>The most probable token at each step.</summary>
    public static DecodingOptions Greedy { get; } = new();

    /// <summary>
    /// Beams of the beam search, from 1 to 16 (or to the model's batch size, if that is larger). With 1, decoding is greedy or samples. With more, the result is the
    /// sequence with the highest log p / penalty that was found. Default: 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int Beams
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Beams), Invariant($"{value}"), "Beams must be at least 1.");
    } = 1;

    /// <summary>
    /// α of the penalty ((5 + length) / 6)^α by which beam search divides the log-probability of a sequence (Y. Wu et al. 2016); 0 compares
    /// probabilities, which favours short sequences. Default: 0.6.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double LengthPenalty
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(LengthPenalty), Invariant($"{value}"), "LengthPenalty must be finite and at least 0.");
    } = 0.6;

    /// <summary>What logits are divided by before a token is sampled. At 0, and below 1.2e-38, where a float has no inverse, the most probable token is taken. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Temperature
    {
        get;
        init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(Temperature), Invariant($"{value}"), "Temperature must be finite and at least 0.");
    }

    /// <summary>Whether tokens are sampled: the temperature is at least the smallest normal float.</summary>
    internal bool Samples => Temperature >= 1.17549435e-38;

    /// <summary>Samples among this many most probable tokens, of equally probable ones those of smaller index; 0 for all. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int TopK
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(TopK), Invariant($"{value}"), "TopK must be at least 0.");
    }

    /// <summary>Samples among the fewest most probable tokens whose probabilities reach this sum (A. Holtzman et al. 2020), above 0 and up to 1. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in (0, 1].</exception>
    public double TopP
    {
        get;
        init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(TopP), Invariant($"{value}"), "TopP must be above 0 and at most 1.");
    } = 1;

    /// <summary>The seed of the samples: the same seed, model and input produce the same tokens. Default: 0.</summary>
    public int Seed { get; init; }
}
