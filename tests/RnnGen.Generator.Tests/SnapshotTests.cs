using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>The generated text of a few models, reviewed once and held from then on.</summary>
public sealed class SnapshotTests
{
    [Fact]
    public void LstmManyToOne() => Snapshot.Verify(Generated("""
        namespace Forecasts;

        /// <summary>Next value from the last four.</summary>
        [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 4, OutputSize = 1, BatchSize = 8)]
        [Lstm(16)]
        public sealed partial class Forecaster;
        """));

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

    private static IEnumerable<(string Name, string Text)> Generated(string source)
    {
        GeneratorRunResult result = Compiler.Generate(Compiler.Create(source)).Result;
        result.Exception.ShouldBeNull();
        result.GeneratedSources.ShouldNotBeEmpty();
        return result.GeneratedSources.Select(file => (file.HintName, file.SourceText.ToString()));
    }
}
