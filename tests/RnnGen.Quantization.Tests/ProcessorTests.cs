using System.Diagnostics;

namespace RnnGen.Quantization.Tests;

/// <summary>
/// Integer sums are equal on every processor, and outputs are equal on every processor at the same width: a child process prints a hash of each, with instruction sets switched off.
/// </summary>
public class ProcessorTests
{
    private static readonly Lazy<Dictionary<string, string>> s_here = new(() => Run());

    /// <summary>AVX-512 without AVX-VNNI, AVX2 without either: what differs is how four products are added up.</summary>
    [Theory]
    [InlineData("EnableAVXVNNI")]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVX512", "EnableAVXVNNI")]
    public void Outputs_are_equal_at_the_same_width(params string[] off)
    {
        Dictionary<string, string> found = Run(off);
        foreach ((string what, string hash) in found)
            hash.ShouldBe(s_here.Value[what], $"{what} without {string.Join(", ", off)}");
        found.Keys.ShouldContain("V128");
    }

    /// <summary>Without fused multiply-add the functions round otherwise; sums do not.</summary>
    [Theory]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public void Sums_are_equal_with_128_bits_and_without_vectors(params string[] off)
    {
        Dictionary<string, string> found = Run(off);
        found.Keys.ShouldBe(["sums", "codes", "V128"]);
        found["sums"].ShouldBe(s_here.Value["sums"]);
        found["codes"].ShouldBe(s_here.Value["codes"]);
    }

    [Fact]
    public void Sums_of_the_greatest_products_do_not_saturate() => Program.CheckSums();

    /// <summary>Functions differ between widths in the last bits, and codes that fall to the other side move a step by up to a part in 127; contracting states do not add that up.</summary>
    [Fact]
    public void Widths_stay_together_over_10_000_steps()
    {
        float[][] outputs = [.. Twins.Widths.Select(width => Program.Walk(new Stack33Int8(1).At(width), 10_000))];
        foreach (float[] other in outputs[1..])
            Twins.Distance(outputs[0], other).ShouldBeLessThan(0.02f);
        outputs = [.. Twins.Widths.Select(width => Program.Walk(new Stack33BFloat16(1).At(width), 10_000))];
        foreach (float[] other in outputs[1..])
            Twins.Distance(outputs[0], other).ShouldBeLessThan(1e-4f);
    }

    private static Dictionary<string, string> Run(params string[] off)
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(Program).Assembly.Location]) { RedirectStandardOutput = true };
        foreach (string set in off)
            start.Environment[$"DOTNET_{set}"] = "0";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(line => line[0], line => line[1]);
    }
}
