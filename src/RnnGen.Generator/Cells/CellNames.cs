using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Planning.Graph;

namespace RnnGen.Generator.Cells;

/// <summary>The names that mean something in equations, or in the code that is written from them.</summary>
internal static class CellNames
{
    // Gradients do not pass these.
    private static readonly HashSet<string> s_flat = ["sign", "step", "floor", "ceil", "round", "argmax", "heaviside"];

    // What the kernels and the model call other things, and C# itself.
    private static readonly HashSet<string> s_kernels =
    [
        "inputs", "source", "xStride", "packs", "pack", "panels", "arena", "slots", "slot", "blockStride", "first", "last", "predicts", "weights", "lanes", "row", "start", "unit", "block", "bias",
        "w", "xw", "o", "g", "k", "v", "value", "output", "target", "gradient", "steps", "live", "blocks", "step", "mean", "forward", "backward", "numbers", "gradients", "end", "others", "turn", "transposed",
    ];

    /// <summary>What equations may call, for readers.</summary>
    public const string Functions = "sigmoid, tanh, relu, softplus, elu, gelu, exp, log, sqrt, abs, sin, cos, min, max, select, mean, norm and f";

    /// <summary>How many values a function takes; null where there is none of this name.</summary>
    public static int? OperandsOf(string function) => function switch
    {
        "f" or "gelu" or "elu" or "mean" or "norm" => 1,
        "min" or "max" => 2,
        _ => Function.Find(function) is null ? null : 1,
    };

    public static bool HasNoDerivative(string function) => s_flat.Contains(function);

    /// <summary>Whether a state of this name would be mistaken for something of the kernels, in which states go by their names.</summary>
    public static bool IsTakenByKernels(string name) => s_kernels.Contains(name) || IsKeyword(name) || name.StartsWith("made", StringComparison.Ordinal) || name.StartsWith("tiled", StringComparison.Ordinal) || name.StartsWith("sum", StringComparison.Ordinal)
        || IsNumbered("value", name) || IsNumbered("rest", name) || AreAlike("x", name);

    /// <summary>Whether the rows h1, h2, … or the weights hw of a state h would be called like another state.</summary>
    public static bool AreAlike(string a, string b) => a.Length > b.Length ? AreAlike(b, a)
        : b.StartsWith(a, StringComparison.Ordinal) && (b.Length == a.Length || b.Substring(a.Length) == "w" || b.Skip(a.Length).All(char.IsDigit)) && a != b
        || (char.ToUpperInvariant(a[0]) == char.ToUpperInvariant(b[0]) && a.Substring(1) == b.Substring(1) && a != b);

    /// <summary>Whether a local variable of the element-wise code cannot have this name.</summary>
    public static bool IsTakenByProgram(string name) => name.StartsWith("sum", StringComparison.Ordinal) || name is "slot" or "lanes" or "numbers" or "gradients" or "start" or "row" or "unit" or "first" or "last" or "panels" or "block" or "blockStride" or "arena" or "slots" or "weights" or "packs" or "pack" or "inputs" or "source" or "x" or "w" or "xStride"
        || IsKeyword(name);

    // value0, value0_1
    private static bool IsNumbered(string word, string name) => name.Length > word.Length && name.StartsWith(word, StringComparison.Ordinal) && name.Skip(word.Length).All(c => char.IsDigit(c) || c == '_');

    private static bool IsKeyword(string name) =>
        Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetKeywordKind(name) != Microsoft.CodeAnalysis.CSharp.SyntaxKind.None
        || Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetContextualKeywordKind(name) != Microsoft.CodeAnalysis.CSharp.SyntaxKind.None;
}
