using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace RnnGen.Generator.Common;

/// <summary>Every rule that a declaration can break; each has a page in <c>docs/diagnostics</c>.</summary>
internal static class Rules
{
    private const string Category = "RnnGen";

    /// <summary>The rules of this class and of <see cref="Advice"/>, in the order of their ids.</summary>
    public static IEnumerable<DiagnosticDescriptor> All => new[] { typeof(Rules), typeof(Advice) }
        .SelectMany(static rules => rules.GetFields()).Select(static rule => rule.GetValue(null)).OfType<DiagnosticDescriptor>().OrderBy(static rule => rule.Id, StringComparer.Ordinal);

    public static readonly DiagnosticDescriptor NotPartial = new(
        "RNN001",
        "A model class must be partial",
        "The model '{0}' is not partial, so its code cannot be generated; add the 'partial' modifier",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN001"));

    public static readonly DiagnosticDescriptor UnsupportedKind = new(
        "RNN002",
        "A model must be an ordinary class",
        "The model '{0}' is {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN002"));

    public static readonly DiagnosticDescriptor ContainingType = new(
        "RNN003",
        "A type around a model must be partial and not generic",
        "The model '{0}' is nested in '{1}', which is {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN003"));

    public static readonly DiagnosticDescriptor MemberCollision = new(
        "RNN004",
        "A name conflicts with the generated code",
        "The name '{0}' conflicts with a generated member of the model '{1}'; choose another name",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN004"));

    public static readonly DiagnosticDescriptor Constructor = new(
        "RNN005",
        "A model needs its generated constructor",
        "The model '{0}' {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN005"));

    public static readonly DiagnosticDescriptor BaseClass = new(
        "RNN006",
        "A model cannot have this base class",
        "The base class '{0}' of the model '{1}' {2}; {3}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN006"));

    public static readonly DiagnosticDescriptor NoRecurrentLayer = new(
        "RNN007",
        "A model needs a recurrent layer",
        "The model '{0}' has {1}; add [Lstm(size)], [Gru(size)] or [Rnn(size)]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN007"));

    public static readonly DiagnosticDescriptor NoModel = new(
        "RNN008",
        "A layer or a loss needs a model",
        "The class '{0}' declares {1} but no model; add [RnnModel(...)] above it, or remove it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN008"));

    public static readonly DiagnosticDescriptor ScatteredLayers = new(
        "RNN009",
        "The layers of a model belong on one part of the class",
        "This layer of the model '{0}' is on another part of the class than [RnnModel], so the order of the layers is undefined; move it to the part with [RnnModel]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN009"));

    public static readonly DiagnosticDescriptor SecondModel = new(
        "RNN010",
        "A class declares one model",
        "The class '{0}' declares more than one model; keep one [RnnModel] and give the other model a class of its own",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN010"));

    public static readonly DiagnosticDescriptor MissingSize = new(
        "RNN011",
        "A required size is missing",
        "The model '{0}' has no {1}; add '{1} = ...' to [RnnModel], from 1 to {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN011"));

    public static readonly DiagnosticDescriptor SizeOutOfRange = new(
        "RNN012",
        "A size is out of range",
        "{0} is {1}; give a value from 1 to {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN012"));

    public static readonly DiagnosticDescriptor TooLarge = new(
        "RNN013",
        "The model is too large",
        "The model '{0}' needs {1} {2}, and the limit is {3}; lower {4}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN013"));

    public static readonly DiagnosticDescriptor UndefinedChoice = new(
        "RNN014",
        "The value is not one of the choices",
        "{0} is {1}, which is not one of its values; use {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN014"));

    public static readonly DiagnosticDescriptor RecurrentActivation = new(
        "RNN015",
        "A plain recurrent layer is tanh or ReLU",
        "A plain recurrent layer cannot have the activation {0}; use Activation.Tanh or Activation.Relu",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN015"));

    public static readonly DiagnosticDescriptor LossNeedsLogits = new(
        "RNN016",
        "A loss with links of its own needs plain outputs",
        "{0} applies its own {1}, so the output layer must output {2}; remove 'OutputActivation = Activation.{3}'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN016"));

    public static readonly DiagnosticDescriptor SingleClass = new(
        "RNN017",
        "Cross-entropy needs at least two classes",
        "{0} over a single class is always 0; set OutputSize to the number of classes, or use Loss.BinaryCrossEntropy for a yes or no",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN017"));

    public static readonly DiagnosticDescriptor UnknownLayer = new(
        "RNN018",
        "RnnGen does not know the layer",
        "'{0}' is not a layer that RnnGen can compile; use [Embedding], [Rnn], [Lstm], [Gru] or [Dense]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN018"));

    public static readonly DiagnosticDescriptor LanguageVersion = new(
        "RNN019",
        "The language version is too old",
        "The code of the model '{0}' needs C# 12 or later, and this project uses C# {1}; set LangVersion to 12 or 'latest', or remove it from the project",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN019"));

    public static readonly DiagnosticDescriptor TooLong = new(
        "RNN020",
        "The unrolled code is too long",
        "The model '{0}' unrolls to about {1} lines of code, and the limit is {2}; lower SequenceLength or declare fewer layers",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN020"));

    public static readonly DiagnosticDescriptor EmbeddingNotFirst = new(
        "RNN021",
        "An embedding must be the first layer",
        "This embedding of the model '{0}' comes after another layer, whose outputs are not tokens; make it the first layer or remove it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN021"));

    public static readonly DiagnosticDescriptor TokensHaveNoFeatures = new(
        "RNN022",
        "A model with an embedding reads one token per step",
        "The model '{0}' reads one token per step through its embedding, so InputSize cannot be {1}; remove InputSize",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN022"));

    public static readonly DiagnosticDescriptor PoolingNeedsOneOutput = new(
        "RNN023",
        "Pooling is for many-to-one models",
        "The model '{0}' is {1} and has an output at every step, but pooling leaves one; remove Pooling or make the model ManyToOne",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN023"));

    public static readonly DiagnosticDescriptor NothingIsDecoded = new(
        "RNN024",
        "Only a model that decodes has a decoder",
        "The model '{0}' has {1}, and a {2} model decodes nothing; remove it, or make the model EncoderDecoder or OneToMany",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN024"));

    public static readonly DiagnosticDescriptor NoDecoder = new(
        "RNN025",
        "An encoder-decoder model has two stacks",
        "The model '{0}' is EncoderDecoder and has one stack of layers; put [Decoder] between the layers that read and the layers that write",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN025"));

    public static readonly DiagnosticDescriptor FedBack = new(
        "RNN026",
        "A decoder must be able to read its own outputs",
        "The model '{0}' {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN026"));

    public static readonly DiagnosticDescriptor DecoderLooksAhead = new(
        "RNN027",
        "A decoder cannot look ahead",
        "This layer of the decoder of the model '{0}' is bidirectional, and the steps after the current one are not yet decoded; remove 'Bidirectional', or move the layer before [Decoder]",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN027"));

    public static readonly DiagnosticDescriptor OneVectorHasNoSteps = new(
        "RNN028",
        "A one-to-many model reads one vector",
        "This layer of the model '{0}' comes before [Decoder], where a one-to-many model has one vector and no steps; use [Dense] there, or make the model EncoderDecoder",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN028"));

    public static readonly DiagnosticDescriptor NothingToAttendTo = new(
        "RNN029",
        "Attention needs an encoder",
        "The model '{0}' is OneToMany, so its decoder has no encoder steps to attend to; remove 'Attention', or make the model EncoderDecoder",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN029"));

    public static readonly DiagnosticDescriptor TokenOutOfRange = new(
        "RNN030",
        "A token is outside the vocabulary",
        "{0} is {1}; give a token from 0 to {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN030"));

    public static readonly DiagnosticDescriptor ShareOutOfRange = new(
        "RNN031",
        "A share is out of range",
        "{0} is {1}; give a value from 0 to below 1",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN031"));

    public static readonly DiagnosticDescriptor EmbeddingDropout = new(
        "RNN032",
        "An embedding has no dropout",
        "The embedding of the model '{0}' has Dropout, but its inputs are tokens, which cannot be dropped; put 'Dropout' on the layer after it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN032"));

    public static readonly DiagnosticDescriptor CtcNeedsSteps = new(
        "RNN033",
        "CTC needs an output at every step",
        "The model '{0}' is {1}, but Loss.{2} needs an output at every input step; make the model ManyToMany, or choose another loss",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN033"));

    public static readonly DiagnosticDescriptor TooManyLabels = new(
        "RNN034",
        "CTC needs a step for each label",
        "The model '{0}' allows {1} labels (LabelLength) in a sequence of {2} steps, but each label needs a step; lower LabelLength, or raise SequenceLength",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN034"));

    public static readonly DiagnosticDescriptor NothingStartsThere = new(
        "RNN035",
        "A one-to-many model has no initial state to choose",
        "The model '{0}' is OneToMany: its states start from its input, so there is no initial state to learn; remove 'InitialState'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN035"));

    public static readonly DiagnosticDescriptor NoLayerBefore = new(
        "RNN036",
        "There is no layer before",
        "The model '{0}' begins a stack with {1}, which needs the outputs of a layer before it; put a layer in front, or remove it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN036"));

    public static readonly DiagnosticDescriptor ResidualSize = new(
        "RNN037",
        "Inputs and outputs differ in size",
        "The model '{0}' adds a layer's {1} inputs to its {2} outputs (Residual); make the two sizes equal, or remove 'Residual'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN037"));

    public static readonly DiagnosticDescriptor NothingToTie = new(
        "RNN038",
        "Embedding and output layer cannot be tied",
        "The model '{0}' {1}; fix that, or remove 'TiedEmbedding'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN038"));

    public static readonly DiagnosticDescriptor NothingToMask = new(
        "RNN039",
        "Targets cannot be masked",
        "The model '{0}' {1}; remove 'MaskedTargets'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN039"));

    public static readonly DiagnosticDescriptor NoRecomputation = new(
        "RNN040",
        "RecomputeEvery does not fit the model",
        "The model '{0}' {1}; {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN040"));

    public static readonly DiagnosticDescriptor NoEffect = new(
        "RNN041",
        "A property has no effect",
        "'{0}' has no effect in the model '{1}': {2}; remove it",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN041"));

    public static readonly DiagnosticDescriptor NumberOutOfRange = new(
        "RNN042",
        "A number is out of range",
        "{0} is {1}; give {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN042"));

    public static readonly DiagnosticDescriptor ReducedDouble = new(
        "RNN043",
        "Double precision with weights of fewer bits",
        "The model '{0}' computes in double precision, and PredictionWeights = WeightFormat.{1} would round its weights far below that; remove 'PredictionWeights', or use Precision.Single",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN043"));

    public static readonly DiagnosticDescriptor NoWeights = new(
        "RNN045",
        "The weights file does not exist",
        "The model '{0}' takes its weights from '{1}', which is not a file of the project; put it there, relative to the project's folder, or name it in the project: <RnnWeights Include=\"{1}\" />",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN045"));

    public static readonly DiagnosticDescriptor WeightsNotRead = new(
        "RNN046",
        "A weights file cannot be loaded",
        "'{0}' is not a safetensors file that can be loaded: {1}; save it again",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN046"));

    public static readonly DiagnosticDescriptor OtherWeights = new(
        "RNN047",
        "A weights file belongs to another model",
        "'{1}' does not hold the parameters of the model '{0}': {2}; train the model as it is declared, or declare it as it was trained",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN047"));

    public static readonly DiagnosticDescriptor Failure = new(
        "RNN048",
        "RnnGen failed on a declaration",
        "RnnGen failed on '{0}' and generated no code for it: {1}; this is a bug in RnnGen, so please report it with the declaration",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN048"));

    public static readonly DiagnosticDescriptor EquationSyntax = new(
        "RNN050",
        "Equations cannot be read",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN050"));

    public static readonly DiagnosticDescriptor EquationUnknownName = new(
        "RNN051",
        "An equation uses an unknown name",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN051"));

    public static readonly DiagnosticDescriptor EquationShape = new(
        "RNN052",
        "Values in equations do not fit together",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN052"));

    public static readonly DiagnosticDescriptor EquationUnused = new(
        "RNN053",
        "Something in equations is not used",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN053"));

    public static readonly DiagnosticDescriptor EquationNoNextValue = new(
        "RNN054",
        "A state has no next value",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN054"));

    public static readonly DiagnosticDescriptor EquationCycle = new(
        "RNN055",
        "A value depends on itself within the step",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN055"));

    public static readonly DiagnosticDescriptor EquationNoDerivative = new(
        "RNN056",
        "A derivative does not exist",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN056"));

    public static readonly DiagnosticDescriptor EquationName = new(
        "RNN057",
        "A name is already in use",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN057"));

    public static readonly DiagnosticDescriptor EquationNotCompiled = new(
        "RNN058",
        "Equations cannot be compiled",
        "The {0} '{1}': {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN058"));

    public static readonly DiagnosticDescriptor NoCell = new(
        "RNN059",
        "A layer has no cell",
        "The model '{0}' has a layer [Recurrent<{1}>], but '{1}' {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN059"));

    public static readonly DiagnosticDescriptor NoLoss = new(
        "RNN070",
        "A loss has no equations",
        "The model '{0}' has [Loss<{1}>], but '{1}' {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN070"));

    public static readonly DiagnosticDescriptor SecondLoss = new(
        "RNN071",
        "A model has one loss",
        "The model '{0}' has {1}; keep one of them",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN071"));

    public static readonly DiagnosticDescriptor NoInputGradients = new(
        "RNN078",
        "A decoder has no gradients with respect to the input",
        "The model '{0}' decodes: each output also depends on the outputs before it, which it reads back, and no gradient flows through these; remove 'InputGradients', or make the model ManyToOne or ManyToMany",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN078"));

    public static readonly DiagnosticDescriptor NothingToSkip = new(
        "RNN080",
        "Inputs cannot be added to outputs",
        "The model '{0}' {1}; fix that, or remove 'OutputSkip'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN080"));

    public static readonly DiagnosticDescriptor ConvolutionDoesNotFit = new(
        "RNN081",
        "A convolution does not fit its sequences",
        "The model '{0}' has a [Conv1D] that {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN081"));

    public static readonly DiagnosticDescriptor InputNotPossible = new(
        "RNN090",
        "An input cannot be declared so",
        "The model '{0}' has the input '{1}', {2}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN090"));

    public static readonly DiagnosticDescriptor CellPhases = new(
        "RNN065",
        "A cell runs in several phases",
        "The cell '{0}' runs in {1} phases a step, and in {2} in the backward pass, instead of one fused tile, because {3}",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN065"));
}
