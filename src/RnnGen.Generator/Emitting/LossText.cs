using RnnGen.Generator.Common;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Emitting;

/// <summary>Each loss: how it is described, and how one element (or, for classes, one row) of it is computed.</summary>
internal static class LossText
{
    public static string Describe(Loss loss) => loss switch
    {
        Loss.MeanSquaredError => "the mean of (y - target)².",
        Loss.MeanAbsoluteError => "the mean of |y - target|.",
        Loss.Huber => "the mean of ½ d² where |d| ≤ 1 and |d| - ½ elsewhere, d = y - target.",
        Loss.CrossEntropy => "the mean over steps of -log softmax(y)[class].",
        Loss.Ctc => "the mean over sequences of -log p(labels) over the number of labels, p summed over all paths (CTC).",
        Loss.BinaryCrossEntropy => "the mean of -(target log σ(y) + (1 - target) log(1 - σ(y))).",
        _ => throw Choices.Unimplemented(loss),
    };

    /// <summary>
    /// Code from <c>y</c> and <c>target</c> that adds the element's loss to <c>sum</c> and sets <c>dy</c>, its
    /// derivative times <c>scale</c>.
    /// </summary>
    public static string Element(Loss loss, string number) => loss switch
    {
        Loss.MeanSquaredError => $"""
            {number} d = y - target;
            sum += d * d;
            dy = 2 * d * scale;
            """,
        Loss.MeanAbsoluteError => $"""
            {number} d = y - target;
            sum += {number}.Abs(d);
            dy = d > 0 ? scale : d < 0 ? -scale : 0;
            """,
        Loss.Huber => $"""
            {number} d = y - target;
            bool isNear = {number}.Abs(d) <= 1;
            sum += isNear ? d * d / 2 : {number}.Abs(d) - ({number})0.5;
            dy = isNear ? d * scale : d > 0 ? scale : -scale;
            """,
        Loss.BinaryCrossEntropy => $"""
            // -(target log σ(y) + (1 - target) log(1 - σ(y))), written so that no exp overflows.
            {number} e = {number}.Exp(-{number}.Abs(y));
            sum += {number}.Max(y, 0) - y * target + {number}.LogP1(e);
            dy = ((y >= 0 ? 1 : e) / (1 + e) - target) * scale;
            """,
        _ => throw Choices.Unimplemented(loss),
    };
}
