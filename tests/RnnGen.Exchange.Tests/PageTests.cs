using System.Text.RegularExpressions;
using RnnGen.Tool.Commands;

namespace RnnGen.Exchange.Tests;

/// <summary>What the how-to pages say that the command prints: a block marked <c>&lt;!-- said --&gt;</c> follows the one marked <c>&lt;!-- command: arguments --&gt;</c>; an … stands for the rest of a line.</summary>
public sealed partial class PageTests
{
    [Theory]
    [InlineData("bring-a-pytorch-model.md", "forecaster.pt")]
    [InlineData("bring-a-keras-model.md", "forecaster.keras")]
    public void TheCommandPrintsWhatThePageSays(string page, string data)
    {
        string pages = Path.Combine(Repository.Root, "docs", "how-to"), folder = Directory.CreateTempSubdirectory("rnngen-page-").FullName;
        try
        {
            string text = File.ReadAllText(Path.Combine(pages, page)).ReplaceLineEndings("\n");
            Match said = Said().Match(text);
            said.Success.ShouldBeTrue();
            text.ShouldContain($"```\nrnngen {said.Groups["arguments"].Value}\n```");
            string[] arguments = [.. said.Groups["arguments"].Value.Split(' ').Select(argument => argument == data ? Path.Combine(pages, data) : argument), "-o", folder];
            StringWriter output = new();
            Root.Run(arguments, output, output).ShouldBe(Root.Done, output.ToString());
            string[] printed = output.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n'), expected = said.Groups["said"].Value.TrimEnd().Split('\n');
            printed.Length.ShouldBe(expected.Length, output.ToString());
            for (int i = 0; i < printed.Length; i++)
            {
                string[] parts = expected[i].Split('…');
                printed[i].ShouldStartWith(parts[0]);
                (parts.Length > 1 || printed[i] == expected[i]).ShouldBeTrue(printed[i]);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"<!-- command: (?<arguments>[^\n]+) -->.*?<!-- said -->\n```\n(?<said>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Said();
}
