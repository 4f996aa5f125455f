using System.Collections;
using System.Numerics;
using System.Reflection;
using RnnGen.Runtime;

namespace RnnGen.Generator.Tests.Fuzz;

/// <summary>What generated models have beside their common interface.</summary>
internal sealed class ModelSurface<TNumber, TInput, TTarget>(object model)
    where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private delegate TNumber StatefulGradients(ReadOnlySpan<TInput> inputs, ReadOnlySpan<TTarget> targets, int count, Span<TNumber> gradients, BatchState<TNumber> state, ReadOnlySpan<int> lengths);

    private delegate TNumber GradientsOfStep(ReadOnlySpan<TInput> input, Span<TNumber> gradients, int output, int step, int length);

    private delegate TNumber GradientsOfEnd(ReadOnlySpan<TInput> input, Span<TNumber> gradients, int output, int length);

    public VectorWidth Width
    {
        get => (VectorWidth)Property(nameof(Width)).GetValue(model)!;
        set => Property(nameof(Width)).SetValue(model, value);
    }

    public int Threads
    {
        set => model.GetType().GetProperty(nameof(Threads))!.SetValue(model, value);
    }

    /// <summary>Whether it is fed step by step.</summary>
    public bool Streams => model.GetType().GetMethod("CreateState") is not null;

    public DrawnStream<TNumber, TInput> Stream() => new(model.GetType().GetMethod("CreateState")!.Invoke(model, null)!);

    public DrawnStreams<TNumber, TInput> CreateStreams(int count) => new(model.GetType().GetMethod("CreateStreams")!.Invoke(model, [count])!);

    /// <summary>Whether outputs are differentiated with respect to the input.</summary>
    public bool Explains => model.GetType().GetMethod("ComputeInputGradients") is not null;

    /// <summary>The gradient of an output with respect to the input, and the output.</summary>
    public TNumber InputGradients(TInput[] input, TNumber[] gradients, int output, int step, int length) => model.GetType().GetMethod("ComputeInputGradients")! is var method && method.GetParameters().Length == 5
        ? method.CreateDelegate<GradientsOfStep>(model)(input, gradients, output, step, length) : method.CreateDelegate<GradientsOfEnd>(model)(input, gradients, output, length);

    /// <summary>Whether training carries states from window to window.</summary>
    public bool Carries => model is IStatefulModel<TNumber, TInput, TTarget>;

    public BatchState<TNumber> BatchState(int count) => ((IStatefulModel<TNumber, TInput, TTarget>)model).CreateBatchState(count);

    public double Gradients(DrawnData<TNumber, TInput, TTarget> data, TNumber[] gradients, BatchState<TNumber> state) => double.CreateChecked(
        model.GetType().GetMethods().Single(method => method.Name == "ComputeGradients" && method.GetParameters().Any(parameter => parameter.ParameterType == typeof(BatchState<TNumber>)))
            .CreateDelegate<StatefulGradients>(model)(data.Inputs, data.Targets, data.Count, gradients, state, data.Lengths));

    /// <summary>Fills what the model computes in, but for its packed parameters, with what is no number.</summary>
    public int Spoil()
    {
        int spoilt = 0;
        Visit(model, "", []);
        return spoilt;

        void Visit(object at, string name, HashSet<object> seen)
        {
            if (!seen.Add(at) || name.EndsWith("packs", StringComparison.OrdinalIgnoreCase))
            {
                return;
            }

            if (at is AlignedBuffer<TNumber> buffer)
            {
                buffer.Span.Fill(TNumber.NaN);
                spoilt++;
            }
            else if (at is Array { Rank: 1 } array && !array.GetType().GetElementType()!.IsValueType)
            {
                foreach (object? element in array)
                {
                    VisitNext(element, "", seen);
                }
            }
            else if (at.GetType().Assembly == model.GetType().Assembly || at.GetType().Namespace == typeof(AlignedBuffer<TNumber>).Namespace)
            {
                for (Type? type = at.GetType(); type is not null; type = type.BaseType)
                {
                    foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly).Where(field => !field.FieldType.IsValueType && !field.FieldType.IsPointer))
                    {
                        VisitNext(field.GetValue(at), field.Name, seen);
                    }
                }
            }
        }

        void VisitNext(object? next, string name, HashSet<object> seen)
        {
            if (next is not (null or string or Delegate))
            {
                Visit(next, name, seen);
            }
        }
    }

    private PropertyInfo Property(string name) => model.GetType().GetProperty("Vector" + name)!;
}

/// <summary>Many streams of a model.</summary>
internal sealed class DrawnStreams<TNumber, TInput>(object streams)
{
    private delegate void StepAction(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs);

    private delegate void StaticsAction(int stream, ReadOnlySpan<TInput> statics);

    /// <summary>Sets what is given once, where the model has such inputs.</summary>
    public void SetStatics(int stream, ReadOnlySpan<TInput> statics)
    {
        if (!statics.IsEmpty)
        {
            streams.GetType().GetMethod("SetStatics")!.CreateDelegate<StaticsAction>(streams)(stream, statics);
        }
    }

    public void Step(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs) => streams.GetType()
        .GetMethod("Step", [typeof(ReadOnlySpan<TInput>), typeof(Span<TNumber>)])!.CreateDelegate<StepAction>(streams)(inputs, outputs);
}

/// <summary>A model's streaming state.</summary>
internal sealed class DrawnStream<TNumber, TInput>(object state)
{
    private delegate void StepAction(ReadOnlySpan<TInput> x, Span<TNumber> y);

    private delegate void SaveAction(Span<TNumber> values);

    private delegate void RestoreAction(ReadOnlySpan<TNumber> values);

    public int Length { get; } = (int)state.GetType().GetField("Length")!.GetRawConstantValue()!;

    private delegate void StaticsAction(ReadOnlySpan<TInput> statics);

    /// <summary>Sets what is given once, where the model has such inputs.</summary>
    public void SetStatics(ReadOnlySpan<TInput> statics)
    {
        if (!statics.IsEmpty)
        {
            Bind<StaticsAction>("SetStatics")(statics);
        }
    }

    public void Step(ReadOnlySpan<TInput> x, Span<TNumber> y) => Bind<StepAction>("Step")(x, y);

    public TNumber[] Save()
    {
        TNumber[] values = new TNumber[Length];
        Bind<SaveAction>("Save")(values);
        return values;
    }

    public void Restore(TNumber[] values) => Bind<RestoreAction>("Restore")(values);

    private T Bind<T>(string method) where T : Delegate => state.GetType()
        .GetMethod(method, [.. typeof(T).GetMethod("Invoke")!.GetParameters().Select(parameter => parameter.ParameterType)])!.CreateDelegate<T>(state);
}
