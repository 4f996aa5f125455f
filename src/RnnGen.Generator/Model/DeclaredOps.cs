using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Model;

/// <summary>Layers that are declared as cells are, and are none: each of their values depends on all values of a step. Each is one file in <c>Planning/Ops</c>.</summary>
internal static class DeclaredOps
{
    /// <summary>Their names, which those of their attributes begin with.</summary>
    public static IReadOnlyList<string> Names { get; } = ["LayerNorm"];

    /// <summary>The op that an attribute's class declares; null where it declares none.</summary>
    public static string? Of(string? attribute) => Names.FirstOrDefault(name => attribute == name + "Attribute");
}
