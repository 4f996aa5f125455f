using RnnGen.Generator.Common;

namespace RnnGen.Generator.Cells;

/// <summary>Where a layer's equations come from, as a value: one of the files that ship with RnnGen, or a user's own text.</summary>
/// <param name="Name">The file's name without its ending, or the name of the user's class.</param>
/// <param name="Text">The user's equations; null for a cell that ships with RnnGen.</param>
/// <param name="Numbers">Hyper-parameters that the layer sets, instead of the values in the equations.</param>
internal sealed record CellSource(string Name, string? Text, EquatableArray<CellNumber> Numbers)
{
    public static implicit operator CellSource(string name) => new(name, null, EquatableArray<CellNumber>.Empty);

    /// <summary>The equations.</summary>
    /// <exception cref="CellFormatException">They are not well-formed.</exception>
    public CellDefinition Definition => CellLibrary.Find(this);

    /// <summary>How it is called where a layer is described, such as <c>Lstm</c>; a user's name gives way to those of other layers.</summary>
    public string Title
    {
        get
        {
            string title = char.ToUpperInvariant(Name[0]) + Name.Substring(1);
            bool isTaken = Text is not null && (title is "Dense" || DeclaredOps.All.Any(op => op.Title == title) || title.StartsWith("Decoder", StringComparison.Ordinal) || title.StartsWith("Bridge", StringComparison.Ordinal));
            string own = isTaken ? "User" + title : title;

            // Layers are numbered: A1 of layer 1 is not A of layer 11.
            return Text is not null && char.IsDigit(own[own.Length - 1]) ? own + "_" : own;
        }
    }

    /// <summary>What kernels are called after: with a user's own equations a hash of all that this is, so that cells whose names are equal, or differ in case only, stand apart.</summary>
    public string KernelName => Text is null && Numbers.Count == 0 ? Title : $"{Title}_{StableHash.Of($"{Name}\0{Text}" + string.Concat(Numbers.Select(static n => $"\0{Said(n)}"))):x16}";

    /// <summary>A hash of the equations and of what they declare, but for the values of numbers and widths: by it a checkpoint tells the equations.</summary>
    public string EquationsHash
    {
        get
        {
            CellDefinition cell = Definition;
            IEnumerable<string> parts = cell.States.Select(static s => $"{s.Name}[{s.Width}]").Concat(cell.Tensors.Select(static t => $"{t.Kind} {t.Symbol}[{t.Width}] {t.TensorName} {string.Join(" ", t.Gates)}"
                + string.Concat(t.Starts.OrderBy(static s => s.Key, StringComparer.Ordinal).Select(static s => " " + Said(new(s.Key, s.Value))))));
            return $"{StableHash.Of(string.Join("\0", parts.Concat(cell.Equations.Select(static e => e.Text)).Append(cell.Output))):x16}";
        }
    }

    /// <summary>The values of numbers and widths, those that the layer leaves as they are too: <c>k = 0.5, P = 3</c>.</summary>
    public string NumbersText => string.Join(", ", Definition.Numbers.Concat(Definition.Widths.Select(static w => new CellNumber(w.Key, w.Value)))
        .Concat(Definition.Heads is { } heads ? [new(CellNames.Heads, heads)] : Enumerable.Empty<CellNumber>()).Select(Said));

    private static string Said(CellNumber number) => $"{number.Name} = {number.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}";
}

/// <summary>A hyper-parameter of a cell.</summary>
internal sealed record CellNumber(string Name, double Value);
