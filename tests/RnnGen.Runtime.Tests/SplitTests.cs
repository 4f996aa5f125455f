namespace RnnGen.Runtime.Tests;

public sealed class SplitTests
{
    [Fact]
    public void ChronologicalPartsFollowEachOtherWithAGap()
    {
        SplitDataset<float, int> parts = DatasetSplit.Chronological(Data(20), 0.5, 0.25, gap: 2);
        Ids(parts.Train).ShouldBe(Enumerable.Range(0, 8));
        Ids(parts.Validation!).ShouldBe(Enumerable.Range(10, 3));
        Ids(parts.Test).ShouldBe(Enumerable.Range(15, 5));
        DatasetSplit.Chronological(Data(20), 0.5, 0).Validation.ShouldBeNull();
        (SequenceDataset<float, int> train, SequenceDataset<float, int>? validation, SequenceDataset<float, int> test) = parts;
        (train, validation, test).ShouldBe((parts.Train, parts.Validation, parts.Test));

        // Windows of 4 with a horizon of 2: with a gap of 5 no value is in two parts.
        SplitDataset<double, double> windows = DatasetSplit.Chronological(SeriesWindows.Create([.. Enumerable.Range(0, 60).Select(i => (double)i)], 4, 2), 0.6, 0.2, gap: 5);
        Values(windows.Train).Intersect(Values(windows.Validation!)).ShouldBeEmpty();
        Values(windows.Validation!).Intersect(Values(windows.Test)).ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => DatasetSplit.Chronological(Data(4), 0.5, 0.25, gap: 2)).Message.ShouldContain("training part is empty");
        Should.Throw<ArgumentOutOfRangeException>(() => DatasetSplit.Chronological(Data(4), 0.5, 0.5));
        Should.Throw<ArgumentOutOfRangeException>(() => DatasetSplit.Chronological(Data(4), 0.5, 0.2, -1));

        static HashSet<double> Values(SequenceDataset<double, double> data) => [.. Enumerable.Range(0, data.Count).SelectMany(i => data.Input(i).ToArray().Concat(data.Target(i).ToArray()))];
    }

    [Fact]
    public void StratifiedPartsHaveEveryLabelsShare()
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(i => i < 10 ? 7 : i % 3 == 0 ? 2 : 5)];
        SplitDataset<float, int> parts = DatasetSplit.Stratified(Data(100), labels, 0.6, 0.2, seed: 4);
        (parts.Train.Count, parts.Validation!.Count, parts.Test.Count).ShouldBe((60, 20, 20));
        Ids(parts.Train).Concat(Ids(parts.Validation)).Concat(Ids(parts.Test)).ShouldBe(Enumerable.Range(0, 100), ignoreOrder: true);
        foreach (int label in labels.Distinct())
        {
            int count = labels.Count(l => l == label);
            ((double)Ids(parts.Train).Count(i => labels[i] == label)).ShouldBe(0.6 * count, 1);
            ((double)Ids(parts.Test).Count(i => labels[i] == label)).ShouldBe(0.2 * count, 1);
        }

        Ids(DatasetSplit.Stratified(Data(100), labels, 0.6, 0.2, seed: 4).Train).ShouldBe(Ids(parts.Train));
        Ids(DatasetSplit.Stratified(Data(100), labels, 0.6, 0.2, seed: 5).Train).ShouldNotBe(Ids(parts.Train));
        Should.Throw<ArgumentException>(() => DatasetSplit.Stratified(Data(3), [1, 2])).Message.ShouldContain("3 sequences needs a label; there are 2");
    }

    [Fact]
    public void GroupedPartsShareNoGroup()
    {
        string[] groups = [.. Enumerable.Range(0, 200).Select(i => $"speaker {i * i % 23}")];
        SplitDataset<float, int> parts = DatasetSplit.Grouped(Data(200), groups, 0.6, 0.2, seed: 1);
        string[][] found = [.. new[] { parts.Train, parts.Validation!, parts.Test }.Select(p => Ids(p).Select(i => groups[i]).Distinct().ToArray())];
        found.SelectMany(g => g).ShouldBeUnique();
        found.SelectMany(g => g).Count().ShouldBe(groups.Distinct().Count());
        parts.Train.Count.ShouldBeInRange(90, 150);
        Ids(DatasetSplit.Grouped(Data(200), groups, 0.6, 0.2, seed: 1).Test).ShouldBe(Ids(parts.Test));
        Ids(DatasetSplit.Grouped(Data(200), groups, 0.6, 0.2, seed: 2).Test).ShouldNotBe(Ids(parts.Test));
        Should.Throw<ArgumentException>(() => DatasetSplit.Grouped(Data(4), ["a", "a", "a", "b"])).Message.ShouldContain("part is empty");
    }

    [Fact]
    public void SelectedSequencesKeepTheirLengthsAndCanBeSelectedAgain()
    {
        SequenceDataset<float, int> data = SequenceDataset.FromArrays([0f, 0, 1, 1, 2, 2, 3, 3], [0, 1, 2, 3], 4, [1, 2, 1, 2]);
        SequenceDataset<float, int> some = data.Select([3, 1, 0, 3]);
        Ids(some).ShouldBe([3, 1, 0, 3]);
        some.Lengths.ToArray().ShouldBe([2, 2, 1, 2]);
        SequenceDataset<float, int> part = some.Slice(1, 3);
        Ids(part).ShouldBe([1, 0, 3]);
        part.Input(2).ToArray().ShouldBe([3f, 3]);
        Ids(part.Select([1, 1])).ShouldBe([0, 0]);
        float[] inputs = new float[4];
        part.CopyBatch([2, 0], inputs, new int[2]);
        inputs.ShouldBe([3f, 3, 1, 1]);
        Should.Throw<ArgumentOutOfRangeException>(() => data.Select([4]));
        Should.Throw<ArgumentException>(() => data.Select([]));
    }

    private static SequenceDataset<float, int> Data(int count) => SequenceDataset.FromArrays([.. Enumerable.Range(0, count).Select(i => (float)i)], [.. Enumerable.Range(0, count)], count);

    private static int[] Ids(SequenceDataset<float, int> data) => [.. Enumerable.Range(0, data.Count).Select(i => data.Target(i)[0])];
}
