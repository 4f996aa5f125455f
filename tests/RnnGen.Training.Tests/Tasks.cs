namespace RnnGen.Training.Tests;

/// <summary>Sequences whose answers are known, drawn from a seed.</summary>
internal static class Tasks
{
    /// <summary>A uniform number and a marker a step; two steps are marked, one in each half. The answer is the marked numbers' sum, of variance 1/6.</summary>
    public static SequenceDataset<float, float> Adding(int count, int seed)
    {
        const int steps = AddingLstm.SequenceLength;
        Random random = new(seed);
        float[] inputs = new float[count * steps * 2], targets = new float[count];
        for (int i = 0; i < count; i++)
        {
            Span<float> sequence = inputs.AsSpan(i * steps * 2, steps * 2);
            for (int t = 0; t < steps; t++)
                sequence[2 * t] = random.NextSingle();
            foreach (int t in (int[])[random.Next(steps / 2), random.Next(steps / 2, steps)])
            {
                sequence[(2 * t) + 1] = 1;
                targets[i] += sequence[2 * t];
            }
        }

        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    /// <summary>Symbols as one-hot vectors; the answer is the first.</summary>
    public static SequenceDataset<float, int> FirstSymbols(int count, int seed)
    {
        Random random = new(seed);
        const int length = FirstSymbol.SequenceLength * FirstSymbol.InputSize;
        float[] inputs = new float[count * length];
        int[] targets = new int[count];
        for (int i = 0; i < count; i++)
            for (int t = 0; t < FirstSymbol.SequenceLength; t++)
            {
                int symbol = random.Next(FirstSymbol.InputSize);
                inputs[(i * length) + (t * FirstSymbol.InputSize) + symbol] = 1;
                if (t == 0)
                    targets[i] = symbol;
            }

        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    /// <summary>Random tokens; the answer at the end is the first of them.</summary>
    public static SequenceDataset<int, int> FirstTokens(int count, int seed)
    {
        Random random = new(seed);
        int[] inputs = [.. Enumerable.Range(0, count * FirstToken.SequenceLength).Select(_ => random.Next(FirstToken.OutputSize))];
        int[] targets = [.. Enumerable.Range(0, count).Select(i => inputs[i * FirstToken.SequenceLength])];
        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    /// <summary>A switch that is turned to 1 or -1 every 10 to 30 steps, and 0 in between; the answer at each step is its side. 16 streams, read side by side.</summary>
    public static SequenceDataset<float, int> Switches(int steps, int seed)
    {
        Random random = new(seed);
        float[] inputs = new float[steps];
        int[] targets = new int[steps];
        int streamLength = steps / 16, next = 0;
        for (int t = 0; t < steps; t++)
        {
            bool isNew = t % streamLength == 0;
            if (isNew || t == next)
            {
                targets[t] = random.Next(2);
                inputs[t] = targets[t] == 0 ? -1 : 1;
                next = t + random.Next(10, 31);
            }
            else
            {
                targets[t] = targets[t - 1];
            }
        }

        return SequenceDataset.FromStream(inputs, targets, steps, Switch.SequenceLength, 16);
    }

    /// <summary>Bits as ±1; the answer at each step is the parity of the ones so far.</summary>
    public static SequenceDataset<float, int> Parity(int count, int seed)
    {
        Random random = new(seed);
        const int steps = RunningParity.SequenceLength;
        float[] inputs = new float[count * steps];
        int[] targets = new int[count * steps];
        for (int i = 0; i < inputs.Length; i++)
        {
            int bit = random.Next(2);
            inputs[i] = (2 * bit) - 1;
            targets[i] = i % steps == 0 ? bit : targets[i - 1] ^ bit;
        }

        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    /// <summary>Numbers in ±1; the answer at each step is the number of two steps before, 0 for the first two.</summary>
    public static SequenceDataset<float, float> Echo(int count, int seed)
    {
        Random random = new(seed);
        const int steps = DelayedEcho.SequenceLength;
        float[] inputs = new float[count * steps], targets = new float[count * steps];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = (2 * random.NextSingle()) - 1;
            targets[i] = i % steps < 2 ? 0 : inputs[i - 2];
        }

        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    /// <summary>Sines of random phase, 0.3 radians a step; the answer is the next value.</summary>
    public static SequenceDataset<float, float> Sines(int count, int seed)
    {
        Random random = new(seed);
        const int steps = SineForecast.SequenceLength;
        float[] inputs = new float[count * steps], targets = new float[count];
        for (int i = 0; i < count; i++)
        {
            double phase = random.NextDouble() * 2 * Math.PI;
            for (int t = 0; t < steps; t++)
                inputs[(i * steps) + t] = (float)Math.Sin(phase + (0.3 * t));
            targets[i] = (float)Math.Sin(phase + (0.3 * steps));
        }

        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    /// <summary>Noise around ±0.5; the answer is whether it is around the upper one.</summary>
    public static SequenceDataset<float, float> Levels(int count, int seed)
    {
        Random random = new(seed);
        const int steps = AboveZero.SequenceLength;
        float[] inputs = new float[count * steps], targets = new float[count];
        for (int i = 0; i < count; i++)
        {
            targets[i] = random.Next(2);
            for (int t = 0; t < steps; t++)
                inputs[(i * steps) + t] = targets[i] - 0.5f + (2 * random.NextSingle()) - 1;
        }

        return SequenceDataset.FromArrays(inputs, targets, count);
    }

    /// <summary>Random tokens of 2 to 12 steps; the answer is the one before a sequence's last. What stands beyond its end is no token at all.</summary>
    public static SequenceDataset<int, int> LastButOnes(int count, int seed)
    {
        Random random = new(seed);
        const int steps = LastButOne.SequenceLength;
        int[] inputs = new int[count * steps], targets = new int[count], lengths = new int[count];
        Array.Fill(inputs, -1);
        for (int i = 0; i < count; i++)
        {
            lengths[i] = random.Next(2, steps + 1);
            foreach (ref int token in inputs.AsSpan(i * steps, lengths[i]))
                token = random.Next(LastButOne.OutputSize);
            targets[i] = inputs[(i * steps) + lengths[i] - 2];
        }

        return SequenceDataset.FromArrays(inputs, targets, count, lengths);
    }

    /// <summary>Numbers in ±0.5 for 1 to 10 steps; the answer at each step is their sum so far. Beyond a sequence's end stands <paramref name="padding"/>.</summary>
    public static SequenceDataset<float, float> RunningSums(int count, int seed, float padding)
    {
        Random random = new(seed);
        const int steps = RunningSum.SequenceLength;
        float[] inputs = new float[count * steps], targets = new float[count * steps];
        Array.Fill(inputs, padding);
        Array.Fill(targets, padding);
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++)
        {
            lengths[i] = random.Next(1, steps + 1);
            float sum = 0;
            for (int t = i * steps; t < (i * steps) + lengths[i]; t++)
            {
                inputs[t] = random.NextSingle() - 0.5f;
                targets[t] = sum += inputs[t];
            }
        }

        return SequenceDataset.FromArrays(inputs, targets, count, lengths);
    }
}
