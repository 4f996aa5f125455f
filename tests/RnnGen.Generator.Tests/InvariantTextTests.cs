using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RnnGen.Generator.Tests.Harness;
using RnnGen.Tests;

namespace RnnGen.Generator.Tests;

/// <summary>A text of ours that has a number in it says its culture: messages, reports and files are the same in every culture, whoever writes the next one.</summary>
public sealed class InvariantTextTests
{
    private const string Usings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks; global using static System.FormattableString;";

    [Theory]
    [InlineData("RnnGen")]
    [InlineData("RnnGen.Data")]
    [InlineData("RnnGen.Display")]
    [InlineData("RnnGen.Forecasting")]
    [InlineData("RnnGen.Mpi")]
    [InlineData("RnnGen.Exchange")]
    [InlineData("RnnGen.Exchange.Keras")]
    public void Numbers_in_texts_are_invariant(string project)
    {
        string folder = Path.Combine(Repository.Root, "src", project);
        SyntaxTree[] trees =
        [
            .. Sources(folder), .. project == "RnnGen" ? [] : Sources(Path.Combine(Repository.Root, "src", "RnnGen")),
            .. project == "RnnGen.Exchange.Keras" ? Sources(Path.Combine(Repository.Root, "src", "RnnGen.Exchange")) : [],
            .. project == "RnnGen.Forecasting" ? Sources(Path.Combine(Repository.Root, "src", "RnnGen.Data")) : [], Parse(Usings, ""),
        ];
        CSharpCompilation compilation = CSharpCompilation.Create(project, trees, References(), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        List<string> found = [];
        foreach (SyntaxTree tree in trees.Where(t => t.FilePath.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (ExpressionSyntax text in tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(e => IsLeftToTheCulture(e, model)))
            {
                FileLinePositionSpan place = text.GetLocation().GetLineSpan();
                found.Add($"{Path.GetRelativePath(Repository.Root, tree.FilePath)}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1})");
            }
        }

        found.ShouldBeEmpty("write Invariant($\"…\") or string.Create(CultureInfo.InvariantCulture, $\"…\"), or call Guard");
    }

    [Fact]
    public void A_text_that_is_left_to_the_culture_is_found()
    {
        SyntaxTree tree = Parse("""
            using System.Globalization;
            class C
            {
                string M(int n, double x, string s, byte b) =>
                    $"{n}" + Invariant($"{x}") + $"{s} {b}" + string.Create(CultureInfo.InvariantCulture, $"{n}{(n > 0 ? $"{x}" : "")}") + n + s + $"{b:N0}";
                void N(int n, string s, System.DayOfWeek day)
                {
                    ArgumentOutOfRangeException.ThrowIfNegative(n);
                    throw n == 0 ? new ArgumentOutOfRangeException("n", n, "of n") : n == 1 ? new ArgumentOutOfRangeException("n", s, "of s") : n == 2 ? new ArgumentOutOfRangeException("n", day, "of day") : new ArgumentOutOfRangeException("n", "of n");
                }
            }
            """, "C.cs");
        SemanticModel model = CSharpCompilation.Create("C", [tree, Parse(Usings, "")], References()).GetSemanticModel(tree);
        tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(e => IsLeftToTheCulture(e, model)).OfType<InterpolatedStringExpressionSyntax>().Select(e => e.ToString())
            .ShouldBe(["$\"{n}\"", "$\"{x}\"", "$\"{b:N0}\""]);
        tree.GetRoot().DescendantNodes().OfType<ExpressionSyntax>().Where(e => IsLeftToTheCulture(e, model)).Where(e => e is ObjectCreationExpressionSyntax or InvocationExpressionSyntax).Select(e => e.ToString())
            .ShouldBe(["ArgumentOutOfRangeException.ThrowIfNegative(n)", "new ArgumentOutOfRangeException(\"n\", n, \"of n\")"]);
        tree.GetRoot().DescendantNodes().OfType<BinaryExpressionSyntax>().Count(e => IsLeftToTheCulture(e, model)).ShouldBe(1);
    }

    private static bool IsLeftToTheCulture(ExpressionSyntax text, SemanticModel model) => text switch
    {
        // .NET writes an argument's value into the message, as the current culture does.
        BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [_, var value, _] } creation when IsOutOfRange(model.GetTypeInfo(creation).Type) => IsNumber(model.GetTypeInfo(value.Expression).Type, false),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => IsOutOfRange(model.GetTypeInfo(access.Expression).Type),
        InterpolatedStringExpressionSyntax interpolated => interpolated.Contents.OfType<InterpolationSyntax>().Any(i => IsNumber(model.GetTypeInfo(i.Expression).Type, i.FormatClause is not null))
            && !SaysItsCulture(interpolated) && model.GetTypeInfo(interpolated).ConvertedType?.Name != nameof(FormattableString) && !model.GetConstantValue(interpolated).HasValue,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => model.GetTypeInfo(sum).Type?.SpecialType == SpecialType.System_String && !model.GetConstantValue(sum).HasValue
            && (IsNumber(model.GetTypeInfo(sum.Left).Type, false) || IsNumber(model.GetTypeInfo(sum.Right).Type, false)),
        _ => false,
    };

    private static bool IsOutOfRange(ITypeSymbol? type) => type?.Name == nameof(ArgumentOutOfRangeException);

    private static bool SaysItsCulture(InterpolatedStringExpressionSyntax text) =>
        text.Parent is ArgumentSyntax { Parent: ArgumentListSyntax { Parent: InvocationExpressionSyntax call } list }
        && (call.Expression.ToString() is "Invariant" or "FormattableString.Invariant" || list.Arguments[0].ToString().EndsWith("InvariantCulture", StringComparison.Ordinal));

    // Whether its text is another one in another culture; unsigned whole numbers only with a format.
    private static bool IsNumber(ITypeSymbol? type, bool isFormatted)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        return type switch
        {
            null or IErrorTypeSymbol => true,
            ITypeParameterSymbol => true,
            { TypeKind: TypeKind.Enum } => false,
            { SpecialType: SpecialType.System_Char or SpecialType.System_Boolean or SpecialType.System_String } => false,
            { SpecialType: SpecialType.System_Byte or SpecialType.System_UInt16 or SpecialType.System_UInt32 or SpecialType.System_UInt64 } => isFormatted,
            _ => type.SpecialType == SpecialType.System_Object || type.AllInterfaces.Any(i => i.Name == nameof(IFormattable)),
        };
    }

    private static IEnumerable<SyntaxTree> Sources(string folder) => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
        .Where(f => !Path.GetRelativePath(folder, f).Split(Path.DirectorySeparatorChar).Any(p => p is "obj" or "bin")).Order(StringComparer.Ordinal)
        .Select(f => Parse(File.ReadAllText(f), f));

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), path);

    // Those of the tests' own process; what they lack (a package of the display's) leaves a type unknown, which counts as a number.
    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(f => !Path.GetFileName(f).StartsWith("RnnGen", StringComparison.Ordinal)).Select(f => MetadataReference.CreateFromFile(f));
}
