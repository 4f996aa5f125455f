using System.Collections.Generic;
using System.Linq;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Private methods of a kernel file that several calls share. A method is known by its text alone, so two requests share one
/// exactly where they would print the same: no key can lack something that the text depends on.
/// </summary>
/// <param name="prefix">Begins the methods' names; a number follows.</param>
internal sealed class SharedMethods(SourceWriter writer, string prefix)
{
    private readonly List<Method> _methods = [];

    /// <summary>The name of the method with this text.</summary>
    /// <param name="comment">The comment above it.</param>
    /// <param name="body">Writes its statements to the writer; they are kept for <see cref="Write"/>.</param>
    public string Share(string comment, IEnumerable<string> parameters, Action body)
    {
        Method method = new(comment, SourceWriter.Join(parameters), writer.Capture(body));
        int index = _methods.IndexOf(method);
        if (index < 0)
        {
            index = _methods.Count;
            _methods.Add(method);
        }

        return NameOf(index);
    }

    /// <summary>Writes the methods, in the order in which they were first asked for.</summary>
    public void Write()
    {
        foreach ((Method method, int index) in _methods.Select((m, i) => (m, i)))
        {
            writer.Line();
            writer.Write($"// {method.Comment}");
            writer.Write(KernelContext.Optimized);
            using (writer.Open($"private static void {NameOf(index)}({method.Parameters})"))
            {
                writer.Write(method.Body);
            }
        }
    }

    private string NameOf(int index) => $"{prefix}{index}";

    // All that is printed but the name.
    private sealed record Method(string Comment, string Parameters, string Body);
}
