using RnnGen.Generator.Model;

namespace RnnGen.Generator.Planning.Flow;

/// <summary>A declared layer and its place in the model, which decide the ops around it.</summary>
/// <param name="Clock">When it runs.</param>
/// <param name="Input">What stands before it.</param>
internal sealed record LayerPlace(LayerSpecification Layer, Clock Clock, PlannedUnit Input)
{
    /// <summary>Its name in the generated code.</summary>
    public string Name { get; init; } = "Head";

    /// <summary>What the names of its tensors begin with: the stack.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Its position among the layers of its kind in its stack.</summary>
    public int Index { get; init; }

    /// <summary>Whether no recurrent layer follows in its stack.</summary>
    public bool IsLastRecurrent { get; init; }

    /// <summary>What a decoder looks back at.</summary>
    public PlannedUnit? Memory { get; init; }

    /// <summary>Whether the steps end with it, and what of them is read is its final state.</summary>
    public bool ReadsFinalState { get; init; }

    /// <summary>Whether the steps end with it, and what of them is read is pooled from all.</summary>
    public bool PoolsSteps { get; init; }

    /// <summary>What the name of its unit begins with: the stack.</summary>
    public string Title => Prefix.Length == 0 ? "" : "Decoder";
}
