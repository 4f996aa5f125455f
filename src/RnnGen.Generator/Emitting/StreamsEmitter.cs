using System.Linq;
using RnnGen.Generator.Planning;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what steps many streams at once: the class that users hold, its schedule, and its shape.</summary>
internal static class StreamsEmitter
{
    /// <summary>Writes the class, and the method that creates it.</summary>
    public static void Write(ModelContext context) => context.Writer.Write($$"""
        /// <summary>Starts many sequences that are processed together, one step of all at a time: for servers, sensors and sample paths. Use the set from one thread.</summary>
        /// <param name="count">Streams, at least 1. Each {{PredictionPlanner.StreamRows}} take {{context.Plan.Memory.Streams}} bytes.</param>
        /// <exception cref="{{ModelContext.Sys}}ArgumentOutOfRangeException">The count is less than 1.</exception>
        public Streams CreateStreams(int count) => new(this, count);

        /// <summary>Many sequences that are processed together, one step of all at a time. A step reads [Count × {{context.Model.InputSize}}] {{context.InputNoun}} and writes [Count × {{context.Model.OutputSize}}].</summary>
        public sealed class Streams : {{ModelContext.Runtime}}.StreamStates<{{context.Types}}>
        {
            internal Streams({{context.Name}} model, int count) : base(model._rnn, count) { }

            /// <summary>Values of one saved stream, as many as of a saved <see cref="State"/>: either restores what the other saved.</summary>
            public const int Length = State.Length;

            /// <summary>Copies all streams to another set of the same model class and count.</summary>
            /// <param name="target">The other set.</param>
            /// <exception cref="{{ModelContext.Sys}}ArgumentException">The other set has another count; nothing changed.</exception>
            public void CopyTo(Streams target) => CopyAll(target);{{Statics(context)}}{{HeadSurfaceEmitter.OfStreams(context)}}
        }
        """);

    private static string Statics(ModelContext context) => context.Model.StaticSize == 0 ? "" : $$"""


        /// <summary>Sets the inputs of one stream that are given once, before the first step of its sequence; they stay until they are set again.</summary>
        /// <param name="stream">The stream, from 0.</param>
        /// <param name="statics">[{{context.Model.StaticSize}}] values and indices of categories.</param>
        /// <exception cref="{{ModelContext.Sys}}ArgumentException">There is no such stream, the span has another length, or a category is out of range; the message names it. Nothing changed.</exception>
        public void SetStatics(int stream, {{ModelContext.Sys}}ReadOnlySpan<{{context.Number}}> statics) => TakeStatics(stream, statics);
        """;

    /// <summary>Writes one step of the rows of an arena.</summary>
    public static void WriteSchedule(ModelContext context, PredictionPlan streams)
    {
        string number = context.Number;
        string table = context.ReadsTokens ? $"ref {number} p, " : "";
        string pooled = streams.Pool is null ? "" : $", {ModelContext.Group} rows";
        context.Writer.Write($"// One step of many streamed sequences; x: a step of each, y: their outputs{(streams.Pool is null ? "" : ", rows: how many steps each has had with this one")}.");
        context.Writer.Write(ModelContext.Optimized);
        using (context.Writer.Open($"private static void RnnStreams<K>(ref {context.Input} x, {table}ref {number} w, ref {number} a, ref {number} y, bool isOdd{pooled}, int first, int last) where K : struct, IRnnKernels"))
        {
            using (context.Writer.Open("if (isOdd)"))
            {
                ScheduleEmitter.WriteSteps(context, streams.Steps[1]);
            }

            using (context.Writer.Open("else"))
            {
                ScheduleEmitter.WriteSteps(context, streams.Steps[0]);
            }
        }
    }

    /// <summary>Writes where the states of the rows of an arena are stored.</summary>
    public static void WriteShape(RecordWriter model, ModelPlan plan)
    {
        PredictionPlan streams = plan.Streams!;
        using (RecordWriter record = model.Nested("Streams", $"{ModelContext.Runtime}.StreamsShape"))
        {
            record.Add("Rows", PredictionPlanner.StreamRows);
            record.Add("ArenaLength", streams.ArenaLength);
            record.AddList("States", $"{ModelContext.Runtime}.StreamedRowState", streams.States.Select(s =>
                ($"new({s.Even.Offset}, {s.Odd.Offset}, {s.Row}, {s.Size}{ShapeEmitter.StateDetails(s)}", $"{s.Unit.Name} {s.Name}")), isRequired: true);
            record.Add("Head", $"new({streams.Head.Offset}, 0, {streams.Head.Row})", plan.Specification.Loss.Definition.ReadsHead);
            if (streams.Pool is { } pool)
            {
                record.Add("Pool", $"new({pool.SoFar.Offset}, {pool.SoFar.StepLength / PredictionPlanner.StreamRows}, {pool.Unit.Width})");
            }
        }
    }
}
