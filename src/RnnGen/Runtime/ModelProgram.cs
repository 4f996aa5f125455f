using System.ComponentModel;
using System.Numerics;

namespace RnnGen.Runtime;

/// <summary>
/// The generated part of a model at one vector width: its schedules, its loss, and how its parameters are drawn and packed. It has no state, so one instance serves
/// all models of a class. The common implementation calls it: <see cref="ModelCore{TNumber, TInput, TTarget}"/> and its parts.
/// </summary>
/// <typeparam name="TNumber">The number type.</typeparam>
/// <typeparam name="TInput">The type of one input element.</typeparam>
/// <typeparam name="TTarget">The type of one target element.</typeparam>
/// <remarks>w are the packed weights, p the parameters, a an arena, g a sum of gradients; rows before <c>last</c> are in use.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ModelProgram<TNumber, TInput, TTarget>
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    /// <summary>The same at another width.</summary>
    /// <param name="width">The width.</param>
    public abstract ModelProgram<TNumber, TInput, TTarget> At(VectorWidth width);

    /// <summary>Draws all parameters.</summary>
    /// <param name="parameters">Receives them.</param>
    /// <param name="seed">The seed.</param>
    public abstract void Initialize(Span<TNumber> parameters, int seed);

    /// <summary>Packs the matrices' rows that are in a range of parameters into the layout that the kernels read.</summary>
    /// <param name="p">The parameters.</param>
    /// <param name="w">The packs.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    public abstract void Pack(ref TNumber p, ref TNumber w, int first, int last);

    /// <summary>Packs all parameters that are not rows of matrices, and everything of more than one row that training reads.</summary>
    /// <param name="p">The parameters.</param>
    /// <param name="w">The packs.</param>
    public abstract void PackRest(ref TNumber p, ref TNumber w);

    /// <summary>Packs what predictions and streams read and training does not.</summary>
    /// <param name="p">The parameters.</param>
    /// <param name="w">The packs.</param>
    public virtual void PackToPredict(ref TNumber p, ref TNumber w)
    {
    }

    /// <summary>Unpacks the gradients of a range of parameters from the layout in which they were summed.</summary>
    /// <param name="sums">The sum.</param>
    /// <param name="g">The flat gradient.</param>
    /// <param name="first">The first parameter of the range.</param>
    /// <param name="last">The parameter after the last one of the range, which cuts no row.</param>
    public abstract void TakeGradients(ref TNumber sums, ref TNumber g, int first, int last);

    /// <summary>Checks the values of targets.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="lengths">Lengths of the sequences, or empty if all have all steps.</param>
    public virtual void Check(ReadOnlySpan<TTarget> targets, ReadOnlySpan<int> lengths)
    {
    }

    /// <summary>The number of terms that the loss is the mean of; 0 if there is no target.</summary>
    /// <param name="targets">The targets.</param>
    /// <param name="count">Sequences.</param>
    /// <param name="lengths">Their lengths, or empty if all have all steps.</param>
    public abstract double Terms(ReadOnlySpan<TTarget> targets, int count, ReadOnlySpan<int> lengths);

    /// <summary>Draws the dropout masks, and applies them to the inputs.</summary>
    /// <param name="a">The training arena.</param>
    /// <param name="draw">The source of the masks.</param>
    /// <param name="rows">The group.</param>
    /// <param name="decoded">Its decoded sequences.</param>
    /// <param name="last">Rows.</param>
    public virtual void Drop(ref TNumber a, in DropoutDraw draw, GroupRows rows, GroupRows decoded, int last)
    {
    }

    /// <summary>Applies the masks of the inputs to their adjoints.</summary>
    /// <param name="a">The training arena.</param>
    /// <param name="rows">The group.</param>
    /// <param name="decoded">Its decoded sequences.</param>
    /// <param name="last">Rows.</param>
    public virtual void DropAdjoints(ref TNumber a, GroupRows rows, GroupRows decoded, int last)
    {
    }

    /// <summary>Sets the states before the first step.</summary>
    /// <param name="w">The packs.</param>
    /// <param name="a">The training arena.</param>
    /// <param name="last">Rows.</param>
    public abstract void Start(ref TNumber w, ref TNumber a, int last);

    /// <summary>The forward pass of training.</summary>
    /// <param name="w">The packs.</param>
    /// <param name="a">The training arena.</param>
    /// <param name="rows">The group.</param>
    /// <param name="decoded">Its decoded sequences.</param>
    /// <param name="last">Rows.</param>
    /// <param name="measured">The measured rows of the gradient's flow.</param>
    /// <param name="shared">The steps that threads share; null where the model has no such.</param>
    public abstract void Forward(ref TNumber w, ref TNumber a, GroupRows rows, GroupRows decoded, int last, MeasuredRows measured, SharedSteps? shared);

    /// <summary>Each row's loss, and ∂L/∂y.</summary>
    /// <param name="a">The training arena.</param>
    /// <param name="targets">The targets in the order of the rows.</param>
    /// <param name="scale">1 / the number of terms of the loss.</param>
    /// <param name="rows">The rows that the outputs are of.</param>
    /// <param name="last">Rows.</param>
    /// <param name="workspace">Memory for the loss.</param>
    public abstract void Loss(ref TNumber a, TTarget[] targets, TNumber scale, GroupRows rows, int last, double[] workspace);

    /// <summary>Back-propagation through time.</summary>
    /// <param name="w">The packs.</param>
    /// <param name="a">The training arena.</param>
    /// <param name="g">The sum that the group's weight gradients are added to.</param>
    /// <param name="rows">The group.</param>
    /// <param name="decoded">Its decoded sequences.</param>
    /// <param name="last">Rows.</param>
    /// <param name="measured">The measured rows of the gradient's flow.</param>
    /// <param name="shared">The steps that threads share; null where the model has no such.</param>
    public abstract void Backward(ref TNumber w, ref TNumber a, ref TNumber g, GroupRows rows, GroupRows decoded, int last, MeasuredRows measured, SharedSteps? shared);

    /// <summary>Does a part of what threads share.</summary>
    /// <param name="work">The part.</param>
    /// <param name="w">The packs.</param>
    /// <param name="a">The training arena.</param>
    /// <param name="g">The sum that the group's weight gradients are added to.</param>
    /// <param name="rows">The group.</param>
    /// <param name="decoded">Its decoded sequences.</param>
    public virtual void Share(SharedWork work, ref TNumber w, ref TNumber a, ref TNumber g, GroupRows rows, GroupRows decoded) => throw new NotSupportedException();

    /// <summary>Predicts one sequence.</summary>
    /// <param name="x">The sequence.</param>
    /// <param name="p">The parameters.</param>
    /// <param name="w">The packs.</param>
    /// <param name="a">The memory of the prediction.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="steps">Steps of the sequence.</param>
    public virtual void PredictOne(ref TInput x, ref TNumber p, ref TNumber w, ref TNumber a, ref TNumber y, int steps) => throw new NotSupportedException();

    /// <summary>Predicts several sequences at once; in a model with a decoder, reads them.</summary>
    /// <param name="x">The sequences.</param>
    /// <param name="p">The parameters.</param>
    /// <param name="w">The packs.</param>
    /// <param name="a">The memory of the prediction.</param>
    /// <param name="y">Receives the outputs.</param>
    /// <param name="rows">The sequences' rows.</param>
    /// <param name="last">Rows.</param>
    public virtual void PredictRows(ref TInput x, ref TNumber p, ref TNumber w, ref TNumber a, ref TNumber y, GroupRows rows, int last) => throw new NotSupportedException();

    /// <summary>Reads what the output layer's values say of targets.</summary>
    /// <param name="reading">What is read.</param>
    /// <param name="head">The output layer's values, one target after the other.</param>
    /// <param name="values">Receives what is read.</param>
    /// <param name="targets">Targets.</param>
    /// <param name="draws">The chance that draws are made with.</param>
    public virtual void Read(HeadReading reading, ref TNumber head, ref TNumber values, int targets, HeadDraws draws) => throw new NotSupportedException();

    /// <summary>Computes one step of one sequence.</summary>
    /// <param name="x">The values of the step, or of its token's embedding.</param>
    /// <param name="w">The packs.</param>
    /// <param name="a">The state's memory.</param>
    /// <param name="isOdd">Whether the step's number is odd.</param>
    /// <param name="steps">The number of earlier steps, if outputs are pooled.</param>
    public virtual void Stream(ref TNumber x, ref TNumber w, ref TNumber a, bool isOdd, int steps) => throw new NotSupportedException();

    /// <summary>Computes one step of many sequences that are fed step by step.</summary>
    /// <param name="x">The step of the arena's first sequence, followed by the others'.</param>
    /// <param name="p">The parameters.</param>
    /// <param name="w">The packs.</param>
    /// <param name="a">The sequences' memory.</param>
    /// <param name="y">Receives their outputs.</param>
    /// <param name="rows">The sequences.</param>
    public virtual void Streams(ref TInput x, ref TNumber p, ref TNumber w, ref TNumber a, ref TNumber y, StreamedRows rows) => throw new NotSupportedException();

    /// <summary>Computes steps of one sequence at once, up to as many as a block has.</summary>
    /// <param name="x">The steps.</param>
    /// <param name="p">The parameters.</param>
    /// <param name="w">The packs.</param>
    /// <param name="a">The block's memory.</param>
    /// <param name="before">The number of earlier steps.</param>
    /// <param name="said">The first step at which the output of a model that says one thing at the end is wanted.</param>
    /// <param name="steps">The number of steps.</param>
    public virtual void Block(ref TInput x, ref TNumber p, ref TNumber w, ref TNumber a, int before, int said, int steps) => throw new NotSupportedException();

    /// <summary>Step 0, 2, 4… of a decoder.</summary>
    /// <param name="w">The packs.</param>
    /// <param name="a">The decoder's memory.</param>
    /// <param name="rows">The sequences that were read.</param>
    /// <param name="isShared">Whether all rows are beams of one sequence, that of the first row.</param>
    /// <param name="last">Rows.</param>
    public virtual void DecodeEven(ref TNumber w, ref TNumber a, GroupRows rows, bool isShared, int last) => throw new NotSupportedException();

    /// <summary>Step 1, 3, 5… of a decoder.</summary>
    /// <param name="w">The packs.</param>
    /// <param name="a">The decoder's memory.</param>
    /// <param name="rows">The sequences that were read.</param>
    /// <param name="isShared">Whether all rows are beams of one sequence, that of the first row.</param>
    /// <param name="last">Rows.</param>
    public virtual void DecodeOdd(ref TNumber w, ref TNumber a, GroupRows rows, bool isShared, int last) => throw new NotSupportedException();

    /// <summary>The job that trains the model.</summary>
    /// <param name="core">The model.</param>
    public virtual TrainingJob<TNumber, TInput, TTarget> CreateJob(ModelCore<TNumber, TInput, TTarget> core) => new(core);

    /// <summary>The gradients of the embedding tables; null if there are none.</summary>
    /// <param name="shape">How the model trains.</param>
    public virtual TokenTables<TNumber>? CreateTables(TrainingShape shape) => null;
}

/// <summary>The source of dropout masks.</summary>
/// <param name="Seed">The model's seed.</param>
/// <param name="Step">Gradients computed so far.</param>
/// <param name="Start">Sequences before the group's.</param>
/// <param name="Rates">The shares that are left out; null where dropout is off.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DropoutDraw(int Seed, long Step, int Start, DropoutRates? Rates)
{
    /// <summary>The share that a mask leaves out.</summary>
    /// <param name="mask">The mask, from 0.</param>
    public double Rate(int mask) => Rates is null ? 0 : Rates.Values[mask];
}

/// <summary>The rows of an arena of streams that a step computes.</summary>
/// <param name="rows">The number of steps that each has had with this one, if outputs are pooled.</param>
/// <param name="isOdd">Whether the step's number is odd.</param>
/// <param name="count">Rows, from the first.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct StreamedRows(GroupRows rows, bool isOdd, int count)
{
    /// <summary>The number of steps that each has had with this one, if outputs are pooled.</summary>
    public GroupRows Rows { get; } = rows;

    /// <summary>Whether the step's number is odd.</summary>
    public bool IsOdd { get; } = isOdd;

    /// <summary>Rows, from the first.</summary>
    public int Count { get; } = count;
}

/// <summary>The measured rows of a group.</summary>
/// <param name="Flow">What measures the flow, or null.</param>
/// <param name="Row">The group's first row among the rows that are measured.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct MeasuredRows(GradientFlow? Flow, int Row);

/// <summary>A part of a work that threads share.</summary>
/// <param name="Work">Which of the model's works.</param>
/// <param name="From">The first step.</param>
/// <param name="To">The step after the last.</param>
/// <param name="Part">The part, from 0.</param>
/// <param name="Parts">How many there are.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct SharedWork(int Work, int From, int To, int Part, int Parts);
