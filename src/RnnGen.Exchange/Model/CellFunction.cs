namespace RnnGen.Exchange.Model;

/// <summary>A function of one number: as an equation says it, and as the slow equations compute it. Two are equal whose equations are.</summary>
/// <param name="Name">What cells are named with: <c>HardSigmoid</c>.</param>
/// <param name="Text">What an equation says of an argument, <c>{0}</c>.</param>
/// <param name="Compute">The function, in double.</param>
internal sealed record CellFunction(string Name, string Text, Func<double, double> Compute)
{
    private const string Argument = "{0}";

    /// <summary>Whether an equation names the argument more than once, so that a longer one has a line of its own.</summary>
    public bool Repeats => Text.IndexOf(Argument, StringComparison.Ordinal) != Text.LastIndexOf(Argument, StringComparison.Ordinal);

    /// <summary>What an equation says of the function of an argument.</summary>
    public string Of(string argument) => Text == Argument ? argument
        : Text.Replace("({0})", Invariant($"({argument})"), StringComparison.Ordinal).Replace("({0},", Invariant($"({argument},"), StringComparison.Ordinal).Replace(Argument, Factor(argument), StringComparison.Ordinal);

    /// <summary>A text in parentheses, where it would fall apart as a part of a longer one.</summary>
    public static string Factor(string text)
    {
        int depth = 0;
        foreach (char letter in text)
        {
            depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
            if (depth == 0 && letter is ' ' or '-')
            {
                return Invariant($"({text})");
            }
        }

        return text;
    }

    public bool Equals(CellFunction? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
