using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using RnnGen.Runtime;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// The bounds that the docs of <see cref="VectorMath"/> state, over the whole range, for each width and number type.
/// The references of the double functions, from <see cref="Math"/>, may be wrong by 2e-16 themselves.
/// </summary>
public class VectorMathTests
{
    private static readonly float[] FloatArguments = MakeFloatArguments();
    private static readonly double[] DoubleArguments = MakeDoubleArguments();

    public static TheoryData<int> Widths => [128, 256, 512];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Float_tanh_is_within_its_bound(int width)
    {
        float[] actual = Apply(width, "tanh", FloatArguments);
        for (int i = 0; i < actual.Length; i++)
        {
            double exact = Math.Tanh(FloatArguments[i]);
            Check(FloatArguments[i], actual[i], exact, absolute: 1.5e-7, relative: 2.2e-7, tiny: float.Epsilon);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Float_sigmoid_is_within_its_bound(int width)
    {
        float[] actual = Apply(width, "sigmoid", FloatArguments);
        for (int i = 0; i < actual.Length; i++)
        {
            double exact = 1 / (1 + Math.Exp(-(double)FloatArguments[i]));
            Check(FloatArguments[i], actual[i], exact, absolute: 1e-7, relative: 2e-7, tiny: 1.2e-38);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_fast_functions_are_within_their_bounds(int width)
    {
        float[] tanh = Apply(width, "fast tanh", FloatArguments), sigmoid = Apply(width, "fast sigmoid", FloatArguments);
        for (int i = 0; i < tanh.Length; i++)
        {
            Check(FloatArguments[i], tanh[i], Math.Tanh(FloatArguments[i]), absolute: 6.5e-5, relative: 1, tiny: 1);
            Check(FloatArguments[i], sigmoid[i], 1 / (1 + Math.Exp(-(double)FloatArguments[i])), absolute: 3.3e-5, relative: 1, tiny: 1);
        }

        double[] wideTanh = Apply(width, "fast tanh", DoubleArguments), wideSigmoid = Apply(width, "fast sigmoid", DoubleArguments);
        for (int i = 0; i < wideTanh.Length; i++)
        {
            Check(DoubleArguments[i], wideTanh[i], Math.Tanh(DoubleArguments[i]), absolute: 6.5e-5, relative: 1, tiny: 1);
            Check(DoubleArguments[i], wideSigmoid[i], 1 / (1 + Math.Exp(-DoubleArguments[i])), absolute: 3.3e-5, relative: 1, tiny: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Float_exp_is_within_its_bound(int width)
    {
        float[] actual = Apply(width, "exp", FloatArguments);
        for (int i = 0; i < actual.Length; i++)
        {
            double exact = Math.Exp(FloatArguments[i]);
            if (exact > float.MaxValue * (1 + 3e-8))
                actual[i].ShouldBe(float.PositiveInfinity);
            else
                Check(FloatArguments[i], actual[i], exact, absolute: double.PositiveInfinity, relative: 1e-7, tiny: float.Epsilon);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Double_tanh_is_within_its_bound(int width)
    {
        double[] actual = Apply(width, "tanh", DoubleArguments);
        for (int i = 0; i < actual.Length; i++)
            Check(DoubleArguments[i], actual[i], Math.Tanh(DoubleArguments[i]), absolute: 5e-16, relative: 6e-16, tiny: double.Epsilon);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Double_sigmoid_is_within_its_bound(int width)
    {
        double[] actual = Apply(width, "sigmoid", DoubleArguments);
        for (int i = 0; i < actual.Length; i++)
        {
            double x = DoubleArguments[i];
            double e = Math.Exp(-Math.Abs(x));
            double exact = x >= 0 ? 1 / (1 + e) : e / (1 + e);
            Check(x, actual[i], exact, absolute: 4e-16, relative: 6e-16, tiny: 2.3e-308);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Double_exp_is_within_its_bound(int width)
    {
        double[] actual = Apply(width, "exp", DoubleArguments);
        for (int i = 0; i < actual.Length; i++)
            Check(DoubleArguments[i], actual[i], Math.Exp(DoubleArguments[i]), absolute: double.PositiveInfinity, relative: 4e-16, tiny: double.Epsilon);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Saturation_is_exact_and_nan_stays(int width)
    {
        float[] x = [float.NegativeInfinity, float.MinValue, -89, -0f, 0f, 20, float.MaxValue, float.PositiveInfinity, float.NaN];
        Apply(width, "sigmoid", x).ShouldBe([0, 0, 0, 0.5f, 0.5f, 1, 1, 1, float.NaN]);
        Apply(width, "tanh", x).ShouldBe([-1, -1, -1, -0f, 0, 1, 1, 1, float.NaN]);
        Apply(width, "exp", x)[..5].ShouldBe([0, 0, MathF.Exp(-89), 1, 1]);
        Apply(width, "exp", x)[6..].ShouldBe([float.PositiveInfinity, float.PositiveInfinity, float.NaN]);
        Apply(width, "relu", x).ShouldBe([0, 0, 0, 0, 0, 20, float.MaxValue, float.PositiveInfinity, float.NaN]);
        float.IsNegative(Apply(width, "tanh", x)[3]).ShouldBeTrue();

        double[] d = [double.NegativeInfinity, double.MinValue, -710, -0d, 0, 40, double.MaxValue, double.PositiveInfinity, double.NaN];
        Apply(width, "sigmoid", d).ShouldBe([0, 0, 0, 0.5, 0.5, 1, 1, 1, double.NaN]);
        Apply(width, "tanh", d).ShouldBe([-1, -1, -1, -0d, 0, 1, 1, 1, double.NaN]);
        Apply(width, "exp", d)[3..5].ShouldBe([1, 1]);
        Apply(width, "exp", d)[..2].ShouldBe([0, 0]);
        Apply(width, "exp", d)[6..].ShouldBe([double.PositiveInfinity, double.PositiveInfinity, double.NaN]);
        Apply(width, "relu", d).ShouldBe([0, 0, 0, 0, 0, 40, double.MaxValue, double.PositiveInfinity, double.NaN]);
    }

    [FusedMultiplyAddTheory]
    [InlineData("tanh")]
    [InlineData("sigmoid")]
    [InlineData("exp")]
    [InlineData("relu")]
    public void Every_width_gives_the_same_bits(string function)
    {
        float[] f = Apply(256, function, FloatArguments);
        double[] d = Apply(256, function, DoubleArguments);
        foreach (int width in (int[])[128, 512])
        {
            // With 512 bits the hyperbolic tangent of floats comes from a table, and the sigmoid has a shorter chain.
            if (function is not ("tanh" or "sigmoid") || width != 512 || !Avx512F.IsSupported)
                SameBits(MemoryMarshal.Cast<float, int>(f), MemoryMarshal.Cast<float, int>(Apply(width, function, FloatArguments)));
            SameBits(MemoryMarshal.Cast<double, long>(d), MemoryMarshal.Cast<double, long>(Apply(width, function, DoubleArguments)));
        }
    }

    [Fact]
    public void Multiply_add_computes_a_b_plus_c()
    {
        VectorMath.MultiplyAdd(Vector128.Create(2f), Vector128.Create(3f), Vector128.Create(4f)).ShouldBe(Vector128.Create(10f));
        VectorMath.MultiplyAdd(Vector256.Create(2f), Vector256.Create(3f), Vector256.Create(4f)).ShouldBe(Vector256.Create(10f));
        VectorMath.MultiplyAdd(Vector512.Create(2f), Vector512.Create(3f), Vector512.Create(4f)).ShouldBe(Vector512.Create(10f));
        VectorMath.MultiplyAdd(Vector128.Create(2d), Vector128.Create(3d), Vector128.Create(4d)).ShouldBe(Vector128.Create(10d));
        VectorMath.MultiplyAdd(Vector256.Create(2d), Vector256.Create(3d), Vector256.Create(4d)).ShouldBe(Vector256.Create(10d));
        VectorMath.MultiplyAdd(Vector512.Create(2d), Vector512.Create(3d), Vector512.Create(4d)).ShouldBe(Vector512.Create(10d));
    }

    private static void Check(double x, double actual, double exact, double absolute, double relative, double tiny)
    {
        double error = Math.Abs(actual - exact);
        bool good = double.IsFinite(exact)
            ? error <= absolute && error <= Math.Max(relative * Math.Abs(exact), tiny)
            : actual.Equals(exact);
        if (!good)
            Assert.Fail($"At {x:R}: {actual:R} where {exact:R} is exact.");
    }

    private static void SameBits<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : IEquatable<T> =>
        a.SequenceEqual(b).ShouldBeTrue($"first difference at argument {a.CommonPrefixLength(b)}");

    private static float[] Apply(int width, string function, float[] x)
    {
        // Lanes that have no argument are filled with an ordinary one.
        float[] padded = [.. x, .. Enumerable.Repeat(0.5f, 16)];
        float[] y = new float[padded.Length];
        for (int i = 0; i < x.Length; i += width / 32)
        {
            switch (width)
            {
                case 128:
                    Vector128<float> v128 = Vector128.LoadUnsafe(ref padded[i]);
                    (function switch
                    {
                        "tanh" => VectorMath.Tanh(v128),
                        "sigmoid" => VectorMath.Sigmoid(v128),
                        "exp" => VectorMath.Exp(v128),
                        "fast tanh" => VectorMath.FastTanh(v128),
                        "fast sigmoid" => VectorMath.FastSigmoid(v128),
                        _ => VectorMath.Relu(v128),
                    }).StoreUnsafe(ref y[i]);
                    break;
                case 256:
                    Vector256<float> v256 = Vector256.LoadUnsafe(ref padded[i]);
                    (function switch
                    {
                        "tanh" => VectorMath.Tanh(v256),
                        "sigmoid" => VectorMath.Sigmoid(v256),
                        "exp" => VectorMath.Exp(v256),
                        "fast tanh" => VectorMath.FastTanh(v256),
                        "fast sigmoid" => VectorMath.FastSigmoid(v256),
                        _ => VectorMath.Relu(v256),
                    }).StoreUnsafe(ref y[i]);
                    break;
                default:
                    Vector512<float> v512 = Vector512.LoadUnsafe(ref padded[i]);
                    (function switch
                    {
                        "tanh" => VectorMath.Tanh(v512),
                        "sigmoid" => VectorMath.Sigmoid(v512),
                        "exp" => VectorMath.Exp(v512),
                        "fast tanh" => VectorMath.FastTanh(v512),
                        "fast sigmoid" => VectorMath.FastSigmoid(v512),
                        _ => VectorMath.Relu(v512),
                    }).StoreUnsafe(ref y[i]);
                    break;
            }
        }

        return y[..x.Length];
    }

    private static double[] Apply(int width, string function, double[] x)
    {
        double[] padded = [.. x, .. Enumerable.Repeat(0.5, 8)];
        double[] y = new double[padded.Length];
        for (int i = 0; i < x.Length; i += width / 64)
        {
            switch (width)
            {
                case 128:
                    Vector128<double> v128 = Vector128.LoadUnsafe(ref padded[i]);
                    (function switch
                    {
                        "tanh" => VectorMath.Tanh(v128),
                        "sigmoid" => VectorMath.Sigmoid(v128),
                        "exp" => VectorMath.Exp(v128),
                        "fast tanh" => VectorMath.FastTanh(v128),
                        "fast sigmoid" => VectorMath.FastSigmoid(v128),
                        _ => VectorMath.Relu(v128),
                    }).StoreUnsafe(ref y[i]);
                    break;
                case 256:
                    Vector256<double> v256 = Vector256.LoadUnsafe(ref padded[i]);
                    (function switch
                    {
                        "tanh" => VectorMath.Tanh(v256),
                        "sigmoid" => VectorMath.Sigmoid(v256),
                        "exp" => VectorMath.Exp(v256),
                        "fast tanh" => VectorMath.FastTanh(v256),
                        "fast sigmoid" => VectorMath.FastSigmoid(v256),
                        _ => VectorMath.Relu(v256),
                    }).StoreUnsafe(ref y[i]);
                    break;
                default:
                    Vector512<double> v512 = Vector512.LoadUnsafe(ref padded[i]);
                    (function switch
                    {
                        "tanh" => VectorMath.Tanh(v512),
                        "sigmoid" => VectorMath.Sigmoid(v512),
                        "exp" => VectorMath.Exp(v512),
                        "fast tanh" => VectorMath.FastTanh(v512),
                        "fast sigmoid" => VectorMath.FastSigmoid(v512),
                        _ => VectorMath.Relu(v512),
                    }).StoreUnsafe(ref y[i]);
                    break;
            }
        }

        return y[..x.Length];
    }

    /// <summary>A dense sweep of where the functions live, the ends of their ranges, and any bit patterns, denormals and NaN among them.</summary>
    private static float[] MakeFloatArguments()
    {
        List<float> x = [0, -0f, float.Epsilon, -float.Epsilon, 1e-40f, 1.17549435e-38f, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        for (int i = -200_000; i <= 200_000; i++)
            x.Add(i * 1e-4f);
        for (int i = -20_000; i <= 20_000; i++)
            x.Add(i * 6e-3f);
        Random random = new(1);
        for (int i = 0; i < 200_000; i++)
            x.Add(BitConverter.Int32BitsToSingle((int)random.NextInt64(1L << 32)));
        return [.. x];
    }

    private static double[] MakeDoubleArguments()
    {
        List<double> x = [0, -0d, double.Epsilon, -double.Epsilon, 1e-310, 2.3e-308, double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        for (int i = -200_000; i <= 200_000; i++)
            x.Add(i * 1.1e-4);
        for (int i = -40_000; i <= 40_000; i++)
            x.Add(i * 0.0191);
        Random random = new(2);
        for (int i = 0; i < 200_000; i++)
            x.Add(BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)));
        return [.. x];
    }

    /// <summary>Without fused multiply-add in hardware, Vector128 rounds twice where the emulation of the others rounds once.</summary>
    private sealed class FusedMultiplyAddTheoryAttribute : TheoryAttribute
    {
        public FusedMultiplyAddTheoryAttribute()
        {
            if (!Fma.IsSupported && !AdvSimd.IsSupported)
                Skip = "This processor has no fused multiply-add, or it is switched off.";
        }
    }
}
