namespace RnnGen.Runtime;

/// <summary>Finds the tensor of a file for each parameter of a model, or says what stands in the way.</summary>
internal static class TensorMatch
{
    /// <summary>Gives the tensors in the order of <see cref="ModelLayout.Parameters"/>, matched as <see cref="TensorNames"/> says.</summary>
    /// <exception cref="ModelFileException">Tensors are missing, left over, of another shape, or match more than once.</exception>
    public static TensorEntry[] Resolve(ModelLayout layout, SafetensorsHeader header, IReadOnlyDictionary<string, string>? names)
    {
        CheckNames(layout, names);
        int[] found = TensorNames.Match(
            [.. layout.Parameters.Select(p => new NamedTensor(p.Name, [.. p.Shape]))], [.. header.Tensors.Select(t => new NamedTensor(t.Name, t.Shape, t.OtherType))], names, out List<string> problems);
        if (problems.Count == 0)
        {
            return [.. found.Select(i => header.Tensors[i])];
        }

        const int longestDeclaration = 1000;
        string? declaration = header.Metadata.GetValueOrDefault(ModelFile.DeclarationKey);
        declaration = declaration?[..Math.Min(declaration.Length, longestDeclaration)];
        string declarations = declaration is null || declaration == layout.Declaration
            ? ""
            : Invariant($" The file was saved by a model declared as \"{declaration}\"; this one is \"{layout.Declaration}\".");
        throw new ModelFileException(Invariant($"The file does not hold the parameters of {layout.ModelName}: {TensorLimits.Join("; ", problems)}.{declarations}"));
    }

    private static void CheckNames(ModelLayout layout, IReadOnlyDictionary<string, string>? names)
    {
        foreach (string name in names?.Keys ?? [])
        {
            if (!layout.Parameters.Any(p => p.Name == name))
            {
                throw new ArgumentException(
                    Invariant($"{layout.ModelName} has no parameter '{name}'; names maps its parameters ({string.Join(", ", layout.Parameters.Select(p => p.Name))}) to the file's names."),
                    nameof(names));
            }
        }
    }
}
