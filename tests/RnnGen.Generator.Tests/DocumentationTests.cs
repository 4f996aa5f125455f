using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Tests.Documentation;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests;

/// <summary>
/// Every block of C# in the README, in the packages' READMEs and in <c>docs</c> compiles; those of <c>docs/diagnostics</c> have a test of their own. What a fragment takes for
/// granted stands before it, unseen by readers, as <c>&lt;!-- with: code --&gt;</c>. <see cref="PageProgramTests"/> runs whole programs.
/// </summary>
public sealed class DocumentationTests
{
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
        foreach (string file in Page.All())
        {
            for (int i = 0; i < CSharp(file).Length; i++)
            {
                data.Add(file, i);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Compiles(string page, int block)
    {
        PageBlock code = CSharp(page)[block];
        string given = code.Comment("with") ?? (page == "README.md" ? ReadmeGives.FirstOrDefault(entry => code.Text.Contains(entry.Part, StringComparison.Ordinal)).Given : null) ?? "";
        CSharpCompilation compilation = code.Comment("program") == "web" ? PageCompiler.Program(code.Text, isWeb: true) : PageCompiler.Fragment(code.Text, given);
        PageCompiler.Generate(compilation, [.. WeightsFiles.Fitting(compilation)]);
    }

    [Fact]
    public void EveryPageIsFound()
    {
        string[] pages = [.. Page.All()];
        pages.ShouldContain("README.md");
        pages.Count(page => page.StartsWith("docs/how-to/", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
        Blocks().Count.ShouldBeGreaterThan(10);
    }

    /// <summary>A program of one file names the package of this version.</summary>
    [Fact]
    public void ProgramsOfOneFileNameThisVersion()
    {
        string version = System.Xml.Linq.XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value;
        string[] programs = [.. Directory.GetFiles(Path.Combine(Repository.Root, "samples/one-file"), "*.cs")];
        programs.Length.ShouldBeGreaterThan(2);
        foreach (string file in programs)
        {
            File.ReadLines(file).First().ShouldBe($"#:package RnnGen@{version}", file);
        }

        foreach (string file in programs.Concat(Page.All().Select(page => Path.Combine(Repository.Root, page))))
        {
            foreach (string part in File.ReadAllText(file).Split("#:package ").Skip(1))
            {
                part.Split(['\n', '\r', '`', ' '])[0].Split('@').Last().ShouldBe(version, file);
            }
        }
    }

    /// <summary>Links between the pages lead somewhere.</summary>
    [Fact]
    public void LinksLeadSomewhere()
    {
        foreach (Page page in Page.All().Select(name => new Page(name)))
        {
            page.Links.Where(link => !File.Exists(page.PathOf(link)) && !Directory.Exists(page.PathOf(link))).ShouldBeEmpty(page.Name);
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

    private static PageBlock[] CSharp(string page) => [.. new Page(page).Blocks.Where(block => block.Language == "csharp")];
}
