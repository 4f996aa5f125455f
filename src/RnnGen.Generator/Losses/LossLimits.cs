using System.Globalization;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Cells.Graph;

namespace RnnGen.Generator.Losses;

/// <summary>What the code of a loss is not written for, told before any of it is.</summary>
internal static class LossLimits
{
    /// <summary>Values that are computed of one target: the method that has more of them would be too long for the just-in-time compiler to optimise.</summary>
    public const int Values = 3000;

    /// <summary>What is wrong with a loss; null where its code can be written.</summary>
    public static CellFormatException? Problem(LossSource source)
    {
        try
        {
            LossDefinition loss = source.Definition;
            return loss.Programme is null ? Problem(LossProgram.Create(loss, classes: 2)) : null;
        }
        catch (CellFormatException problem)
        {
            return problem;
        }
    }

    private static CellFormatException? Problem(LossProgram program)
    {
        LossGraph loss = program.Source;
        int[] computed = [.. program.Graph.Closure([program.Loss, .. program.Gradients, .. program.Picked.Select(static p => p.Gradient), .. program.Said is { } said ? [said.Prediction, .. said.Parameters, said.Draw ?? said.Prediction] : Array.Empty<int>()])];
        Expression place = loss.Definition.Equations.First(static e => e.Name == LossParser.Loss).Expression;
        string? unread = loss.Reverse.Picked.Count > 0 ? null
            : loss.Outputs.Where((_, i) => program.Graph[loss.Reverse.Gradients[i]] is { Kind: NodeKind.Constant, Value: 0 }).Select(o => program.Graph[o].Name).FirstOrDefault();
        string? message = computed.Select(id => KnownNumber.Problem(program.Graph[id])).FirstOrDefault(static p => p is not null) is { } known ? $"a factor of the loss or of its gradient is {known}"
            : unread is not null ? $"the output '{unread}' has no gradient: its terms cancel out, or are multiplied by 0; use it in another way, or remove it"
            : computed.Length > Values ? string.Format(CultureInfo.InvariantCulture, "the loss and its gradient need {0} values for each target, and the limit is {1}; make it shorter", computed.Length, Values)
            : null;
        return message is null ? null : CellFormatException.At(place, CellProblem.NotCompiled, message);
    }
}
