using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using static System.FormattableString;

namespace RnnGen.Runtime;

/// <summary>Limits of a file, so that one that claims much costs little, and of what messages show of it.</summary>
internal static class TensorLimits
{
    /// <summary>Lengths of a shape.</summary>
    public const int Dimensions = 8;

    /// <summary>Bytes of a tensor's name.</summary>
    public const int NameBytes = 1024;

    private const int ShownCharacters = 100, ShownItems = 10;

    /// <summary>The maximum number of tensors in a file for a model with this number of parameters.</summary>
    public static int Tensors(int parameters) => 1024 + (16 * parameters);

    /// <summary>Whether a name or a type is longer than the limit, however its characters are encoded.</summary>
    public static bool IsTooLong(string text) => Encoding.UTF8.GetByteCount(text) > NameBytes;

    /// <summary>How the bytes of a tensor contradict its type and shape; null if they do not, or if the type is unknown.</summary>
    /// <param name="type">The file's word for the type.</param>
    /// <param name="shape">The lengths.</param>
    /// <param name="bytes">The bytes that it has in the file.</param>
    /// <exception cref="OverflowException">The shape is too large for any memory.</exception>
    public static string? SizeProblem(string type, IReadOnlyList<long> shape, long bytes)
    {
        if (Bits(type) is not { } one)
        {
            return null;
        }

        long bits = shape.Aggregate((long)one, static (product, length) => checked(product * length));
        return bits % 8 != 0 ? Invariant($"takes {bits} bits, which is not a whole number of bytes") : bits / 8 != bytes ? Invariant($"takes {bits / 8} bytes") : null;
    }

    /// <summary>A text of a file for a message: its start, with control characters escaped.</summary>
    public static string Cut(string text)
    {
        string shown = text.Length <= ShownCharacters ? text : text.Remove(ShownCharacters) + "…";
        for (int i = shown.Length - 1; i >= 0; i--)
        {
            // The breaks of lines and paragraphs end a message's line too, and marks of direction turn what follows round.
            if (char.IsControl(shown[i]) || char.GetUnicodeCategory(shown[i]) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                shown = shown.Remove(i, 1).Insert(i, Invariant($"\\u{(int)shown[i]:X4}"));
            }
        }

        return shown;
    }

    /// <summary>A shape as PyTorch prints it: <c>[256, 64]</c>.</summary>
    public static string ShapeText(IReadOnlyList<long> shape) => Invariant($"[{string.Join(", ", shape)}]");

    /// <summary>The first of many.</summary>
    public static string Join(string separator, List<string> items) => items.Count <= ShownItems
        ? string.Join(separator, items)
        : string.Join(separator, items.GetRange(0, ShownItems)) + Invariant($"{separator}and {items.Count - ShownItems} more");

    // Of one number; null for a type that the format did not have when this was written.
    private static int? Bits(string type) => type switch
    {
        "F64" or "I64" or "U64" or "C64" => 64,
        "F32" or "I32" or "U32" => 32,
        "F16" or "BF16" or "I16" or "U16" => 16,
        "I8" or "U8" or "BOOL" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" or "F8_E5M2FNUZ" or "F8_E4M3FNUZ" => 8,
        "F6_E2M3" or "F6_E3M2" => 6,
        "F4" => 4,
        _ => null,
    };
}

/// <summary>A named tensor: a model's parameter, or a tensor of a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Problem">Why no parameter can be read from it; null for parameters and for tensors that may be one.</param>
internal sealed record NamedTensor(string Name, IReadOnlyList<long> Shape, string? Problem = null)
{
    /// <summary>The shape as PyTorch prints it: <c>[256, 64]</c>.</summary>
    public string ShapeText => TensorLimits.ShapeText(Shape);

    /// <summary>The name as messages show it.</summary>
    public string Shown => Invariant($"'{TensorLimits.Cut(Name)}'");

    /// <summary>The name with the problem.</summary>
    public string ShownProblem => Invariant($"{Shown} {Problem}");

    public bool HasShapeOf(NamedTensor other) => Shape.SequenceEqual(other.Shape);
}

/// <summary>
/// Finds the tensor of a file for each parameter of a model, by names and shapes only. The generator compiles this file too, so a build reports about a weights
/// file what loading would report.
/// </summary>
internal static class TensorNames
{
    /// <summary>
    /// Returns the tensors' indices in the order of <paramref name="parameters"/>. A name in <paramref name="names"/>
    /// decides; then the same name; then the same name after another module prefix (<c>model.rnn.weight_ih_l0</c>);
    /// then the same last part of the name with the same shape (<c>lstm.weight_ih_l0</c>), if that leaves one choice. Only matched tensors need a type that
    /// parameters have: extra tensors of other types, such as PyTorch's <c>num_batches_tracked</c>, are skipped, and so are tensors that a name decided against.
    /// </summary>
    /// <param name="parameters">The model's parameters.</param>
    /// <param name="tensors">The file's tensors, each name once.</param>
    /// <param name="names">From a parameter's name to the file's.</param>
    /// <param name="problems">What is missing, extra, of another shape, or matches more than once; empty if all were found.</param>
    public static int[] Match(
        IReadOnlyList<NamedTensor> parameters, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string>? names, out List<string> problems)
    {
        Matching matching = new(parameters, tensors, names);
        matching.ByName();
        matching.ByPart(static (ours, theirs) => theirs.EndsWith("." + ours, StringComparison.Ordinal));
        matching.ByPart(EndsAlike);
        problems = matching.Problems();
        return matching.Found;
    }

    private static bool EndsAlike(string ours, string theirs) => LastPart(ours) == LastPart(theirs);

    private static string LastPart(string name) => name.Substring(name.LastIndexOf('.') + 1);

    private sealed class Matching(IReadOnlyList<NamedTensor> parameters, IReadOnlyList<NamedTensor> tensors, IReadOnlyDictionary<string, string>? names)
    {
        private readonly HashSet<int> _free = [.. Enumerable.Range(0, tensors.Count)];
        private readonly HashSet<int> _tied = []; // parameters for which a name must decide
        private readonly HashSet<int> _claimed = []; // tensors of such a parameter, and those that a name decided against
        private readonly List<string> _problems = [];

        /// <summary>The tensor of each parameter; -1 if none was found.</summary>
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
                    Take(i, tensor);
                    _claimed.UnionWith(mapped is null ? [] : Choices(parameter, EndsAlike));
                }
                else if (mapped is not null)
                {
                    _problems.Add(Invariant($"'{TensorLimits.Cut(mapped)}', given as the name of {parameter.Name}, is not in the file or is given twice"));
                }
            }
        }

        /// <summary>Pairs what is left by <paramref name="matches"/> and shape, where each side has one choice.</summary>
        public void ByPart(Func<string, string, bool> matches)
        {
            var open = Enumerable.Range(0, Found.Length)
                .Where(i => Found[i] < 0 && !_tied.Contains(i) && Mapped(parameters[i]) is null)
                .Select(i => (Index: i, Choices: Choices(parameters[i], matches)))
                .ToList();

            foreach ((int index, List<int> choices) in open.Where(static x => x.Choices.Count > 1))
            {
                NamedTensor parameter = parameters[index];
                _tied.Add(index);
                _claimed.UnionWith(choices);
                _problems.Add(
                    Invariant($"{parameter.Name} {parameter.ShapeText} may be {TensorLimits.Join(" or ", choices.ConvertAll(t => tensors[t].Shown))}; ") +
                    Invariant($"choose with names: {{ [\"{parameter.Name}\"] = \"{TensorLimits.Cut(tensors[choices[0]].Name)}\" }}"));
            }

            foreach (IGrouping<int, int> claims in open.Where(static x => x.Choices.Count == 1).GroupBy(static x => x.Choices[0], static x => x.Index).ToList())
            {
                List<int> claimants = [.. claims];
                string tensor = TensorLimits.Cut(tensors[claims.Key].Name);
                if (claimants.Count > 1)
                {
                    _tied.UnionWith(claimants);
                    _claimed.Add(claims.Key);
                    _problems.Add(
                        Invariant($"'{tensor}' may be {TensorLimits.Join(" or ", claimants.ConvertAll(i => parameters[i].Name))}; ") +
                        Invariant($"choose with names: {{ [\"{parameters[claimants[0]].Name}\"] = \"{tensor}\" }}"));
                }
                else if (_free.Remove(claims.Key))
                {
                    Take(claimants[0], claims.Key);
                }
            }
        }

        public List<string> Problems()
        {
            List<string> missing = [.. parameters.Where((_, i) => Found[i] < 0 && !_tied.Contains(i)).Select(static p => Invariant($"{p.Name} {p.ShapeText}"))];
            List<NamedTensor> left = _free.Where(t => !_claimed.Contains(t)).OrderBy(static t => t).Select(t => tensors[t]).ToList();
            if (missing.Count > 0)
            {
                _problems.Add("missing: " + TensorLimits.Join(", ", missing));
                _problems.AddRange(left.FindAll(static t => t.Problem is not null).ConvertAll(static t => t.ShownProblem));
            }

            List<string> extra = left.FindAll(static t => t.Problem is null).ConvertAll(static t => Invariant($"{t.Shown} {t.ShapeText}"));
            if (extra.Count > 0)
            {
                _problems.Add("not of this model: " + TensorLimits.Join(", ", extra));
            }

            return _problems;
        }

        private void Take(int parameter, int tensor)
        {
            Found[parameter] = tensor;
            NamedTensor found = tensors[tensor];
            if (found.Problem is not null)
            {
                _problems.Add(found.ShownProblem);
            }
            else if (!parameters[parameter].HasShapeOf(found))
            {
                _problems.Add(Invariant($"{found.Shown} should be {parameters[parameter].ShapeText} but is {found.ShapeText}"));
            }
        }

        // Of those that match, the ones that can be read; where none can, the error says so.
        private List<int> Choices(NamedTensor parameter, Func<string, string, bool> matches)
        {
            List<int> all = _free.OrderBy(static t => t).Where(t => matches(parameter.Name, tensors[t].Name) && parameter.HasShapeOf(tensors[t])).ToList();
            List<int> readable = all.FindAll(t => tensors[t].Problem is null);
            return readable.Count > 0 ? readable : all;
        }

        private string? Mapped(NamedTensor parameter) => names is not null && names.TryGetValue(parameter.Name, out string? mapped) ? mapped : null;
    }
}
