using System.Runtime.InteropServices;
using RnnGen.Runtime;

namespace RnnGen;

/// <summary>Splits datasets into a training, a validation and a test part. The same arguments produce the same parts, on every platform.</summary>
public static class DatasetSplit
{
    /// <summary>
    /// Splits in the order of the sequences. Windows over one series overlap: with a gap of sequence length + horizon - 1 windows (over the stride, rounded up)
    /// no value is in two parts.
    /// </summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="data">The sequences, oldest first.</param>
    /// <param name="trainFraction">Share of the training part, between 0 and 1.</param>
    /// <param name="validationFraction">Share of the validation part, at least 0; 0 for none. The rest is the test part.</param>
    /// <param name="gap">Sequences to leave out between two parts, at the end of the earlier one, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share or the gap is out of range.</exception>
    /// <exception cref="ArgumentException">A part would be empty.</exception>
    public static SplitDataset<TInput, TTarget> Chronological<TInput, TTarget>(
        SequenceDataset<TInput, TTarget> data, double trainFraction = 0.7, double validationFraction = 0.15, int gap = 0)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        CheckFractions(data, trainFraction, validationFraction);
        Guard.AtLeast(gap, 0);
        (int first, int second) = Ends(data.Count, trainFraction, validationFraction);
        return Parts(
            data,
            [.. Enumerable.Range(0, Math.Max(0, first - gap))],
            [.. Enumerable.Range(first, Math.Max(0, second - first - (validationFraction > 0 ? gap : 0)))],
            [.. Enumerable.Range(second, data.Count - second)],
            validationFraction > 0);
    }

    /// <summary>Splits at random so that each label has the same share in every part, as nearly as its count allows (a stratified split). Sequences keep their order within a part.</summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <param name="data">The sequences.</param>
    /// <param name="labels">The label of each, such as its class.</param>
    /// <param name="trainFraction">Share of the training part, between 0 and 1.</param>
    /// <param name="validationFraction">Share of the validation part, at least 0; 0 for none. The rest is the test part.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is out of range.</exception>
    /// <exception cref="ArgumentException">There is not one label for each sequence, or a part would be empty.</exception>
    public static SplitDataset<TInput, TTarget> Stratified<TInput, TTarget>(
        SequenceDataset<TInput, TTarget> data, ReadOnlySpan<int> labels, double trainFraction = 0.7, double validationFraction = 0.15, int seed = 0)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        CheckFractions(data, trainFraction, validationFraction);
        CheckCount(labels.Length, data.Count, "label", nameof(labels));
        SortedDictionary<int, List<int>> strata = [];
        for (int i = 0; i < labels.Length; i++)
        {
            if (!strata.TryGetValue(labels[i], out List<int>? stratum))
            {
                strata.Add(labels[i], stratum = []);
            }

            stratum.Add(i);
        }

        List<int> train = [], validation = [], test = [];
        CounterRandom random = new(seed, 0, RandomPurpose.Splitting);
        long position = 0;
        double trainDue = 0, validationDue = 0; // what rounding owes to a part goes to the next label's
        foreach (List<int> stratum in strata.Values)
        {
            Shuffling.Shuffle(CollectionsMarshal.AsSpan(stratum), random, position);
            position += stratum.Count;
            trainDue += stratum.Count * trainFraction;
            validationDue += stratum.Count * validationFraction;
            int first = Math.Clamp((int)Math.Round(trainDue), 0, stratum.Count), second = Math.Clamp((int)Math.Round(validationDue), 0, stratum.Count - first);
            trainDue -= first;
            validationDue -= second;
            train.AddRange(stratum[..first]);
            validation.AddRange(stratum[first..(first + second)]);
            test.AddRange(stratum[(first + second)..]);
        }

        return Parts(data, train, validation, test, validationFraction > 0);
    }

    /// <summary>
    /// Splits at random so that each group, such as a speaker or a patient, is in one part only: the test part then measures how the model generalises to new groups. Shares are met as nearly as the groups
    /// allow. Sequences keep their order within a part.
    /// </summary>
    /// <typeparam name="TInput">The type of one input element.</typeparam>
    /// <typeparam name="TTarget">The type of one target element.</typeparam>
    /// <typeparam name="TGroup">The type of a group's name.</typeparam>
    /// <param name="data">The sequences.</param>
    /// <param name="groups">The group of each.</param>
    /// <param name="trainFraction">Share of the training part, between 0 and 1.</param>
    /// <param name="validationFraction">Share of the validation part, at least 0; 0 for none. The rest is the test part.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is out of range.</exception>
    /// <exception cref="ArgumentException">There is not one group for each sequence, or a part would be empty, as with fewer groups than parts.</exception>
    public static SplitDataset<TInput, TTarget> Grouped<TInput, TTarget, TGroup>(
        SequenceDataset<TInput, TTarget> data, IReadOnlyList<TGroup> groups, double trainFraction = 0.7, double validationFraction = 0.15, int seed = 0)
        where TInput : unmanaged
        where TTarget : unmanaged
        where TGroup : notnull
    {
        CheckFractions(data, trainFraction, validationFraction);
        ArgumentNullException.ThrowIfNull(groups);
        CheckCount(groups.Count, data.Count, "group", nameof(groups));
        Dictionary<TGroup, List<int>> byGroup = [];
        List<List<int>> order = []; // in which groups first stand
        for (int i = 0; i < groups.Count; i++)
        {
            TGroup group = groups[i] ?? throw new ArgumentException(Invariant($"The group at index {i} is null."), nameof(groups));
            if (!byGroup.TryGetValue(group, out List<int>? members))
            {
                byGroup.Add(group, members = []);
                order.Add(members);
            }

            members.Add(i);
        }

        int[] turns = [.. Enumerable.Range(0, order.Count)];
        Shuffling.Shuffle(turns, new CounterRandom(seed, 0, RandomPurpose.Splitting), 0);
        List<int>[] parts = [[], [], []];
        double[] wanted = [data.Count * trainFraction, data.Count * validationFraction, data.Count * (1 - trainFraction - validationFraction)];
        foreach (int turn in turns)
        {
            // The part that lacks the greatest share of what it should have.
            int part = Enumerable.Range(0, 3).Where(p => wanted[p] > 0).MaxBy(p => (wanted[p] - parts[p].Count) / wanted[p]);
            parts[part].AddRange(order[turn]);
        }

        return Parts(data, parts[0], parts[1], parts[2], validationFraction > 0);
    }

    private static SplitDataset<TInput, TTarget> Parts<TInput, TTarget>(
        SequenceDataset<TInput, TTarget> data, List<int> train, List<int> validation, List<int> test, bool hasValidation)
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        SequenceDataset<TInput, TTarget> Part(List<int> indices, string name)
        {
            indices.Sort();
            return indices.Count > 0 ? data.Select(CollectionsMarshal.AsSpan(indices)) : throw new ArgumentException(
                Invariant($"The {name} part is empty: {train.Count} of {data.Count} sequences are to train on, {validation.Count} to validate on, {test.Count} to test on. Use more sequences or other shares."), nameof(data));
        }

        return new SplitDataset<TInput, TTarget> { Train = Part(train, "training"), Validation = hasValidation ? Part(validation, "validation") : null, Test = Part(test, "test") };
    }

    // Rounding the sum, not the parts: 0.7 + 0.1 of 10 is 8, whatever 0.7 + 0.1 is in binary.
    private static (int First, int Second) Ends(int count, double train, double validation) => ((int)Math.Round(count * train), (int)Math.Round(count * (train + validation)));

    private static void CheckFractions(object data, double train, double validation)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!(train is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(train), Invariant($"{train}"), "The share to train on is between 0 and 1.");
        }

        if (!(validation >= 0 && train + validation < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(validation), Invariant($"{validation}"), Invariant($"The share to validate on is at least 0, and with the training share ({train}) below 1: the rest is the test part."));
        }
    }

    private static void CheckCount(int found, int expected, string what, string name)
    {
        if (found != expected)
        {
            throw new ArgumentException(Invariant($"Each of the {expected} sequences needs a {what}; there are {found}."), name);
        }
    }
}

/// <summary>The parts of a dataset, see <see cref="DatasetSplit"/>; they share its arrays.</summary>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
public sealed record SplitDataset<TInput, TTarget>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>The training part.</summary>
    public required SequenceDataset<TInput, TTarget> Train { get; init; }

    /// <summary>The validation part; null if its share is 0.</summary>
    public SequenceDataset<TInput, TTarget>? Validation { get; init; }

    /// <summary>The test part.</summary>
    public required SequenceDataset<TInput, TTarget> Test { get; init; }

    /// <summary>Takes the parts apart: <c>(var train, var validation, var test) = DatasetSplit.Chronological(data);</c></summary>
    /// <param name="train">The training part.</param>
    /// <param name="validation">What to choose by; null where its share is 0.</param>
    /// <param name="test">The test part.</param>
    public void Deconstruct(out SequenceDataset<TInput, TTarget> train, out SequenceDataset<TInput, TTarget>? validation, out SequenceDataset<TInput, TTarget> test) =>
        (train, validation, test) = (Train, Validation, Test);
}
