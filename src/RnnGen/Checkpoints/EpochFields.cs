namespace RnnGen.Runtime;

/// <summary>The results of an epoch as fields of a file or a message.</summary>
internal static class EpochFields
{
    public static void Write(CheckpointWriter writer, EpochResult epoch)
    {
        writer.Write(epoch.TrainingLoss);
        writer.Write(epoch.ValidationLoss);
        writer.Write(epoch.FreeRunningLoss);
        writer.Write(epoch.Monitored);
        writer.Write(epoch.Seconds);
        writer.Write(epoch.SequencesPerSecond);
        writer.Write(epoch.LearningRate);
        writer.Write(epoch.SkippedSteps);
        writer.Write(epoch.SkippedValidation);
        writer.Write(epoch.HasOvershot);
        WriteEvaluation(writer, epoch.Validation);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="number">The number of the epoch.</param>
    /// <param name="monitor">What the training watches.</param>
    public static EpochResult Read(CheckpointReader reader, int number, Monitor monitor) => new()
    {
        Epoch = number, TrainingLoss = reader.ReadDouble("the loss of an epoch"), ValidationLoss = reader.ReadOptional("the validation loss of an epoch"),
        FreeRunningLoss = reader.ReadOptional("the free-running loss of an epoch"), Monitored = reader.ReadOptional("what was watched in an epoch"), Monitor = monitor, Seconds = reader.ReadDouble("the seconds of an epoch"), SequencesPerSecond = reader.ReadDouble("the rate of an epoch"),
        LearningRate = reader.ReadDouble("the learning rate of an epoch"),
        SkippedSteps = reader.ReadInt("the skipped steps of an epoch", 0),
        SkippedValidation = reader.ReadInt("the validation sequences of an epoch that were left out", 0),
        HasOvershot = reader.ReadBool("whether an epoch overshot"),
        Validation = ReadEvaluation(reader),
    };

    private static void WriteEvaluation(CheckpointWriter writer, Evaluation? evaluation)
    {
        writer.Write(evaluation is not null);
        if (evaluation is null)
        {
            return;
        }

        writer.Write(evaluation.Loss);
        writer.Write(evaluation.Count);
        writer.Write(evaluation.LossIsTeacherForced);
        foreach (double? measure in (ReadOnlySpan<double?>)
            [evaluation.Accuracy, evaluation.Precision, evaluation.Recall, evaluation.F1, evaluation.Perplexity, evaluation.LabelErrorRate, evaluation.Mae, evaluation.Rmse, evaluation.RSquared])
        {
            writer.Write(measure);
        }

        writer.Write(evaluation.Confusion?.ClassCount ?? 0);
        foreach (long count in evaluation.Confusion is { } confusion ? confusion.Counts : [])
        {
            writer.Write(count);
        }
    }

    private static Evaluation? ReadEvaluation(CheckpointReader reader)
    {
        if (!reader.ReadBool("whether an epoch has an evaluation"))
        {
            return null;
        }

        const string measure = "a measure of an epoch";
        Evaluation evaluation = new()
        {
            Loss = reader.ReadDouble(measure), Count = reader.ReadInt(measure, 0),
            LossIsTeacherForced = reader.ReadBool(measure),
            Accuracy = reader.ReadOptional(measure),
            Precision = reader.ReadOptional(measure),
            Recall = reader.ReadOptional(measure),
            F1 = reader.ReadOptional(measure),
            Perplexity = reader.ReadOptional(measure),
            LabelErrorRate = reader.ReadOptional(measure),
            Mae = reader.ReadOptional(measure),
            Rmse = reader.ReadOptional(measure),
            RSquared = reader.ReadOptional(measure),
        };
        int classes = reader.ReadInt("the classes of a confusion matrix", 0, Evaluation.MaxConfusionClasses);
        if (classes == 0)
        {
            return evaluation;
        }

        reader.Require((long)classes * classes * sizeof(long), "a confusion matrix");
        long[] counts = new long[classes * classes];
        foreach (ref long count in counts.AsSpan())
        {
            count = reader.ReadLong("a count of a confusion matrix", 0);
        }

        return evaluation with { Confusion = new ConfusionMatrix(classes, counts) };
    }
}
