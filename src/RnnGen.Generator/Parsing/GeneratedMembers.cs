using Microsoft.CodeAnalysis;

namespace RnnGen.Generator.Parsing;

/// <summary>The names that the generated part of a model declares, so that a declaration cannot take them.</summary>
internal static class GeneratedMembers
{
    /// <summary>Members of the model class. Private generated members begin with <c>_rnn</c> or <c>Rnn</c> and are not listed.</summary>
    public static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "ApplyGradients", "BatchSize", "Clone", "ComputeFreeRunningLoss", "ComputeGradients", "ComputeInputGradients", "ComputeIntegratedGradients", "ComputeLoss", "CopyParametersFrom", "Create", "CreateBatchState", "CreateState", "CreateStreams",
        "DropoutRates", "DropoutSeed", "DropoutStep", "EndToken", "Generate", "GenerateWithAttention", "GradientFlow", "OutputLength", "StartToken", "VectorWidth",
        "Evaluate", "Fit", "InputSize", "Layout", "Load", "LoadParameters", "Metadata", "OutputSize", "Pack", "ParameterCount", "Parameters",
        "Predict", "PredictBatch", "PredictClass", "PredictClasses", "PredictLabels", "PredictParameters", "PredictProbabilities", "PredictQuantiles", "Sample", "SamplingSeed", "SamplingStep", "Save", "ScheduledSampling", "SequenceLength", "SetParameters",
        "State", "Streams", "Summary", "Threads", "TrainStep",
    };

    // The folder of what a generator adds is its full name; a test holds the two equal.
    public const string GeneratorName = "RnnGen.Generator.RnnModelGenerator";

    /// <summary>Whether a syntax tree was added to the compilation by this generator, which the analyzer sees and the generator does not.</summary>
    public static bool IsGenerated(SyntaxTree tree) =>
        tree.FilePath.Split('/', '\\').Contains(GeneratorName, StringComparer.Ordinal);
}
