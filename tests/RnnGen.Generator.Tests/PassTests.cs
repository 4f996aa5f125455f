using System.Text;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Ops;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>What each pass of the compiler makes of two models, as text: the places of all that is kept, and every call of every schedule.</summary>
public sealed class PassTests
{
    [Fact]
    public void Stack() => Snapshot.Verify(Passes("""
        [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 2, OutputSize = 1, BatchSize = 4, Pooling = Pooling.Mean)]
        [Lstm(3)]
        [LayerNorm]
        [Gru(3, Residual = true, Dropout = 0.1)]
        public sealed partial class M;
        """));

    [Fact]
    public void Decoder() => Snapshot.Verify(Passes("""
        [RnnModel(Architecture.EncoderDecoder, SequenceLength = 2, OutputLength = 2, OutputSize = 5, BatchSize = 2, Loss = Loss.CrossEntropy)]
        [Embedding(7, 3)]
        [Gru(3, Bidirectional = true)]
        [Decoder(Attention = Attention.Additive)]
        [Embedding(5, 3)]
        [Gru(4)]
        public sealed partial class M;
        """));

    /// <summary>Every pass is told, in the order of the page.</summary>
    [Fact]
    public void PassesAreToldInOrder()
    {
        List<string> passes = [];
        ModelPlanner.Plan(Specification("[RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 2, OutputSize = 1), Lstm(3)] public sealed partial class M;"), (pass, _) => passes.Add(pass));
        passes.ShouldBe(["tables", "flow", "training memory", "training schedule", "prediction", "memory"]);
    }

    private static IEnumerable<(string Name, string Text)> Passes(string source)
    {
        StringBuilder text = new();
        ModelPlanner.Plan(Specification(source), (pass, print) => text.Append(text.Length == 0 ? "" : "\n").Append("# ").Append(pass).Append('\n').Append(print()));
        return [("passes.txt", text.ToString())];
    }

    private static ModelSpecification Specification(string source) => Compiler.Parse(source).Specification.ShouldNotBeNull();
}
