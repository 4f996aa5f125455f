using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RnnGen.Runtime;

// Sixteen floats in a register are a table that one instruction looks up for sixteen lanes.
public static partial class VectorMath
{
    // tanh(a) for 0 ≤ a ≤ 9, in 15 intervals: a + ¾ tells by its exponent and the first two bits of its mantissa in which one a lies,
    // and a polynomial in the distance from the interval's beginning gives the value. It takes 32 cycles (Zen 5) where the exponential
    // form takes 55, and seven where that takes nine when there is other work at hand. Fitted by tests/golden/fit_tanh.py.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> TanhByTable(Vector512<float> x)
    {
        Vector512<float> a = Vector512.MinNative(Vector512.Create(9f), Vector512.Abs(x));
        Vector512<float> shifted = a + Vector512.Create(0.75f);
        Vector512<float> beginning = (shifted.AsInt32() & Vector512.Create(~0x1FFFFF)).AsSingle() - Vector512.Create(0.75f);
        Vector512<int> interval = Vector512.ShiftRightLogical(shifted.AsInt32(), 21);
        Vector512<float> t = a - beginning;
        Vector512<float> t2 = t * t;
        Vector512<float> c5 = Avx512F.PermuteVar16x32(
            Vector512.Create(
            -0.00320563628f, 0.00447822176f, 0.00318338745f, 0.00110086228f, 0.00030613225f, 4.37404888e-5f, 7.01665567e-6f, -5.00685474e-7f,
            1.09627443e-7f, 0.0f, 0.129988909f, 0.15741384f, 0.0147791337f, -0.0581849962f, -0.0535994694f, -0.042419415f), interval);
        Vector512<float> c4 = Avx512F.PermuteVar16x32(
            Vector512.Create(
            -0.0202851966f, -0.0235021412f, -0.0121050654f, -0.00459149806f, -0.00153319049f, -0.000214469997f, -3.18439706e-5f, -6.7683618e-7f,
            -6.63037895e-7f, 0.0f, 0.000472209387f, 0.0641509369f, 0.156972975f, 0.173576981f, 0.0946655422f, 0.0302628409f), interval);
        Vector512<float> c3 = Avx512F.PermuteVar16x32(
            Vector512.Create(
            0.110127248f, 0.0628322884f, 0.0271118395f, 0.0103929294f, 0.00376664964f, 0.000518240384f, 7.27072766e-5f, 6.65049083e-6f,
            1.65192614e-6f, 0.0f, -0.333355606f, -0.311197191f, -0.259325325f, -0.0954622775f, 0.042751696f, 0.102673233f), interval);
        Vector512<float> c2 = Avx512F.PermuteVar16x32(
            Vector512.Create(
            -0.238069728f, -0.107119635f, -0.0425259285f, -0.016061021f, -0.00593675487f, -0.000809095451f, -0.000110493806f, -1.38074311e-5f,
            -2.33532933e-6f, 0.0f, 3.11829865e-7f, -0.122507252f, -0.230081469f, -0.363348365f, -0.378995031f, -0.319748968f), interval);
        Vector512<float> c1 = Avx512F.PermuteVar16x32(
            Vector512.Create(
            0.280422837f, 0.113810718f, 0.0434664823f, 0.0162131973f, 0.0059927064f, 0.000813383551f, 0.000110238216f, 1.47739156e-5f,
            2.11270344e-6f, 0.0f, 1.0f, 0.984537482f, 0.940011621f, 0.786445737f, 0.596587896f, 0.419970781f), interval);
        Vector512<float> c0 = Avx512F.PermuteVar16x32(
            Vector512.Create(
            0.848283589f, 0.941375554f, 0.978026092f, 0.991859734f, 0.996997654f, 0.999593139f, 0.999944925f, 0.999992549f,
            0.999998987f, 1.0f, 0.0f, 0.124352999f, 0.244918674f, 0.462117165f, 0.635148942f, 0.761594176f), interval);
        Vector512<float> high = Vector512.FusedMultiplyAdd(c5, t, c4);
        Vector512<float> middle = Vector512.FusedMultiplyAdd(c3, t, c2);
        Vector512<float> low = Vector512.FusedMultiplyAdd(c1, t, c0);
        return Vector512.FusedMultiplyAdd(Vector512.FusedMultiplyAdd(high, t2, middle), t2, low) | (x & Vector512.Create(-0.0f));
    }
}
