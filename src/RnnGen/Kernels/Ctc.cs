using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// Connectionist temporal classification (A. Graves et al. 2006): the labels of a sequence without their times. A path has a class
/// for every step; without repeats and then without blanks (class 0) it is a labelling, whose probability is the sum over all its paths.
/// Sums run in log space, in double.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Ctc
{
    private const int Blank = 0;

    /// <summary>Numbers of workspace for one sequence.</summary>
    /// <param name="steps">The maximum number of steps.</param>
    /// <param name="labels">The maximum number of labels.</param>
    public static int WorkspaceLength(int steps, int labels) => checked(steps * (2 * labels + 2) + 2 * (2 * labels + 1));

    /// <summary>The labels of a target: those before the first blank.</summary>
    /// <param name="target">Labels, filled up with blanks.</param>
    public static ReadOnlySpan<int> Labels(ReadOnlySpan<int> target)
    {
        int end = target.IndexOf(Blank);
        return end < 0 ? target : target[..end];
    }

    /// <summary>The minimum number of steps of labels: one each, and a blank between two equal ones.</summary>
    /// <param name="labels">The labels.</param>
    public static int MinSteps(ReadOnlySpan<int> labels)
    {
        int steps = labels.Length;
        for (int i = 1; i < labels.Length; i++)
        {
            steps += labels[i] == labels[i - 1] ? 1 : 0;
        }

        return steps;
    }

    /// <summary>The loss of each row and the adjoints of its logits.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="arena">The arena.</param>
    /// <param name="logits">The logits <c>[step][row][class]</c>.</param>
    /// <param name="adjoints">Their adjoints, written at each row's steps.</param>
    /// <param name="classes">Number of classes, the blank among them.</param>
    /// <param name="targets">Labels <c>[row, label]</c>, filled up with blanks.</param>
    /// <param name="targetLength">The maximum number of labels of a row.</param>
    /// <param name="losses">Where row 0's loss goes: -log p over the number of labels.</param>
    /// <param name="scale">What a row's loss counts in the mean.</param>
    /// <param name="workspace">Room for <see cref="WorkspaceLength"/> numbers a row.</param>
    /// <param name="rows">The group.</param>
    /// <param name="first">The first row.</param>
    /// <param name="last">The row after the last.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Loss<T>(
        ref T arena, StepValues logits, StepValues adjoints, int classes, ReadOnlySpan<int> targets, int targetLength, int losses, T scale,
        Span<double> workspace, GroupRows rows, int first, int last) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int room = rows.Count == 0 ? 0 : workspace.Length / rows.Capacity;
        for (int row = first; row < last; row++)
        {
            ReadOnlySpan<int> labels = Labels(targets.Slice(row * targetLength, targetLength));
            if (MinSteps(labels) > rows.Length(row))
            {
                // No path, and an infinite loss, which counts as zero where a model is declared so; else such a row was rejected.
                Unsafe.Add(ref arena, losses + row) = T.Zero;
                for (int t = 0; t < rows.Length(row); t++)
                {
                    MemoryMarshal.CreateSpan(ref Unsafe.Add(ref arena, adjoints.At(t, row)), classes).Clear();
                }

                continue;
            }

            Unsafe.Add(ref arena, losses + row) = Loss(ref arena, logits, adjoints, classes, labels, rows.Length(row), scale, workspace.Slice(row * room, room), row);
        }
    }

    private static T Loss<T>(
        ref T arena, StepValues logits, StepValues adjoints, int classes, ReadOnlySpan<int> labels, int steps, T scale, Span<double> workspace, int row)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // States are the labels with blanks around them: blank, label 0, blank, label 1, …, blank.
        int states = 2 * labels.Length + 1;
        Span<double> alpha = workspace[..(steps * states)], normalizers = workspace.Slice(steps * states, steps);
        Span<double> beta = workspace.Slice(steps * (states + 1), states), next = workspace.Slice(steps * (states + 1) + states, states);
        for (int t = 0; t < steps; t++)
        {
            ref T y = ref Unsafe.Add(ref arena, logits.At(t, row));
            T sum = Rows.ShiftedExp(ref y, ref Unsafe.Add(ref arena, adjoints.At(t, row)), classes, out T max);
            normalizers[t] = double.CreateTruncating(max) + Math.Log(double.CreateTruncating(sum));
            T share = scale / T.CreateTruncating(Math.Max(1, labels.Length)) / sum;
            for (int k = 0; k < classes; k++)
            {
                Unsafe.Add(ref arena, adjoints.At(t, row) + k) *= share;
            }

            for (int s = 0; s < states; s++)
            {
                double before = t == 0 ? (s < 2 ? 0 : double.NegativeInfinity) : alpha[(t - 1) * states + s];
                if (t > 0 && s > 0)
                {
                    before = LogAdd(before, alpha[(t - 1) * states + s - 1]);
                    if (CanSkip(labels, s))
                    {
                        before = LogAdd(before, alpha[(t - 1) * states + s - 2]);
                    }
                }

                alpha[t * states + s] = before + double.CreateTruncating(Unsafe.Add(ref y, Class(labels, s))) - normalizers[t];
            }
        }

        double log = alpha[steps * states - 1];
        log = states > 1 ? LogAdd(log, alpha[steps * states - 2]) : log;

        // Back in time: what follows each state, and how probable it is that the path is there.
        double weight = double.CreateTruncating(scale) / Math.Max(1, labels.Length);
        for (int t = steps - 1; t >= 0; t--)
        {
            for (int s = 0; s < states; s++)
            {
                if (t == steps - 1)
                {
                    beta[s] = s >= states - 2 ? 0 : double.NegativeInfinity;
                }
                else
                {
                    ref T y = ref Unsafe.Add(ref arena, logits.At(t + 1, row));
                    double after = next[s] + double.CreateTruncating(Unsafe.Add(ref y, Class(labels, s)));
                    after = s + 1 < states ? LogAdd(after, next[s + 1] + double.CreateTruncating(Unsafe.Add(ref y, Class(labels, s + 1)))) : after;
                    after = s + 2 < states && CanSkip(labels, s + 2) ? LogAdd(after, next[s + 2] + double.CreateTruncating(Unsafe.Add(ref y, Class(labels, s + 2)))) : after;
                    beta[s] = after - normalizers[t + 1];
                }

                Unsafe.Add(ref arena, adjoints.At(t, row) + Class(labels, s)) -= T.CreateTruncating(weight * Math.Exp(alpha[t * states + s] + beta[s] - log));
            }

            beta.CopyTo(next);
        }

        return T.CreateTruncating(-log / Math.Max(1, labels.Length));
    }

    private static int Class(ReadOnlySpan<int> labels, int state) => state % 2 == 0 ? Blank : labels[state / 2];

    // From the label before straight to this one, where they differ.
    private static bool CanSkip(ReadOnlySpan<int> labels, int state) => state % 2 == 1 && state > 1 && labels[state / 2] != labels[state / 2 - 1];

    internal static double LogAdd(double a, double b)
    {
        double greater = Math.Max(a, b);
        return double.IsNegativeInfinity(greater) ? greater : greater + Math.Log(Math.Exp(a - greater) + Math.Exp(b - greater));
    }
}
