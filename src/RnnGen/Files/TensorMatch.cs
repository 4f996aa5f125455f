namespace RnnGen.Runtime;

/// <summary>Finds the tensor of a file for each parameter of a model.</summary>
internal static class TensorMatch
{
    /// <summary>
    /// Gives the tensors in the order of <see cref="ModelLayout.Parameters"/>. A name given in <paramref name="names"/>
    /// decides; then the same name; then the same name behind a further module prefix (<c>model.rnn.weight_ih_l0</c>);
    /// then the same last part of the name with the same shape (<c>lstm.weight_ih_l0</c>), if that leaves one choice.
    /// </summary>
    /// <exception cref="ModelFileException">Tensors are missing, left over, of another shape, or match more than once.</exception>
    public static TensorEntry[] Resolve(ModelLayout layout, SafetensorsHeader header, IReadOnlyDictionary<string, string>? names)
    {
        CheckNames(layout, names);
        TensorEntry?[] found = new TensorEntry?[layout.Parameters.Count];
        Dictionary<string, TensorEntry> free = header.Tensors.ToDictionary(t => t.Name);
        List<string> problems = [];

        for (int i = 0; i < found.Length; i++)
        {
            ParameterInfo parameter = layout.Parameters[i];
            string? mapped = names?.GetValueOrDefault(parameter.Name);
            if (free.Remove(mapped ?? parameter.Name, out found[i]))
            {
                if (!SameShape(parameter, found[i]!))
                {
                    problems.Add($"'{found[i]!.Name}' should be {ModelFile.ShapeText(parameter.Shape)} and is {found[i]!.ShapeText}");
                }
            }
            else if (mapped is not null)
            {
                problems.Add($"'{mapped}', given as the name of {parameter.Name}, is not in the file or was given twice");
            }
        }

        MatchBy(layout, names, found, free, problems, (ours, theirs) => theirs.EndsWith("." + ours, StringComparison.Ordinal));
        MatchBy(layout, names, found, free, problems, (ours, theirs) => LastPart(ours).SequenceEqual(LastPart(theirs)));

        var missing = layout.Parameters.Where((p, i) => found[i] is null).ToList();
        if (problems.Count == 0 && missing.Count == 0 && free.Count == 0)
        {
            return found!;
        }

        if (missing.Count > 0)
        {
            problems.Add("missing: " + string.Join(", ", missing.Select(p => $"{p.Name} {ModelFile.ShapeText(p.Shape)}")));
        }

        if (free.Count > 0)
        {
            problems.Add("not of this model: " + string.Join(", ", free.Values.OrderBy(t => t.Start).Select(t => $"'{t.Name}' {t.ShapeText}")));
        }

        string? declaration = header.Metadata.GetValueOrDefault(ModelFile.DeclarationKey);
        string declarations = declaration is null || declaration == layout.Declaration
            ? ""
            : $" The file was saved by a model declared as \"{declaration}\"; this one is \"{layout.Declaration}\".";
        throw new ModelFileException($"The file does not hold the parameters of {layout.ModelName}: {string.Join("; ", problems)}.{declarations}");
    }

    /// <summary>Pairs what is left by <paramref name="matches"/> and shape, where each side has one choice.</summary>
    private static void MatchBy(
        ModelLayout layout,
        IReadOnlyDictionary<string, string>? names,
        TensorEntry?[] found,
        Dictionary<string, TensorEntry> free,
        List<string> problems,
        Func<string, string, bool> matches)
    {
        var open = layout.Parameters
            .Select((parameter, index) => (parameter, index))
            .Where(x => found[x.index] is null && names?.ContainsKey(x.parameter.Name) != true)
            .Select(x => (x.parameter, x.index, choices: free.Values.Where(t => matches(x.parameter.Name, t.Name) && SameShape(x.parameter, t)).ToList()))
            .ToList();

        foreach (var (parameter, _, choices) in open.Where(x => x.choices.Count > 1))
        {
            problems.Add(
                $"{parameter.Name} {ModelFile.ShapeText(parameter.Shape)} may be {string.Join(" or ", choices.Select(t => $"'{t.Name}'"))}; " +
                $"say which with names: {{ [\"{parameter.Name}\"] = \"{choices[0].Name}\" }}");
        }

        foreach (var group in open.Where(x => x.choices.Count == 1).GroupBy(x => x.choices[0].Name).ToList())
        {
            var claims = group.ToList();
            if (claims.Count > 1)
            {
                problems.Add(
                    $"'{group.Key}' may be {string.Join(" or ", claims.Select(x => x.parameter.Name))}; " +
                    $"say which with names: {{ [\"{claims[0].parameter.Name}\"] = \"{group.Key}\" }}");
            }
            else if (free.Remove(group.Key, out TensorEntry? tensor))
            {
                found[claims[0].index] = tensor;
            }
        }
    }

    private static void CheckNames(ModelLayout layout, IReadOnlyDictionary<string, string>? names)
    {
        foreach (string name in names?.Keys ?? [])
        {
            if (!layout.Parameters.Any(p => p.Name == name))
            {
                throw new ArgumentException(
                    $"{layout.ModelName} has no parameter '{name}'; names maps its parameters ({string.Join(", ", layout.Parameters.Select(p => p.Name))}) to the file's names.",
                    nameof(names));
            }
        }
    }

    private static ReadOnlySpan<char> LastPart(string name) => name.AsSpan(name.LastIndexOf('.') + 1);

    private static bool SameShape(ParameterInfo parameter, TensorEntry tensor) =>
        parameter.Shape.Count == tensor.Shape.Length && parameter.Shape.Select(n => (long)n).SequenceEqual(tensor.Shape);
}
