using System.Text;
using System.Text.Json;
using CsCheck;
using Shouldly;
using Xunit;

namespace RnnGen.Data.Tests;

/// <summary>What is written as JSON lines is read back, in every encoding; arrays that are not of one shape are not.</summary>
public sealed class JsonLinesPropertyTests
{
    private static readonly Gen<string> s_text = Gen.OneOf(
        Gen.String[Gen.Char["aé€\u2028\uFEFF\0\n\r\"\\/"], 0, 10], Gen.OneOf("🙂", "👨‍👩‍👧", "e\u0301", "\uFFFD", "").Array[0, 4].Select(string.Concat));

    [Fact]
    public void What_is_written_is_read_back()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.jsonl");
        Gen<float> finite = Gen.Float.Where(float.IsFinite);
        try
        {
            Gen.Select(s_text, Gen.Int, finite.Array[3].Array[0, 4], Gen.Int.Array[0, 5], Gen.Bool).Array[1, 5].Select(Gen.OneOf(new Encoding[] { new UTF8Encoding(false), Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })).Sample(
                (lines, encoding) =>
                {
                    StringBuilder text = new();
                    foreach ((string t, int label, float[][] rows, int[] tokens, bool isSpaced) in lines)
                    {
                        text.Append(JsonSerializer.Serialize(new { t, label, rows, tokens })).Append(isSpaced ? "\r\n \n" : "\n");
                    }

                    File.WriteAllText(path, text.ToString(), encoding);
                    JsonLine[] read = [.. JsonLines.Read(path)];
                    read.Length.ShouldBe(lines.Length);
                    for (int i = 0; i < read.Length; i++)
                    {
                        read[i].Text("t").ShouldBe(lines[i].Item1);
                        read[i].WholeNumber("label").ShouldBe(lines[i].Item2);
                        read[i].Numbers("rows").ShouldBe([.. lines[i].Item3.SelectMany(r => r)]);
                        read[i].WholeNumbers("tokens").ShouldBe(lines[i].Item4);
                    }
                },
                iter: 200,
                threads: 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Rows_of_different_lengths_are_an_error()
    {
        Gen.Int[0, 9].Array[0, 3].Array[1, 4].Sample(
            rows =>
            {
                JsonLine line = JsonLines.Read(new StringReader(JsonSerializer.Serialize(new { rows }))).Single();
                if (rows.Select(r => r.Length).Distinct().Count() == 1)
                {
                    line.WholeNumbers("rows").ShouldBe([.. rows.SelectMany(r => r)]);
                }
                else
                {
                    Should.Throw<DataFormatException>(() => line.WholeNumbers("rows")).Line.ShouldBe(1);
                    Should.Throw<DataFormatException>(() => line.Numbers("rows"));
                }
            },
            iter: 1000);
    }
}
