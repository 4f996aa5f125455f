namespace RnnGen.Runtime.Tests;

/// <summary>How long a sequence is in a batch, and a step in a sequence, is what the layout says; a sequence may be longer than its steps.</summary>
public sealed class RowLengthTests
{
    private const int Steps = 3, More = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void StepsAreCopiedFromSequencesThatAreLonger(int features)
    {
        int stride = Steps * features + More;
        float[] sequences = [.. Enumerable.Range(0, 2 * stride).Select(i => (float)i)];
        GroupRows rows = new(new int[Steps + 2 + 2 * 2], Steps, 2);
        rows.Fill([2, 3], 2);
        StepValues target = new(Offset: 4, Step: 40, Row: 16);
        float[] arena = new float[4 + Steps * 40];
        arena.AsSpan().Fill(-1);
        Rows.ByStep<float>(sequences, rows, stride, features, ref arena[0], target);

        float[] expected = new float[arena.Length];
        expected.AsSpan().Fill(-1);
        foreach ((int row, int sequence, int length) in ((int, int, int)[])[(0, 1, 3), (1, 0, 2)])
        {
            for (int step = 0; step < length; step++)
            {
                for (int feature = 0; feature < features; feature++)
                {
                    expected[4 + step * 40 + row * 16 + feature] = sequence * stride + step * features + feature;
                }
            }
        }

        arena.ShouldBe(expected);
    }

    [Fact]
    public void AStepIsWhatTheLayoutSays()
    {
        LayoutOf(inputLength: 6).InputStep.ShouldBe(2, "a sequence of its steps alone");
        LayoutOf(inputLength: 11, inputStep: 2).InputStep.ShouldBe(2);
    }

    private static ModelLayout LayoutOf(int inputLength, int inputStep = 0) => new()
    {
        ModelName = "Longer", Declaration = "", Parameters = [], ParameterCount = 0, SequenceLength = Steps, OutputSteps = 1, InputLength = inputLength, InputStep = inputStep,
        TargetLength = 1, OutputLength = 1, BatchSize = 1, TrainingMemory = 0, PredictionMemory = 0, ForwardFlops = 0,
    };
}
