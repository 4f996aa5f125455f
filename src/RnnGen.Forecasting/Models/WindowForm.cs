namespace RnnGen.Forecasting;

/// <summary>How a model reads a window and forecasts its horizon, which follows from its declaration.</summary>
internal enum WindowForm
{
    /// <summary>Reads the context, and outputs all steps of the horizon after its last step (many-to-one).</summary>
    Direct,

    /// <summary>Reads context and horizon, and outputs a value at each step (many-to-many); only those of the horizon count.</summary>
    Aligned,

    /// <summary>Reads the context, and decodes the horizon step by step (encoder-decoder).</summary>
    Decoded,
}
