using System.Numerics;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>Decodes the logits of a model with <see cref="Loss.Ctc"/> into labels.</summary>
public static class CtcDecoder
{
    /// <summary>Greedy decoding: takes the most probable class at each step, then removes repeats and blanks (class 0). It does not allocate.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="logits">[steps × classes] logits.</param>
    /// <param name="classes">Number of classes, the blank among them.</param>
    /// <param name="labels">Receives the labels; it needs room for one per step.</param>
    /// <returns>The number of labels.</returns>
    /// <exception cref="ArgumentException">The logits do not make whole steps, or there is too little room.</exception>
    /// <exception cref="NonFiniteException">A step has no most probable class: a logit is NaN or infinite.</exception>
    public static int Greedy<T>(ReadOnlySpan<T> logits, int classes, Span<int> labels) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int steps = CheckSteps(logits.Length, classes, labels.Length), count = 0, last = 0;
        for (int t = 0; t < steps; t++)
        {
            int best = Logits.ArgMax(logits.Slice(t * classes, classes), t);
            if (best != 0 && best != last)
            {
                labels[count++] = best;
            }

            last = best;
        }

        return count;
    }

    /// <summary>The edit distance of two sequences of labels: insertions, deletions and replacements (V. I. Levenshtein 1966).</summary>
    /// <param name="found">What was found.</param>
    /// <param name="expected">What should have been.</param>
    public static int EditDistance(ReadOnlySpan<int> found, ReadOnlySpan<int> expected)
    {
        Span<int> row = expected.Length < 256 ? stackalloc int[expected.Length + 1] : new int[expected.Length + 1];
        for (int j = 0; j <= expected.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= found.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= expected.Length; j++)
            {
                int replaced = diagonal + (found[i - 1] == expected[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[expected.Length];
    }

    internal static int CheckSteps(int length, int classes, int room)
    {
        Guard.AtLeast(classes, 2);
        if (length % classes != 0)
        {
            throw new ArgumentException(Invariant($"'logits' must hold a whole number of steps of {classes} classes; it holds {length} elements."), nameof(length));
        }

        return room >= length / classes ? length / classes
            : throw new ArgumentException(Invariant($"'labels' needs room for {length / classes} labels, one per step; it holds {room}."), nameof(room));
    }
}

/// <summary>
/// Prefix beam search for a model with <see cref="Loss.Ctc"/>: it follows several prefixes at once, each with the probability of all
/// its paths (A. Y. Hannun et al. 2014, without a language model). It does not allocate after its construction. Use it from one thread.
/// </summary>
/// <example>
/// <code>
/// var search = new CtcBeamSearch(classes: 11, maxSteps: 120, beams: 16);
/// int count = search.Decode&lt;float&gt;(model.Predict(input), labels, out double logProbability);
/// </code>
/// </example>
public sealed class CtcBeamSearch
{
    private readonly int _classes;
    private readonly int _maxSteps;
    private readonly int _beams;

    // A beginning is a node of a tree: its last label and the node before it; node 0 is the empty one.
    private readonly int[] _parents;
    private readonly int[] _labels;

    // Of each beginning that is followed: its node, and the log-probabilities of its paths that end in a blank and in its last label.
    private readonly Beam[] _live;
    private readonly Beam[] _found;
    private readonly double[] _log;

    /// <summary>Creates a search.</summary>
    /// <param name="classes">Number of classes, the blank (class 0) among them; at least 2.</param>
    /// <param name="maxSteps">The maximum number of steps of a sequence, at least 1.</param>
    /// <param name="beams">Prefixes to follow at once, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small, or there are too many beams for the steps or classes.</exception>
    public CtcBeamSearch(int classes, int maxSteps, int beams = 16)
    {
        Guard.AtLeast(classes, 2);
        Guard.AtLeast(maxSteps, 1);
        Guard.AtLeast(beams, 1);
        if ((long)beams * Math.Max(maxSteps, classes) >= Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(beams), Invariant($"{beams}"), Invariant($"{beams} beams over {maxSteps} steps and {classes} classes do not fit into an array; use fewer."));
        }

        (_classes, _maxSteps, _beams) = (classes, maxSteps, beams);
        _parents = new int[maxSteps * beams + 1];
        _labels = new int[maxSteps * beams + 1];
        _live = new Beam[beams];
        _found = new Beam[beams * classes];
        _log = new double[classes];
    }

    // Before its node is made, a longer beginning has its parent's node, and its label.
    private record struct Beam(int Node, int Label, double Blank, double Last)
    {
        public readonly double Total => Ctc.LogAdd(Blank, Last);
    }

    /// <summary>Finds the most probable labels among the prefixes that it follows.</summary>
    /// <typeparam name="T">The number type.</typeparam>
    /// <param name="logits">[steps × classes] logits.</param>
    /// <param name="labels">Receives the labels; it needs room for one per step.</param>
    /// <param name="logProbability">The log-probability of these labels, over the paths that were followed.</param>
    /// <returns>The number of labels.</returns>
    /// <exception cref="ArgumentException">There are more steps than the search was created for, the logits do not make whole steps, or there is too little room.</exception>
    /// <exception cref="NonFiniteException">A step has no most probable class: a logit is NaN or infinite.</exception>
    public int Decode<T>(ReadOnlySpan<T> logits, Span<int> labels, out double logProbability) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int steps = CtcDecoder.CheckSteps(logits.Length, _classes, labels.Length), live = 1, nodes = 1;
        if (steps > _maxSteps)
        {
            throw new ArgumentException(Invariant($"There are {steps} steps; the search was created for at most {_maxSteps}."), nameof(logits));
        }

        _live[0] = new Beam(0, 0, 0, double.NegativeInfinity);
        _labels[0] = 0;
        _parents[0] = -1;
        for (int t = 0; t < steps; t++)
        {
            LogSoftmax(logits.Slice(t * _classes, _classes), t);
            int found = Extend(live);

            // The most probable ones go on; equal ones in their order.
            int kept = Math.Min(_beams, found);
            for (int i = 0; i < kept; i++)
            {
                int best = i;
                for (int j = i + 1; j < found; j++)
                {
                    best = _found[j].Total > _found[best].Total ? j : best;
                }

                (_found[i], _found[best]) = (_found[best], _found[i]);
                if (_found[i].Label != 0)
                {
                    (_parents[nodes], _labels[nodes]) = (_found[i].Node, _found[i].Label);
                    _found[i] = _found[i] with { Node = nodes++, Label = 0 };
                }

                _live[i] = _found[i];
            }

            live = kept;
        }

        logProbability = _live[0].Total;
        int count = 0;
        for (int node = _live[0].Node; node > 0; node = _parents[node])
        {
            labels[count++] = _labels[node];
        }

        labels[..count].Reverse();
        return count;
    }

    private void LogSoftmax<T>(ReadOnlySpan<T> logits, int step) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double normalizer = Logits.LogSumExp(logits, step);
        for (int k = 0; k < _classes; k++)
        {
            _log[k] = double.CreateTruncating(logits[k]) - normalizer;
        }
    }

    // Each beginning as it is, and with one label more.
    private int Extend(int live)
    {
        int found = live;
        for (int i = 0; i < live; i++)
        {
            Beam beam = _live[i];
            int last = _labels[beam.Node];
            _found[i] = new Beam(beam.Node, 0, beam.Total + _log[0], beam.Node == 0 ? double.NegativeInfinity : beam.Last + _log[last]);
        }

        for (int i = 0; i < live; i++)
        {
            Beam beam = _live[i];
            int last = _labels[beam.Node];
            for (int label = 1; label < _classes; label++)
            {
                // The last label again is a new one only after a blank.
                double log = (label == last ? beam.Blank : beam.Total) + _log[label];
                int known = Find(beam.Node, label, live);
                if (known >= 0)
                {
                    _found[known] = _found[known] with { Last = Ctc.LogAdd(_found[known].Last, log) };
                }
                else
                {
                    _found[found++] = new Beam(beam.Node, label, double.NegativeInfinity, log);
                }
            }
        }

        return found;
    }

    // A beginning that is followed already and is this one with the label.
    private int Find(int node, int label, int live)
    {
        for (int i = 0; i < live; i++)
        {
            if (_parents[_live[i].Node] == node && _labels[_live[i].Node] == label)
            {
                return i;
            }
        }

        return -1;
    }
}
