using RnnGen.Tool.Commands;

namespace RnnGen.Tool;

/// <summary>The command <c>rnngen</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => Root.Run(arguments, Console.Out, Console.Error);
}
