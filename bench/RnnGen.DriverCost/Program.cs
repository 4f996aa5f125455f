using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using RnnGen.Generator;

// What the generator takes of an editor: 20 models in a compilation, and what each kind of edit costs, by the driver's own clock.
// Usage: dotnet run -c Release --project bench/RnnGen.DriverCost [repetitions]
int repetitions = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
const int Models = 20;
CSharpParseOptions parse = new(LanguageVersion.Latest);
MetadataReference[] references =
[
    .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "RnnGen.dll")
        .Select(path => MetadataReference.CreateFromFile(path)),
];

// Models as people declare them, each in a file of its own, and a file without one.
string[] layers = ["[Lstm(64)]\n[Lstm(32)]", "[Gru(32)]", "[Rnn(16)]", "[Lstm(48)]\n[Dense(8)]", "[Gru(24, Bidirectional = true)]\n[Gru(24)]"];
SyntaxTree[] trees =
[
    .. Enumerable.Range(0, Models).Select(i => Tree($"M{i}.cs", $$"""
        using RnnGen;
        [RnnModel(Architecture.ManyToOne, InputSize = {{1 + i % 7}}, SequenceLength = 48, OutputSize = 1)]
        {{layers[i % layers.Length]}}
        public sealed partial class M{{i}};
        """)),
    Tree("Other.cs", "public sealed class Other { public int Value(int x) => x + 1; }"),
];
CSharpCompilation compilation = CSharpCompilation.Create("Project", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
GeneratorDriver driver = CSharpGeneratorDriver.Create([new RnnModelGenerator().AsSourceGenerator()], parseOptions: parse);
driver = driver.RunGenerators(compilation);
Console.WriteLine(Line($"all {Models} models, first run, cold", [Time(driver)]));

Report("an edit in a method elsewhere", Models, (text, i) => text.Replace("x + 1", $"x + {i}", StringComparison.Ordinal));
Report("a comment in a model's file", 3, (text, i) => text + $"\n// {i}");
Report("a size of a small model ([Rnn(16)])", 2, (text, i) => text.Replace("InputSize = 3", $"InputSize = {3 + i}", StringComparison.Ordinal));
Report("a size of a model of two layers ([Lstm(64)], [Lstm(32)])", 0, (text, i) => text.Replace("Lstm(32)", $"Lstm({32 + i})", StringComparison.Ordinal));
Report("the steps of a model of two layers (48 and more)", 0, (text, i) => text.Replace("SequenceLength = 48", $"SequenceLength = {48 + i}", StringComparison.Ordinal));

// Each edit is of the file as it was; each run is on what the one before left in the driver's tables.
void Report(string what, int file, Func<string, int, string> edit)
{
    string text = trees[file].ToString();
    GeneratorDriver at = driver;
    var times = new List<double>();
    for (int i = 1; i <= repetitions + 10; i++)
    {
        SyntaxTree edited = trees[file].WithChangedText(SourceText.From(edit(text, i)));
        at = at.RunGenerators(compilation.ReplaceSyntaxTree(trees[file], edited));
        if (i > 10)
        {
            times.Add(Time(at));
        }
    }

    Console.WriteLine(Line(what, times));
}

static double Time(GeneratorDriver driver) => driver.GetTimingInfo().GeneratorTimes.Single().ElapsedTime.TotalMilliseconds;

static string Line(string what, List<double> times)
{
    times.Sort();
    return string.Create(CultureInfo.InvariantCulture, $"{what,-60} median {times[times.Count / 2],8:F2} ms, least {times[0],8:F2} ms of {times.Count}");
}

SyntaxTree Tree(string path, string text) => CSharpSyntaxTree.ParseText(text, parse, path);
