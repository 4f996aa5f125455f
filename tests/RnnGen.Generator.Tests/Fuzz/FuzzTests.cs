using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Tests.Harness;
using Xunit.Abstractions;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>
/// Never wrong, never crashing: each random declaration that the compiler itself accepts either compiles clean at warning level 9999, with
/// the generated code, or has an error RNN0xx and no generated code; and neither generator nor analyzer throws for any.
/// </summary>
/// <remarks>
/// <c>RNNGEN_FUZZ=20000 dotnet test -c Release tests/RnnGen.Generator.Tests --filter FullyQualifiedName~FuzzTests --logger "console;verbosity=detailed"</c>
/// runs this number. <c>RNNGEN_FUZZ_SEED</c> chooses others, <c>RNNGEN_FUZZ_FIRST</c> the declaration to begin with (a failure names both), and
/// <c>RNNGEN_FUZZ_LOG</c> a file in which the counts are kept up to date. The compiler binds every model's file, and each kernel once.
/// </remarks>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int PerCompilation = 8;

    private static readonly string[] Cultures = ["", "tr-TR", "de-DE", "ar-SA", "fa-IR", "az-Latn-AZ"];

    /// <summary>What the generator and the analyzer may take for the declarations of one compilation: far above what they do take, and far below what a runaway does.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private const long MemoryLimit = 1L << 30;

    private static int Count => Settings.Of("RNNGEN_FUZZ", 40);

    private static int Seed => Settings.Of("RNNGEN_FUZZ_SEED", 1);

    private static int First => Settings.Of("RNNGEN_FUZZ_FIRST", 0) / PerCompilation * PerCompilation;

    private readonly HashSet<string> _kernels = new(StringComparer.Ordinal);

    private int _accepted, _rejected, _uncompilable, _torn, _bound;
    private TimeSpan _longest;
    private long _largest;

    [Fact]
    public void EveryDeclarationCompilesOrIsRejected()
    {
        var failures = new List<string>();
        for (int first = First; first < First + Count && failures.Count < 20; first += PerCompilation)
        {
            var random = new Random(Seed * 1_000_003 + first);
            var declarations = new RandomDeclaration(random);
            string[] texts = [.. Enumerable.Range(first, PerCompilation).Select(declarations.Next)];
            InCulture(random, () =>
            {
                CSharpCompilation compilation = Compilation(random, texts, first);
                Check(compilation, first, failures);
            });

            // Each on its own: what is torn does not stay in its file.
            foreach (string text in texts.Take(PerCompilation / 4))
            {
                CSharpCompilation compilation = Compilation(random, [declarations.Torn(text)], first);
                CheckTorn(compilation, first, failures);
            }

            Settings.Log($"{Counts()} Up to declaration {first + PerCompilation} of seed {Seed}.\n{string.Join("\n\n", failures)}\n");
        }

        output.WriteLine(Counts());
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        _bound.ShouldBeGreaterThan(0);
        _accepted.ShouldBeGreaterThan(Count / 4);
        _rejected.ShouldBeGreaterThan(Count / 10);
    }

    private string Counts() =>
        $"{_accepted + _rejected + _uncompilable} declarations: {_accepted} accepted, {_rejected} rejected with RNN0xx, {_uncompilable} do not compile without RnnGen either; {_torn} half-typed; {_bound} models compiled clean, with {_kernels.Count} kernels; "
        + string.Create(CultureInfo.InvariantCulture, $"at most {_longest.TotalSeconds:F1} s and {_largest >> 20} MiB to generate and analyse {PerCompilation}.");

    private void Check(CSharpCompilation compilation, int first, List<string> failures)
    {
        // A parameter of a primary constructor that nobody reads, and a type parameter that hides another, are the author's own fault, with RnnGen or without.
        HashSet<SyntaxTree> broken = [.. compilation.GetDiagnostics().Where(diagnostic => IsError(diagnostic) || diagnostic.Id is "CS9113" or "CS0693").Select(diagnostic => diagnostic.Location.SourceTree!)];
        // Half of them find the files of weights that they name.
        AdditionalText[] weights = first / PerCompilation % 2 == 0 ? [] : [.. WeightsFiles.Fitting(compilation)];
        var watch = Stopwatch.StartNew();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        (Compilation whole, GeneratorRunResult result) = Compiler.Generate(compilation, weights);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (result.Exception is { } thrown)
        {
            failures.Add($"Seed {Seed}, declaration {first} on: the generator threw {thrown}\n{string.Join("\n", compilation.SyntaxTrees)}");
            return;
        }

        Diagnostic[] analysed = [.. Compiler.Analyze(compilation, weights)];
        Bound(watch.Elapsed, allocated, compilation, first, failures);
        Diagnostic[] found = [.. analysed, .. CompilersWord(whole)];
        ILookup<SyntaxTree?, Diagnostic> faults = found.Where(diagnostic => diagnostic.Id.StartsWith("RNN", StringComparison.Ordinal) && diagnostic.DefaultSeverity == DiagnosticSeverity.Error).ToLookup(diagnostic => diagnostic.Location.SourceTree);
        string[] generated = [.. result.GeneratedSources.Select(file => file.HintName)];
        for (int i = 0; i < compilation.SyntaxTrees.Length; i++)
        {
            SyntaxTree tree = compilation.SyntaxTrees[i];
            string prefix = $"Fuzz{(first + i).ToString(CultureInfo.InvariantCulture)}.";
            bool isGenerated = generated.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));
            bool isModel = !tree.ToString().Contains("System.Obsolete", StringComparison.Ordinal);
            if (broken.Contains(tree))
            {
                _uncompilable++;
            }
            else if (faults[tree].Any())
            {
                _rejected++;
                Expect(!isGenerated, "has an issue and generated code", tree, faults[tree]);
            }
            else
            {
                _accepted++;
                Expect(isGenerated || !isModel, "has neither an issue nor generated code", tree, []);
            }
        }

        foreach (Diagnostic diagnostic in found.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.Id.StartsWith("RNN", StringComparison.Ordinal)))
        {
            // A file that does not compile by itself may have generated code that does not either.
            SyntaxTree? tree = diagnostic.Location.SourceTree;
            int owner = Enumerable.Range(0, compilation.SyntaxTrees.Length)
                .FirstOrDefault(i => tree == compilation.SyntaxTrees[i] || tree is not null && Path.GetFileName(tree.FilePath).StartsWith($"Fuzz{(first + i).ToString(CultureInfo.InvariantCulture)}.", StringComparison.Ordinal), -1);
            if (owner < 0 || !broken.Contains(compilation.SyntaxTrees[owner]))
            {
                Expect(false, diagnostic.ToString(), owner < 0 ? tree! : compilation.SyntaxTrees[owner], [diagnostic]);
            }
        }

        _bound += generated.Count(name => name.StartsWith("Fuzz", StringComparison.Ordinal));

        void Expect(bool holds, string what, SyntaxTree tree, IEnumerable<Diagnostic> diagnostics)
        {
            if (!holds)
            {
                string text = tree.ToString();
                failures.Add($"Seed {Seed}, declaration {first} on: {what} ({compilation.LanguageVersion}, {string.Join("; ", diagnostics)})\n{text[..Math.Min(text.Length, 2000)]}");
            }
        }
    }

    private void Bound(TimeSpan taken, long allocated, CSharpCompilation compilation, int first, List<string> failures)
    {
        (_longest, _largest) = (taken > _longest ? taken : _longest, Math.Max(_largest, allocated));
        if (taken > TimeLimit || allocated > MemoryLimit)
        {
            failures.Add($"Seed {Seed}, declaration {first} on: {taken} and {allocated} bytes to generate and analyse\n{string.Join("\n", compilation.SyntaxTrees)}");
        }
    }

    /// <summary>What the compiler says of each file once it has bound it; of the kernels, which models share, once for each text.</summary>
    private IEnumerable<Diagnostic> CompilersWord(Compilation whole)
    {
        foreach (SyntaxTree tree in whole.SyntaxTrees)
        {
            bool isKernel = Path.GetFileName(tree.FilePath).StartsWith("RnnGen.Kernels.", StringComparison.Ordinal);
            if (!isKernel || _kernels.Add(Convert.ToHexString(tree.GetText().GetChecksum().AsSpan())))
            {
                foreach (Diagnostic diagnostic in whole.GetSemanticModel(tree).GetDiagnostics())
                {
                    yield return diagnostic;
                }
            }
        }
    }

    private void CheckTorn(CSharpCompilation compilation, int first, List<string> failures)
    {
        _torn++;
        var watch = Stopwatch.StartNew();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        GeneratorRunResult result = Compiler.Driver((CSharpParseOptions)compilation.SyntaxTrees[0].Options).RunGenerators(compilation).GetRunResult().Results.Single();
        Bound(watch.Elapsed, GC.GetAllocatedBytesForCurrentThread() - allocated, compilation, first, failures);
        if (result.Exception is not null || Compiler.Analyze(compilation).Any(diagnostic => diagnostic.Id == "AD0001"))
        {
            failures.Add($"Seed {Seed}, declaration {first} on, torn: threw {result.Exception}\n{compilation.SyntaxTrees[0]}");
        }
    }

    /// <summary>As projects differ: language versions, nullable, checked arithmetic, warnings as errors, documentation.</summary>
    private static CSharpCompilation Compilation(Random random, string[] texts, int first)
    {
        LanguageVersion version = Pick([LanguageVersion.CSharp12, LanguageVersion.Latest, LanguageVersion.Preview]);
        var parse = new CSharpParseOptions(version, Pick([DocumentationMode.Diagnose, DocumentationMode.Parse, DocumentationMode.None]));
        CSharpCompilation compilation = Compiler.Create(parse, texts);
        return compilation.WithAssemblyName("Consumer" + first.ToString(CultureInfo.InvariantCulture)).WithOptions(compilation.Options
            .WithAllowUnsafe(true)
            .WithNullableContextOptions(Pick([NullableContextOptions.Enable, NullableContextOptions.Disable, NullableContextOptions.Warnings]))
            .WithOverflowChecks(Pick([true, false]))
            .WithOptimizationLevel(Pick([OptimizationLevel.Debug, OptimizationLevel.Release]))
            .WithGeneralDiagnosticOption(Pick([ReportDiagnostic.Default, ReportDiagnostic.Error]))
            .WithSpecificDiagnosticOptions(IgnoredInUsersCode));

        T Pick<T>(T[] from) => from[random.Next(from.Length)];
    }

    // What these files do that nobody asked about: an event and a member that nothing uses, names in lower case, members without documentation.
    private static readonly Dictionary<string, ReportDiagnostic> IgnoredInUsersCode = new[] { "CS0067", "CS0169", "CS8981", "CS1591", "CS0108", "CS0628", "CS0649", "CS8632", "CS8625" }
        .ToDictionary(id => id, _ => ReportDiagnostic.Suppress);

    private static void InCulture(Random random, Action action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo beforeUi = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(Cultures[random.Next(Cultures.Length)]);
            action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            CultureInfo.CurrentUICulture = beforeUi;
        }
    }

    private static bool IsError(Diagnostic diagnostic) => diagnostic.DefaultSeverity == DiagnosticSeverity.Error;
}
