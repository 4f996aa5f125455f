using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;

namespace RnnGen.Generator.Losses;

/// <summary>What a loss's targets are.</summary>
internal enum LossTargets
{
    /// <summary>A number for each output.</summary>
    Numbers,

    /// <summary>A number from 0 to 1 for each output.</summary>
    Probabilities,

    /// <summary>The number of one output, for all outputs of a step.</summary>
    Classes,

    /// <summary>The numbers of outputs in their order, for all steps of a sequence.</summary>
    Labels,
}

/// <summary>What makes probabilities of the outputs.</summary>
internal enum LossProbability { None, Sigmoid, Softmax }

/// <summary>
/// A loss as its equations state it, for one target: what is read, the loss, the prediction. It does not know how many targets there
/// are, how the mean is taken, or where values are stored.
/// </summary>
internal sealed record LossDefinition
{
    /// <summary>The loss's name, for readers: <c>Huber</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence: the first line of its text, where that is a comment.</summary>
    public required string Summary { get; init; }

    public required LossTargets Targets { get; init; }

    /// <summary>Whether targets that are numbers are counts, at least 0.</summary>
    public bool TargetsAreCounts { get; init; }

    /// <summary>What it reads of the outputs for each target, in the order of the outputs.</summary>
    public required IReadOnlyList<LossValue> Values { get; init; }

    /// <summary>Numbers and lists of numbers that equations name.</summary>
    public required IReadOnlyList<LossNumber> Numbers { get; init; }

    /// <summary>Assignments in order; <c>loss</c> is among them. None where a programme computes it.</summary>
    public required IReadOnlyList<CellEquation> Equations { get; init; }

    /// <summary>What the model says of a target: the name of a value or of an equation.</summary>
    public required string Prediction { get; init; }

    /// <summary>Whether an equation says what value the target might have.</summary>
    public bool Draws { get; init; }

    /// <summary>
    /// Whether the model says of a target something else than an output: of several outputs, behind a link, or by chance. Where targets are probabilities or classes it says logits.
    /// </summary>
    public bool ReadsHead => Targets == LossTargets.Numbers && (ValuesPerTarget > 1 || Prediction != Values[0].Name || Values[0].Link is not null || Draws);

    /// <summary>Whether its values are quantiles: one for each number of the list <c>quantiles</c>.</summary>
    public bool HasQuantiles => ReadsHead && Numbers.Any(static n => n is { Name: Quantiles, IsList: true }) && Values.Count == 1 && Values[0].IsList;

    /// <summary>The list of a loss whose values are quantiles.</summary>
    public const string Quantiles = "quantiles";

    /// <summary>What users see in place of each output, in their order.</summary>
    public IEnumerable<string> ParameterNames => Values.Select(static v => v.Link?.Name ?? v.Name);

    /// <summary>Whether each target has a weight, which its loss is multiplied by.</summary>
    public bool IsWeighted { get; init; }

    /// <summary>The class of the runtime that computes it over whole sequences; null where equations do.</summary>
    public string? Programme { get; init; }

    /// <summary>Output values for each target; of classes, one for each class.</summary>
    public int ValuesPerTarget => Values.Sum(static v => v.Count);

    public bool TargetsAreClasses => Targets switch
    {
        LossTargets.Numbers or LossTargets.Probabilities => false,
        LossTargets.Classes or LossTargets.Labels => true,
        _ => throw Choices.Unimplemented(Targets),
    };

    /// <summary>What makes probabilities of the outputs, which are logits then.</summary>
    public LossProbability Probability => Targets == LossTargets.Numbers ? LossProbability.None : Values[0].Link?.Expression switch
    {
        Expression.Call { Function: "sigmoid" } => LossProbability.Sigmoid,
        Expression.Call { Function: "softmax" } => LossProbability.Softmax,
        _ => throw new InvalidOperationException($"The loss {Name} has targets that are {Targets}, and no link that makes probabilities of its outputs."),
    };

    /// <summary>What it does to the outputs before anything else, for readers: <c>softmax</c>; null where it reads them as they are.</summary>
    public string? Links => Values.Select(static v => v.Link?.Expression).FirstOrDefault(static e => e is not null) switch
    {
        null => ValuesPerTarget > 1 ? "choice of values" : null,
        Expression.Call call => call.Function,
        _ => "link",
    };

    /// <summary>Whether the outputs are logits.</summary>
    public bool ReadsLogits => Probability != LossProbability.None;
}

/// <summary>Output values that a loss reads for each target.</summary>
/// <param name="Name">Its name in the equations: <c>y</c>.</param>
/// <param name="Count">How many they are: 1, or as many as a list of numbers has.</param>
/// <param name="IsList">Whether the name stands for a list, even if it has one value.</param>
/// <param name="Link">The value that users see in its place; null for the value itself.</param>
internal sealed record LossValue(string Name, int Count, bool IsList, CellEquation? Link);

/// <summary>A number, or a list of numbers, of a loss.</summary>
internal sealed record LossNumber(string Name, EquatableArray<double> Values, bool IsList);
