using RnnGen.Generator.Common;

namespace RnnGen.Generator.Cells;

/// <summary>Where a layer's equations come from, as a value: one of the files that ship with RnnGen, or a user's own text.</summary>
/// <param name="Name">The file's name without its ending, or the name of the user's class.</param>
/// <param name="Text">The user's equations; null for a cell that ships with RnnGen.</param>
/// <param name="Numbers">Hyper-parameters that the layer gives, in place of the values in the equations.</param>
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
            bool isTaken = Text is not null && (title is "Dense" or "Norm" || title.StartsWith("Decoder", StringComparison.Ordinal) || title.StartsWith("Bridge", StringComparison.Ordinal));
            string own = isTaken ? "User" + title : title;

            // Layers are numbered: A1 of layer 1 is not A of layer 11.
            return Text is not null && char.IsDigit(own[own.Length - 1]) ? own + "_" : own;
        }
    }

    /// <summary>What kernels are called after: with a user's own equations a hash of all that this is, so that cells whose names are equal, or differ in case only, stand apart.</summary>
    public string KernelName => Text is null && Numbers.Count == 0 ? Title : $"{Title}_{Hash():x16}";

    // FNV-1a: the same on every machine.
    private ulong Hash()
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in $"{Name}\0{Text}" + string.Concat(Numbers.Select(static n => $"\0{n.Name} = {n.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}")))
        {
            hash = unchecked((hash ^ letter) * 1099511628211);
        }

        return hash;
    }
}

/// <summary>A hyper-parameter of a cell.</summary>
internal sealed record CellNumber(string Name, double Value);
