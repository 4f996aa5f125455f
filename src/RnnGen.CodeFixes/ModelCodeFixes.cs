using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace RnnGen.CodeFixes;

/// <summary>Offers the fixes of a declaration's diagnostics that need no thought: <see cref="Fixes"/> lists them by rule.</summary>
// Not [Shared], which would bind this assembly to one version of the composition libraries; it has no state to share.
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ModelCodeFixes))]
public sealed class ModelCodeFixes : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = Fixes.Rules;

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Document document = context.Document;
        if (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root
            || await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } semantics)
        {
            return;
        }

        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            foreach (Fix fix in Fixes.Of(new Place(root, semantics, diagnostic, context.CancellationToken)))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(fix.Title, _ => Task.FromResult(document.WithSyntaxRoot(fix.Root)), diagnostic.Id + ": " + fix.Title),
                    diagnostic);
            }
        }
    }
}
