using System.Reflection;

namespace RnnGen.Generator.Common;

/// <summary>Where the editor finds a rule's page.</summary>
internal static class HelpPages
{
    // Relative to the repository, unless the build says where that can be read (RepositoryUrl).
    private static readonly string Folder = typeof(HelpPages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(static data => data.Key == "DiagnosticPages")?.Value ?? "docs/diagnostics/";

    public static string Of(string rule) => Folder + rule + ".md";
}
