using System.Numerics;
using System.Runtime.CompilerServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>
/// Chooses tokens by logits: the most probable one, or a draw from softmax(logits / temperature), among the <see cref="DecodingOptions.TopK"/> most probable ones and those that reach
/// <see cref="DecodingOptions.TopP"/>. <c>Generate</c> of a decoder chooses with it; for a stream, feed each token that it returns back in. It does not allocate after the first call. Use it from one
/// thread at a time.
/// </summary>
/// <remarks>
/// A draw depends only on the logits, the seed, the <see cref="Position"/> and the row, and on nothing that was drawn before (Philox, J. K. Salmon et al. 2011), so a text can be resumed where it was, and the
/// same seed draws the same tokens on every platform.
/// </remarks>
/// <typeparam name="T">The model's number type.</typeparam>
/// <example>
/// <code>
/// var sampler = new TokenSampler&lt;float&gt;(new DecodingOptions { Temperature = 0.8, TopP = 0.95, Seed = 1 });
/// for (int i = 0; i &lt; 400; i++)
/// {
///     int token = sampler.Next(logits);
///     state.Step([token], logits);
/// }
/// </code>
/// </example>
public sealed class TokenSampler<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private DecodingOptions _options;
    private T[] _probabilities = [];
    private int[] _order = [];

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">How tokens are chosen.</param>
    /// <exception cref="ArgumentException">The options have more than one beam, which only <c>Generate</c> can follow.</exception>
    public TokenSampler(DecodingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Beams == 1 ? options
            : throw new ArgumentException(Invariant($"A sampler chooses one token at a time and cannot follow {options.Beams} beams; do not set Beams, or call Generate of a model with a decoder."), nameof(options));
    }

    /// <summary>The number of tokens that were chosen in each row. It determines the next draw, with the seed. Set it to resume a text, or to 0 to begin another from the same seed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Position
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Position), Invariant($"{value}"), "Position must be at least 0.");
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">The logits of all tokens, at least one.</param>
    /// <returns>The token, from 0.</returns>
    /// <exception cref="ArgumentException">There is no logit.</exception>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no token is the most probable; the position stays.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Next(ReadOnlySpan<T> logits)
    {
        RequireLogits(logits.Length > 0, nameof(logits));
        int token = Choose(logits, row: 0);
        Position++;
        return token;
    }

    /// <summary>Chooses the next token of each of several rows, such as the streams of <c>CreateStreams</c>. Each row has draws of its own; the first has those of a single stream.</summary>
    /// <param name="logits"><c>[tokens.Length, vocabulary]</c> logits.</param>
    /// <param name="tokens">Receives a token for each row.</param>
    /// <exception cref="ArgumentException">There are no logits, or not as many for each row.</exception>
    /// <exception cref="NonFiniteException">A logit is NaN or infinite, so that no token is the most probable; the position stays.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Next(ReadOnlySpan<T> logits, Span<int> tokens)
    {
        RequireLogits(tokens.Length > 0 && logits.Length >= tokens.Length && logits.Length % tokens.Length == 0, nameof(logits));
        int size = logits.Length / tokens.Length;
        for (int row = 0; row < tokens.Length; row++)
        {
            tokens[row] = Choose(logits.Slice(row * size, size), row);
        }

        Position++;
    }

    /// <summary>Begins another text.</summary>
    internal void Begin(DecodingOptions options) => (_options, Position) = (options, 0);

    private static void RequireLogits(bool areThere, string name)
    {
        if (!areThere)
        {
            throw new ArgumentException("A token is chosen by its logit: give [rows × vocabulary] logits, at least one for each row.", name);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Choose(ReadOnlySpan<T> logits, int row)
    {
        int greatest = Logits.ArgMax(logits, Position);
        return _options.Samples ? Sample(logits, logits[greatest], new CounterRandom(_options.Seed, row, RandomPurpose.Sampling).Uniform(Position)) : greatest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Sample(ReadOnlySpan<T> logits, T greatest, double uniform)
    {
        if (_probabilities.Length < logits.Length)
        {
            (_probabilities, _order) = (new T[logits.Length], new int[logits.Length]);
        }

        Span<T> probabilities = _probabilities.AsSpan(0, logits.Length);
        T temperature = T.CreateTruncating(_options.Temperature);
        for (int i = 0; i < logits.Length; i++)
        {
            // Of logits over a small temperature only the difference to the greatest one can be told: the others are -∞.
            probabilities[i] = (logits[i] - greatest) / temperature;
        }

        Rows.Softmax(probabilities, probabilities.Length);
        return _options.TopK == 0 && _options.TopP >= 1
            ? Pick(probabilities, default, probabilities.Length, uniform * Sum(probabilities))
            : Truncate(probabilities, _order.AsSpan(0, logits.Length), uniform);
    }

    // From the most probable on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Truncate(Span<T> probabilities, Span<int> order, double uniform)
    {
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
            probabilities[i] = -probabilities[i];
        }

        probabilities.Sort(order);
        int count = _options.TopK > 0 ? Math.Min(_options.TopK, order.Length) : order.Length;
        OrderEqual(probabilities, order, count);
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            probabilities[i] = -probabilities[i];
            sum += double.CreateTruncating(probabilities[i]);
            if (sum >= _options.TopP)
            {
                count = i + 1;
            }
        }

        return Pick(probabilities, order, count, uniform * sum);
    }

    // The smaller token comes first among those of one probability, wherever the count cuts them.
    private static void OrderEqual(ReadOnlySpan<T> probabilities, Span<int> order, int count)
    {
        for (int start = 0, end; start < count; start = end)
        {
            end = start + 1;
            while (end < order.Length && probabilities[end] == probabilities[start])
            {
                end++;
            }

            order[start..end].Sort();
        }
    }

    private static double Sum(ReadOnlySpan<T> values)
    {
        double sum = 0;
        foreach (T value in values)
        {
            sum += double.CreateTruncating(value);
        }

        return sum;
    }

    private static int Pick(ReadOnlySpan<T> probabilities, ReadOnlySpan<int> order, int count, double at)
    {
        int i = 0;
        for (; i < count - 1; i++)
        {
            at -= double.CreateTruncating(probabilities[i]);
            if (at < 0)
            {
                break;
            }
        }

        return order.IsEmpty ? i : order[i];
    }
}
