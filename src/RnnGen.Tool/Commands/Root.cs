using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using RnnGen.Runtime;

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
        if (parsed.Action is ParseErrorAction wrong)
        {
            // The help would push the error off the screen.
            wrong.ShowHelp = false;
        }

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

    /// <summary>Writes all files of a command, or none of them; their folders are made.</summary>
    /// <param name="files">The files.</param>
    /// <param name="read">What the command reads, which is never replaced.</param>
    /// <param name="mayReplace">Whether files that are there may be.</param>
    public static void Write(IReadOnlyList<(string Path, byte[] Bytes)> files, IReadOnlyList<string> read, bool mayReplace)
    {
        RequireFree([.. files.Select(static file => file.Path)], read, mayReplace);
        foreach ((string path, _) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        AtomicFile.Write(files);
    }

    /// <summary>Rejects files that are there already, unless they may be replaced, and those that the command reads in any case.</summary>
    /// <param name="written">The files that will be written.</param>
    /// <param name="read">What the command reads.</param>
    /// <param name="mayReplace">Whether files that are there may be replaced.</param>
    public static void RequireFree(IReadOnlyList<string> written, IReadOnlyList<string> read, bool mayReplace)
    {
        foreach (string path in written)
        {
            if (read.Any(source => AtomicFile.IsSame(path, source)))
            {
                throw new IOException(Invariant($"'{path}' is the file that is read, and would be lost; use another --output or --name."));
            }

            if (!mayReplace && File.Exists(path))
            {
                throw new IOException(Invariant($"'{path}' is there already; use another --output or --name, or --force to replace it."));
            }
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
