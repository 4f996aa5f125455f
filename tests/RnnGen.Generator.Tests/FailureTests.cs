using Microsoft.CodeAnalysis;
using RnnGen.Generator.Common;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>An exception in a stage of one model's generation stays with that model, and is reported at its declaration.</summary>
[Collection(nameof(Stages))]
public sealed class FailureTests : IDisposable
{
    // The kernels of the faulty model's layer are its own.
    private const string Source = """
        [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 1)]
        [Gru(5)]
        public sealed partial class Sound;

        [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 1)]
        [Gru(61)]
        public sealed partial class FaultyModel;
        """;

    public void Dispose() => Stages.Entered = null;

    [Theory]
    [InlineData("Parsing", "FaultyModel")]
    [InlineData("Planning", "FaultyModel")]
    [InlineData("Emitting", "FaultyModel")]
    [InlineData("Kernels", "Gru_2x61_Single_V256")]
    public void AnExceptionLeavesTheOthersAlone(string stage, string subject)
    {
        Fail(stage, subject, () => new InvalidOperationException("no way\nout."));
        (Compilation output, GeneratorRunResult result) = Compiler.Generate(Compiler.Create(Source));
        result.Exception.ShouldBeNull();
        result.GeneratedSources.Select(s => s.HintName).Where(n => !n.StartsWith("RnnGen.Kernels.", StringComparison.Ordinal)).ShouldBe(["Sound.g.cs", "Sound-Kernels.g.cs"]);

        Diagnostic told = Compiler.All(output).Where(d => d.Severity == DiagnosticSeverity.Error).ShouldHaveSingleItem();
        told.Id.ShouldBe("RNN048");
        told.Location.SourceTree!.ToString().Substring(told.Location.SourceSpan.Start, told.Location.SourceSpan.Length).ShouldBe("FaultyModel");
        told.GetMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldStartWith("RnnGen failed on 'FaultyModel' and generated no code for it: InvalidOperationException in ");
        told.GetMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldEndWith(", no way out; this is a bug in RnnGen, so please report it with the declaration");
    }

    [Fact]
    public void AFailureThatIsGoneLeavesNothingBehind()
    {
        Fail("Kernels", "Gru_2x61_Single_V256", () => new InvalidOperationException());
        Compiler.Generate(Compiler.Create(Source)).Result.GeneratedSources.Length.ShouldBe(2 + 3 * 3 + 2);
        Stages.Entered = null;
        Compiler.Compile(Source);
    }

    /// <summary>The editor cancels what it no longer needs; that is no failure.</summary>
    [Theory]
    [InlineData("Parsing")]
    [InlineData("Planning")]
    [InlineData("Emitting")]
    public void ACancellationPasses(string stage)
    {
        using CancellationTokenSource cancelled = new();
        Fail(stage, "FaultyModel", () =>
        {
            cancelled.Cancel();
            return new OperationCanceledException(cancelled.Token);
        });
        Should.Throw<OperationCanceledException>(() => Compiler.Driver().RunGenerators(Compiler.Create(Source), cancelled.Token));
    }

    /// <summary>Equations are read at the class that has them, too.</summary>
    [Fact]
    public void AFailureIsReportedOnceForEachDeclaration()
    {
        Fail("Parsing", "", () => new NotSupportedException("nothing"));
        Diagnostic[] told = [.. Compiler.Analyze(Compiler.Create(Source.Replace("Sound", "FaultyTwin", StringComparison.Ordinal)))];
        told.Select(d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Split('\'')[1]).ShouldBe(["FaultyTwin", "FaultyModel"]);
        told.ShouldAllBe(d => d.Id == "RNN048");
    }

    // Other tests run at the same time, on other names.
    private static void Fail(string stage, string subject, Func<Exception> exception) => Stages.Entered = (entered, of) =>
    {
        if (entered.ToString() == stage && (of == subject || (subject.Length == 0 && of.StartsWith("Faulty", StringComparison.Ordinal))))
        {
            throw exception();
        }
    };
}
