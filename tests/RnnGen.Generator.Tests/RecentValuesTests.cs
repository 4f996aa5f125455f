using RnnGen.Generator.Common;

namespace RnnGen.Generator.Tests;

/// <summary>What the generator remembers between two edits is bounded, and right from many threads at once.</summary>
public sealed class RecentValuesTests
{
    [Fact]
    public void AValueIsMadeOnceWhileItIsKept()
    {
        List<int> made = [];
        RecentValues<int, string> values = new(3, key =>
        {
            made.Add(key);
            return $"{key}";
        });
        string[] asked = [.. new[] { 1, 2, 1, 3, 2, 1, 4, 4, 1, 2 }.Select(values.Of)];
        asked.ShouldBe(["1", "2", "1", "3", "2", "1", "4", "4", "1", "2"]);

        // 4 took the place of 1, 1 that of 2, and 2 that of 3.
        made.ShouldBe([1, 2, 3, 4, 1, 2]);
        values.Count.ShouldBe(3);
    }

    [Fact]
    public void AFailureIsNotKept()
    {
        int calls = 0;
        RecentValues<int, int> values = new(2, key => ++calls == 1 ? throw new FormatException() : key);
        Should.Throw<FormatException>(() => values.Of(7));
        values.Of(7).ShouldBe(7);
    }

    [Fact]
    public void ManyThreadsGetTheSameObjectAndTheBoundHolds()
    {
        RecentValues<int, object> all = new(64, _ => new object());
        object[][] seen = new object[8][];
        Parallel.For(0, 8, i => seen[i] = [.. Enumerable.Range(0, 64).Select(all.Of)]);
        seen.ShouldAllBe(s => s.SequenceEqual(seen[0]));

        RecentValues<int, int> few = new(5, key => key * key);
        Parallel.For(0, 8, i =>
        {
            for (int k = 0; k < 5_000; k++)
            {
                int key = (k * (i + 3)) % 17;
                few.Of(key).ShouldBe(key * key);
            }
        });
        few.Count.ShouldBe(5);
    }
}
