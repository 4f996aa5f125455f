using System.Diagnostics;
using Microsoft.CodeAnalysis;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Cells;

/// <summary>Deep sharing, long chains and long sums: the generator's time and text grow with the equations, and nothing overflows the stack of a small thread.</summary>
public sealed class CellBoundsTests
{
    // Of a thread of the compiler on Windows.
    private const int SmallStack = 1 << 20;

    private static readonly (string Name, string Text, int Megabytes)[] s_cells =
    [
        ("16 steps of Euler's method", Chain("t0 = h\nw = tanh(W x + U h)", 16, i => $"t{i - 1} + 0.1 * (tanh(w - t{i - 1}) - t{i - 1} * w)"), 1),
        ("40 squarings", Chain("t0 = tanh(W x + U h)", 40, i => $"t{i - 1} * t{i - 1}") + " + tanh(W_t0 x)", 1),
        ("2,500 lines", Chain("t0 = tanh(W x + U h)", 2500, i => $"t{i - 1} * 0.5 + h"), 4),
        ("a sum of 20,000 terms", "h' = tanh(W x + U h)" + string.Concat(Enumerable.Repeat(" + 0.1 * h", 20_000)), 16),
        ("a product of 20,000 factors", "h' = tanh(W x + U h)" + string.Concat(Enumerable.Repeat(" * h", 20_000)), 16),
    ];

    [Fact]
    public void TimeAndTextAreBounded()
    {
        foreach ((string name, string text, int megabytes) in s_cells)
        {
            (TimeSpan time, GeneratorRunResult result) = Generate(text);
            result.Exception.ShouldBeNull(name);
            result.GeneratedSources.ShouldNotBeEmpty(name);
            result.GeneratedSources.Max(s => s.SourceText.Length).ShouldBeLessThan(megabytes << 20, name);
            time.ShouldBeLessThan(TimeSpan.FromSeconds(60), name);
        }
    }

    /// <summary>What is nested too deep is told, and not read.</summary>
    [Theory]
    [InlineData("(", "h", ")")]
    [InlineData("-", "h", "")]
    [InlineData("U ", "h", "")]
    [InlineData("tanh(", "h", ")")]
    [InlineData("select(h > ", "h", ", h, h)")]
    public void NestingIsBounded(string before, string middle, string after)
    {
        string text = "h' = tanh(W x + U h + " + string.Concat(Enumerable.Repeat(before, 20_000)) + middle + string.Concat(Enumerable.Repeat(after, 20_000)) + ")";
        Generate(text).Result.GeneratedSources.ShouldBeEmpty();
        Compiler.Analyze(Compiler.Create(Source(text))).ShouldHaveSingleItem().GetMessage(System.Globalization.CultureInfo.InvariantCulture).ShouldContain("100 deep");
    }

    private static string Chain(string first, int lines, Func<int, string> line) =>
        string.Join("\n", Enumerable.Range(1, lines).Select(i => $"t{i} = {line(i)}").Prepend(first)) + $"\nh' = t{lines}";

    private static (TimeSpan Time, GeneratorRunResult Result) Generate(string cell)
    {
        Stopwatch watch = Stopwatch.StartNew();
        GeneratorRunResult result = default;
        Thread thread = new(() => result = Compiler.Generate(Compiler.Create(Source(cell))).Result, SmallStack);
        thread.Start();
        thread.Join();
        return (watch.Elapsed, result);
    }

    private static string Source(string cell) => $""""
        [Cell("""
        {cell}
        """)]
        public sealed class C : ICell;
        [RnnModel(Architecture.ManyToOne, InputSize = 3, SequenceLength = 2, OutputSize = 2)]
        [Recurrent<C>(4)]
        public sealed partial class M;
        """";
}
