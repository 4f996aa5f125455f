using RnnGen.Generator.Emitting;

namespace RnnGen.Generator.Tests;

/// <summary>Methods that calls share: one name, one text.</summary>
public sealed class SharedMethodTests
{
    [Fact]
    public void RequestsShareAMethodExactlyWhereTheyWouldPrintTheSame()
    {
        SourceWriter writer = new();
        SharedMethods methods = new(writer, "Tile");
        string Share(string comment, string parameter, string body) => methods.Share(comment, [parameter], () => writer.Write(body));

        string first = Share("a", "int b", "c();");
        Share("a", "int b", "c();").ShouldBe(first);
        string[] others = [Share("A", "int b", "c();"), Share("a", "int B", "c();"), Share("a", "int b", "C();"), Share("a", "int b", "c();\nc();")];
        others.Append(first).Distinct().Count().ShouldBe(5);

        writer.ToString().ShouldBe("", "nothing is written before it is asked for");
        methods.Write();
        writer.ToString().ShouldContain("private static void Tile3(int b)\n{\n    C();\n}\n");
        writer.ToString().Split("private static void").Length.ShouldBe(6);
    }

    /// <summary>A method that asks for another while it is printed, as a streamed group asks for its tiles, is printed whole.</summary>
    [Fact]
    public void AMethodMayAskForAnother()
    {
        SourceWriter writer = new();
        SharedMethods inner = new(writer, "Inner"), outer = new(writer, "Outer");
        using (writer.Open("class C"))
        {
            outer.Share("o", ["int i"], () =>
            {
                writer.Write("before();");
                using (writer.Open("if (i > 0)"))
                {
                    writer.Write($"{inner.Share("i", [], () => writer.Write("within();"))}();");
                }
            });
            outer.Write();
            inner.Write();
        }

        writer.ToString().ShouldContain("""
                private static void Outer0(int i)
                {
                    before();
                    if (i > 0)
                    {
                        Inner0();
                    }
                }
            """.ReplaceLineEndings("\n"));
        writer.ToString().ShouldContain("    private static void Inner0()\n    {\n        within();\n    }\n");
    }
}
