using System.Collections.Generic;
using RnnGen.Generator.Planning.Flow;

namespace RnnGen.Generator.Planning.Calls;

/// <summary>A memory that calls read and write.</summary>
internal enum Store
{
    /// <summary>What the method was given to read: sequences, or the row of a token's table.</summary>
    Input,

    /// <summary>The flat parameters.</summary>
    Parameters,

    /// <summary>The packed weights.</summary>
    Packs,

    Arena,

    /// <summary>A sum of gradients.</summary>
    Sums,

    /// <summary>What predictions are written to.</summary>
    Outputs,
}

/// <summary>What the generated code knows by name.</summary>
internal enum Named
{
    SequenceLength,
    OutputSize,

    /// <summary>The steps that are trained at once.</summary>
    TrainedSteps,

    /// <summary>The length of the one sequence that is predicted.</summary>
    Length,

    /// <summary>Whether a decoder's rows share the memory of the first.</summary>
    IsShared,

    /// <summary>What the gradient's flow is measured into, if it is.</summary>
    Flow,

    /// <summary>The first of the rows that the gradient's flow is measured by.</summary>
    FlowRow,

    /// <summary>The targets of a group, what its losses are multiplied by, and numbers that they are computed with.</summary>
    Targets,
    Scale,
    Workspace,

    /// <summary>What masks are drawn with: the seed, the training step, the group's first sequence.</summary>
    DrawSeed,
    DrawStep,
    DrawStart,

    /// <summary>Whether a stream has had no step.</summary>
    IsFirstStep,

    /// <summary>The steps that a stream has had after this one.</summary>
    StepsSoFar,

    /// <summary>The steps that a stream has had before a block.</summary>
    StepsBefore,
}

/// <summary>An argument of a call. The emitter knows how each is written in C#.</summary>
internal abstract record Argument
{
    private Argument()
    {
    }

    public static Argument Arena { get; } = new Memory(Store.Arena);

    public static Argument Packs { get; } = new Memory(Store.Packs);

    public static Argument Sums { get; } = new Memory(Store.Sums);

    /// <summary>No vector, where a callee takes one.</summary>
    public static Argument None { get; } = new Nothing();

    public static implicit operator Argument(int value) => new Number(value);

    public static implicit operator Argument(double value) => new Real(value);

    public static implicit operator Argument(bool value) => new Flag(value);

    public static implicit operator Argument(Named value) => new Name(value);

    public static implicit operator Argument(RowRange range) => new Rows(range);

    /// <summary>A vector among the packs.</summary>
    public static implicit operator Argument(PlannedVector vector) => new Memory(Store.Packs, vector.Pack);

    /// <summary>Offset, length of a step and of a row.</summary>
    public static implicit operator Argument(ValueRows rows) => new Group([rows.Offset, rows.StepLength, rows.Row]);

    public sealed record Number(int Value) : Argument;

    public sealed record Real(double Value) : Argument
    {
        /// <summary>The number as it is written: <c>1e-5</c>.</summary>
        public static string TextOf(double value) => value.ToString("0.################e+0", System.Globalization.CultureInfo.InvariantCulture).Replace("e+", "e");
    }

    public sealed record Flag(bool Value) : Argument;

    /// <summary>A share that is left out, by the mask's position; nothing where a loss is only measured.</summary>
    public sealed record Rate(int Mask) : Argument;

    public sealed record Name(Named Value) : Argument;

    /// <param name="Offset">Where in it; null at its beginning.</param>
    public sealed record Memory(Store Store, int? Offset = null) : Argument;

    public sealed record Nothing : Argument;

    /// <summary>The row of a table that a step's token names, where it is stored among the parameters.</summary>
    public sealed record TokenRow(int Step, int Size) : Argument;

    public sealed record Rows(RowRange Range) : Argument;

    /// <summary>The rows' steps.</summary>
    public sealed record LiveRows(Clock Clock) : Argument;

    /// <summary>The numbers of live rows from a step on; null is the step after the last one.</summary>
    public sealed record LiveFrom(Clock Clock, int? Step) : Argument;

    /// <summary>An offset at the first of the steps that a shared work has.</summary>
    /// <param name="Offset">At step 0.</param>
    /// <param name="StepLength">From a step to the next.</param>
    public sealed record AtSharedStep(int Offset, int StepLength) : Argument;

    /// <summary>The number of its steps.</summary>
    public sealed record SharedCount : Argument;

    /// <summary>The numbers of live rows from the first of them on.</summary>
    public sealed record SharedLive(Clock Clock) : Argument;

    /// <summary>Which part of a work it is, and of how many.</summary>
    public sealed record SharedPart : Argument;

    /// <summary>Several arguments, one after the other.</summary>
    public sealed record Group(IReadOnlyList<Argument> Parts) : Argument;

    /// <summary>A value of the runtime, made of several.</summary>
    public sealed record Made(IReadOnlyList<Argument> Parts) : Argument;
}
