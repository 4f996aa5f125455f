using System.Collections.Generic;

namespace RnnGen.Generator.Planning.Memory;

/// <summary>What a model's documentation says of an op.</summary>
/// <param name="Lines">Equations and tensors, a line each.</param>
internal sealed record UnitNotes(string Text, IReadOnlyList<string> Lines)
{
    public static implicit operator UnitNotes(string text) => new(text, []);
}

/// <summary>A line of a model's table of layers.</summary>
/// <param name="Title">What was declared.</param>
internal sealed record SummaryLine(string Title, int Inputs, int Outputs, long Parameters, int Steps);
