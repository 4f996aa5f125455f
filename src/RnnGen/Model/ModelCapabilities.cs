namespace RnnGen;

/// <summary>A model that reports the vector width that it runs at: sums of another width are rounded differently, so a training keeps one width.</summary>
public interface IVectorizedModel
{
    /// <summary>The width of the vectors that it computes with.</summary>
    VectorWidth VectorWidth { get; set; }
}

/// <summary>A model with dropout. Its masks depend only on these numbers and each sequence's place, so a training can be resumed with them.</summary>
public interface IDropoutModel
{
    /// <summary>The seed of the dropout masks.</summary>
    int DropoutSeed { get; set; }

    /// <summary>How many gradients were computed.</summary>
    long DropoutStep { get; set; }
}

/// <summary>A model whose decoder may read its own output in training (scheduled sampling). The steps at which it does depend only on these numbers and each sequence's place, so a training can be resumed with them.</summary>
public interface IScheduledSamplingModel
{
    /// <summary>The share of steps at which the decoder reads its own output, from 0 to 1.</summary>
    double ScheduledSampling { get; set; }

    /// <summary>The seed of these steps.</summary>
    int SamplingSeed { get; set; }

    /// <summary>How many gradients were computed.</summary>
    long SamplingStep { get; set; }
}
