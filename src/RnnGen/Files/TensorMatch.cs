namespace RnnGen.Runtime;

/// <summary>Finds the tensor of a file for each parameter of a model, or explains why there is none.</summary>
internal static class TensorMatch
{
    /// <summary>Returns the tensors in the order of <see cref="ModelLayout.Parameters"/>, matched as <see cref="TensorNames"/> says.</summary>
    /// <exception cref="ModelFileException">Tensors are missing, extra, of another shape, or match more than once.</exception>
    public static TensorEntry[] Resolve(ModelLayout layout, SafetensorsHeader header, LoadOptions? options)
    {
        CheckNames(layout, options?.Names);
        string prefix = options?.Prefix ?? "";
        Dictionary<string, string>? names = WithoutPrefix(options?.Names, prefix);
        List<TensorEntry> entries = [];
        List<NamedTensor> tensors = [];
        foreach (TensorEntry tensor in header.Tensors)
        {
            if (tensor.Name.StartsWith(prefix, StringComparison.Ordinal) && !IsIgnored(tensor.Name[prefix.Length..], options, names))
            {
                entries.Add(tensor);
                tensors.Add(new NamedTensor(tensor.Name[prefix.Length..], tensor.Shape, tensor.Problem));
            }
        }

        int[] found = TensorNames.Match([.. layout.Parameters.Select(p => new NamedTensor(p.Name, [.. p.Shape]))], tensors, names, out List<string> problems);
        if (problems.Count == 0)
        {
            return [.. found.Select(i => entries[i])];
        }

        const int longestDeclaration = 1000;
        string? declaration = header.Metadata.GetValueOrDefault(ModelFile.DeclarationKey);
        declaration = declaration?[..Math.Min(declaration.Length, longestDeclaration)];
        string declarations = declaration is null || declaration == layout.Declaration
            ? ""
            : Invariant($" The file was saved by a model declared as \"{declaration}\"; this one is \"{layout.Declaration}\".");
        string part = prefix.Length == 0 ? "" : tensors.Count == 0 ? Invariant($" (none of its {header.Tensors.Count} tensors begins with the prefix '{prefix}')") : Invariant($" under the prefix '{prefix}'");
        throw new ModelFileException(Invariant($"The file does not hold the parameters of {layout.ModelName}{part}: {TensorLimits.Join("; ", problems)}.{declarations}"));
    }

    // The file's names may be written with the prefix or without.
    private static Dictionary<string, string>? WithoutPrefix(IReadOnlyDictionary<string, string>? names, string prefix)
    {
        if (names is null)
        {
            return null;
        }

        Dictionary<string, string> result = new(StringComparer.Ordinal);
        foreach ((string parameter, string tensor) in names)
        {
            result[parameter] = prefix.Length > 0 && tensor.StartsWith(prefix, StringComparison.Ordinal) ? tensor[prefix.Length..] : tensor;
        }

        return result;
    }

    private static bool IsIgnored(string name, LoadOptions? options, Dictionary<string, string>? names)
    {
        if (options is null || options.Ignore.Count == 0 || (names is not null && names.ContainsValue(name)))
        {
            return false;
        }

        foreach (string pattern in options.Ignore)
        {
            if (Matches(name, pattern))
            {
                return true;
            }
        }

        return false;
    }

    // The parts between the stars, each at the first place behind the one before; the last one at the end.
    private static bool Matches(string name, string pattern)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return name == pattern;
        }

        if (!name.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        int at = parts[0].Length;
        for (int i = 1; i < parts.Length - 1; i++)
        {
            int found = name.IndexOf(parts[i], at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + parts[i].Length;
        }

        return name.Length - at >= parts[^1].Length && name.EndsWith(parts[^1], StringComparison.Ordinal);
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
