using System.Reflection;

namespace RnnGen.Numerics.Tests;

/// <summary>Members of generated models that stand beside their common interface.</summary>
internal static class Members
{
    public static readonly VectorWidth[] Widths = [VectorWidth.V128, VectorWidth.V256, VectorWidth.V512];

    public static TModel With<TModel>(this TModel model, VectorWidth? width = null, int? threads = null) where TModel : notnull
    {
        if (width is not null)
            typeof(TModel).GetProperty("VectorWidth")!.SetValue(model, width.Value);
        if (threads is not null)
            typeof(TModel).GetProperty("Threads")!.SetValue(model, threads.Value);
        return model;
    }

    /// <summary>Whether a model can be fed step by step.</summary>
    public static bool Streams(Type model) => model.GetMethod("CreateState") is not null;

    public static Stream<TNumber> CreateStream<TModel, TNumber>(this TModel model) where TModel : notnull =>
        new(typeof(TModel).GetMethod("CreateState")!.Invoke(model, null)!);
}

/// <summary>Many streams of one model, whatever it is.</summary>
internal sealed class StreamSet<TNumber, TInput>(object streams)
{
    private readonly StepAction _step = Bind<StepAction>(streams, "Step");
    private readonly SaveAction _save = Bind<SaveAction>(streams, "Save");
    private readonly RestoreAction _restore = Bind<RestoreAction>(streams, "Restore");

    private delegate void StepAction(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs);

    private delegate void SaveAction(int stream, Span<TNumber> values);

    private delegate void RestoreAction(int stream, ReadOnlySpan<TNumber> values);

    public static StreamSet<TNumber, TInput> Of<TModel>(TModel model, int count) where TModel : notnull =>
        new(typeof(TModel).GetMethod("CreateStreams")!.Invoke(model, [count])!);

    public int Length => (int)streams.GetType().GetField("Length")!.GetRawConstantValue()!;

    public void Step(ReadOnlySpan<TInput> inputs, Span<TNumber> outputs) => _step(inputs, outputs);

    public void Save(int stream, Span<TNumber> values) => _save(stream, values);

    public void Restore(int stream, ReadOnlySpan<TNumber> values) => _restore(stream, values);

    public void Reset() => Bind<Action>(streams, "Reset")();

    public void Reset(int stream) => Bind<Action<int>>(streams, "Reset")(stream);

    public void Copy(int from, int to) => Bind<Action<int, int>>(streams, "Copy")(from, to);

    public void CopyTo(StreamSet<TNumber, TInput> target) => streams.GetType().GetMethod("CopyTo")!.Invoke(streams, [target.Set]);

    private object Set => streams;

    private static T Bind<T>(object streams, string method) where T : Delegate => streams.GetType()
        .GetMethod(method, [.. typeof(T).GetMethod("Invoke")!.GetParameters().Select(p => p.ParameterType)])!.CreateDelegate<T>(streams);
}

/// <summary>A streaming state, whatever its model.</summary>
internal sealed class Stream<TNumber>
{
    private readonly object _state;
    private readonly StepAction _step;
    private readonly StepAction _process;
    private readonly SaveAction _save;
    private readonly RestoreAction _restore;

    public Stream(object state)
    {
        _state = state;
        _step = Bind<StepAction>("Step");
        _process = Bind<StepAction>("Process");
        _save = Bind<SaveAction>("Save");
        _restore = Bind<RestoreAction>("Restore");
        Length = (int)state.GetType().GetField("Length")!.GetRawConstantValue()!;
    }

    private delegate void StepAction(ReadOnlySpan<TNumber> x, Span<TNumber> y);

    private delegate void SaveAction(Span<TNumber> values);

    private delegate void RestoreAction(ReadOnlySpan<TNumber> values);

    public int Length { get; }

    public void Step(ReadOnlySpan<TNumber> x, Span<TNumber> y) => _step(x, y);

    public void Process(ReadOnlySpan<TNumber> block, Span<TNumber> outputs) => _process(block, outputs);

    public void Save(Span<TNumber> values) => _save(values);

    public void Restore(ReadOnlySpan<TNumber> values) => _restore(values);

    public void Reset() => Bind<Action>("Reset")();

    public void CopyTo(Stream<TNumber> target) => _state.GetType().GetMethod("CopyTo")!.Invoke(_state, [target._state]);

    private T Bind<T>(string method) where T : Delegate =>
        _state.GetType().GetMethod(method, BindingFlags.Public | BindingFlags.Instance)!.CreateDelegate<T>(_state);
}
