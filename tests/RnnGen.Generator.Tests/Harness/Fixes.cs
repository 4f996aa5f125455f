using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.CodeFixes;

namespace RnnGen.Generator.Tests.Harness;

/// <summary>Applies the code fixes as an editor does, in a workspace of the compiler's own.</summary>
internal static class Fixes
{
    private static readonly CSharpCompilationOptions Options = new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    /// <summary>The first diagnostic's fixes: what the menu says, and the file after it.</summary>
    public static async Task<List<(string Title, string Text)>> ApplyAll(string source)
    {
        using var workspace = new AdhocWorkspace();
        Document document = workspace
            .AddProject(ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "Consumer", "Consumer", LanguageNames.CSharp,
                compilationOptions: Options, parseOptions: Compiler.ParseOptions, metadataReferences: Compiler.References))
            .AddDocument("Source.cs", source);
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        ImmutableArray<Diagnostic> diagnostics = [.. Compiler.Analyze(compilation), .. compilation.GetDiagnostics()];
        var fixes = new ModelCodeFixes();
        var actions = new List<CodeAction>();
        if (diagnostics.FirstOrDefault(found => fixes.FixableDiagnosticIds.Contains(found.Id)) is { } diagnostic)
        {
            await fixes.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        }

        var applied = new List<(string, string)>();
        foreach (CodeAction action in actions)
        {
            ApplyChangesOperation operation = (await action.GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single();
            applied.Add((action.Title, (await operation.ChangedSolution.GetDocument(document.Id)!.GetTextAsync()).ToString()));
        }

        return applied;
    }
}
