using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>
/// The order in which the sums of a batch are added up: an aligned binary tree with a fixed number of leaves. The leaves own the batch's groups in order, and as evenly as they can: leaf l of L owns
/// groups ⌈l·G/L⌉ to ⌈(l+1)·G/L⌉ - 1 of G. A leaf takes its groups in order. Leaves 0 and 1, 2 and 3, … are added, then their sums, and so on; a leaf without groups adds nothing.
/// So the bits of a sum depend on the batch and on the number of leaves alone: not on threads, and not on who computes which aligned range of leaves.
/// </summary>
internal sealed class SumTree
{
    // Values that are added up at once: those of all leaves stay in the second-level cache.
    private const int Block = 4096;

    private readonly int _leaves;
    private readonly int[] _owned; // the leaves that own groups
    private readonly int[] _first; // the first group of each of them, and the number of groups
    private readonly Addition[] _additions;
    private int _groups;

    /// <summary>Creates the tree.</summary>
    /// <param name="leaves">A power of two.</param>
    public SumTree(int leaves)
    {
        _leaves = leaves;
        _owned = new int[leaves];
        _first = new int[leaves + 1];
        _additions = new Addition[leaves];
    }

    /// <summary>The number of leaves that own groups. Each has a sum: the first one's has number 0.</summary>
    public int Sums { get; private set; }

    /// <summary>What is added, in order; sum 0 is the sum of all then.</summary>
    public ReadOnlySpan<Addition> Additions => _additions.AsSpan(0, Sums - 1);

    /// <summary>The leaf that a sum belongs to.</summary>
    public int Leaf(int sum) => _owned[sum];

    /// <summary>The first group of a sum; of the number of sums, the number of groups.</summary>
    public int FirstGroup(int sum) => _first[sum];

    /// <summary>Shares groups among the leaves.</summary>
    /// <param name="groups">Groups, at least 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Share(int groups)
    {
        if (groups == _groups)
        {
            return;
        }

        // The sum that stands for each part of the tree, -1 for a part without groups.
        Span<int> sums = stackalloc int[_leaves];
        (_groups, Sums) = (groups, 0);
        for (int leaf = 0; leaf < _leaves; leaf++)
        {
            int first = Before(leaf), next = Before(leaf + 1);
            sums[leaf] = first < next ? Sums : -1;
            if (first < next)
            {
                (_owned[Sums], _first[Sums]) = (leaf, first);
                Sums++;
            }
        }

        _first[Sums] = groups;
        int additions = 0;
        for (int half = 1; half < _leaves; half *= 2)
        {
            for (int leaf = 0; leaf < _leaves; leaf += 2 * half)
            {
                (int left, int right) = (sums[leaf], sums[leaf + half]);
                if (left >= 0 && right >= 0)
                {
                    _additions[additions++] = new(left, right);
                }

                sums[leaf] = left >= 0 ? left : right;
            }
        }

        int Before(int leaf) => (int)((((long)leaf * groups) + _leaves - 1) / _leaves);
    }

    /// <summary>Adds up one number of each leaf.</summary>
    /// <param name="values">A value for each sum; they are changed.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Add(Span<double> values)
    {
        foreach (Addition addition in Additions)
        {
            values[addition.Into] += values[addition.From];
        }

        return values[0];
    }

    /// <summary>Adds up a range of the values of the leaves of an aligned part of the tree, into the first one's.</summary>
    /// <param name="sums">The values of the part's first sum.</param>
    /// <param name="length">From a sum to the next.</param>
    /// <param name="firstSum">The part's first sum.</param>
    /// <param name="lastSum">The sum after its last one.</param>
    /// <param name="first">The first value of the range.</param>
    /// <param name="last">The value after its last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add<T>(ref T sums, int length, int firstSum, int lastSum, int first, int last) where T : unmanaged, INumber<T>
    {
        for (int at = first; at < last; at += Block)
        {
            foreach (Addition addition in Additions)
            {
                if (addition.Into >= firstSum && addition.From < lastSum)
                {
                    Rows.Add(ref sums, ((addition.From - firstSum) * length) + at, 0, Math.Min(Block, last - at), ref sums, ((addition.Into - firstSum) * length) + at, 0, 0, 1);
                }
            }
        }
    }

    /// <summary>One sum is added to another.</summary>
    /// <param name="Into">The sum that is changed.</param>
    /// <param name="From">The sum that is added to it.</param>
    internal readonly record struct Addition(int Into, int From);
}
