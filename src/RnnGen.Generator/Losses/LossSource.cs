using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Losses;

/// <summary>Where a loss's equations come from, as a value: one of the files that ship with RnnGen, or a text of its own.</summary>
/// <param name="Name">The file's name without its ending, which is the name of the choice, such as <c>Huber</c>; or the name of the user's class.</param>
/// <param name="Text">The equations; null for a loss that ships with RnnGen.</param>
/// <param name="Numbers">Numbers and lists that the declaration sets, instead of those in the equations.</param>
internal sealed record LossSource(string Name, string? Text, EquatableArray<LossNumber> Numbers)
{
    public static implicit operator LossSource(string name) => new(name, null, EquatableArray<LossNumber>.Empty);

    /// <summary>The equations.</summary>
    /// <exception cref="CellFormatException">They are not well-formed.</exception>
    /// <exception cref="InvalidOperationException">No file has this name.</exception>
    public LossDefinition Definition => LossLibrary.Find(this);

    /// <summary>How a declaration names it: <c>Loss.Huber</c>, <c>[Loss&lt;Pinball&gt;]</c>.</summary>
    public string Said => Text is null ? $"Loss.{Name}" : $"[Loss<{Name}>]";

    /// <summary>What its name leaves open: a hash of a user's equations, and the numbers of those that have any, by which a checkpoint tells losses apart.</summary>
    public IEnumerable<string> Details
    {
        get
        {
            LossDefinition loss = Definition;
            if (Text is not null)
            {
                IEnumerable<string> parts = [$"{loss.Targets}", loss.Prediction, .. loss.Values.Select(static v => $"{v.Name} {v.IsList} {v.Link?.Text}"), .. loss.Equations.Select(static e => e.Text)];
                yield return $"set of equations of the loss {Name}: the one with hash {StableHash.Of(string.Join("\0", parts)):x16}";
            }

            if (loss.Numbers.Count > 0)
            {
                yield return $"set of numbers of the loss {Name}: {string.Join(", ", loss.Numbers.Select(Written))}";
            }
        }
    }

    private static string Written(LossNumber number) => $"{number.Name} = {string.Join(" ", number.Values.Select(static v => v.ToString("R", CultureInfo.InvariantCulture)))}";
}
