using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Common;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;

namespace RnnGen.Generator.Parsing;

/// <summary>
/// Turns a class's attributes into a <see cref="ModelSpecification"/>, or into the issues that prevent one.
/// It owns every decision about a declaration and throws for none.
/// </summary>
internal static class ModelParser
{
    public const string ModelAttribute = "RnnGen.RnnModelAttribute";

    private const int DefaultBatchSize = 32;

    public static ParseResult Parse(INamedTypeSymbol type, CancellationToken cancellation)
    {
        Stages.Enter(Stage.Parsing, type.Name);
        DeclaredAttributes attributes = DeclaredAttributes.Of(type, cancellation);
        if (type.TypeKind != TypeKind.Class || attributes.IsEmpty)
        {
            // On anything but a class the compiler rejects the attributes itself.
            return ParseResult.Nothing;
        }

        var issues = new List<Issue>();
        if (attributes.Models.Count == 0)
        {
            (DeclaredAttribute first, string what) = attributes.Layers.Concat(attributes.Decoders).Select(a => (a, "a layer"))
                .Concat(attributes.Losses.Select(a => (a, "a loss"))).Concat(attributes.Inputs.Select(a => (a, "an input"))).First();
            issues.Add(new Issue(Rules.NoModel, IssuePlace.OfAttribute(first.Index), AttributeArguments.Strings(type.Name, what)));
            return new ParseResult(null, issues.ToEquatableArray());
        }

        foreach (DeclaredAttribute second in attributes.Models.Skip(1))
        {
            issues.Add(new Issue(Rules.SecondModel, IssuePlace.OfAttribute(second.Index), AttributeArguments.Strings(type.Name)));
        }

        DeclaredAttribute model = attributes.Models[0];
        ModelSpecification? specification = null;
        if (model.Part is { } part && TypeShape.Read(type, part, model.Index, issues, cancellation) is { } shape)
        {
            specification = ReadModel(type, model, attributes, shape, issues, cancellation);
        }

        return new ParseResult(specification, issues.ToEquatableArray());
    }

    private static ModelSpecification? ReadModel(
        INamedTypeSymbol type, DeclaredAttribute model, DeclaredAttributes attributes, TypeShape shape, List<Issue> issues, CancellationToken cancellation)
    {
        var arguments = new AttributeArguments(model.Data, model.Index, issues, cancellation);
        Architecture? architecture = arguments.PositionalChoice<Architecture>("architecture");
        DeclaredStacks stacks = DeclaredStacks.Of(type, attributes, architecture, issues);
        bool readsTokens = stacks.First.Any(IsEmbedding);
        List<DeclaredInput?> inputs = InputReader.Read(type, model, attributes, architecture, readsTokens, issues, cancellation);
        int? inputSize = readsTokens
            ? arguments.OptionalSize("InputSize", Limits.Size, unlessWritten: 1)
            : InputReader.ReadSize(type.Name, arguments, inputs);
        if (readsTokens && inputSize > 1)
        {
            arguments.Report(Rules.TokensHaveNoFeatures, "InputSize", type.Name, AttributeArguments.Text(inputSize.Value));
        }

        // One vector is a sequence of one step.
        int? sequenceLength = architecture == Architecture.OneToMany
            ? arguments.OptionalSize("SequenceLength", 1, unlessWritten: 1)
            : arguments.RequiredSize("SequenceLength", Limits.Size, type.Name);
        int? outputSize = arguments.RequiredSize("OutputSize", Limits.Size, type.Name);
        int? batchSize = arguments.OptionalSize("BatchSize", Limits.Size, DefaultBatchSize);
        Pooling? pooling = arguments.Choice("Pooling", Pooling.Last);
        if (pooling is Pooling.Mean or Pooling.Max && architecture is { } other and not Architecture.ManyToOne)
        {
            arguments.Report(Rules.PoolingNeedsOneOutput, "Pooling", type.Name, other.ToString());
        }

        InitialState? initialState = arguments.Choice("InitialState", InitialState.Zero);
        if (initialState == InitialState.Learned && architecture == Architecture.OneToMany)
        {
            arguments.Report(Rules.NothingStartsThere, "InitialState", type.Name);
        }

        bool? tied = arguments.Flag("TiedEmbedding");
        bool? skips = arguments.Flag("OutputSkip");
        bool? masked = arguments.Flag("MaskedTargets");
        bool? gradientFlow = arguments.Flag("GradientFlow");
        bool? inputGradients = arguments.Flag("InputGradients");
        if (inputGradients == true && stacks.IsDecoded)
        {
            arguments.Report(Rules.NoInputGradients, "InputGradients", type.Name);
        }

        string? weights = arguments.Words("Weights")?.Replace('\\', '/');
        weights = weights?.StartsWith("./", StringComparison.Ordinal) == true ? weights.Substring(2) : weights;
        if (weights is not null)
        {
            MemberRules.CheckLoadingConstructor(type, issues, cancellation);
        }

        int? recomputeEvery = arguments.SizeOrZero(RecomputeArgument(arguments), Limits.Size);
        int? gradientSums = arguments.PowerOfTwo("GradientSums", Limits.GradientSums, ModelSpecification.DefaultGradientSums);
        LossSource? source = LossReader.Read(type, arguments, attributes.Losses, issues, cancellation);
        LossDefinition? loss = source?.Definition;
        bool readsLabels = loss?.Targets == LossTargets.Labels;
        if (masked == true && (stacks.IsDecoded || readsLabels))
        {
            arguments.Report(Rules.NothingToMask, "MaskedTargets", type.Name, stacks.IsDecoded ? "decodes sequences, which are masked after their end token" : $"has {source!.Said}, whose labels have no steps");
        }

        Activation? outputActivation = arguments.Choice("OutputActivation", Activation.Identity);
        Initializer? outputInitializer = arguments.Choice("OutputInitializer", Initializer.Default);
        double? outputDropout = arguments.Share("OutputDropout");
        Precision? precision = arguments.Choice("Precision", Precision.Single);
        Accuracy? accuracy = arguments.Choice("Accuracy", Accuracy.Exact);
        WeightFormat? predictionWeights = arguments.Choice("PredictionWeights", WeightFormat.Float);
        if (predictionWeights is { } format and not WeightFormat.Float && precision == Precision.Double)
        {
            arguments.Report(Rules.ReducedDouble, "PredictionWeights", type.Name, format.ToString());
        }

        int? labelLength = !readsLabels ? 0 : arguments.OptionalSize("LabelLength", Limits.Size, sequenceLength ?? 1);
        InfeasibleLabels? infeasible = arguments.Choice("InfeasibleLabels", InfeasibleLabels.Throw);
        if (readsLabels && architecture is { } aligned and not Architecture.ManyToMany)
        {
            arguments.Report(Rules.CtcNeedsSteps, "Loss", type.Name, aligned.ToString(), loss!.Name);
        }
        else if (labelLength > sequenceLength)
        {
            arguments.Report(Rules.TooManyLabels, "LabelLength", type.Name, AttributeArguments.Text(labelLength.Value), AttributeArguments.Text(sequenceLength.Value));
        }

        CheckLoss(source, outputActivation, outputSize, arguments);
        IdleProperties.CheckModel(type.Name, arguments, architecture, stacks.IsDecoded, loss);
        arguments.FromZero("Deadline", "a number of microseconds above 0, or 0 for none");

        EmbeddingSpecification? embedding = ReadEmbedding(type, stacks.First, issues, cancellation);
        List<LayerSpecification?> layers = ReadLayers(type, model, stacks.First, isRecurrent: architecture != Architecture.OneToMany, attributes.HasUnresolved, issues, cancellation);
        DecoderSpecification? decoder = null;
        if (stacks.IsDecoded)
        {
            decoder = ReadDecoder(type, model, attributes, stacks, arguments, architecture, outputSize, source, issues, cancellation);
        }
        else if (arguments.IsWritten("OutputLength"))
        {
            arguments.Report(Rules.NothingIsDecoded, "OutputLength", type.Name, "OutputLength", architecture?.ToString() ?? "");
        }

        if (architecture is null || inputSize is null || sequenceLength is null || outputSize is null || batchSize is null
            || pooling is null || source is null || outputActivation is null || outputInitializer is null || precision is null || accuracy is null || predictionWeights is null || outputDropout is null || labelLength is null || infeasible is null || initialState is null || tied is null || skips is null || masked is null || gradientFlow is null || inputGradients is null || recomputeEvery is null || gradientSums is null
            || readsTokens && embedding is null || inputs.Contains(null) || layers.Contains(null) || stacks.IsDecoded && decoder is null || layers.Count == 0 && !stacks.IsDecoded)
        {
            return null;
        }

        var specification = new ModelSpecification(
            shape.Namespace, shape.ContainingTypes, shape.Declaration, architecture.Value, inputSize.Value, sequenceLength.Value,
            outputSize.Value, pooling.Value, source, outputActivation.Value, outputInitializer.Value, precision.Value, accuracy.Value, batchSize.Value, embedding,
            layers.Select(static layer => layer!).ToEquatableArray(), decoder, outputDropout.Value, labelLength.Value, initialState.Value, tied.Value, masked.Value, recomputeEvery.Value, gradientFlow.Value, weights, gradientSums.Value, predictionWeights.Value, skips.Value, infeasible.Value, inputGradients.Value,
            InputReader.All(inputs, inputSize.Value));
        if (!CheckConvolutions(type, specification, stacks, issues, cancellation))
        {
            return null;
        }

        CheckTied(type, specification, arguments);
        IdleProperties.CheckTied(type.Name, arguments, specification);
        CheckSkip(type, specification, arguments);
        CheckRecomputation(type, specification, arguments);
        return specification;
    }

    private static bool CheckConvolutions(INamedTypeSymbol type, ModelSpecification model, DeclaredStacks stacks, List<Issue> issues, CancellationToken cancellation)
    {
        bool isSound = IsSound(stacks.First, model.Layers, model.FeatureSize);
        return (model.Decoder is not { } decoder || IsSound(stacks.Second, decoder.Layers, decoder.FedSize(model.OutputSize) + model.KnownWidth)) && isSound;

        bool IsSound(IReadOnlyList<DeclaredAttribute> stack, IReadOnlyList<LayerSpecification> layers, int width) =>
            !layers.Any(static l => l.Convolution is not null)
            || ConvolutionReader.Check(
                model, type.Name, stack.Where(static l => !IsEmbedding(l)).Select(l => new AttributeArguments(l.Data, l.Index, issues, cancellation)).ToList(), layers, width);
    }

    // The output layer's weights are the table: as many outputs as tokens, and as many inputs as a row has values.
    private static void CheckTied(INamedTypeSymbol type, ModelSpecification model, AttributeArguments arguments)
    {
        IReadOnlyList<LayerSpecification> layers = model.Decoder?.Layers ?? model.Layers;
        int width = layers[layers.Count - 1].Width;
        string? problem = !model.TiedEmbedding ? null
            : model.OutputEmbedding is not { } table ? "has no embedding whose tokens are its outputs"
            : table.Frozen ? "has a frozen embedding, but the output layer would learn a tied one"
            : model.HeadSize != model.OutputSize ? $"has the loss {model.Loss.Said}, which reads {AttributeArguments.Text(model.Loss.Definition.ValuesPerTarget)} values of the output layer for each target, but the table has one row for each"
            : table.VocabularySize != model.OutputSize ? $"has an embedding of {table.VocabularySize} tokens and {model.OutputSize} outputs (OutputSize), which must be equal"
            : table.Size != width ? $"has an embedding of size {table.Size} and an output layer that reads {width} values, which must be equal"
            : null;
        if (problem is not null)
        {
            arguments.Report(Rules.NothingToTie, "TiedEmbedding", type.Name, problem);
        }
    }

    // Each output has an input of its own step that is added to it.
    private static void CheckSkip(INamedTypeSymbol type, ModelSpecification model, AttributeArguments arguments)
    {
        string? problem = !model.OutputSkip ? null
            : model.Architecture != Architecture.ManyToMany ? $"is {model.Architecture}; an input and an output at each step has Architecture.ManyToMany alone"
            : model.Embedding is not null ? "reads tokens, which are no numbers that can be added"
            : model.Columns?.FirstOrDefault(c => c.Table is not null) is { } category ? $"has the category '{category.Name}', whose row is no number that can be added"
            : model.Loss.Definition.ReadsHead ? $"has the loss {model.Loss.Said}, whose predictions are not the output layer's values"
            : model.OutputSize > model.InputSize ? $"has {AttributeArguments.Text(model.OutputSize)} outputs (OutputSize) and {AttributeArguments.Text(model.InputSize)} inputs (InputSize); each output needs an input"
            : null;
        if (problem is not null)
        {
            arguments.Report(Rules.NothingToSkip, "OutputSkip", type.Name, problem);
        }
    }

    // The argument by its name, or by its old one where only that is written.
    private static string RecomputeArgument(AttributeArguments arguments) =>
        arguments.IsWritten("CheckpointEvery") && !arguments.IsWritten("RecomputeEvery") ? "CheckpointEvery" : "RecomputeEvery";

    // A window's states must be all that the next one needs, and all windows equally long.
    private static void CheckRecomputation(INamedTypeSymbol type, ModelSpecification model, AttributeArguments arguments)
    {
        LayerSpecification? last = model.Layers.LastOrDefault(l => l.IsRecurrent);
        string? problem = !model.IsRecomputed ? null
            : !model.IsCausal ? "reads sequences as a whole, so a step depends on later ones; recomputation needs one stack without bidirectional layers"
            : model.Loss.Definition.Targets == LossTargets.Labels ? $"has {model.Loss.Said}, which looks at all steps at once"
            : model.Architecture == Architecture.ManyToOne && (model.Pooling != Pooling.Last || last is { Residual: true } or { OutputIsState: false }) ? "reads all outputs of its last recurrent layer at the end, but recomputation does not keep them"
            : model.SequenceLength % model.RecomputeEvery != 0 ? $"has {AttributeArguments.Text(model.SequenceLength)} steps (SequenceLength), which {AttributeArguments.Text(model.RecomputeEvery)} does not divide"
            : null;
        string argument = RecomputeArgument(arguments);
        if (argument == "RecomputeEvery" && arguments.IsWritten("CheckpointEvery"))
        {
            arguments.Report(Rules.NoRecomputation, "CheckpointEvery", type.Name, "already has 'RecomputeEvery', and 'CheckpointEvery' is its old name", "remove 'CheckpointEvery'");
        }

        if (problem is not null)
        {
            arguments.Report(Rules.NoRecomputation, argument, type.Name, problem, $"change '{argument}', or remove it");
        }
    }

    private static void CheckLoss(LossSource? source, Activation? outputActivation, int? outputSize, AttributeArguments arguments)
    {
        LossDefinition? loss = source?.Definition;
        if (loss?.Links is { } link && outputActivation is { } activation and not Activation.Identity)
        {
            arguments.Report(Rules.LossNeedsLogits, "OutputActivation", source!.Said, link, loss.ReadsLogits ? "logits" : "plain values", activation.ToString());
        }

        if (loss is { ValuesPerTarget: > 1 and var values } && (long)(outputSize ?? 0) * values > Limits.Size)
        {
            arguments.Report(Rules.SizeOutOfRange, "OutputSize", $"OutputSize, of which {source!.Said} reads {AttributeArguments.Text(values)} values each,", AttributeArguments.Text(outputSize!.Value), AttributeArguments.Text(Limits.Size / values));
        }

        if (loss is { TargetsAreClasses: true } && outputSize == 1)
        {
            arguments.Report(Rules.SingleClass, "OutputSize", source!.Said);
        }
    }

    /// <summary>The second stack; null where it cannot be read.</summary>
    private static DecoderSpecification? ReadDecoder(
        INamedTypeSymbol type, DeclaredAttribute model, DeclaredAttributes attributes, DeclaredStacks stacks, AttributeArguments arguments,
        Architecture? architecture, int? outputSize, LossSource? source, List<Issue> issues, CancellationToken cancellation)
    {
        LossDefinition? loss = source?.Definition;
        int? length = arguments.RequiredSize("OutputLength", Limits.Size, type.Name);
        EmbeddingSpecification? embedding = ReadEmbedding(type, stacks.Second, issues, cancellation);
        List<LayerSpecification?> layers = ReadLayers(type, model, stacks.Second, isRecurrent: true, attributes.HasUnresolved, issues, cancellation);
        Attention? attention = Attention.None;
        bool? feeds = false;
        if (stacks.Decoder is { } decoder)
        {
            var decoderArguments = new AttributeArguments(decoder.Data, decoder.Index, issues, cancellation);
            attention = decoderArguments.Choice("Attention", Attention.None);
            feeds = decoderArguments.Flag("InputFeeding");
            IdleProperties.CheckDecoder(type.Name, decoderArguments, attention);
            if (attention is Attention.Multiplicative or Attention.Additive && architecture == Architecture.OneToMany)
            {
                decoderArguments.Report(Rules.NothingToAttendTo, "Attention", type.Name);
            }
        }

        foreach (DeclaredAttribute layer in stacks.Second.Where(l => new AttributeArguments(l.Data, l.Index, [], cancellation).Flag("Bidirectional") == true))
        {
            new AttributeArguments(layer.Data, layer.Index, issues, cancellation).Report(Rules.DecoderLooksAhead, "Bidirectional", type.Name);
        }

        if (architecture == Architecture.OneToMany)
        {
            foreach (DeclaredAttribute layer in stacks.First.Where(l => l.Data.AttributeClass?.Name != "DenseAttribute"))
            {
                issues.Add(new Issue(Rules.OneVectorHasNoSteps, IssuePlace.OfAttribute(layer.Index), AttributeArguments.Strings(type.Name)));
            }
        }

        // Tokens are fed back through an embedding of the classes, numbers as they are.
        bool tokens = loss?.Targets == LossTargets.Classes;
        DeclaredAttribute? table = stacks.Second.Where(IsEmbedding).Select(l => (DeclaredAttribute?)l).FirstOrDefault();
        int place = table?.Index ?? stacks.Decoder?.Index ?? arguments.Index;
        string? problem = loss?.Targets == LossTargets.Probabilities ? $"decodes with {source!.Said}, whose logits cannot be fed back; use Loss.CrossEntropy or a loss of numbers"
            : tokens && table is null ? $"decodes classes, which are fed back through an embedding; add [Embedding({outputSize ?? 0}, size)] as the decoder's first layer"
            : !tokens && loss is not null && table is not null ? "decodes numbers, which are fed back without an embedding; remove the decoder's embedding, or use Loss.CrossEntropy"
            : tokens && embedding is not null && outputSize is not null && embedding.VocabularySize != outputSize ? $"feeds back {outputSize} classes (OutputSize), but its decoder's embedding has {embedding.VocabularySize} tokens; make them equal"
            : null;
        if (problem is not null)
        {
            issues.Add(new Issue(Rules.FedBack, IssuePlace.OfAttribute(place), AttributeArguments.Strings(type.Name, problem)));
        }

        int? start = tokens ? arguments.Token("StartToken", 0, outputSize) : 0;
        int? end = tokens ? arguments.Token("EndToken", 1, outputSize) : 1;
        return length is null || attention is null || feeds is null || start is null || end is null || layers.Count == 0 || layers.Contains(null) || table is not null && embedding is null
            ? null
            : new DecoderSpecification(length.Value, start.Value, end.Value, attention.Value, embedding, layers.Select(static l => l!).ToEquatableArray(), feeds.Value && attention != Attention.None);
    }

    /// <summary>The layers in order; null stands for one that cannot be read.</summary>
    private static List<LayerSpecification?> ReadLayers(
        INamedTypeSymbol type, DeclaredAttribute model, IReadOnlyList<DeclaredAttribute> stack, bool isRecurrent, bool hasUnresolved, List<Issue> issues, CancellationToken cancellation)
    {
        var layers = new List<LayerSpecification?>();
        LayerSpecification? before = null;
        bool recurrent = !isRecurrent;
        foreach (DeclaredAttribute layer in stack)
        {
            if (layer.Part != model.Part)
            {
                issues.Add(new Issue(Rules.ScatteredLayers, IssuePlace.OfAttribute(layer.Index), AttributeArguments.Strings(type.Name)));
            }

            if (IsEmbedding(layer))
            {
                continue;
            }

            // A layer that does not compile or is unknown might have been a recurrent one.
            LayerSpecification? read = ReadLayer(type, layer, issues, cancellation);
            recurrent |= read is { IsRecurrent: true } || read is null && layer.Data.AttributeClass?.Name is var name and not ("DenseAttribute" or ConvolutionReader.Attribute) && DeclaredOps.OfAttribute(name) is null;
            if (read is not null)
            {
                AttributeArguments written = new(layer.Data, layer.Index, issues, cancellation);
                IdleProperties.CheckLayer(type.Name, written, read);
                read = FollowingLayer(type, read, before, layers.Count == 0, written, issues);
            }

            layers.Add(read);
            before = read;
        }

        if (!recurrent && hasUnresolved)
        {
            layers.Add(null);
        }
        else if (!recurrent)
        {
            string found = stack.Count == 0 ? "no layer" : layers.Count == 0 ? "only an embedding" : layers.Any(static l => l?.Convolution is not null) ? "no layer that is recurrent" : "only dense layers";
            issues.Add(new Issue(Rules.NoRecurrentLayer, IssuePlace.OfAttribute(model.Index), AttributeArguments.Strings(type.Name, found)));
        }

        return layers;
    }

    /// <summary>What depends on the layer before: an op's size, and whether inputs can be added to outputs.</summary>
    private static LayerSpecification? FollowingLayer(
        INamedTypeSymbol type, LayerSpecification layer, LayerSpecification? before, bool isFirst, AttributeArguments arguments, List<Issue> issues)
    {
        if (isFirst && (layer.IsOp || layer.Residual))
        {
            string what = layer.IsOp ? $"a [{layer.Cell.Name}]" : "a layer with Residual";
            issues.Add(new Issue(Rules.NoLayerBefore, IssuePlace.OfAttribute(arguments.Index), AttributeArguments.Strings(type.Name, what)));
            return null;
        }

        if (layer.IsOp)
        {
            return before is null ? null : layer with { Size = before.Width };
        }

        if (layer.Residual && before is not null && before.Width != layer.Width)
        {
            arguments.Report(Rules.ResidualSize, "Residual", type.Name, AttributeArguments.Text(before.Width), AttributeArguments.Text(layer.Width));
            return null;
        }

        return layer;
    }

    private static bool IsEmbedding(DeclaredAttribute layer) => layer.Data.AttributeClass?.Name == "EmbeddingAttribute";

    /// <summary>The embedding, which stands before all other layers; null where there is none or it cannot be read.</summary>
    private static EmbeddingSpecification? ReadEmbedding(
        INamedTypeSymbol type, IReadOnlyList<DeclaredAttribute> stack, List<Issue> issues, CancellationToken cancellation)
    {
        EmbeddingSpecification? embedding = null;
        for (int i = 0; i < stack.Count; i++)
        {
            DeclaredAttribute layer = stack[i];
            if (!IsEmbedding(layer))
            {
                continue;
            }

            if (i > 0)
            {
                issues.Add(new Issue(Rules.EmbeddingNotFirst, IssuePlace.OfAttribute(layer.Index), AttributeArguments.Strings(type.Name)));
                continue;
            }

            var arguments = new AttributeArguments(layer.Data, layer.Index, issues, cancellation);
            int? vocabularySize = arguments.PositionalSize("vocabularySize", Limits.Vocabulary);
            int? size = arguments.PositionalSize("size", Limits.Size);
            Initializer? initializer = arguments.Choice("Initializer", Initializer.Default);
            if (arguments.Share("Dropout") > 0)
            {
                arguments.Report(Rules.EmbeddingDropout, "Dropout", type.Name);
            }

            if (arguments.Flag("Residual") == true)
            {
                issues.Add(new Issue(Rules.NoLayerBefore, IssuePlace.OfAttribute(layer.Index), AttributeArguments.Strings(type.Name, "an embedding with Residual")));
            }

            bool? frozen = arguments.Flag("Frozen");
            embedding = vocabularySize is null || size is null || initializer is null || frozen is null
                ? null
                : new EmbeddingSpecification(vocabularySize.Value, size.Value, initializer.Value, frozen.Value);
        }

        return embedding;
    }

    private static LayerSpecification? ReadLayer(INamedTypeSymbol type, DeclaredAttribute layer, List<Issue> issues, CancellationToken cancellation)
    {
        var arguments = new AttributeArguments(layer.Data, layer.Index, issues, cancellation);
        switch (layer.Data.AttributeClass?.Name)
        {
            case "RnnAttribute":
                Activation? activation = arguments.Choice("Activation", Activation.Tanh);
                if (activation is { } other and not (Activation.Tanh or Activation.Relu))
                {
                    arguments.Report(Rules.RecurrentActivation, "Activation", other.ToString());
                }

                return Layer("rnn", arguments, "hiddenSize", activation);
            case "RecurrentAttribute" when layer.Data.AttributeClass is { TypeArguments.Length: 1 } generic:
                return CellReader.Read(type, arguments, generic.TypeArguments[0], issues) is not { } own ? null
                    : Layer(own, arguments, "hiddenSize", own.Definition.HasActivation ? arguments.Choice("Activation", Activation.Tanh) : Activation.Identity);
            case "DenseAttribute":
                return Layer("dense", arguments, "size", arguments.Choice("Activation", Activation.Identity));
            case ConvolutionReader.Attribute:
                return ConvolutionReader.Read(arguments, Layer("dense", arguments, "filters", arguments.Choice("Activation", Activation.Identity)));
            case { } name when DeclaredOps.OfAttribute(name) is { } op:
                return Op(op, arguments);
            case { } name when DeclaredAttributes.IsOurs(layer.Data.AttributeClass, name) && CellLibrary.FileOf(name) is { } file:
                return CellReader.Shipped(file, arguments) is { } shipped ? Layer(shipped, arguments, "hiddenSize", Activation.Identity) : null;
            case { } name when layer.Data.AttributeClass is { IsAbstract: false }:
                issues.Add(new Issue(Rules.UnknownLayer, IssuePlace.OfAttribute(layer.Index), AttributeArguments.Strings(name)));
                return null;
            default:
                return null;
        }
    }

    private static LayerSpecification? Op(DeclaredOp op, AttributeArguments arguments)
    {
        List<CellNumber> numbers = [];
        foreach (DeclaredNumber declared in op.Numbers)
        {
            if (arguments.NumberWithin(declared.Property, declared.Minimum, declared.Maximum, declared.Standard) is not { } value)
            {
                return null;
            }

            if (value != declared.Standard)
            {
                numbers.Add(new CellNumber(declared.Name, value));
            }
        }

        return arguments.Choice("Initializer", Initializer.Default) is not null && arguments.Share("Dropout") is { } share && arguments.Flag("Residual") is { } isResidual && arguments.Flag("Frozen") is { } isFrozen
            ? new LayerSpecification(new CellSource(op.Name, null, numbers.ToEquatableArray()), 0, Activation.Identity, Initializer.Default, Dropout: share, Residual: isResidual, Frozen: isFrozen)
            : null;
    }

    private static LayerSpecification? Layer(CellSource cell, AttributeArguments arguments, string sizeParameter, Activation? activation)
    {
        int? size = arguments.PositionalSize(sizeParameter, Limits.Size);
        Initializer? initializer = arguments.Choice("Initializer", Initializer.Default);
        bool? bidirectional = arguments.Flag("Bidirectional");
        double? dropout = arguments.Share("Dropout");
        bool? residual = arguments.Flag("Residual");
        bool? frozen = arguments.Flag("Frozen");
        double? recurrentDropout = arguments.Share("RecurrentDropout");
        return size is null || initializer is null || activation is null || bidirectional is null || dropout is null || residual is null || frozen is null || recurrentDropout is null
            || !CellReader.HasWholeHeads(cell, size.Value, sizeParameter, arguments)
            ? null
            : new LayerSpecification(cell, size.Value, activation.Value, initializer.Value, bidirectional.Value, dropout.Value, residual.Value, frozen.Value, recurrentDropout.Value);
    }
}
