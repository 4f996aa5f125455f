using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Tests.Documentation;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>
/// Every block of C# in the README, in the packages' READMEs and in <c>docs</c> compiles; those of <c>docs/diagnostics</c> have a test of their own. What a fragment takes for
/// granted stands before it, unseen by readers, as <c>&lt;!-- with: code --&gt;</c>. <see cref="PageProgramTests"/> runs whole programs.
/// </summary>
public sealed class DocumentationTests
{
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
        string given = code.Comment("with") ?? "";
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
                bool isNumber = double.TryParse(said, System.Globalization.CultureInfo.InvariantCulture, out double number) && Default(attribute, property.Name) is double real && real == number;
                (isDerived || isNumber || said == value || said.StartsWith(value + ":", StringComparison.Ordinal)).ShouldBeTrue($"{row} is {value} by default, and the page says {said}.");
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
            Type made = attribute == typeof(InputAttribute) ? typeof(FeatureAttribute) : attribute.IsAbstract ? typeof(LstmAttribute) : attribute.IsGenericType ? attribute.MakeGenericType(attribute.GetGenericArguments()[0].GetGenericParameterConstraints()[0]) : attribute;
            System.Reflection.ConstructorInfo constructor = made.GetConstructors().Single();
            object instance = constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)]);
            return made.GetProperty(property)!.GetValue(instance);
        }
    }

    private static PageBlock[] CSharp(string page) => [.. new Page(page).Blocks.Where(block => block.Language == "csharp")];
}
