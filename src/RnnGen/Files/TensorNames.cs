using System;
using System.Collections.Generic;
using System.Linq;
using static System.FormattableString;

namespace RnnGen.Runtime;

/// <summary>A tensor as its owner names it: a model's parameter, or what a file holds.</summary>
internal sealed record NamedTensor(string Name, IReadOnlyList<long> Shape)
{
    /// <summary>The shape as PyTorch prints it: <c>[256, 64]</c>.</summary>
    public string ShapeText => Invariant($"[{string.Join(", ", Shape)}]");

    public bool HasShapeOf(NamedTensor other) => Shape.SequenceEqual(other.Shape);
}

/// <summary>
/// Finds the tensor of a file for each parameter of a model, by names and shapes alone. The generator compiles this file too: what it says of a weights
/// file while building is what loading would say.
/// </summary>
internal static class TensorNames
{
    /// <summary>
    /// Gives the tensors' indices in the order of <paramref name="parameters"/>. A name given in <paramref name="names"/>
    /// decides; then the same name; then the same name behind a further module prefix (<c>model.rnn.weight_ih_l0</c>);
    /// then the same last part of the name with the same shape (<c>lstm.weight_ih_l0</c>), if that leaves one choice.
    /// </summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="tensors">The file's tensors, each name once.</param>
    /// <param name="names">From a parameter's name to the file's.</param>
    /// <param name="problems">What is missing, left over, of another shape, or matches more than once; nothing where all were found.</param>
    public static int[] Match(
        IReadOnlyList<NamedTensor> parameters, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string>? names, out List<string> problems)
    {
        Matching matching = new(parameters, tensors, names);
        matching.ByName();
        matching.ByPart(static (ours, theirs) => theirs.EndsWith("." + ours, StringComparison.Ordinal));
        matching.ByPart(static (ours, theirs) => LastPart(ours) == LastPart(theirs));
        problems = matching.Problems();
        return matching.Found;
    }

    private static string LastPart(string name) => name.Substring(name.LastIndexOf('.') + 1);

    private sealed class Matching(IReadOnlyList<NamedTensor> parameters, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string>? names)
    {
        private readonly HashSet<int> _free = [.. Enumerable.Range(0, tensors.Count)];
        private readonly List<string> _problems = [];

        /// <summary>The tensor of each parameter; -1 where none is found.</summary>
        public int[] Found { get; } = [.. parameters.Select(static _ => -1)];

        public void ByName()
        {
            Dictionary<string, int> indices = Enumerable.Range(0, tensors.Count).ToDictionary(i => tensors[i].Name);
            for (int i = 0; i < Found.Length; i++)
            {
                NamedTensor parameter = parameters[i];
                string? mapped = Mapped(parameter);
                if (indices.TryGetValue(mapped ?? parameter.Name, out int tensor) && _free.Remove(tensor))
                {
                    Found[i] = tensor;
                    if (!parameter.HasShapeOf(tensors[tensor]))
                    {
                        _problems.Add(Invariant($"'{tensors[tensor].Name}' should be {parameter.ShapeText} and is {tensors[tensor].ShapeText}"));
                    }
                }
                else if (mapped is not null)
                {
                    _problems.Add(Invariant($"'{mapped}', given as the name of {parameter.Name}, is not in the file or was given twice"));
                }
            }
        }

        /// <summary>Pairs what is left by <paramref name="matches"/> and shape, where each side has one choice.</summary>
        public void ByPart(Func<string, string, bool> matches)
        {
            var open = Enumerable.Range(0, Found.Length)
                .Where(i => Found[i] < 0 && Mapped(parameters[i]) is null)
                .Select(i => (Index: i, Choices: _free.OrderBy(t => t).Where(t => matches(parameters[i].Name, tensors[t].Name) && parameters[i].HasShapeOf(tensors[t])).ToList()))
                .ToList();

            foreach ((int index, List<int> choices) in open.Where(static x => x.Choices.Count > 1))
            {
                NamedTensor parameter = parameters[index];
                _problems.Add(
                    Invariant($"{parameter.Name} {parameter.ShapeText} may be {string.Join(" or ", choices.Select(t => Invariant($"'{tensors[t].Name}'")))}; ") +
                    Invariant($"say which with names: {{ [\"{parameter.Name}\"] = \"{tensors[choices[0]].Name}\" }}"));
            }

            foreach (IGrouping<int, int> claims in open.Where(static x => x.Choices.Count == 1).GroupBy(static x => x.Choices[0], static x => x.Index).ToList())
            {
                List<int> claimants = [.. claims];
                string tensor = tensors[claims.Key].Name;
                if (claimants.Count > 1)
                {
                    _problems.Add(
                        Invariant($"'{tensor}' may be {string.Join(" or ", claimants.Select(i => parameters[i].Name))}; ") +
                        Invariant($"say which with names: {{ [\"{parameters[claimants[0]].Name}\"] = \"{tensor}\" }}"));
                }
                else if (_free.Remove(claims.Key))
                {
                    Found[claimants[0]] = claims.Key;
                }
            }
        }

        public List<string> Problems()
        {
            List<string> missing = [.. parameters.Where((_, i) => Found[i] < 0).Select(static p => $"{p.Name} {p.ShapeText}")];
            if (missing.Count > 0)
            {
                _problems.Add("missing: " + string.Join(", ", missing));
            }

            if (_free.Count > 0)
            {
                _problems.Add("not of this model: " + string.Join(", ", _free.OrderBy(static t => t).Select(t => Invariant($"'{tensors[t].Name}' {tensors[t].ShapeText}"))));
            }

            return _problems;
        }

        private string? Mapped(NamedTensor parameter) => names is not null && names.TryGetValue(parameter.Name, out string? mapped) ? mapped : null;
    }
}
