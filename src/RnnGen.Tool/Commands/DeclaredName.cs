using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Parsing;

namespace RnnGen.Tool.Commands;

/// <summary>The name of a class where none is given.</summary>
internal static class DeclaredName
{
    private static readonly HashSet<string> s_types = [.. typeof(RnnModelAttribute).Assembly.GetExportedTypes().Where(static type => type.Namespace == nameof(RnnGen)).Select(static type => type.Name)];

    /// <summary>The letters and digits of a file's name, each word with a capital; with "Model" where the name is taken, or would begin with a digit.</summary>
    /// <param name="path">The file.</param>
    public static string Of(string path)
    {
        StringBuilder name = new();
        bool begins = true;
        foreach (char letter in Path.GetFileNameWithoutExtension(path))
        {
            if (char.IsLetterOrDigit(letter))
            {
                name.Append(begins ? char.ToUpperInvariant(letter) : letter);
            }

            begins = !char.IsLetterOrDigit(letter);
        }

        return name.Length == 0 ? "Imported" : char.IsDigit(name[0]) ? Invariant($"Model{name}") : IsTaken(name.ToString()) ? Invariant($"{name}Model") : name.ToString();
    }

    /// <summary>A name that was given, unless the declaration or the generated code uses it for something else.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">It is taken.</exception>
    public static string Require(string name) => !IsTaken(name) ? name
        : throw new ArgumentException(Invariant($"--name is '{name}', which declarations and generated models use for something else; use another one, such as {name}Model."));

    /// <summary>A name as code writes it.</summary>
    /// <param name="name">The name.</param>
    public static string InCode(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    // The members of a generated model, the namespaces of its code, and the types of RnnGen, which a class of that name would hide.
    private static bool IsTaken(string name) => name is "System" or "RnnGen" || GeneratedMembers.Names.Contains(name) || s_types.Contains(name);
}
