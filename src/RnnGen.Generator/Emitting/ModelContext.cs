using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;
using RnnGen.Generator.Planning.Kernels;
using RnnGen.Generator.Planning.Ops;

namespace RnnGen.Generator.Emitting;

/// <summary>What all parts of a model's main file write with.</summary>
internal sealed class ModelContext(ModelPlan plan)
{
    /// <summary>
    /// The names that a file begins with. Behind <c>::</c> only such a name can stand, so that nothing that users declare is meant, and what is meant is found in any
    /// namespace.
    /// </summary>
    public const string Aliases = """
        using Rnn = global::RnnGen;
        using Sys = global::System;
        using Jit = global::System.Runtime.CompilerServices;
        """;

    public const string Library = "Rnn::";
    public const string Runtime = "Rnn::Runtime";
    public const string Sys = "Sys::";
    public const string Unsafe = "Jit::Unsafe";
    /// <summary>What stands behind all members, for references of documentation.</summary>
    public const string Core = $"{Runtime}.ModelCore{{TNumber, TInput, TTarget}}";

    public const string Group = $"{Runtime}.GroupRows";

    /// <summary>On methods of the hot path: optimised at their first call, since straight-line code would stay in the first tier for many.</summary>
    public const string Optimized = "[Jit::MethodImpl(Jit::MethodImplOptions.AggressiveOptimization)]";

    /// <summary>On methods that only pass a call on.</summary>
    public const string Inlined = "[Jit::MethodImpl(Jit::MethodImplOptions.AggressiveInlining)]";

    public ModelPlan Plan { get; } = plan;

    public ModelSpecification Model => Plan.Specification;

    public SourceWriter Writer { get; } = new();

    /// <summary><c>float</c> or <c>double</c>.</summary>
    public string Number { get; } = Scalar.TypeName(plan.Specification.Precision);

    public bool ReadsTokens => Plan.Embedding is not null;

    /// <summary>Whether a decoder is fed tokens, and not numbers.</summary>
    public bool DecodesTokens => Model.OutputTiming == OutputTiming.UntilEndToken;

    /// <summary>The rows that the methods of a training step are given, as arguments.</summary>
    public string TrainedRows => SourceWriter.Join(Plan.Training.Clocks.Select(CallPrinter.Group));

    /// <summary>What the methods of a training step are given where threads share steps of layers.</summary>
    public string SharedPassed => Plan.Training.Shared.Count > 0 ? ", shared" : "";

    public string SharedDeclared => Plan.Training.Shared.Count > 0 ? $", {Runtime}.SharedSteps? shared" : "";

    /// <summary>The same as parameters.</summary>
    public string TrainedRowsDeclared => SourceWriter.Join(Plan.Training.Clocks.Select(c => $"{Group} {CallPrinter.Group(c)}"));

    /// <summary>The constant for the steps with an output; null where there is one for each sequence.</summary>
    public string? OutputSteps => Model.OutputTiming switch
    {
        OutputTiming.Once => null,
        OutputTiming.EachStep => "SequenceLength",
        OutputTiming.Decoded or OutputTiming.UntilEndToken => "OutputLength",
        _ => throw Choices.Unimplemented(Model.OutputTiming),
    };

    /// <summary>The type of one input element.</summary>
    public string Input { get; } = plan.Embedding is null ? Scalar.TypeName(plan.Specification.Precision) : "int";

    /// <summary>What input elements are, for readers.</summary>
    public string InputNoun => Model.Embedding is { } embedding ? $"tokens from 0 to {embedding.VocabularySize - 1}" : Model.Columns is null ? "values" : "values and indices of categories";

    /// <summary>The type of one target element.</summary>
    public string Target { get; } = plan.TargetsAreClasses ? "int" : Scalar.TypeName(plan.Specification.Precision);

    public string Name => Model.Declaration.Name;

    /// <summary>The type arguments of what the runtime has for every model.</summary>
    public string Types => $"{Number}, {Input}, {Target}";

    /// <summary>Sizes as the declaration states them: <c>48 × 1</c>.</summary>
    public string InputShape => Model.IsRow ? $"({Model.SequenceLength} × {Model.InputSize}{(Model.StaticSize > 0 ? $" + {Model.StaticSize}" : "")}{(Model.KnownSize > 0 ? $" + {Plan.OutputSteps} × {Model.KnownSize}" : "")})"
        : Model.ReadsVector ? $"{Model.InputSize}" : ReadsTokens ? $"{Model.SequenceLength}" : $"{Model.SequenceLength} × {Model.InputSize}";

    public string OutputShape => Plan.OutputSteps == 1 ? $"{Model.OutputSize}" : $"{Plan.OutputSteps} × {Model.OutputSize}";

    public string TargetShape => Plan.IsCtc ? $"{Model.LabelLength}" : !Plan.TargetsAreClasses ? OutputShape : $"{Plan.OutputSteps}";

    /// <summary>The constant for the steps that are trained at once.</summary>
    public string TrainedSteps => Model.IsRecomputed ? $"{Model.RecomputeEvery}" : "SequenceLength";

    /// <summary>A layer as it is declared: <c>Lstm(64)</c>.</summary>
    public static string Describe(PlannedLayer layer)
    {
        LayerShape shape = layer.Plan.Shape;
        string cell = layer.Declared?.Convolution is null ? shape.Cell.Title : "Conv1D";
        return shape.Activation == Activation.Identity ? $"{cell}({shape.Size})" : $"{cell}({shape.Size}, {shape.Activation})";
    }

    /// <summary>The declaration in one line.</summary>
    public string Declaration
    {
        get
        {
            int pooled = !Model.IsPooled ? -1 : Model.Layers.ToList().FindLastIndex(l => l.IsRecurrent);
            List<string> parts = [$"{Model.Architecture} {Model.SequenceLength}x{Model.InputSize}"];
            parts.AddRange(Model.Columns?.Where(static c => c.Name != DeclaredInput.Unnamed).Select(static c => c.Declared) ?? []);
            AddStack(Model.Embedding, Model.Layers);
            if (Model.Decoder is { } decoder)
            {
                string attention = decoder.Attention == Generator.Model.Attention.None ? "" : $", {decoder.Attention}{(decoder.InputFeeding ? ", InputFeeding" : "")}";
                parts.Add($"Decoder({decoder.Length}{attention})");
                AddStack(decoder.Embedding, decoder.Layers);
            }

            parts.Add(Describe(Model.Output) + (Model.TiedEmbedding ? " tied" : "") + (Model.OutputSkip ? " + input" : ""));
            return $"{string.Join(" -> ", parts)}, {Model.Loss.Name}";

            void AddStack(EmbeddingSpecification? embedding, IReadOnlyList<LayerSpecification> layers)
            {
                if (embedding is not null)
                {
                    parts.Add(embedding.Declared);
                }

                for (int i = 0; i < layers.Count; i++)
                {
                    parts.Add(Describe(layers[i]));
                    if (i == pooled && layers == (object)Model.Layers)
                    {
                        parts.Add($"{Model.Pooling}");
                    }
                }
            }
        }
    }

    /// <summary>What the line leaves out of the computation, so that a training resumes only with the same model.</summary>
    public string Details => string.Join("; ", Model.AllLayers.Where(l => !l.IsOp).GroupBy(l => l.Cell.Title).SelectMany(g => CellDetails(g.Key, [.. g.Select(l => l.Cell)]))
        .Concat(Model.Loss.Details)
        .Concat(DecodesTokens ? [$"StartToken {Model.Decoder!.StartToken}"] : Enumerable.Empty<string>())
        .Concat(Model.IsRecomputed ? [$"RecomputeEvery {Model.RecomputeEvery}"] : Enumerable.Empty<string>())
        .Concat(Model.GradientSums == ModelSpecification.DefaultGradientSums ? Enumerable.Empty<string>() : [$"GradientSums {Model.GradientSums}"]));

    // Of the layers whose cells are called alike, in their order; nothing where these are cells that ship with RnnGen as they are.
    private static IEnumerable<string> CellDetails(string title, List<CellSource> cells)
    {
        if (cells.TrueForAll(c => c.KernelName == title))
        {
            yield break;
        }

        if (cells.Exists(c => c.Text is not null))
        {
            yield return $"set of equations of the cell {title}: the one with hash {string.Join(" | ", cells.Select(c => c.EquationsHash))}";
        }

        string numbers = string.Join(" | ", cells.Select(c => c.NumbersText));
        if (numbers.Trim(' ', '|').Length > 0)
        {
            yield return $"set of numbers of the cell {title}: {numbers}";
        }
    }

    private static string Describe(LayerSpecification layer)
    {
        string cell = layer.Cell.Title;
        string activation = layer.Activation == Activation.Identity ? "" : $", {layer.Activation}";
        string both = layer.Bidirectional ? ", Bidirectional" : "";
        string dropout = layer.Dropout == 0 ? "" : $", Dropout {layer.Dropout.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}";
        dropout += layer.RecurrentDropout == 0 ? "" : $", RecurrentDropout {layer.RecurrentDropout.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}";
        if (layer.Convolution is { } windows)
        {
            cell = "Conv1D";
            activation = $", {windows.Kernel}{(windows.Dilation == 1 ? "" : $", Dilation {windows.Dilation}")}{(windows.Causal ? "" : ", same")}{activation}";
        }

        string residual = (layer.Residual ? ", Residual" : "") + (layer.Frozen ? ", Frozen" : "");
        string numbers = layer.IsOp ? string.Concat(layer.Op!.Numbers.Where(n => layer.OpNumber(n.Name) != n.Standard).Select(n => $", {n.Property} {layer.OpNumber(n.Name).ToString("R", System.Globalization.CultureInfo.InvariantCulture)}")) : "";
        return layer.IsOp ? $"{cell}({(numbers + dropout + residual).TrimStart(',', ' ')})" : $"{cell}({layer.Size}{activation}{both}{dropout}{residual})";
    }

    /// <summary>The kernel class of a layer at a width.</summary>
    public static string KernelClass(LayerShape layer, VectorTarget target) =>
        $"{Library}Generated.{new KernelKey(layer, target).ClassName}";

    /// <summary>Bytes, for readers.</summary>
    public static string Memory(long bytes)
    {
        string rounded = bytes < 10 * 1024 ? "" : bytes < 10 * 1024 * 1024 ? $" ({bytes / 1024} KiB)" : $" ({bytes / 1024 / 1024} MiB)";
        return $"{bytes} bytes{rounded}";
    }
}
