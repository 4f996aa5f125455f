using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Declared;

/// <summary>What a format cannot say.</summary>
internal static class Unsayable
{
    /// <param name="format">The format's name.</param>
    /// <param name="place">Where it is: a layer's place, or what of the model it is.</param>
    /// <param name="what">What cannot be said.</param>
    /// <param name="fix">What can be, or what to do.</param>
    public static ExportException In(string format, string place, string what, string fix) => new(Invariant($"{format} cannot say {place}: {what}. {fix}"));

    /// <summary>Rejects a model that is more than one stack over its input.</summary>
    public static void RequireOneStack(DeclaredModel model, string format)
    {
        if (model.HasDecoder || model.Architecture is Architecture.OneToMany or Architecture.EncoderDecoder)
        {
            throw In(format, Invariant($"the architecture {model.Architecture}"), "its decoder reads its own output", "Export models that are ManyToOne or ManyToMany.");
        }

        if (model.Column is { } column)
        {
            throw In(format, Invariant($"the column {ForeignText.Shown(column.Name)}"), column.What, "Export models whose columns are numbers at each step ([Feature] without Categories), such as one input for each category.");
        }

        if (model.Others is [string other, ..])
        {
            throw In(format, Invariant($"{ForeignText.Shown(other)} of the declaration"), "this version of the export does not know it", "Use a later version of this package, or export a model without it.");
        }
    }
}
