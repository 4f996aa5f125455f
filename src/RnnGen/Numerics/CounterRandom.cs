namespace RnnGen.Runtime;

/// <summary>
/// Random numbers that are a function of a key and a position, not of a history: Philox4x32-10
/// (J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). Only integer operations and
/// correctly rounded ones of double are used, so every platform produces the same bits.
/// </summary>
/// <param name="seed">First half of the key: the user's seed.</param>
/// <param name="stream">Second half of the key: which tensor, or which epoch.</param>
/// <param name="purpose">What the numbers are for, so that equal keys of different uses do not meet.</param>
internal readonly struct CounterRandom(int seed, int stream, RandomPurpose purpose)
{
    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double Uniform(long index) => Fraction(Block(index, 0).A);

    /// <summary>A number below <paramref name="limit"/>, each equally likely but for a bias below limit / 2⁶⁴.</summary>
    public int Below(int limit, long index) => (int)Math.BigMul(Block(index, 0).A, (ulong)limit, out _);

    /// <summary>A draw from the standard normal distribution, by G. Marsaglia's polar method (1964).</summary>
    public double Gaussian(long index)
    {
        for (uint attempt = 0; ; attempt++)
        {
            (ulong a, ulong b) = Block(index, attempt);
            double u = (2 * Fraction(a)) - 1, v = (2 * Fraction(b)) - 1, s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                return u * Math.Sqrt(-2 * Log(s) / s);
            }
        }
    }

    private static double Fraction(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    // Math.Log differs between platforms in its last bit. With x = m 2^e and s = (m - 1) / (m + 1),
    // log m = 2 (s + s³/3 + s⁵/5 + …); |s| < 0.172, so that the terms after s²¹ are below 1e-17.
    private static double Log(double x)
    {
        int exponent = Math.ILogB(x);
        double mantissa = Math.ScaleB(x, -exponent);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        double s = (mantissa - 1) / (mantissa + 1), square = s * s, sum = 0;
        for (int n = 21; n >= 1; n -= 2)
        {
            sum = (sum * square) + (1.0 / n);
        }

        return (exponent * 0.6931471805599453) + (2 * s * sum);
    }

    private (ulong A, ulong B) Block(long index, uint attempt)
    {
        uint c0 = (uint)index, c1 = (uint)(index >> 32), c2 = attempt, c3 = (uint)purpose;
        uint k0 = (uint)seed, k1 = (uint)stream;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = 0xD2511F53UL * c0, p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (((ulong)c1 << 32) | c0, ((ulong)c3 << 32) | c2);
    }
}

/// <summary>What random numbers are used for.</summary>
internal enum RandomPurpose
{
    /// <summary>A model's first weights; the stream is the tensor.</summary>
    Initialization = 1,

    /// <summary>The order of the training sequences; the stream is the epoch.</summary>
    Shuffling = 2,

    /// <summary>Tokens that a decoder samples.</summary>
    Sampling = 3,

    /// <summary>What dropout leaves out.</summary>
    Dropout = 4,

    /// <summary>Whether a decoder in training reads its own output or the target; the stream is the step of training.</summary>
    ScheduledSampling = 5,

    /// <summary>How a sequence is changed before it is trained on; the stream is the epoch.</summary>
    Augmentation = 6,

    /// <summary>Which sequences go into which part of a dataset.</summary>
    Splitting = 7,

    /// <summary>Values that a model draws; the stream is which of a value's numbers.</summary>
    Drawing = 8,

    /// <summary>Which streams start a window from the beginning; the stream is the step of training.</summary>
    Resetting = 12,
}
