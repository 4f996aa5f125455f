using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Common;

/// <summary>A layer that is declared as cells are, and is none: each of its values depends on all values of a step. Each is one file in <c>Planning/Ops</c>.</summary>
/// <param name="Name">What the name of its attribute begins with.</param>
/// <param name="Title">What its layers are called in a model, with a number behind.</param>
/// <param name="Beginning">What its parameters begin with, for users who give it an initializer.</param>
/// <param name="Numbers">The numbers that its attribute may set.</param>
internal sealed record DeclaredOp(string Name, string Title, string Beginning, IReadOnlyList<DeclaredNumber> Numbers);

/// <summary>A number of a layer that is an op.</summary>
/// <param name="Name">Its name; the attribute's property begins with a capital letter.</param>
/// <param name="Standard">The value where none is declared.</param>
/// <param name="Minimum">The smallest that may be declared.</param>
/// <param name="Maximum">The largest.</param>
internal sealed record DeclaredNumber(string Name, double Standard, double Minimum, double Maximum)
{
    public string Property => char.ToUpperInvariant(Name[0]) + Name.Substring(1);
}

/// <summary>All layers that are ops.</summary>
internal static class DeclaredOps
{
    public static IReadOnlyList<DeclaredOp> All { get; } =
    [
        new("LayerNorm", "Norm", "a normalisation starts with gain 1 and shift 0", [new("epsilon", 1e-5, 1e-12, 1)]),
    ];

    /// <summary>The op of a name; null where there is none.</summary>
    public static DeclaredOp? Find(string name) => All.FirstOrDefault(op => op.Name == name);

    /// <summary>The op that an attribute's class declares; null where it declares none.</summary>
    public static DeclaredOp? OfAttribute(string? attribute) => All.FirstOrDefault(op => attribute == op.Name + "Attribute");
}
