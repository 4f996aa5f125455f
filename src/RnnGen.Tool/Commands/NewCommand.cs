using System.CommandLine;
using System.Reflection;
using RnnGen.Exchange;
using RnnGen.Runtime;

namespace RnnGen.Tool.Commands;

/// <summary><c>rnngen new</c>: the starters of the package RnnGen.Templates, whose files this tool carries.</summary>
internal static class NewCommand
{
    // As dotnet new: the templates' own name, and the version of the package that they reference.
    private const string Prefix = "templates/", SourceName = "Starter", Version = "RNNGEN_VERSION";

    public static Command Create()
    {
        Argument<string> kind = new("STARTER") { Description = "console: trains, saves and predicts a series. web: a minimal API that predicts. library: a network behind a public class." };
        kind.AcceptOnlyFromAmong([.. Kinds()]);
        Option<string> name = new("--name", "-n") { Description = "The project's name. Default: Forecast.", DefaultValueFactory = static _ => "Forecast" };
        Option<string?> folder = new("--output", "-o") { Description = "The folder to write to. Default: one with the project's name." };
        Option<bool> force = new("--force") { Description = "Replace files that are there." };
        Command command = new("new", "Writes a project to start from. dotnet new has the same ones after dotnet new install RnnGen.Templates.") { kind };
        foreach (Option option in (Option[])[name, folder, force])
        {
            command.Add(option);
        }

        command.SetAction(parsed => Root.Guarded(parsed, () =>
        {
            DeclarationOptions named = new() { Name = parsed.GetValue(name)! };
            string target = parsed.GetValue(folder) ?? named.Name;
            (string Path, byte[] Bytes)[] files = [.. Files(parsed.GetValue(kind)!, named.Name).Select(file => (Path.Combine(target, file.Path), System.Text.Encoding.UTF8.GetBytes(file.Text)))];
            Root.Write(files, [], parsed.GetValue(force));
            parsed.InvocationConfiguration.Output.WriteLine(Invariant($"Wrote {string.Join(" and ", files.Select(static file => file.Path))}. Next: dotnet build {target}"));
            return Root.Done;
        }));
        return command;
    }

    private static IEnumerable<string> Resources() => typeof(NewCommand).Assembly.GetManifestResourceNames().Select(static name => name.Replace('\\', '/')).Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal));

    private static IEnumerable<string> Kinds() => Resources().Select(static name => name.Split('/')[1]).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<(string Path, string Text)> Files(string kind, string name)
    {
        string version = typeof(NewCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0], folder = Invariant($"{Prefix}{kind}/");
        foreach (string resource in Resources().Where(resource => resource.StartsWith(folder, StringComparison.Ordinal)))
        {
            using StreamReader reader = new(typeof(NewCommand).Assembly.GetManifestResourceStream(resource)!);
            yield return (resource[folder.Length..].Replace(SourceName, name, StringComparison.Ordinal), reader.ReadToEnd().Replace(SourceName, name, StringComparison.Ordinal).Replace(Version, version, StringComparison.Ordinal));
        }
    }
}
