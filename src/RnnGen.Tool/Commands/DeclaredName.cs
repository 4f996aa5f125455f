using System.Text;
using RnnGen.Generator.Parsing;

namespace RnnGen.Tool.Commands;

/// <summary>The name of a class where none is given.</summary>
internal static class DeclaredName
{
    /// <summary>The letters and digits of a file's name, each word with a capital; with "Model" where a member of generated models has that name, or it would begin with a digit.</summary>
    /// <param name="path">The file.</param>
    public static string Of(string path)
    {
        StringBuilder name = new();
        bool begins = true;
        foreach (char letter in Path.GetFileNameWithoutExtension(path))
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                name.Append(begins ? char.ToUpperInvariant(letter) : letter);
            }

            begins = !char.IsAsciiLetterOrDigit(letter);
        }

        return name.Length == 0 ? "Imported" : char.IsAsciiDigit(name[0]) ? Invariant($"Model{name}") : GeneratedMembers.Names.Contains(name.ToString()) ? Invariant($"{name}Model") : name.ToString();
    }
}
