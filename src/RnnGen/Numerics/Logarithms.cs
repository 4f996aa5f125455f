using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Logarithms of losses.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Logarithms
{
    /// <summary>
    /// log(1 + x), which keeps the digits of a small x: 1 + x loses some of them, and log(1 + x) / ((1 + x) - 1) is as wrong by that as x is large beside it (W. Kahan's form, in D. Goldberg
    /// 1991, "What every computer scientist should know about floating-point arithmetic", theorem 4). .NET's <c>LogP1</c> is log(x + 1).
    /// </summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="x">At least -1; the result of -1 is -infinity, and that of a number below NaN.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T OnePlus<T>(T x) where T : IBinaryFloatingPointIeee754<T>
    {
        T sum = T.One + x;
        return sum == T.One ? x : T.Abs(x) > T.One ? T.Log(sum) : T.Log(sum) * (x / (sum - T.One));
    }
}
