namespace RnnGen.Runtime.Tests;

/// <summary>Layouts of models that exist in tests only.</summary>
internal static class Layouts
{
    public static ModelLayout Of(params (string Name, int[] Shape)[] tensors) => Specified("", tensors);

    /// <param name="specification">What is saved of the declaration.</param>
    /// <param name="tensors">The parameters.</param>
    public static ModelLayout Specified(string specification, params (string Name, int[] Shape)[] tensors)
    {
        List<ParameterInfo> parameters = [];
        int offset = 0;
        foreach ((string name, int[] shape) in tensors)
        {
            int length = shape.Aggregate(1, (x, y) => x * y);
            parameters.Add(new ParameterInfo(name, shape, offset, length, shape.Length == 1 ? ParameterKind.Bias : ParameterKind.InputWeight));
            offset += length;
        }

        return new ModelLayout
        {
            ModelName = "Tested",
            Declaration = "ManyToOne 3x1 -> Lstm(2) -> Dense(1), MeanSquaredError",
            Specification = specification,
            Parameters = parameters,
            ParameterCount = offset,
            SequenceLength = 3,
            OutputSteps = 1,
            InputLength = 3,
            TargetLength = 1,
            OutputLength = 1,
            BatchSize = 4,
            TrainingMemory = 0,
            PredictionMemory = 0,
            ForwardFlops = 0,
        };
    }

    public static ModelLayout Flat(int count) => Of(("head.weight", [count]));
}
