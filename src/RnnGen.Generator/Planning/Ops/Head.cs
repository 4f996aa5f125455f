using RnnGen.Generator.Planning.Calls;

namespace RnnGen.Generator.Planning.Ops;

/// <summary>The output layer's values of one step go to the caller.</summary>
/// <param name="To">Where in a sequence's outputs.</param>
/// <param name="ToRow">Values of a sequence's outputs.</param>
internal sealed record CopyOutputs(int From, int FromRow, int To, int ToRow, RowRange Rows) : Call
{
    public override Invocation Invocation => Invocation.OfRuntime(
        "Rows.Copy", Argument.Arena, From, FromRow, Named.OutputSize, new Argument.Memory(Store.Outputs), To, ToRow, Rows);
}
