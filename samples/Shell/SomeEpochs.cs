namespace RnnGen.Samples;

/// <summary>Writes a line for about ten of a training's epochs, the last one among them.</summary>
/// <param name="epochs">The epochs of the training.</param>
public sealed class SomeEpochs(int epochs) : IProgress<EpochResult>
{
    /// <inheritdoc/>
    public void Report(EpochResult value)
    {
        if (Shows(value.Epoch, epochs))
        {
            ConsoleProgress.Instance.Report(value);
        }
    }

    /// <summary>Whether an epoch is one of those.</summary>
    public static bool Shows(int epoch, int epochs) => epoch % Math.Max(1, epochs / 10) == 0 || epoch == epochs;
}
