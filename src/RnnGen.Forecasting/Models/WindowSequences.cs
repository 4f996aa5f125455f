namespace RnnGen.Forecasting;

/// <summary>
/// Windows as sequences for a training. They are made one after the other while they are read. Neighbours in time are far apart: window i is the (i × stride mod count)-th, with a stride near the golden
/// section of the count that has no divisor in common with it.
/// </summary>
internal static class WindowSequences
{
    private const double GoldenSection = 0.6180339887498949;

    /// <summary>Writes values of a window.</summary>
    public delegate void Copy(WindowReader reader, Span<float> values);

    /// <summary>The sequences of a model.</summary>
    /// <param name="windows">The windows.</param>
    /// <param name="model">The model's layout.</param>
    /// <param name="inputs">Writes what it reads.</param>
    /// <param name="targets">Writes its targets.</param>
    /// <exception cref="SeriesDataException">As they are read: a target is missing, and the model does not mask missing targets.</exception>
    public static StreamedSequences<float, float> Of(ForecastWindows windows, ModelLayout model, Copy inputs, Copy targets) =>
        StreamedSequences.Create(Read(windows, model, inputs, targets), model.InputLength, model.TargetLength, new StreamOptions { Count = windows.Count, ShuffleBuffer = Math.Min(windows.Count, ShuffledWindows) });

    // They are mixed already; the buffer varies the order from pass to pass.
    private const int ShuffledWindows = 1024;

    private static IEnumerable<Sequence<float, float>> Read(ForecastWindows windows, ModelLayout model, Copy inputs, Copy targets)
    {
        WindowReader reader = windows.CreateReader();
        long stride = StrideOf(windows.Count);
        for (long i = 0; i < windows.Count; i++)
        {
            float[] input = new float[model.InputLength], target = new float[model.TargetLength];
            reader.Read((int)(i * stride % windows.Count));
            inputs(reader, input);
            targets(reader, target);
            if (!model.MaskedTargets && target.AsSpan().Contains(float.NaN))
            {
                throw new SeriesDataException(Missing(reader, model), reader.Series.Id, reader.Series.TimeOf(reader.Origin));
            }

            yield return new(input, target);
        }
    }

    // Decoders have no masked targets.
    private static string Missing(WindowReader reader, ModelLayout model) => Invariant($"a target of the window whose past ends before step {reader.Origin} is missing, or a value of its past that the scaling does not have; ") + (model.IsDecoded
        ? $"an encoder-decoder such as {model.ModelName} takes none. Fill the missing values, leave the series out, or declare another architecture with MaskedTargets = true."
        : $"declare MaskedTargets = true for {model.ModelName}.");

    private static long StrideOf(int count)
    {
        long stride = Math.Max(1, (long)(count * GoldenSection));
        while (GreatestCommonDivisor(stride, count) != 1)
        {
            stride++;
        }

        return stride;
    }

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
