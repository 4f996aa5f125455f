using System.Globalization;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>The inputs with names of one model, from random numbers of their own, so that what else is drawn does not depend on them.</summary>
/// <param name="number">The declaration's.</param>
/// <param name="absurd">Whether now and then an argument is one that no model can have.</param>
internal sealed class DrawnInputs(int number, bool absurd)
{
    private readonly Draw _draw = new(new Random(number), absurd);

    /// <summary>The attributes, in the order of declaration; none for most models.</summary>
    /// <param name="mayBeStatic">Whether some may be given once.</param>
    /// <param name="mayBeKnown">Whether some may be known for decoded steps.</param>
    public IReadOnlyList<string> Attributes(bool mayBeStatic, bool mayBeKnown) => !_draw.Chance(4) ? []
        : [.. Enumerable.Range(0, _draw.Between(1, 3)).Select(i => Attribute(
            mayBeStatic && _draw.Chance(3) ? "Static" : mayBeKnown && _draw.Chance(2) ? "Known" : "Feature", $"\"input_{i.ToString(CultureInfo.InvariantCulture)}\""))];

    private string Attribute(string kind, string name)
    {
        bool isCategory = _draw.Chance(2);
        return kind + new DrawnArguments(_draw)
            .Positional(_draw.Absurd(15) ? _draw.Pick("\"\"", "null", "\"1\"", "\"inputs\"", "\"input_0\"", "\"a b\"", "3") : name)
            .Size(isCategory, "Categories", _draw.Pick(1, 3, 9))
            .Size(isCategory, "EmbeddingSize", _draw.Pick(1, 2, 5, 16))
            .Size(!isCategory && _draw.Chance(2), "Size", _draw.Pick(1, 2, 7))
            .Any<Initializer>(isCategory && _draw.Chance(3), "Initializer")
            .Flag(isCategory && _draw.Chance(4), "Frozen");
    }
}
