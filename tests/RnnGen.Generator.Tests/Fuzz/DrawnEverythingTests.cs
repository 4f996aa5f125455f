using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Checking;
using RnnGen.Generator.Model;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Tests.Harness;
using Xunit.Abstractions;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>
/// What can be declared is drawn: each property and parameter of each attribute, each value of their enums, each function and declaration of the equations, in declarations that become models. An
/// attribute that gains one needs a line in <see cref="RandomModel"/>, <see cref="RandomLayers"/> or <see cref="RandomCell"/>.
/// </summary>
public sealed class DrawnEverythingTests(ITestOutputHelper output)
{
    private const int Declarations = 2800;

    // No model can have these.
    private static readonly string[] Rejected =
        ["EmbeddingAttribute.Dropout", "EmbeddingAttribute.Residual", "RnnAttribute.Activation = Identity", "RnnAttribute.Activation = Sigmoid"];

    private static readonly Lazy<(int Models, HashSet<string> Members, string Cells)> Drawn = new(DrawModels);

    [Fact]
    public void EveryPropertyAndEveryValueIsDrawn()
    {
        (int models, HashSet<string> members, _) = Drawn.Value;
        output.WriteLine($"{models} models of {Declarations} declarations, {members.Count} properties and values.");
        string[] missing = [.. Declarable().Except(members).Except(Rejected).Order(StringComparer.Ordinal)];
        missing.ShouldBeEmpty();
        models.ShouldBeGreaterThan(Declarations / 4);
    }

    [Fact]
    public void EveryFunctionAndDeclarationOfTheEquationsIsDrawn()
    {
        string cells = Drawn.Value.Cells;
        string[] functions = CellNames.Functions.Split([", ", " and "], StringSplitOptions.None);
        functions.Length.ShouldBeGreaterThan(15);
        string[] words = [.. functions.Select(function => function + "("), .. ((string[])["state", "weight", "bias", "vector", "width", "number", "start", "output", "cell"]).Select(word => $"\n{word} ")];
        words.Where(word => !cells.Contains(word, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static (int Models, HashSet<string> Members, string Cells) DrawModels()
    {
        var declarations = new RandomDeclaration(new Random(1));
        CSharpCompilation compilation = Compiler.Create([.. Enumerable.Range(0, Declarations).Select(declarations.Next)]);
        HashSet<string> members = new(StringComparer.Ordinal);
        StringBuilder cells = new("\n");
        int models = 0;
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SemanticModel semantics = compilation.GetSemanticModel(tree);
            INamedTypeSymbol[] types = [.. tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => semantics.GetDeclaredSymbol(type)!).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default)];
            if (types.Any(type => ModelCheck.Of(type, CancellationToken.None).Specification is not null))
            {
                models++;
                AttributeData[] attributes = [.. types.SelectMany(type => type.GetAttributes())];
                members.UnionWith(attributes.SelectMany(MembersOf));
                cells.AppendJoin('\n', attributes.Where(attribute => attribute.AttributeClass!.Name == nameof(CellAttribute)).Select(attribute => attribute.ConstructorArguments[0].Value));
            }
        }

        return (models, members, cells.ToString());
    }

    /// <summary>The arguments that are written, by the class that declares them where it is a value of an enum.</summary>
    private static IEnumerable<string> MembersOf(AttributeData attribute)
    {
        INamedTypeSymbol type = attribute.AttributeClass!;
        foreach ((string member, TypedConstant value) in attribute.NamedArguments.Select(argument => (argument.Key, argument.Value))
            .Concat(attribute.ConstructorArguments.Zip(attribute.AttributeConstructor?.Parameters ?? [], (value, parameter) => (parameter.Name, value)))) // an absurd one beside a model may have no constructor
        {
            yield return $"{type.Name}.{member}";
            if (value is { Kind: TypedConstantKind.Enum, Type: INamedTypeSymbol choice })
            {
                INamedTypeSymbol declaring = type;
                while (declaring.GetMembers(member).IsEmpty && declaring.BaseType is { } next && char.IsUpper(member[0]))
                {
                    declaring = next;
                }

                yield return $"{declaring.Name}.{member} = {choice.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && Equals(field.ConstantValue, value.Value))?.Name}";
            }
        }
    }

    /// <summary>What the library's attributes have, but for names that only forward to new ones.</summary>
    private static IEnumerable<string> Declarable()
    {
        foreach (Type attribute in typeof(RnnModelAttribute).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Attribute)) && !type.IsAbstract))
        {
            IEnumerable<(string Name, Type Type, Type Of)> members = attribute.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && property.GetCustomAttribute<ObsoleteAttribute>() is null).Select(property => (property.Name, property.PropertyType, property.DeclaringType!))
                .Concat(attribute.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => (parameter.Name!, parameter.ParameterType, attribute)));
            foreach ((string member, Type type, Type of) in members)
            {
                yield return $"{Name(attribute)}.{member}";
                foreach (string value in type.IsEnum ? Enum.GetNames(type) : [])
                {
                    yield return $"{Name(of)}.{member} = {value}";
                }
            }
        }

        static string Name(Type type) => type.Name.Split('`')[0];
    }
}
