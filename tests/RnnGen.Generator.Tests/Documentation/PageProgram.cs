using System.Diagnostics;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;
using RnnGen.Build;
using RnnGen.Generator.Tests.Harness;

namespace RnnGen.Generator.Tests.Documentation;

/// <summary>A project's folder as a reader has it, in the temporary folder: its programs are built and run there, each in a process of its own.</summary>
internal sealed class PageFolder : IDisposable
{
    /// <summary>What the packages bring into a program's folder.</summary>
    private static readonly string[] Libraries = ["RnnGen.dll", "RnnGen.Data.dll", "RnnGen.Display.dll", "RnnGen.Forecasting.dll", "RnnGen.Mpi.dll", "RnnGen.Exchange.dll", "RnnGen.Exchange.Keras.dll", "CsvHelper.dll", "Spectre.Console*.dll"];

    private int _programs;

    public string Path { get; } = Directory.CreateTempSubdirectory("rnngen-page-").FullName;

    /// <summary>Builds a page's program; weights files that are there and that it is declared with are embedded.</summary>
    public PageProgram Build(string text, bool isWeb = false)
    {
        string bin = Directory.CreateDirectory(System.IO.Path.Combine(Path, "bin", $"{_programs++}")).FullName, dll = System.IO.Path.Combine(bin, "Page.dll");
        File.WriteAllText(System.IO.Path.Combine(Path, "Program.cs"), text);
        string[] found = [.. Directory.GetFiles(Path, "*.safetensors", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file))];
        string headers = System.IO.Path.Combine("obj", "RnnGen.Weights.txt");
        WriteWeightsHeaders weights = WeightsFiles.Run(Path, headers, named: [], found, sources: ["Program.cs"]);
        AdditionalText[] texts = weights.Taken.Length > 0 ? [WeightsFiles.Written(System.IO.Path.Combine(Path, headers))] : [];
        ResourceDescription[] resources = [.. weights.Taken.Select(item => new ResourceDescription(
            item.GetMetadata("LogicalName"), () => File.OpenRead(System.IO.Path.Combine(Path, item.ItemSpec)), isPublic: true))];

        using (FileStream file = File.Create(dll))
        {
            EmitResult result = Compiler.Generate(PageCompiler.Program(text, isWeb), texts).Output.Emit(file, manifestResources: resources);
            result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).ShouldBeEmpty(text);
        }

        foreach (string library in Libraries.SelectMany(pattern => Directory.GetFiles(AppContext.BaseDirectory, pattern)))
        {
            File.Copy(library, System.IO.Path.Combine(bin, System.IO.Path.GetFileName(library)));
        }

        string framework = isWeb ? "Microsoft.AspNetCore.App" : "Microsoft.NETCore.App";
        File.WriteAllText(
            System.IO.Path.Combine(bin, "Page.runtimeconfig.json"),
            $$"""{ "runtimeOptions": { "tfm": "net{{Environment.Version.ToString(2)}}", "framework": { "name": "{{framework}}", "version": "{{Environment.Version.Major}}.0.0" }, "configProperties": { "System.Globalization.Invariant": true } } }""");
        return new(Path, dll);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>A page's program that is built.</summary>
/// <param name="Folder">Where it runs.</param>
/// <param name="Dll">Its assembly.</param>
internal sealed record PageProgram(string Folder, string Dll)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs the program to its end, which must be a good one.</summary>
    /// <returns>What it printed.</returns>
    public string Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync(), printed = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
            Assert.Fail($"The program did not end within {Limit}.");
        }

        process.ExitCode.ShouldBe(0, errors.Result);
        return printed.Result;
    }

    public Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", ["exec", Dll, .. arguments])
    {
        WorkingDirectory = Folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
    })!;
}
