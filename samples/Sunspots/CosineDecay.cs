using RnnGen;

namespace Sunspots;

/// <summary>
/// Lowers the learning rate after each epoch along half a cosine, from its start to near 0: η(e) = η(0) (1 + cos(π e / epochs)) / 2.
/// The last epochs then settle, and the result depends less on which epoch is the last.
/// </summary>
/// <param name="optimizer">The optimiser, with the rate to start from.</param>
/// <param name="epochs">Epochs in all.</param>
/// <remarks>I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, without the restarts.</remarks>
internal sealed class CosineDecay(Optimizer optimizer, int epochs) : IProgress<EpochResult>
{
    private readonly double _start = optimizer.LearningRate;

    /// <inheritdoc/>
    public void Report(EpochResult value) =>
        optimizer.LearningRate = _start * (1 + Math.Cos(Math.PI * value.Epoch / epochs)) / 2;
}
