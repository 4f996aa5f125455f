using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Losses;

/// <summary>Where a loss's equations come from, as a value: one of the files that ship with RnnGen, or a text of its own.</summary>
/// <param name="Name">The file's name without its ending, which is the name of the choice, such as <c>Huber</c>.</param>
/// <param name="Text">The equations; null for a loss that ships with RnnGen.</param>
/// <param name="Numbers">Numbers and lists that the declaration sets, instead of those in the equations.</param>
internal sealed record LossSource(string Name, string? Text, EquatableArray<LossNumber> Numbers)
{
    public static implicit operator LossSource(string name) => new(name, null, EquatableArray<LossNumber>.Empty);

    /// <summary>The equations.</summary>
    /// <exception cref="CellFormatException">They are not well-formed.</exception>
    /// <exception cref="InvalidOperationException">No file has this name.</exception>
    public LossDefinition Definition => LossLibrary.Find(this);
}
