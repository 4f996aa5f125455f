namespace Sentiment;

/// <summary>What a model says about a review.</summary>
/// <param name="Review">The review.</param>
/// <param name="Score">The logit of praise less that of blame.</param>
/// <param name="Moved">How much each word moved that score.</param>
internal sealed record Verdict(Review Review, double Score, double[] Moved)
{
    public string Says => Score > 0 ? "praise" : "blame";

    public bool IsRight => Score > 0 == (Review.Class == 1);

    /// <summary>The verdict with the four words that moved it most.</summary>
    public string Describe() =>
        $"{Says,-6} ({(IsRight ? "right" : "wrong")}): {string.Join(' ', Review.Words)}\n"
        + $"         {string.Join(", ", Review.Words.Zip(Moved).OrderByDescending(w => Math.Abs(w.Second)).Take(4).Select(w => $"{w.First} {Math.Round(w.Second, 1) + 0.0:+0.0;-0.0}"))}";
}
