using System.Diagnostics;
using System.Text;

namespace RnnGen.Exchange.Tests.Exports;

/// <summary>The Pythons of this machine: RNNGEN_PYTHON, else python3, else Debian's own.</summary>
internal static class Python
{
    private static readonly string[] s_pythons = [Environment.GetEnvironmentVariable("RNNGEN_PYTHON") ?? "python3", "/usr/bin/python3"];

    /// <summary>One that imports a module, or null.</summary>
    public static string? With(string module) => s_pythons.FirstOrDefault(python => Start(python, ["-c", "import " + module]).Code == 0);

    /// <summary>What a program prints.</summary>
    public static string Run(string python, params IEnumerable<string> arguments)
    {
        (int code, string text, string errors) = Start(python, arguments);
        return code == 0 ? text : throw new InvalidOperationException($"python3 ended with {code}: {errors}");
    }

    private static (int Code, string Output, string Errors) Start(string python, IEnumerable<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, text, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
    }
}
