using RnnGen.Generator.Planning.Calls;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The rows of a table that the tokens of one step name.</summary>
internal sealed record GatherTokens(int Step, int Size, int Offset, int Row, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "EmbeddingGradient.Gather", new Argument.Memory(Store.Input, Step), Named.SequenceLength, new Argument.Memory(Store.Parameters), Size, Argument.Arena, Offset, Row, Rows);
}
