using System.CommandLine;
using System.CommandLine.Help;

namespace RnnGen.Tool.Commands;

/// <summary>The command <c>rnngen</c>. It ends with 0 where all was done, 1 where a file was rejected or a check failed, and 2 where the command line is wrong.</summary>
internal static class Root
{
    public const int Done = 0, Failed = 1, WrongCommandLine = 2;

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        // A RootCommand would be called as the file of this assembly is.
        Command root = new("rnngen", """
            Recurrent models for RnnGen: in from other frameworks, out to them, and what is in their files.

            Examples:
              rnngen new console
              rnngen import forecaster.pt --architecture many-to-one
              rnngen inspect Forecaster.safetensors
              rnngen export Forecaster.safetensors --to onnx

            Exit codes: 0 done, 1 a file or a model is rejected or the check fails, 2 the command line is wrong.
            """)
        {
            NewCommand.Create(),
            ImportCommand.Create(),
            ExportCommand.Create(),
            InspectCommand.Create(),
            new HelpOption { Recursive = true },
            new VersionOption(),
        };
        ParseResult parsed = root.Parse(arguments);
        int code = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? WrongCommandLine : code;
    }

    /// <summary>Runs a command; what goes wrong with a file is a line, and not a stack.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">The command.</param>
    public static int Guarded(ParseResult parsed, Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CheckException or ArgumentException)
        {
            // .NET adds the parameter's name, which the command line does not have.
            parsed.InvocationConfiguration.Error.WriteLine(Invariant($"rnngen: {e.Message.Split(" (Parameter ")[0]}"));
            return e is ArgumentException ? WrongCommandLine : Failed;
        }
    }

    /// <summary>Rejects a file that is there already, unless it may be replaced.</summary>
    /// <param name="path">The file that will be written.</param>
    /// <param name="mayReplace">Whether it may be.</param>
    public static void RequireFree(string path, bool mayReplace)
    {
        if (!mayReplace && File.Exists(path))
        {
            throw new IOException(Invariant($"'{path}' is there already; use another --output or --name, or --force to replace it."));
        }
    }

    /// <summary>A text of a file on one line of the output.</summary>
    public static string Line(string text) => string.Create(text.Length, text, static (line, text) =>
    {
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        }
    });
}
