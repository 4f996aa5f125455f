using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using RnnGen.TestModels;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// A batch's gradients and losses are summed in an aligned binary tree: each leaf computed alone, by a model of one leaf, and added by hand in the tree's order gives the bits of the batch on any number
/// of threads. The targets of the batch are masked so that each leaf and all of them have a power of two of terms; then the mean of a leaf and its share of the mean of all differ by an exact factor.
/// </summary>
public class SumTreeTests
{
    private const int GroupSize = 8;

    public static TheoryData<int> Counts => [1, 7, 8, 9, 16, 17, 33, 64, 65, 72, 200];

    [Theory, MemberData(nameof(Counts))]
    public void Leaves_added_by_hand_are_the_batch(int count)
    {
        Check<SummedInEight, SummedInOne, double, double, double>(count, i => Math.Sin(i), i => Math.Cos(i), double.NaN);
        Check<StackSummedInSixteen, StackSummedInOne, float, float, float>(count, i => MathF.Sin(i), i => MathF.Cos(i), float.NaN);
    }

    [Theory, MemberData(nameof(Counts))]
    public void So_are_those_of_embeddings(int count) =>
        Check<TokensSummedInEight, TokensSummedInOne, double, int, double>(count, i => i * 7 % 19, i => Math.Cos(i), double.NaN);

    /// <summary>The table's gradient is two sums here, that of the output layer and that of the tokens, so that one leaf by hand differs in its last digits.</summary>
    [Theory, MemberData(nameof(Counts))]
    public void A_tied_table_that_is_recomputed_in_windows_does_not_depend_on_threads(int count)
    {
        int[] tokens = [.. Enumerable.Range(0, count * 6).Select(i => i * 5 % 7)], classes = [.. Enumerable.Range(0, count * 6).Select(i => i * 3 % 7)];
        (byte[] gradients, double loss) = Gradients(1);
        foreach (int threads in (int[])[2, 3, 4])
        {
            (byte[] Gradients, double Loss) found = Gradients(threads);
            found.Gradients.ShouldBe(gradients, $"{threads} threads");
            found.Loss.ShouldBe(loss);
        }

        double[] inTurn = new double[TiedSummedInOne.ParameterCount];
        new TiedSummedInOne(1).ComputeGradients(tokens, classes, count, inTurn).ShouldBe(loss, 1e-14);
        double[] inTree = MemoryMarshal.Cast<byte, double>(gradients).ToArray();
        for (int i = 0; i < inTree.Length; i++)
            inTree[i].ShouldBe(inTurn[i], 1e-14);

        (byte[], double) Gradients(int threads)
        {
            double[] gradients = new double[TiedSummedInFour.ParameterCount];
            double loss = new TiedSummedInFour(1) { Threads = threads }.ComputeGradients(tokens, classes, count, gradients);
            return (MemoryMarshal.AsBytes<double>(gradients).ToArray(), loss);
        }
    }

    [Fact]
    public void The_number_of_leaves_decides_on_the_bits()
    {
        double[] inputs = [.. Enumerable.Range(0, 33 * 15).Select(i => Math.Sin(i))], targets = [.. Enumerable.Range(0, 33).Select(i => Math.Cos(i))];
        double[] eight = new double[SummedInEight.ParameterCount], one = new double[SummedInOne.ParameterCount];
        new SummedInEight(1).ComputeGradients(inputs, targets, 33, eight);
        new SummedInOne(1).ComputeGradients(inputs, targets, 33, one);
        eight.ShouldNotBe(one);
        eight.Zip(one).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-14);
    }

    private static void Check<TModel, TLeaf, TNumber, TInput, TTarget>(int count, Func<int, TInput> input, Func<int, TTarget> target, TTarget missing)
        where TModel : IRnnModel<TModel, TNumber, TInput, TTarget>
        where TLeaf : IRnnModel<TLeaf, TNumber, TInput, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        int leaves = typeof(TModel).GetCustomAttribute<RnnModelAttribute>()!.GradientSums, length = TModel.Layout.InputLength;
        int groups = (count + GroupSize - 1) / GroupSize;
        int[] bounds = [.. Enumerable.Range(0, leaves + 1).Select(l => Math.Min(count, (l * groups + leaves - 1) / leaves * GroupSize))];
        int[] terms = Terms(bounds);
        TInput[] inputs = [.. Enumerable.Range(0, count * length).Select(input)];
        TTarget[] targets = Enumerable.Repeat(missing, count).ToArray();
        for (int leaf = 0; leaf < leaves; leaf++)
            for (int term = 0; term < terms[leaf]; term++)
            {
                int at = bounds[leaf] + term * (bounds[leaf + 1] - bounds[leaf]) / terms[leaf];
                targets[at] = target(at);
            }

        TNumber total = TNumber.CreateChecked(terms.Sum());
        (TNumber[] Gradients, double Loss) byHand = AddUp(0, leaves)!.Value;
        foreach (int threads in (int[])[1, 2, 3, 5])
        {
            TModel model = TModel.Create(5).With(threads: threads);
            for (int call = 0; call < 2; call++)
            {
                TNumber[] gradients = new TNumber[TModel.Layout.ParameterCount];
                TNumber loss = model.ComputeGradients(inputs, targets, count, gradients);
                gradients.ShouldBe(byHand.Gradients, $"{typeof(TModel).Name}, {count} sequences, {threads} threads");
                model.ComputeLoss(inputs, targets, count).ShouldBe(loss);
                if (typeof(TNumber) == typeof(double))
                    double.CreateChecked(loss).ShouldBe(byHand.Loss / terms.Sum(), $"{count} sequences, {threads} threads");
            }
        }

        (TNumber[] Gradients, double Loss)? AddUp(int first, int last)
        {
            if (last - first > 1)
            {
                int middle = (first + last) / 2;
                return (AddUp(first, middle), AddUp(middle, last)) switch
                {
                    ({ } left, { } right) => ([.. left.Gradients.Zip(right.Gradients, (a, b) => a + b)], left.Loss + right.Loss),
                    (var left, var right) => left ?? right,
                };
            }

            int size = bounds[last] - bounds[first];
            if (size == 0)
                return null;

            TNumber[] gradients = new TNumber[TLeaf.Layout.ParameterCount];
            TNumber loss = TLeaf.Create(5).ComputeGradients(inputs.AsSpan(bounds[first] * length, size * length), targets.AsSpan(bounds[first], size), size, gradients);
            TNumber share = TNumber.CreateChecked(terms[first]) / total;
            return ([.. gradients.Select(g => g * share)], double.CreateChecked(loss) * terms[first]);
        }
    }

    // A power of two for each leaf that has sequences, whose sum is a power of two: one unit each, and two for the first ones.
    private static int[] Terms(int[] bounds)
    {
        int[] sizes = [.. bounds.Zip(bounds.Skip(1), (a, b) => b - a)];
        int owned = sizes.Count(s => s > 0), least = sizes.Where(s => s > 0).Min();
        int all = (int)BitOperations.RoundUpToPowerOf2((uint)owned), unit = all == owned ? PowerBelow(least) : Math.Max(1, PowerBelow(least) / 2);
        int[] terms = new int[sizes.Length];
        for (int leaf = 0, raised = 0; leaf < sizes.Length; leaf++)
        {
            bool isRaised = sizes[leaf] >= 2 * unit && raised < all - owned;
            raised += isRaised ? 1 : 0;
            terms[leaf] = sizes[leaf] == 0 ? 0 : isRaised ? 2 * unit : unit;
        }

        BitOperations.IsPow2(terms.Sum()).ShouldBeTrue();
        return terms;

        static int PowerBelow(int n) => 1 << BitOperations.Log2((uint)n);
    }
}
