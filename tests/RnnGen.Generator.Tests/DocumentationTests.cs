using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>
/// Every block of C# in the README and in <c>docs</c> compiles; those of <c>docs/diagnostics</c> have a test of their own. What a fragment takes for
/// granted stands before it, unseen by readers, as <c>&lt;!-- with: code --&gt;</c>. Short programs that make their own data are run.
/// </summary>
public sealed class DocumentationTests
{
    private const string Usings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks; global using RnnGen;";

    /// <summary>What fragments of the README take for granted, by a part of them.</summary>
    private static readonly (string Part, string Given)[] ReadmeGives =
    [
        ("var model = new Forecaster(seed: 1);   ", """
            float[] input = new float[48], output = new float[1], inputs = new float[48], outputs = new float[1], targets = new float[1], gradients = new float[Forecaster.ParameterCount], x = new float[1], y = new float[1]; const int count = 1; var optimizer = new Adam(1e-3);
            [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 48, OutputSize = 1)] [Lstm(16)] public sealed partial class Forecaster;
            """),
        ("SequenceDataset.FromStream(", """
            float[] inputs = new float[96], targets = new float[96]; int steps = 96; var model = new Model();
            [RnnModel(Architecture.ManyToMany, InputSize = 1, SequenceLength = 3, OutputSize = 1)] [Lstm(16)] public sealed partial class Model;
            """),
        ("WeightAverage<float> average", """
            float[] inputs = new float[3], targets = new float[1]; const int count = 1; var optimizer = new Adam(1e-3); var model = new Model(); SequenceDataset<float, float> validation = SequenceDataset.FromArrays(inputs, targets, 1);
            [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 3, OutputSize = 1)] [Lstm(16)] public sealed partial class Model;
            """),
        ("new CheckpointOptions(", """
            var model = new Model(); SequenceDataset<float, float> train = SequenceDataset.FromArrays(new float[3], new float[1], 1), validation = train; CancellationToken cancellationToken = default;
            [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 3, OutputSize = 1)] [Lstm(16)] public sealed partial class Model;
            """),
        ("app.MapPost(", """
            var app = new WebApplication(); SequenceDataset<float, float> newData = SequenceDataset.FromArrays(new float[3], new float[1], 1);
            [RnnModel(Architecture.ManyToOne, InputSize = 1, SequenceLength = 3, OutputSize = 1)] [Lstm(16)] public sealed partial class Forecaster;
            public sealed class WebApplication { public void MapPost(string path, Delegate handler) { } }
            public static class Results { public static object Ok(object value) => value; public static object BadRequest(string text) => text; }
            """),
        ("model.GradientFlow.Layers", """
            float[] inputs = new float[6], targets = new float[1]; const int count = 1; var optimizer = new Adam(1e-3); var model = new Adder();
            [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 1, GradientFlow = true)] [Lstm(16)] public sealed partial class Adder;
            """),
        ("StreamedSequences.Windows(", """
            using RnnGen.Data;
            var model = new Model(); const int trainRows = 10;
            [RnnModel(Architecture.ManyToOne, InputSize = 2, SequenceLength = 3, OutputSize = 1)] [Lstm(16)] public sealed partial class Model;
            """),
    ];

    public static TheoryData<string, int> Blocks()
    {
        var data = new TheoryData<string, int>();
        foreach (string file in Pages())
        {
            for (int i = 0; i < Read(file).Count; i++)
            {
                data.Add(file, i);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Compiles(string page, int block) => Compile(page, block);

    [Theory]
    [InlineData("docs/quick-start.md", 0)]
    [InlineData("docs/how-to/classify.md", 0)]
    [InlineData("docs/how-to/stream-audio.md", 0)]
    public void Runs(string page, int block)
    {
        using var stream = new MemoryStream();
        Compilation program = Compile(page, block);
        program.Emit(stream).Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).ShouldBeEmpty();
        stream.Position = 0;
        var assemblies = new System.Runtime.Loader.AssemblyLoadContext(page, isCollectible: true);
        System.Reflection.MethodInfo main = assemblies.LoadFromStream(stream).EntryPoint!;
        main.Invoke(null, System.Reflection.BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null);
        assemblies.Unload();
    }

    private static Compilation Compile(string page, int block)
    {
        (string text, string given) = Read(page)[block];
        var parse = new CSharpParseOptions(LanguageVersion.Latest);
        CompilationUnitSyntax code = Unit(text), around = Unit(given);
        CompilationUnitSyntax whole = code
            .WithUsings(code.Usings.AddRange(around.Usings))
            .WithMembers(SyntaxFactory.List([.. Statements(around), .. Statements(code), .. code.Members.Except(Statements(code)), .. around.Members.Except(Statements(around))]));
        whole.Members.Count.ShouldBe(code.Members.Count + around.Members.Count);
        OutputKind kind = Statements(whole).Any() ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        SyntaxTree tree = CSharpSyntaxTree.ParseText(whole.ToFullString(), parse, "Page.cs");
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Page", [tree, CSharpSyntaxTree.ParseText(Usings, parse, "Usings.cs")], Compiler.References,
            new CSharpCompilationOptions(kind, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: false));
        AdditionalText[] weights = [.. WeightsFiles.Fitting(compilation)];
        Compiler.Faults(compilation, weights).ShouldBeEmpty(text);

        // The generated code has tests of its own; here its members must be what the page says they are.
        Compilation output = Compiler.Generate(compilation, weights).Output;
        Diagnostic[] found = [.. output.GetSemanticModel(tree).GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)];
        string.Join("\n", found.Select(diagnostic => diagnostic.ToString())).ShouldBe("", $"{page}\n{whole.ToFullString()}");
        return output;

        CompilationUnitSyntax Unit(string source) => (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(source, parse).GetRoot();
    }

    [Fact]
    public void EveryPageIsFound()
    {
        string[] pages = [.. Pages()];
        pages.ShouldContain("README.md");
        pages.Count(page => page.StartsWith("docs/how-to/", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
        Blocks().Count.ShouldBeGreaterThan(10);
    }

    /// <summary>Links between the pages lead somewhere.</summary>
    [Fact]
    public void LinksLeadSomewhere()
    {
        foreach (string page in Pages())
        {
            string text = File.ReadAllText(Path.Combine(Repository.Root, page));
            foreach (string part in text.Split("](").Skip(1))
            {
                string target = part.Split(')')[0].Split('#')[0];
                if (target.Length > 0 && !target.StartsWith("http", StringComparison.Ordinal))
                {
                    string path = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target);
                    (File.Exists(path) || Directory.Exists(path)).ShouldBeTrue($"{page}: {target}");
                }
            }
        }
    }

    /// <summary><c>docs/attributes.md</c> has every attribute, each property with its default, and every value that one may have.</summary>
    [Fact]
    public void AttributesArePutDownInFull()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs/attributes.md"));
        ILookup<string, string> defaults = page.Split('\n').Select(line => line.Split(" | ")).Where(cells => cells.Length == 3 && cells[0].StartsWith("| `", StringComparison.Ordinal))
            .ToLookup(cells => cells[0][3..^1], cells => cells[1].Replace("`", "", StringComparison.Ordinal));
        Type[] attributes = [.. typeof(RnnModelAttribute).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Attribute)))];
        attributes.Length.ShouldBeGreaterThan(20);
        foreach (Type attribute in attributes)
        {
            string name = attribute.Name.Split('`')[0][..^nameof(Attribute).Length];
            if (!attribute.IsAbstract)
            {
                page.ShouldContain($"[{name}{(attribute.IsGenericType ? "<" : "")}", Case.Sensitive);
            }

            foreach (System.Reflection.PropertyInfo property in attribute.GetProperties().Where(property => property.CanWrite && property.DeclaringType == attribute))
            {
                string row = attribute.IsAbstract || attribute == typeof(RnnModelAttribute) ? property.Name : $"{name}.{property.Name}";
                defaults[row].Count().ShouldBe(1, row);
                string said = defaults[row].Single(), value = Text(Default(attribute, property.Name));
                bool isDerived = value == "0" && (said.StartsWith("required", StringComparison.Ordinal) || property.Name == nameof(RnnModelAttribute.LabelLength));
                (isDerived || said == value || said.StartsWith(value + ":", StringComparison.Ordinal)).ShouldBeTrue($"{row} is {value} by default, and the page says {said}.");
                foreach (string choice in property.PropertyType.IsEnum ? Enum.GetNames(property.PropertyType) : [])
                {
                    page.ShouldContain($"`{choice}`", Case.Sensitive, row);
                }
            }
        }

        static string Text(object? value) => value switch
        {
            null or "" => "none",
            bool flag => flag ? "true" : "false",
            IFormattable other => other.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => throw new InvalidOperationException($"A default of type {value.GetType()}."),
        };

        static object? Default(Type attribute, string property)
        {
            Type made = attribute.IsAbstract ? typeof(LstmAttribute) : attribute.IsGenericType ? attribute.MakeGenericType(typeof(ICell)) : attribute;
            System.Reflection.ConstructorInfo constructor = made.GetConstructors().Single();
            object instance = constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)]);
            return made.GetProperty(property)!.GetValue(instance);
        }
    }

    private static IEnumerable<GlobalStatementSyntax> Statements(CompilationUnitSyntax unit) => unit.Members.OfType<GlobalStatementSyntax>();

    private static IEnumerable<string> Pages() => Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
        .Where(file => !file.StartsWith("docs/diagnostics/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal).Prepend("README.md");

    private static List<(string Text, string Given)> Read(string page)
    {
        string[] parts = File.ReadAllText(Path.Combine(Repository.Root, page)).ReplaceLineEndings("\n").Split("```csharp\n");
        var blocks = new List<(string, string)>();
        for (int i = 1; i < parts.Length; i++)
        {
            // The lines of a program of one file that say which packages it needs.
            string text = string.Concat(parts[i].Split("```")[0].Split('\n').Where(line => !line.StartsWith("#:", StringComparison.Ordinal)).Select(line => line + "\n"));
            string before = parts[i - 1].TrimEnd();
            int with = before.LastIndexOf("<!-- with:", StringComparison.Ordinal);
            string given = with >= 0 && before.EndsWith("-->", StringComparison.Ordinal) && before.IndexOf("-->", with, StringComparison.Ordinal) == before.Length - 3
                ? before[(with + "<!-- with:".Length)..^3]
                : page == "README.md" ? ReadmeGives.FirstOrDefault(entry => text.Contains(entry.Part, StringComparison.Ordinal)).Given ?? "" : "";
            blocks.Add((text, given));
        }

        return blocks;
    }
}
