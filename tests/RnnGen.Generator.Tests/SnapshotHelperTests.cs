using RnnGen.Generator.Tests.Harness;
using Xunit.Sdk;

namespace RnnGen.Generator.Tests;

/// <summary>The snapshot helper fails on every difference and accepts only on request.</summary>
public sealed class SnapshotHelperTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-snapshots").FullName;

    [Fact]
    public void ANewTextFailsAndIsReceived()
    {
        Should.Throw<FailException>(() => Verify("A.g.cs", "one\n")).Message.ShouldContain("New:");
        File.ReadAllText(Path.Combine(_folder, "Test.Method#A.g.received.cs")).ShouldBe("one\n");
        File.Exists(Path.Combine(_folder, "Test.Method#A.g.verified.cs")).ShouldBeFalse();
    }

    [Fact]
    public void AnAcceptedTextPassesAndAChangedOneShowsItsLines()
    {
        Verify("A.g.cs", "one\ntwo\nthree\n", accept: true);
        Verify("A.g.cs", "one\r\ntwo\r\nthree\r\n");
        string message = Should.Throw<FailException>(() => Verify("A.g.cs", "one\n2\nthree\n")).Message;
        message.ShouldContain("- two");
        message.ShouldContain("+ 2");
        Verify("A.g.cs", "one\ntwo\nthree\n");
        Directory.GetFiles(_folder, "*.received.cs").ShouldBeEmpty();
    }

    [Fact]
    public void ASnapshotThatIsNoLongerGeneratedFails()
    {
        Verify("A.g.cs", "one\n", accept: true);
        Should.Throw<FailException>(() => Snapshot.Verify([], _folder, "Test.Method", accept: false)).Message.ShouldContain("No longer generated");
    }

    [Fact]
    public void TheVersionIsScrubbed()
    {
        Verify("A.g.cs", $"\"{typeof(RnnModelGenerator).Assembly.GetName().Version!.ToString(3)}\"\n", accept: true);
        File.ReadAllText(Path.Combine(_folder, "Test.Method#A.g.verified.cs")).ShouldBe("\"{version}\"\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Verify(string name, string text, bool accept = false) => Snapshot.Verify([(name, text)], _folder, "Test.Method", accept);
}
