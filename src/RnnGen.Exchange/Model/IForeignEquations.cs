namespace RnnGen.Exchange.Model;

/// <summary>A format's own equations on the numbers as the file holds them: slow, in double, and independent of what an import makes of them.</summary>
internal interface IForeignEquations
{
    /// <summary>Computes the outputs of one sequence.</summary>
    /// <param name="inputs"><c>[steps, inputs]</c>, or a token for each step.</param>
    /// <param name="steps">Steps of the sequence.</param>
    /// <returns><c>[steps, outputs]</c>, or <c>[outputs]</c> of a model with one output.</returns>
    double[] Run(ReadOnlySpan<double> inputs, int steps);

    /// <summary>What the runs so far computed; null for the format's equations of the layers.</summary>
    string? Basis => null;
}
