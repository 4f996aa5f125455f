using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Weights;
using RnnGen.Runtime;

namespace RnnGen.Generator.Checking;

/// <summary>Whether the weights file that a model is declared with holds its parameters.</summary>
internal static class WeightsCheck
{
    /// <summary>A model's parameters, as a file names them.</summary>
    public static EquatableArray<NamedTensor> TensorsOf(DataFlow flow) =>
        flow.Tensors.Select(static t => new NamedTensor(t.Name, t.Shape.Select(static n => (long)n).ToEquatableArray())).ToEquatableArray();

    /// <summary>The issue of a weights file, at the argument of the attribute with this index; null if there is none.</summary>
    /// <param name="tensors">The model's parameters; asked for only where there is a file to compare them with.</param>
    public static Issue? Find(ModelSpecification model, int attribute, IEnumerable<WeightsFile> files, Func<IReadOnlyList<NamedTensor>> tensors)
    {
        if (model.Weights is not { } name)
        {
            return null;
        }

        string type = model.Declaration.Name.TrimStart('@');
        if (files.FirstOrDefault(file => file.Name == name) is not { } found)
        {
            return Report(Rules.NoWeights, type, name);
        }

        if (found.Problem.Length > 0)
        {
            return Report(Rules.WeightsNotRead, name, found.Problem);
        }

        IReadOnlyList<NamedTensor> parameters = tensors();
        int maximum = TensorLimits.Tensors(parameters.Count);
        if (found.Tensors.Count > maximum)
        {
            return Report(Rules.OtherWeights, type, name, FormattableString.Invariant($"it has more than {maximum} tensors"));
        }

        TensorNames.Match(
            parameters, found.Tensors.Select(static t => new NamedTensor(t.Name, t.Shape, t.Problem)).ToList(), names: null, out List<string> problems);
        return problems.Count == 0 ? null : Report(Rules.OtherWeights, type, name, TensorLimits.Join("; ", problems));

        Issue Report(Microsoft.CodeAnalysis.DiagnosticDescriptor rule, params string[] arguments) =>
            new(rule, IssuePlace.OfArgument(attribute, "Weights"), AttributeArguments.Strings(arguments));
    }
}
