using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Memory;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>Buffers share their place only where their lives and forms allow it.</summary>
public sealed class MemoryPlanTests
{
    [Fact]
    public void BuffersOfEqualFormAndDisjointLivesShare()
    {
        MemoryPlan plan = new(16);
        ArenaBuffer first = plan.Add("first", 3, 32, 0, 1);
        ArenaBuffer second = plan.Add("second", 3, 32, 2, 3);
        ArenaBuffer third = plan.Add("third", 3, 32, 4, 4);
        second.Offset.ShouldBe(first.Offset);
        third.Offset.ShouldBe(first.Offset);
        plan.Length.ShouldBe(96);
        plan.Buffers.ShouldBe([first, second, third]);
    }

    [Fact]
    public void ABufferThatIsReadAtTheTimeOfAnothersFirstUseStaysApart()
    {
        MemoryPlan plan = new(16);
        ArenaBuffer first = plan.Add("first", 1, 32, 0, 2);
        plan.Add("second", 1, 32, 2, 3).Offset.ShouldNotBe(first.Offset);
    }

    /// <summary>Rows run ahead of each other on different threads; another form would put one row's values into another row's.</summary>
    [Theory]
    [InlineData(2, 48)]
    [InlineData(3, 16)]
    [InlineData(1, 96)]
    public void AnotherFormStaysApart(int steps, int stepLength)
    {
        MemoryPlan plan = new(16);
        plan.Add("first", 3, 32, 0, 1);
        plan.Add("second", steps, stepLength, 2, 3).Offset.ShouldBe(96);
    }

    [Fact]
    public void BuffersStartAtWholeBlocks()
    {
        MemoryPlan plan = new(16);
        plan.Add("first", 1, 5, 0, 9);
        ArenaBuffer second = plan.Add("second", 3, 7, 0, 9);
        second.Offset.ShouldBe(16);
        (second.Length, second.At(2)).ShouldBe((21, 30));
        plan.Add("third", 1, 1, 0, 9).Offset.ShouldBe(48);
        plan.Length.ShouldBe(64);
    }

    [Fact]
    public void NoTwoLiveBuffersOverlap()
    {
        Random random = new(7);
        int shared = 0;
        for (int run = 0; run < 200; run++)
        {
            MemoryPlan plan = new(8);
            List<(ArenaBuffer Buffer, int First, int Last)> all = [];
            for (int i = 0; i < 12; i++)
            {
                int first = random.Next(10);
                int last = first + random.Next(4);
                ArenaBuffer buffer = plan.Add($"{i}", random.Next(1, 3), random.Next(1, 3) * 8, first, last);
                foreach ((ArenaBuffer other, int otherFirst, int otherLast) in all)
                {
                    bool overlaps = buffer.Offset < other.Offset + other.Length && other.Offset < buffer.Offset + buffer.Length;
                    bool live = first <= otherLast && otherFirst <= last;
                    (overlaps && live).ShouldBeFalse();
                    shared += overlaps ? 1 : 0;
                }

                (buffer.Offset % 8).ShouldBe(0);
                ((long)buffer.Offset + buffer.Length).ShouldBeLessThanOrEqualTo(plan.Length);
                all.Add((buffer, first, last));
            }
        }

        shared.ShouldBeGreaterThan(100);
    }

    /// <summary>Both directions write the adjoint of what they read, and the reverse one goes first: from then on its place is no other's.</summary>
    [Fact]
    public void TheAdjointOfAnInputLivesFromItsFirstWriterOn()
    {
        ModelSpecification model = Compiler.Parse("""
            [RnnModel(Architecture.EncoderDecoder, SequenceLength = 6, OutputLength = 7, OutputSize = 9, Loss = Loss.CrossEntropy, BatchSize = 4)]
            [Embedding(11, 5)]
            [Lstm(7, Bidirectional = true)]
            [Decoder(Attention = Attention.Additive)]
            [Embedding(9, 4)]
            [Lstm(8)]
            public sealed partial class M;
            """).Specification!;
        TrainingPlan training = ModelPlanner.Plan(model).Training;
        ArenaBuffer input = training.Buffers.Single(b => b.Name == "input adjoint");
        training.Buffers.Where(b => b.Name.StartsWith("Lstm0Reverse", StringComparison.Ordinal)).ShouldAllBe(b => b.Offset != input.Offset);
    }

    /// <summary>In a deep stack of equal layers the adjoints of layers that are not neighbours share their places.</summary>
    [Fact]
    public void TheArenaOfAStackSharesAdjoints()
    {
        ModelSpecification model = Compiler.Parse(
            "[RnnModel(Architecture.ManyToMany, InputSize = 16, SequenceLength = 3, OutputSize = 16), Lstm(16), Lstm(16), Lstm(16), Lstm(16)] partial class M;").Specification!;
        TrainingPlan training = ModelPlanner.Plan(model).Training;
        ArenaBuffer[] adjoints = [.. training.Buffers.Where(b => b.Name.EndsWith("output adjoint", StringComparison.Ordinal))];
        adjoints.Length.ShouldBe(5);
        adjoints.Select(b => b.Offset).Distinct().Count().ShouldBe(2);
        foreach (ArenaBuffer buffer in training.Buffers)
        {
            ArenaBuffer[] overlapping = [.. training.Buffers.Where(b => b.Offset < buffer.Offset + buffer.Length && buffer.Offset < b.Offset + b.Length)];
            overlapping.ShouldAllBe(b => b.Offset == buffer.Offset && b.Steps == buffer.Steps && b.StepLength == buffer.StepLength);
            ((long)buffer.Offset + buffer.Length).ShouldBeLessThanOrEqualTo(training.ArenaLength);
        }
    }
}
