using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>
/// The generated text of a few models, reviewed once and held from then on: the main file of each, and the kernels of
/// one layer at one width. The others are written by the same code, and what they compute is tested by their numbers.
/// </summary>
public sealed class SnapshotTests
{
    [Fact]
    public void LstmManyToOne() => Snapshot.Verify(Generated("""
        namespace Forecasts;

        /// <summary>Next value from the last four.</summary>
        [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 8)]
        [Lstm(16)]
        public sealed partial class Forecaster;
        """, "RnnGen.Kernels.Lstm_1x16_Single_V256.g.cs"));

    [Fact]
    public void GruAndDenseManyToManyCrossEntropy() => Snapshot.Verify(Generated("""
        namespace Tagging;

        /// <summary>A class for each step.</summary>
        [RnnModel(Architecture.ManyToMany, InputSize = 3, SequenceLength = 3, OutputSize = 5, Loss = Loss.CrossEntropy, BatchSize = 4)]
        [Gru(8)]
        [Dense(6, Activation = Activation.Relu)]
        public sealed partial class Tagger;
        """));

    [Fact]
    public void RnnInDouble() => Snapshot.Verify(Generated("""
        /// <summary>A plain recurrent network in double precision.</summary>
        [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 2, Loss = Loss.Huber, Precision = Precision.Double, BatchSize = 4)]
        [Rnn(7)]
        public sealed partial class Plain;
        """));

    /// <param name="kernels">The kernel files that are held besides the main file.</param>
    private static IEnumerable<(string Name, string Text)> Generated(string source, params string[] kernels)
    {
        GeneratorRunResult result = Compiler.Generate(Compiler.Create(source)).Result;
        result.Exception.ShouldBeNull();
        kernels.ShouldBeSubsetOf(result.GeneratedSources.Select(file => file.HintName));
        return result.GeneratedSources
            .Where(file => file.HintName == MainFile(result) || kernels.Contains(file.HintName))
            .Select(file => (file.HintName, file.SourceText.ToString()));
    }

    private static string MainFile(GeneratorRunResult result) =>
        result.GeneratedSources.Single(file =>
            !file.HintName.StartsWith("RnnGen.Kernels.", StringComparison.Ordinal) && !file.HintName.EndsWith(Emitting.ModelEmitter.KernelsFile, StringComparison.Ordinal)).HintName;
}
