using System.Text;
using RnnGen.Exchange.Files;
using RnnGen.Generator.Cells;

namespace RnnGen.Exchange.Model;

/// <summary>Writes the class that declares a model.</summary>
internal static class DeclarationText
{
    public static string Of(ForeignModel model, Precision precision, DeclarationOptions options)
    {
        StringBuilder text = new();
        text.Append("using RnnGen;\n\n");
        if (options.Namespace is { } space)
        {
            text.Append(Invariant($"namespace {string.Join('.', space.Split('.').Select(Escaped))};\n\n"));
        }

        string file = options.FileName.Length == 0 ? "" : Invariant($"{ForeignText.Comment(options.FileName)}, ");
        text.Append(Invariant($"/// <summary>Imported from {file}{model.Format}.</summary>\n"));
        if (options.Steps is null && model.SequenceLength is null)
        {
            bool streams = model.Layers.All(static layer => !layer.IsBidirectional && (layer.Kernel <= 1 || layer.IsCausal));
            text.Append(Invariant($"// The file does not say how long a sequence is: {DeclarationOptions.DefaultSteps} steps are the default. Any SequenceLength computes the same{(streams ? ", and CreateState streams sequences of any length" : "")}.\n"));
        }

        if (model.MaskedValue is { } masked)
        {
            text.Append(Invariant($"// The file masks {(model.VocabularySize > 0 ? Invariant($"tokens {masked}") : Invariant($"steps whose values are all {masked}"))}. Give sequences without them, and their lengths where they differ.\n"));
        }

        text.Append(Invariant($"[RnnModel({Arguments(model, precision, options)})]\n"));
        foreach (ForeignLayer layer in model.Layers.SkipLast(1))
        {
            text.Append(Invariant($"[{Attribute(layer, options)}]\n"));
        }

        ForeignCell[] cells = [.. model.Layers.Select(static layer => layer.Cell).OfType<ForeignCell>().DistinctBy(static cell => cell.Name)];
        text.Append(Invariant($"public sealed partial class {Escaped(options.Name)}"));
        return (cells.Length == 0 ? text.Append(";\n") : text.Append(Invariant($"\n{{\n{string.Join('\n', cells.Select(cell => Class(cell, options)))}}}\n"))).ToString();
    }

    // Within the class, so that two imported models do not share a name.
    private static string Class(ForeignCell cell, DeclarationOptions options)
    {
        string equations = string.Concat(cell.Equations.Split('\n').Select(static line => line.Length == 0 ? "\n" : Invariant($"        {line}\n")));
        return Invariant($"    /// <summary>{Summary(cell)}</summary>\n    [Cell(\"\"\"\n{equations}        \"\"\")]\n    public sealed class {NameOf(cell, options)} : ICell;\n");
    }

    private static string Summary(ForeignCell cell)
    {
        string functions = string.Join(", ", cell.Functions.Where(static function => function.Key != "clip").Select(static function => Invariant($"{function.Key} {function.Value}")));
        string clip = cell.Functions.TryGetValue("clip", out string? bound) ? Invariant($", and sums from -{bound} to {bound}") : "";
        return Invariant($"A recurrent cell with {functions.Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)}{clip}.");
    }

    // A class is not called as the one around it.
    private static string NameOf(ForeignCell cell, DeclarationOptions options) => cell.Name == options.Name ? cell.Name + "Cell" : cell.Name;

    private static string Arguments(ForeignModel model, Precision precision, DeclarationOptions options)
    {
        List<string> arguments = [Invariant($"Architecture.{model.Architecture}")];
        if (model.VocabularySize == 0)
        {
            arguments.Add(Invariant($"InputSize = {model.InputSize}"));
        }

        arguments.Add(Invariant($"SequenceLength = {options.Steps ?? model.SequenceLength ?? DeclarationOptions.DefaultSteps}"));
        arguments.Add(Invariant($"OutputSize = {model.OutputSize}"));
        if (model.Layers[^1].Activation != Activation.Identity)
        {
            arguments.Add(Invariant($"OutputActivation = Activation.{model.Layers[^1].Activation}"));
        }

        if (model.Pooling != Pooling.Last)
        {
            arguments.Add(Invariant($"Pooling = Pooling.{model.Pooling}"));
        }

        if (model.OutputSkip)
        {
            arguments.Add("OutputSkip = true");
        }

        if (model.LearnedInitialState)
        {
            arguments.Add("InitialState = InitialState.Learned");
        }

        if (precision == Precision.Double)
        {
            arguments.Add("Precision = Precision.Double");
        }

        return string.Join(", ", arguments);
    }

    private static string Attribute(ForeignLayer layer, DeclarationOptions options)
    {
        List<string> arguments = layer.Kind == ForeignLayerKind.Embedding ? [Invariant($"{layer.InputSize}"), Invariant($"{layer.Size}")] : layer.Kind == ForeignLayerKind.LayerNorm ? [] : [Invariant($"{layer.Size}")];
        if (layer.Kind == ForeignLayerKind.Conv1D)
        {
            arguments.Add(Invariant($"{layer.Kernel}"));
            if (layer.Dilation > 1)
            {
                arguments.Add(Invariant($"Dilation = {layer.Dilation}"));
            }

            // A kernel of one step reads its own step alone.
            if (!layer.IsCausal && layer.Kernel > 1)
            {
                arguments.Add("Causal = false");
            }
        }

        if (layer.Kind == ForeignLayerKind.LayerNorm && layer.Epsilon != ForeignLayer.StandardEpsilon)
        {
            arguments.Add(Invariant($"Epsilon = {layer.Epsilon:R}"));
        }

        if (layer.Projection > 0)
        {
            arguments.Add(Invariant($"Projection = {layer.Projection}"));
        }

        if (layer.Activation != DefaultActivation(layer.Kind))
        {
            arguments.Add(Invariant($"Activation = Activation.{layer.Activation}"));
        }

        if (layer.IsBidirectional)
        {
            arguments.Add("Bidirectional = true");
        }

        if (layer.IsResidual)
        {
            arguments.Add("Residual = true");
        }

        string name = layer.Cell is { } cell ? Invariant($"{layer.Kind}<{Escaped(options.Name)}.{NameOf(cell, options)}>") : Invariant($"{layer.Kind}");
        return arguments.Count == 0 ? name : Invariant($"{name}({string.Join(", ", arguments)})");
    }

    private static Activation DefaultActivation(ForeignLayerKind kind) => kind == ForeignLayerKind.Rnn ? Activation.Tanh : Activation.Identity;

    private static string Escaped(string name) => Keywords.Has(name) ? "@" + name : name;
}
