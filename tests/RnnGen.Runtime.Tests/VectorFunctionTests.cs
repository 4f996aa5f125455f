using System.Runtime.Intrinsics;

namespace RnnGen.Runtime.Tests;

/// <summary>The functions of users' own cells, for each width and number type, against <see cref="Math"/>.</summary>
public class VectorFunctionTests
{
    public static TheoryData<int> Widths => [128, 256, 512];

    // Over the whole range on both sides of 0, and the special values.
    private static double[] Arguments(double maximum) =>
    [
        .. Enumerable.Range(-2000, 4001).Select(i => i / 100.0),
        .. Enumerable.Range(-120, 241).SelectMany(e => new[] { Math.Pow(10, e / 4.0), -Math.Pow(10, e / 4.0) }).Where(v => Math.Abs(v) <= maximum),
        0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity,
    ];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Functions_are_within_their_bounds(int width)
    {
        Check("log", Math.Log, 3e-7, 1e-15);
        Check("sqrt", Math.Sqrt, 1e-7, 3e-16);
        Check("abs", Math.Abs, 0, 0);
        Check("softplus", Softplus, 3e-7, 2e-15);
        // Near their zeros beyond the first the error is that of the argument's reduction.
        Check("sin", Math.Sin, 3e-7, 1e-14, maximum: 1e4, absolute: 1e-7);
        Check("cos", Math.Cos, 3e-7, 1e-14, maximum: 1e4, absolute: 1e-7);

        void Check(string function, Func<double, double> exact, double single, double wide, double maximum = 1e30, double absolute = 0)
        {
            float[] floats = [.. Arguments(maximum).Select(v => (float)v)];
            Compare(function, [.. floats.Select(v => (double)v)], [.. Apply(width, function, floats).Select(v => (double)v)], exact, single, Math.Max(absolute, 1.2e-38));
            double[] doubles = Arguments(maximum);
            Compare(function, doubles, Apply(width, function, doubles), exact, wide, Math.Max(absolute * 1e-8, 2.3e-308));
        }
    }

    /// <summary>A lane's bits do not depend on what is in the lanes beside it: those may belong to another row, or to nobody.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void A_lane_does_not_know_its_neighbours(int width)
    {
        double[] arguments = [.. Arguments(3e4).Where((_, i) => i % 7 == 0)], neighbours = [double.NaN, double.PositiveInfinity, 0, 1e-30, 0.3, 2, 50, 2e4, 1e30];
        foreach (string function in (string[])["log", "sqrt", "abs", "sin", "cos", "softplus"])
        {
            foreach (double argument in arguments)
            {
                foreach (double neighbour in neighbours)
                {
                    double[] alone = [.. Enumerable.Repeat(argument, 16)], among = [.. alone.Select((v, i) => i % 4 == 1 ? v : neighbour)];
                    BitConverter.DoubleToInt64Bits(Apply(width, function, among)[5]).ShouldBe(BitConverter.DoubleToInt64Bits(Apply(width, function, alone)[5]), $"{function}({argument:R}) beside {neighbour:R}");
                    float[] floats = [.. alone.Select(v => (float)v)], mixed = [.. among.Select(v => (float)v)];
                    BitConverter.SingleToInt32Bits(Apply(width, function, mixed)[5]).ShouldBe(BitConverter.SingleToInt32Bits(Apply(width, function, floats)[5]), $"{function}({argument:R}) beside {neighbour:R}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Comparisons_give_what_they_say(int width)
    {
        float[] a = [1, 2, 3, float.NaN, -0f, 5, 1, 1, 2, 2, 2, 2, 0, 0, -1, -2], b = [2, 1, 3, 1, 0, float.NaN, 1, 1, 3, 1, 2, 4, 1, -1, -2, -1];
        for (int i = 0; i < a.Length; i++)
        {
            (float x, float y) = (a[i], b[i]);
            Of(width, v => VectorMath.Minimum(v, Vector128.Create(y)), v => VectorMath.Minimum(v, Vector256.Create(y)), v => VectorMath.Minimum(v, Vector512.Create(y)), x).ShouldBe(x < y ? x : y);
            Of(width, v => VectorMath.Maximum(v, Vector128.Create(y)), v => VectorMath.Maximum(v, Vector256.Create(y)), v => VectorMath.Maximum(v, Vector512.Create(y)), x).ShouldBe(x < y ? y : x);
            Of(width, v => VectorMath.Select(v, Vector128.Create(y), Vector128.Create(7f), Vector128.Create(8f)), v => VectorMath.Select(v, Vector256.Create(y), Vector256.Create(7f), Vector256.Create(8f)),
                v => VectorMath.Select(v, Vector512.Create(y), Vector512.Create(7f), Vector512.Create(8f)), x).ShouldBe(x > y ? 7f : 8f);
        }

        VectorMath.First(Vector128.Create(3f), 3).ShouldBe(Vector128.Create(3f, 3, 3, 0));
        VectorMath.First(Vector256.Create(double.NaN, 1, 2, double.NaN), 3)[3].ShouldBe(0);
        Vector512.Sum(VectorMath.First(Vector512.Create(1f), 11)).ShouldBe(11);
    }

    private static float Of(int width, Func<Vector128<float>, Vector128<float>> f, Func<Vector256<float>, Vector256<float>> g, Func<Vector512<float>, Vector512<float>> h, float value) =>
        width == 128 ? f(Vector128.Create(value))[1] : width == 256 ? g(Vector256.Create(value))[5] : h(Vector512.Create(value))[11];

    private static double Softplus(double x) => x > 0 ? x + Log1p(Math.Exp(-x)) : Log1p(Math.Exp(x));

    // What 1 + t rounds away is put right by the quotient (W. Kahan).
    private static double Log1p(double t)
    {
        double sum = 1 + t;
        return sum == 1 ? t : Math.Log(sum) * (t / (sum - 1));
    }

    private static void Compare(string function, double[] arguments, double[] actual, Func<double, double> exact, double relative, double tiny)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            double expected = exact(arguments[i]);
            if (double.IsNaN(expected) || double.IsInfinity(expected) || expected == 0)
            {
                actual[i].ShouldBe(expected, $"{function}({arguments[i]:R})");
            }
            else
            {
                Math.Abs(actual[i] - expected).ShouldBeLessThanOrEqualTo((relative * Math.Abs(expected)) + tiny, $"{function}({arguments[i]:R}) = {expected:R}, found {actual[i]:R}");
            }
        }
    }

    private static float[] Apply(int width, string function, float[] arguments)
    {
        float[] padded = new float[(arguments.Length + 15) / 16 * 16], result = new float[padded.Length];
        arguments.CopyTo(padded, 0);
        for (int i = 0; i < padded.Length; i += width / 32)
        {
            switch (width)
            {
                case 128:
                    Vector128<float> a = Vector128.LoadUnsafe(ref padded[i]);
                    (function switch { "log" => VectorMath.Log(a), "sqrt" => VectorMath.Sqrt(a), "abs" => VectorMath.Absolute(a), "sin" => VectorMath.Sin(a), "cos" => VectorMath.Cos(a), _ => VectorMath.Softplus(a) }).StoreUnsafe(ref result[i]);
                    break;
                case 256:
                    Vector256<float> b = Vector256.LoadUnsafe(ref padded[i]);
                    (function switch { "log" => VectorMath.Log(b), "sqrt" => VectorMath.Sqrt(b), "abs" => VectorMath.Absolute(b), "sin" => VectorMath.Sin(b), "cos" => VectorMath.Cos(b), _ => VectorMath.Softplus(b) }).StoreUnsafe(ref result[i]);
                    break;
                default:
                    Vector512<float> c = Vector512.LoadUnsafe(ref padded[i]);
                    (function switch { "log" => VectorMath.Log(c), "sqrt" => VectorMath.Sqrt(c), "abs" => VectorMath.Absolute(c), "sin" => VectorMath.Sin(c), "cos" => VectorMath.Cos(c), _ => VectorMath.Softplus(c) }).StoreUnsafe(ref result[i]);
                    break;
            }
        }

        return result[..arguments.Length];
    }

    private static double[] Apply(int width, string function, double[] arguments)
    {
        double[] padded = new double[(arguments.Length + 7) / 8 * 8], result = new double[padded.Length];
        arguments.CopyTo(padded, 0);
        for (int i = 0; i < padded.Length; i += width / 64)
        {
            switch (width)
            {
                case 128:
                    Vector128<double> a = Vector128.LoadUnsafe(ref padded[i]);
                    (function switch { "log" => VectorMath.Log(a), "sqrt" => VectorMath.Sqrt(a), "abs" => VectorMath.Absolute(a), "sin" => VectorMath.Sin(a), "cos" => VectorMath.Cos(a), _ => VectorMath.Softplus(a) }).StoreUnsafe(ref result[i]);
                    break;
                case 256:
                    Vector256<double> b = Vector256.LoadUnsafe(ref padded[i]);
                    (function switch { "log" => VectorMath.Log(b), "sqrt" => VectorMath.Sqrt(b), "abs" => VectorMath.Absolute(b), "sin" => VectorMath.Sin(b), "cos" => VectorMath.Cos(b), _ => VectorMath.Softplus(b) }).StoreUnsafe(ref result[i]);
                    break;
                default:
                    Vector512<double> c = Vector512.LoadUnsafe(ref padded[i]);
                    (function switch { "log" => VectorMath.Log(c), "sqrt" => VectorMath.Sqrt(c), "abs" => VectorMath.Absolute(c), "sin" => VectorMath.Sin(c), "cos" => VectorMath.Cos(c), _ => VectorMath.Softplus(c) }).StoreUnsafe(ref result[i]);
                    break;
            }
        }

        return result[..arguments.Length];
    }
}
