using System.Globalization;
using RnnGen.Exchange.Model;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>Which Keras wrote a file. It decides what a configuration means that leaves something out.</summary>
/// <param name="Version">What the file says of its version, such as <c>2.9.0</c>, or null.</param>
/// <param name="Backend">What computed its layers, such as <c>tensorflow</c>, or null.</param>
internal sealed record KerasOrigin(string? Version, string? Backend)
{
    /// <summary>Whether it is a <c>.keras</c> file: the format came with 2.12.</summary>
    public bool IsArchive { get; init; }

    /// <summary>Whether the backend turns filters round: Theano convolves where the others correlate.</summary>
    /// <remarks>keras/engine/saving.py of Keras 2.3, <c>preprocess_weights_for_loading</c>.</remarks>
    public bool TurnsFilters => Backend == "theano";

    /// <summary>
    /// What a GRU without <c>reset_after</c> has: true since 2.4, whose only GRU is that of TensorFlow 2, and false in Keras 2.3 and before, or null where the version is of TensorFlow 1 as well as of 2.
    /// </summary>
    public bool? ResetsAfter => IsArchive ? true
        : Numbers is not var (major, minor) ? null
        : major > 2 || (major == 2 && minor >= 4) ? true
        : minor >= 2 && Version!.EndsWith("-tf", StringComparison.Ordinal) ? null
        : false;

    /// <summary>The function of the gates of an LSTM or a GRU without <c>recurrent_activation</c>: <c>sigmoid</c> since 2.3, and <c>hard_sigmoid</c> before. Null where the version does not say it, or is of TensorFlow 1 as well as of 2.</summary>
    /// <remarks>Release notes of Keras 2.3.0.</remarks>
    public string? GateFunction => IsArchive ? "sigmoid"
        : Numbers is not var (major, minor) ? null
        : major > 2 || (major == 2 && minor >= 3) ? "sigmoid"
        : Version!.EndsWith("-tf", StringComparison.Ordinal) ? null
        : "hard_sigmoid";

    /// <summary>What <c>hard_sigmoid</c> is: min(max(0.2 x + 0.5, 0), 1) until Keras 2, and relu6(x + 3) / 6 since Keras 3. Null where the version does not say it.</summary>
    public CellFunction? HardSigmoid => Numbers is not var (major, _) ? null : major >= 3 ? CellFunctions.HardSigmoidOfSix : CellFunctions.HardSigmoid(0.2, 0.5);

    private (int Major, int Minor)? Numbers
    {
        get
        {
            string[] parts = (Version ?? "").Split('.');
            return parts.Length >= 2 && Whole(parts[0], out int major) && Whole(parts[1], out int minor) ? (major, minor) : null;

            static bool Whole(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        }
    }
}
