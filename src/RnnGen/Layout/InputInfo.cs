namespace RnnGen;

/// <summary>One input of a model, or a group of them under one name, and where it is stored in the flat row of a sequence.</summary>
public sealed record InputInfo
{
    /// <summary>Creates it.</summary>
    /// <param name="name">The name that the declaration gives it.</param>
    /// <param name="kind">When it is given.</param>
    /// <param name="offset">Index of its first element in the row.</param>
    /// <param name="size">Elements at a time.</param>
    public InputInfo(string name, InputKind kind, int offset, int size) => (Name, Kind, Offset, Size) = (name, kind, offset, size);

    /// <summary>The name that the declaration gives it; <c>inputs</c> for the numbers that have none of their own.</summary>
    public string Name { get; init; }

    /// <summary>When it is given.</summary>
    public InputKind Kind { get; init; }

    /// <summary>Index of its first element in the row.</summary>
    public int Offset { get; init; }

    /// <summary>Elements at a time: at each step, or of the sequence.</summary>
    public int Size { get; init; }

    /// <summary>From a step's element to the next step's; 0 for what is given once.</summary>
    public int Step { get; init; }

    /// <summary>Steps at which it is given; 1 for what is given once.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>The number of categories, whose index (from 0) is the element; 0 for numbers.</summary>
    public int Categories { get; init; }

    /// <summary>Index of its first element in the row at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not given at such a step.</exception>
    public int At(int step) => (uint)step < (uint)Steps ? Offset + step * Step : throw new ArgumentOutOfRangeException(
        nameof(step), Invariant($"{step}"), Invariant($"'{Name}' has {Steps} {(Steps == 1 ? "step" : "steps")}, from 0 to {Steps - 1}."));
}

/// <summary>When an input is given.</summary>
public enum InputKind
{
    /// <summary>At each step of the input sequence.</summary>
    Step,

    /// <summary>Once for the sequence.</summary>
    Static,

    /// <summary>At each decoded step, for which it is known in advance.</summary>
    Known,
}
