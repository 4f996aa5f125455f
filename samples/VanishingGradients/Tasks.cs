namespace VanishingGradients;

/// <summary>A task whose answer depends on what was read long before.</summary>
/// <typeparam name="TTarget">The type of a target's elements.</typeparam>
/// <param name="name">Its name in the output.</param>
internal abstract class MemoryTask<TTarget>(string name) where TTarget : unmanaged
{
    public string Name { get; } = name;

    /// <summary>What the error is.</summary>
    public abstract string Measure { get; }

    /// <summary>The error of the best answer that remembers nothing.</summary>
    public abstract double Baseline { get; }

    /// <summary>The error below which the task counts as solved.</summary>
    public abstract double Solved { get; }

    /// <summary>Steps of a sequence that is to be remembered over some.</summary>
    public abstract int Length(int memory);

    /// <summary>The steps, from the end, at which there is a loss.</summary>
    public abstract int LossSteps { get; }

    /// <summary>The error, from the mean loss.</summary>
    public abstract double Error(double loss);

    /// <summary>Draws one sequence.</summary>
    /// <param name="random">What is drawn from.</param>
    /// <param name="memory">Steps that it is to be remembered over.</param>
    /// <param name="inputs">A step after the other; zero at first.</param>
    /// <param name="targets">The model's targets.</param>
    public abstract void Draw(Random random, int memory, Span<float> inputs, Span<TTarget> targets);
}

/// <summary>
/// The adding problem (S. Hochreiter and J. Schmidhuber 1997, as Q. Le, N. Jaitly and G. Hinton 2015 put it): each step has a number from 0 to 1 and a mark; the answer
/// is the sum of the two marked numbers, one in each half. The best constant answer, 1, has an RMSE of √(1/6) = 0.41.
/// </summary>
internal sealed class Adding() : MemoryTask<float>("adding")
{
    public override string Measure => "RMSE";

    public override double Baseline => Math.Sqrt(1.0 / 6);

    public override double Solved => 0.05;

    public override int LossSteps => 1;

    public override int Length(int memory) => memory;

    public override double Error(double loss) => Math.Sqrt(loss);

    public override void Draw(Random random, int memory, Span<float> inputs, Span<float> targets)
    {
        for (int t = 0; t < memory; t++)
        {
            inputs[2 * t] = random.NextSingle();
            inputs[(2 * t) + 1] = 0;
        }

        int first = random.Next(memory / 2), second = random.Next(memory / 2, memory);
        inputs[(2 * first) + 1] = inputs[(2 * second) + 1] = 1;
        targets[0] = inputs[2 * first] + inputs[2 * second];
    }
}

/// <summary>
/// The copy task (S. Hochreiter and J. Schmidhuber 1997): some symbols, then blanks, then a signal, after which the network repeats the symbols in their order.
/// Here five symbols out of four; a guess has a loss of ln 4 = 1.39 nats a symbol.
/// </summary>
internal sealed class Copying() : MemoryTask<int>("copying")
{
    public const int Symbols = 5, Alphabet = 4, Blank = Alphabet, Go = Alphabet + 1, Inputs = Alphabet + 2;

    public override string Measure => "nats";

    public override double Baseline => Math.Log(Alphabet);

    public override double Solved => 0.1;

    public override int LossSteps => Symbols;

    public override int Length(int memory) => memory + (2 * Symbols);

    public override double Error(double loss) => loss;

    public override void Draw(Random random, int memory, Span<float> inputs, Span<int> targets)
    {
        int length = Length(memory);
        inputs[..(length * Inputs)].Clear();
        targets.Fill(-1);
        for (int t = 0; t < length; t++)
        {
            int symbol = t < Symbols ? random.Next(Alphabet) : t == length - Symbols ? Go : Blank;
            inputs[(t * Inputs) + symbol] = 1;
            if (t < Symbols)
            {
                targets[length - Symbols + t] = symbol;
            }
        }
    }
}
