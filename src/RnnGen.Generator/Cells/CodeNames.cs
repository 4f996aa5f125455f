using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Cells;

/// <summary>
/// What the names of equations become in generated code. Whatever a user calls a line, a state or a parameter, its identifier is neither a keyword nor one of the
/// generated code's own names, nor that of another value in reach.
/// </summary>
internal static class CodeNames
{
    // What methods that have equations in them declare, and what is in their reach. A test reads the kernels and finds each name here.
    private static readonly HashSet<string> s_besideEquations =
    [
        "inputs", "source", "xStride", "packs", "pack", "panels", "arena", "slots", "slot", "blockStride", "first", "last", "weights", "lanes", "row", "start", "unit", "block", "x", "w",
        "numbers", "gradients", "sums", "others", "turn", "transposed", "output", "outputAdjoint",
    ];

    // What other kernels declare, in which states go by their names.
    private static readonly HashSet<string> s_elsewhere =
    [
        "sourceStep", "sourceRow", "slotStep", "predicts", "rows", "blocks", "bias", "xw", "gw", "o", "g", "d", "k", "v", "p", "value", "outputs", "target", "gradient", "steps", "step", "live", "mean",
        "forward", "backward", "end", "column", "rest", "xtailPack",
    ];

    // These with what follows: sum0_1, value3_0, rest2, tail0, shared1.
    private static readonly string[] s_families = ["sum", "value", "rest", "tail", "shared"];

    // The same elsewhere: tiled2, made0Values.
    private static readonly string[] s_familiesElsewhere = ["made", "tiled", "output"];

    // These with a number, elsewhere, and with a w behind that: x1, g0, g16w, a1_0, of256.
    private static readonly string[] s_numbered = ["x", "g", "a", "o", "w", "p", "of"];

    // Contextual keywords that are younger than the compiler that the generator is built with.
    private static readonly HashSet<string> s_young = ["field", "extension", "allows", "union", "closed"];

    // What a state's name begins in kernels.
    private static readonly string[] s_ofStates = ["", "w", "Previous", "Dropped", "Next", "Adjoint", "Values", "Pack"];

    // What such a name may end with: the distance of rows.
    private const string Rows = "Rows";

    /// <summary>Whether a local variable of equations can't have this name.</summary>
    public static bool IsTakenBesideEquations(string name) => s_besideEquations.Contains(name) || s_young.Contains(name)
        || Keywords.Has(name)
        || s_families.Any(f => name.StartsWith(f, StringComparison.Ordinal));

    /// <summary>Whether something of a state can't have this name anywhere in kernels.</summary>
    public static bool IsTaken(string name) => IsTakenBesideEquations(name) || s_elsewhere.Contains(name)
        || s_familiesElsewhere.Any(f => name.StartsWith(f, StringComparison.Ordinal))
        || s_numbered.Any(n => name.Length > n.Length && name.StartsWith(n, StringComparison.Ordinal) && name.Skip(n.Length).All(c => c is (>= '0' and <= '9') or '_' or 'w'));

    /// <summary>The states with what each is called in kernels.</summary>
    public static IReadOnlyList<CellState> OfStates(IEnumerable<CellState> states)
    {
        List<CellState> named = [];
        foreach (CellState state in states)
        {
            // An underscore begins what tells the copies of a local variable apart.
            string code = state.Name.Replace("_", "");

            // None of those begins with this.
            while (s_ofStates.Any(s => IsTaken(code + s)) || AreAlike("x", code) || named.Any(n => AreAlike(n.Code, code)))
            {
                code = "state" + char.ToUpperInvariant(code[0]) + code.Substring(1);
            }

            named.Add(state with { Code = code });
        }

        return named;
    }

    // Whether the rows h1, h2, … or the weights hw of a state h, or its methods, would be called like another's.
    private static bool AreAlike(string a, string b) => a.Length > b.Length ? AreAlike(b, a)
        : b.StartsWith(a, StringComparison.Ordinal) && (IsOfState(b.Substring(a.Length)) || b.Skip(a.Length).All(char.IsDigit))
        || (char.ToUpperInvariant(a[0]) == char.ToUpperInvariant(b[0]) && a.Substring(1) == b.Substring(1));

    private static bool IsOfState(string end) => s_ofStates.Contains(end) || (end.EndsWith(Rows, StringComparison.Ordinal) && s_ofStates.Contains(end.Substring(0, end.Length - Rows.Length)));
}

/// <summary>The local variables of one method, each with an identifier of its own.</summary>
/// <param name="taken">What the method declares besides.</param>
internal sealed class LocalNames(IEnumerable<string> taken)
{
    private readonly HashSet<string> _taken = [.. taken];

    /// <summary>An identifier like <paramref name="wanted"/>, which another value may be called too.</summary>
    /// <param name="wanted">What the value is called in the equations.</param>
    /// <param name="number">Tells values of equal names apart.</param>
    public string Claim(string wanted, int number)
    {
        string name = string.Concat(wanted.Select(c => char.IsLetterOrDigit(c) ? c : '_'));
        name = CodeNames.IsTakenBesideEquations(name) ? name + "_" : name;
        if (!_taken.Add(name))
        {
            name += number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            while (!_taken.Add(name))
            {
                name += "_";
            }
        }

        return name;
    }
}
