using Microsoft.CodeAnalysis;

namespace RnnGen.Generator.Common;

/// <summary>Suggestions for declarations that compile, of severity Info; none of them stops a build.</summary>
internal static class Advice
{
    private const string Category = "RnnGen";

    public static readonly DiagnosticDescriptor VanishingGradient = new(
        "RNN060",
        "Gradients vanish over long sequences",
        "The plain recurrent layer of the model '{0}' passes gradients back through {1} steps, over which they vanish or explode; use [Lstm] or [Gru], which carry them further",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN060"));

    public static readonly DiagnosticDescriptor IdleLanes = new(
        "RNN061",
        "A hidden size leaves vector lanes idle",
        "A hidden size of {0} is computed as {1}, in blocks of {2}; {1} units take the same time, and {3} take less",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN061"));

    public static readonly DiagnosticDescriptor SmallBatch = new(
        "RNN062",
        "A training batch is smaller than a tile",
        "The model '{0}' trains on groups of {1} (BatchSize), and its kernels compute {2} sequences in about the time of one; raise BatchSize, or remove it",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN062"));

    public static readonly DiagnosticDescriptor DropoutOfOnlyInput = new(
        "RNN063",
        "Dropout of the only input",
        "The first layer of the model '{0}' reads one number per step, so its dropout leaves a share of {1} of the sequences without any input; put 'Dropout' on a later layer, or use 'RecurrentDropout'",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN063"));

    public static readonly DiagnosticDescriptor FastDouble = new(
        "RNN064",
        "Double precision with coarse functions",
        "The model '{0}' computes in double precision and predicts with Accuracy.Fast, whose functions are off by up to 6.5e-5; remove 'Accuracy', or use Precision.Single",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN064"));

    public static readonly DiagnosticDescriptor UnreadLayer = new(
        "RNN066",
        "Nothing reads a layer of the encoder",
        "The decoder of the model '{0}' starts from the encoder's layers below this one and reads nothing else of the encoder, so this layer learns nothing; remove it, or let the decoder attend",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN066"));

    public static readonly DiagnosticDescriptor MissedDeadline = new(
        "RNN069",
        "A step takes longer than its deadline",
        "{1} of the model '{0}' is estimated at {2} µs, more than its Deadline of {3} µs: the longer of {4} operations at {5} per microsecond and {6} bytes of weights at {7} per microsecond, the speed of one core of a small machine; declare fewer units or layers, or measure it on the target machine",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: HelpPages.Of("RNN069"));
}
