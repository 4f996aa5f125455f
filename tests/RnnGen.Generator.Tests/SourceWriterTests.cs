using RnnGen.Generator.Emitting;

namespace RnnGen.Generator.Tests;

/// <summary>The writer of generated text: lines are indented, their ends trimmed, and writers share no text through the room that they hand on.</summary>
public sealed class SourceWriterTests
{
    [Fact]
    public void LinesAreIndentedAndTrimmed()
    {
        SourceWriter writer = new();
        using (writer.Open("class A"))
        {
            writer.Write("a;  \r\n\n  b;\t\n   \n").Line();
        }

        writer.Take().ShouldBe("class A\n{\n    a;\n\n      b;\n\n\n\n}\n");
    }

    [Fact]
    public void WhatIsCapturedIsNotWritten()
    {
        SourceWriter writer = new();
        using (writer.Open(""))
        {
            writer.Capture(() => writer.Write("a;\n\n")).ShouldBe("a;");
            writer.Capture(() => { }).ShouldBe("");
            writer.Write("b;");
        }

        writer.Take().ShouldBe("{\n    b;\n}\n");
    }

    /// <summary>Texts of many lengths, some beyond the room that is kept, each written in pieces beside another.</summary>
    [Fact]
    public void AWriterBeginsEmptyWhereverAnotherEnded()
    {
        string[] lines = [new('a', 10), new('b', 40_000), new('c', 600_000)];
        SourceWriter one = new(), other = new();
        foreach (string first in lines)
        {
            foreach (string second in lines)
            {
                one.Write(first);
                other.Write(second).Write(first);
                one.Write(second);
                one.Take().ShouldBe($"{first}\n{second}\n");
                one.ToString().ShouldBe("");
                other.Take().ShouldBe($"{second}\n{first}\n");
            }
        }
    }
}
