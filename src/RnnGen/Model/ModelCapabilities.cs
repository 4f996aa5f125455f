namespace RnnGen;

/// <summary>A model that says at which vector width it runs: sums of another width are rounded otherwise, so a training keeps to one.</summary>
public interface IVectorizedModel
{
    /// <summary>The width of the vectors that it computes with.</summary>
    VectorWidth VectorWidth { get; set; }
}

/// <summary>A model with dropout. What its training leaves out follows from these numbers and each sequence's place; with them a training goes on where it stopped.</summary>
public interface IDropoutModel
{
    /// <summary>The seed of what dropout leaves out.</summary>
    int DropoutSeed { get; set; }

    /// <summary>How many gradients were computed.</summary>
    long DropoutStep { get; set; }
}

/// <summary>A model whose decoder may read its own output in training. When it does follows from these numbers and each sequence's place; with them a training goes on where it stopped.</summary>
public interface IScheduledSamplingModel
{
    /// <summary>The share of steps at which the decoder reads its own output, from 0 to 1.</summary>
    double ScheduledSampling { get; set; }

    /// <summary>The seed of these steps.</summary>
    int SamplingSeed { get; set; }

    /// <summary>How many gradients were computed.</summary>
    long SamplingStep { get; set; }
}
