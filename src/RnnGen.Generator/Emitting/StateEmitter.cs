using System.Linq;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes the streaming state: one sequence, processed step by step.</summary>
internal static class StateEmitter
{
    public static void Write(ModelContext context)
    {
        PredictionPlan streaming = context.Plan.Streaming!;
        string says = context.Plan.OutputSteps == 1 ? "what the model would predict if the sequence ended there" : "its output";
        int pool = streaming.Pool is { } pooled ? pooled.Unit.Width + 1 : 0;
        context.Writer.Write($$"""
            // ---- Streaming ----

            /// <summary>Starts a sequence that is processed step by step (streaming). Many states can share the model; use each state from one thread.</summary>
            public State CreateState() => new(this);

            /// <summary>A sequence that is processed step by step; each step computes {{says}}. A step reads [{{context.Model.InputSize}}] {{context.InputNoun}} and writes [{{context.Model.OutputSize}}].</summary>
            public sealed class State : {{ModelContext.Runtime}}.StreamState<{{context.Types}}>
            {
                internal State({{context.Name}} model) : base(model._rnn) { }

                /// <summary>Values of a saved state: the hidden (and cell) states of all layers{{(streaming.States.Any(s => s.Slot > 0) ? ", the past steps that convolutions read, the oldest first" : "")}}{{(pool > 0 ? ", the pooled outputs so far and the number of steps" : "")}}.</summary>
                public const int Length = {{streaming.States.Sum(s => s.Size) + pool}};

                /// <summary>Copies this state to another one of the same model class.</summary>
                /// <param name="target">The other state.</param>
                public void CopyTo(State target) => Copy(target);{{TokenStep(context)}}{{Statics(context)}}{{HeadSurfaceEmitter.OfState(context)}}
            }
            """);
    }

    private static string Statics(ModelContext context) => context.Model.StaticSize == 0 ? "" : $$"""


        /// <summary>Sets the inputs that are given once, before the first step of a sequence; they stay until they are set again.</summary>
        /// <param name="statics">[{{context.Model.StaticSize}}] values and indices of categories.</param>
        /// <exception cref="{{ModelContext.Sys}}ArgumentException">The span has another length, or a category is out of range; the message names it. The state is unchanged.</exception>
        public void SetStatics({{ModelContext.Sys}}ReadOnlySpan<{{context.Number}}> statics) => TakeStatics(statics);
        """;

    private static string TokenStep(ModelContext context) => !context.ReadsTokens ? "" : $$"""


        /// <summary>Feeds one token. It does not allocate.</summary>
        /// <param name="x">The token.</param>
        /// <param name="y">[{{context.Model.OutputSize}}] values, written.</param>
        /// <exception cref="{{ModelContext.Sys}}ArgumentException">The token is not of the vocabulary, or the span has another length.</exception>
        public void Step(int x, {{ModelContext.Sys}}Span<{{context.Number}}> y) => Step(new {{ModelContext.Sys}}ReadOnlySpan<int>(in x), y);
        """;
}
