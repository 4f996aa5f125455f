using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace RnnGen.Build;

/// <summary>
/// Finds the weights files that models are declared with, <c>[RnnModel(…, Weights = "name.safetensors")]</c>, and writes their headers as one text
/// file, which the generator may read where it may not read the weights themselves.
/// </summary>
/// <remarks>
/// The text has three lines for each file: its name; how many bytes follow its header and the SHA-256 of the file, or <c>!</c> and why it cannot be read; and the
/// header, JSON in one line. It is written only where it changes, and the compiler runs where it was written: so it is a file's content that decides whether it is
/// embedded again, and not its time, which an archive or a copy may set to anything. What a file holds is judged by the generator's analyzer, at the declaration; this task never fails for it.
/// </remarks>
public sealed class WriteWeightsHeaders : Microsoft.Build.Utilities.Task
{
    /// <summary>The format's own limit of a header.</summary>
    private const long LongestHeader = 100_000_000;

    private const int PrefixBytes = 8;

    private static readonly Regex Declared = new("""\bWeights\s*=\s*@?"(?<name>(?:[^"\\]|\\.)+)"(?!")""", RegexOptions.CultureInvariant);

    /// <summary>The project's folder, which names are relative to.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>Weights files that the project names itself; they are taken whether or not a source names them by a literal.</summary>
    public ITaskItem[] Named { get; set; } = [];

    /// <summary>Weights files that stand in the project's folder; those that a source names are taken.</summary>
    public ITaskItem[] Found { get; set; } = [];

    /// <summary>The C# files of the project.</summary>
    public ITaskItem[] Sources { get; set; } = [];

    /// <summary>The text file, relative to the folder.</summary>
    [Required]
    public string Output { get; set; } = "";

    /// <summary>The files that were taken, each with the name of its resource as <c>LogicalName</c>.</summary>
    [Output]
    public ITaskItem[] Taken { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            HashSet<string> declared = DeclaredNames();
            var taken = new SortedDictionary<string, ITaskItem>(StringComparer.Ordinal);
            foreach (ITaskItem item in Named.Concat(Found.Where(item => declared.Contains(NameOf(item.ItemSpec)))))
            {
                taken[NameOf(item.ItemSpec)] = new TaskItem(item.ItemSpec, new Dictionary<string, string> { ["LogicalName"] = "RnnGen.Weights/" + NameOf(item.ItemSpec), ["WithCulture"] = "false" });
            }

            // What does not exist is not embedded, and the analyzer says so.
            Taken = [.. taken.Values.Where(item => File.Exists(PathOf(item)))];
            Write(string.Concat(Taken.Select(item => NameOf(item.ItemSpec) + "\n" + Header(PathOf(item)) + "\n")));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.LogErrorFromException(e);
            return false;
        }
    }

    /// <summary>A file's name as in declarations: relative to the project, with slashes.</summary>
    private static string NameOf(string path)
    {
        string name = path.Replace('\\', '/');
        return name.StartsWith("./", StringComparison.Ordinal) ? name.Substring(2) : name;
    }

    private string PathOf(ITaskItem item) => Path.Combine(Folder, item.ItemSpec);

    private HashSet<string> DeclaredNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string source in Sources.Select(PathOf).Where(File.Exists))
        {
            string text = File.ReadAllText(source);
            if (text.Contains("Weights"))
            {
                names.UnionWith(Declared.Matches(text).Cast<Match>().Select(static match => NameOf(match.Groups["name"].Value.Replace("\\\\", "/"))));
            }
        }

        return names;
    }

    /// <summary>Two lines: bytes that follow the header with the file's hash, and the header; or why there is none, and nothing.</summary>
    private static string Header(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] prefix = new byte[PrefixBytes];
        if (Read(file, prefix) < PrefixBytes)
        {
            return $"!it has {file.Length.ToString(CultureInfo.InvariantCulture)} bytes, and the length of the header alone takes {PrefixBytes}\n";
        }

        ulong length = 0;
        for (int i = PrefixBytes - 1; i >= 0; i--)
        {
            length = (length << 8) | prefix[i];
        }

        if (prefix[0] == 'P' && prefix[1] == 'K')
        {
            return "!it is a zip archive, such as torch.save writes; save the state_dict with safetensors.torch.save_file\n";
        }

        if (length is < 2 or > (ulong)LongestHeader || (long)length > file.Length - PrefixBytes)
        {
            return $"!its first 8 bytes say that the header has {length.ToString(CultureInfo.InvariantCulture)} bytes, but {(file.Length - PrefixBytes).ToString(CultureInfo.InvariantCulture)} follow\n";
        }

        byte[] json = new byte[(int)length];
        if (Read(file, json) < json.Length)
        {
            return "!it became shorter while it was read\n";
        }

        try
        {
            // White space for white space: between values it is the same, and within a text neither may stand.
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(json);
            return (file.Length - PrefixBytes - json.Length).ToString(CultureInfo.InvariantCulture) + " " + Hash(file) + "\n" + text.Replace('\r', '\t').Replace('\n', '\t');
        }
        catch (DecoderFallbackException)
        {
            return "!its header is not text\n";
        }
    }

    private static string Hash(FileStream file)
    {
        using var hash = SHA256.Create();
        file.Position = 0;
        return BitConverter.ToString(hash.ComputeHash(file)).Replace("-", "");
    }

    private static int Read(FileStream file, byte[] bytes)
    {
        int read = 0;
        for (int more = 1; more > 0 && read < bytes.Length; read += more)
        {
            more = file.Read(bytes, read, bytes.Length - read);
        }

        return read;
    }

    private void Write(string text)
    {
        string output = Path.Combine(Folder, Output);
        if (File.Exists(output) && File.ReadAllText(output) == text)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        string temporary = output + ".tmp";
        File.WriteAllText(temporary, text);
        if (File.Exists(output))
        {
            File.Replace(temporary, output, null);
        }
        else
        {
            File.Move(temporary, output);
        }
    }
}
