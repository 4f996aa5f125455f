using System.Numerics;
using CsCheck;

namespace RnnGen.Runtime.Tests;

/// <summary>Weights in fewer bits round to themselves: what was rounded once is not changed by rounding it again, whatever the scale.</summary>
public sealed class WeightRoundingTests
{
    // Of any magnitude, with subnormal numbers and zeros.
    private static readonly Gen<float> s_weight = Gen.OneOf(
        Gen.UInt.Select(BitConverter.UInt32BitsToSingle).Where(float.IsFinite), Gen.Float[-1, 1], Gen.Int[-400, 400].Select(i => i * float.Epsilon), Gen.Const(0f), Gen.Const(float.MaxValue), Gen.Const(-float.MaxValue));

    // Weights of one magnitude, as a layer has them.
    private static readonly Gen<float[]> s_row = Gen.OneOf(
        s_weight.Array[1, 40], Gen.Select(Gen.Float[-1, 1].Array[1, 40], Gen.Int[-149, 127], (row, exponent) => Array.ConvertAll(row, w => MathF.ScaleB(w, exponent))));

    [Fact]
    public void RowsRoundToThemselves() => s_row.Sample(static row =>
    {
        RoundTrip<float>(row);
        RoundTrip<double>([.. row.Select(w => w / 3.0)]);
    }, iter: 20_000);

    /// <summary>Every scale that has 24 significant bits where 17 are kept: a row of ±127 scales. Uncut scales would fail for one row in 128.</summary>
    [Fact]
    public void RowsOfTheMaximumRoundToThemselves()
    {
        for (uint bits = 0x3F800000; bits < 0x3F800000 + 4096; bits++)
        {
            float maximum = 127 * BitConverter.UInt32BitsToSingle(bits);
            RoundTrip<float>([maximum, -maximum, maximum / 3, 0]);
        }
    }

    [Fact]
    public void ScalesHave17BitsAndAreNormal()
    {
        const float minimum = 1.17549435e-38f;
        WeightRounding.Scale<float>([]).ShouldBe(minimum);
        WeightRounding.Scale<float>([0, 0]).ShouldBe(minimum);
        WeightRounding.Scale<float>([float.Epsilon, -3 * float.Epsilon]).ShouldBe(minimum);
        WeightRounding.Scale<float>([0.5f, -127]).ShouldBe(1);
        WeightRounding.Scale<float>([float.MaxValue]).ShouldBeLessThanOrEqualTo(float.MaxValue / 127);
        float.IsFinite(WeightRounding.Scale<double>([double.MaxValue])).ShouldBeFalse();
        float.IsNaN(WeightRounding.Scale<float>([1, float.NaN, 2])).ShouldBeTrue();
        float.IsInfinity(WeightRounding.Scale<float>([1, float.NegativeInfinity])).ShouldBeTrue();

        // Ties go to the even integer.
        float scale = WeightRounding.Scale<float>([127]);
        new[] { 0.5f, 1.5f, -0.5f, -2.5f, 126.5f, -126.5f, 127 }.Select(w => (int)WeightRounding.ToInt8(w, scale)).ShouldBe([0, 2, 0, -2, 126, -126, 127]);
    }

    [Fact]
    public void BFloat16RoundsToTheNearest()
    {
        // 1, 1 + 1/256 is a tie, 1 + 3/256 is the other one, and just above the first tie.
        new[] { 1, 1 + (1 / 256f), 1 + (3 / 256f), MathF.BitIncrement(1 + (1 / 256f)), -0f }.Select(w => (int)WeightRounding.ToBFloat16(w)).ShouldBe([0x3F80, 0x3F80, 0x3F82, 0x3F81, 0x8000]);
        float.IsPositiveInfinity(WeightRounding.FromBFloat16(WeightRounding.ToBFloat16(float.MaxValue))).ShouldBeTrue();
        float.IsNaN(WeightRounding.FromBFloat16(WeightRounding.ToBFloat16(BitConverter.UInt32BitsToSingle(0x7F800001)))).ShouldBeTrue();
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float weight = WeightRounding.FromBFloat16((ushort)bits);
            if (!float.IsNaN(weight))
            {
                WeightRounding.ToBFloat16(weight).ShouldBe((ushort)bits);
            }
        }

        s_weight.Sample(static weight =>
        {
            float rounded = WeightRounding.FromBFloat16(WeightRounding.ToBFloat16(weight));
            return float.IsInfinity(rounded) ? MathF.Abs(weight) > 3.38e38f : Math.Abs((double)rounded - weight) <= Math.Max(Math.Abs(weight) / 256.0, 5e-41);
        });
    }

    private static void RoundTrip<T>(T[] row) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        float scale = WeightRounding.Scale<T>(row);
        sbyte[] integers = [.. row.Select(w => WeightRounding.ToInt8(w, scale))];
        T[] rounded = [.. integers.Select(q => WeightRounding.FromInt8(q, T.CreateTruncating(scale)))];
        rounded.All(T.IsFinite).ShouldBeTrue();
        WeightRounding.Scale<T>(rounded).ShouldBe(scale);
        rounded.Select(w => WeightRounding.ToInt8(w, scale)).ShouldBe(integers);
        for (int i = 0; i < row.Length; i++)
        {
            // Within half a scale, and each product is exact.
            double.CreateTruncating(rounded[i]).ShouldBe((double)scale * integers[i]);
            Math.Abs(double.CreateTruncating(rounded[i]) - double.CreateTruncating(row[i])).ShouldBeLessThanOrEqualTo((double)scale / 2 * (1 + 1e-6));
        }
    }
}
