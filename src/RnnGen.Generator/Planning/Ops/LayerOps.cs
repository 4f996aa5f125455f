using System.Collections.Generic;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Memory;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The ops that are declared as layers, by their names in <see cref="DeclaredOps"/>.</summary>
internal static class LayerOps
{
    private static readonly IReadOnlyDictionary<string, Func<OpDeclaration, Op>> s_ops = new Dictionary<string, Func<OpDeclaration, Op>>
    {
        ["LayerNorm"] = static declaration => new LayerNormalization(declaration),
    };

    public static Op Make(OpDeclaration declaration) =>
        s_ops.TryGetValue(declaration.Layer.Cell.Name, out Func<OpDeclaration, Op>? make) ? make(declaration) : throw new InvalidOperationException($"There is no op '{declaration.Layer.Cell.Name}'.");
}

/// <summary>A layer that is an op, where it stands in its model.</summary>
/// <param name="Source">What it reads.</param>
/// <param name="Title">What its name begins with.</param>
/// <param name="Index">How many of its name stand before it in the same stack.</param>
/// <param name="AddVector">Makes a parameter of the given name, length and kind.</param>
internal sealed record OpDeclaration(LayerSpecification Layer, PlannedUnit Source, string Title, int Index, Func<string, int, string, PlannedVector> AddVector);
