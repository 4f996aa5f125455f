namespace RnnGen.Runtime;

// How a training is saved and resumed. A file holds, one after the other: the format, the identity of the training, its progress, its arrays, and the hash.
internal sealed partial class Training<TSelf, TNumber, TInput, TTarget> : IDisposable
{
    private static readonly byte[] s_format = "RnnGen checkpoint 2\n"u8.ToArray(), s_formatBefore = "RnnGen checkpoint 1\n"u8.ToArray();

    private long _savedStep = -1;
    private bool _hasSaved; // whether the latest attempt to save did
    private bool _isDue; // whether a checkpoint is to be written as soon as one can be
    private TrainingIdentity? _identity;
    private TNumber[]? _wholeMoments; // to be saved, where processes share them
    private List<(string Name, string Value)>? _data;

    /// <summary>Resumes from the newest checkpoint if requested, and makes sure that checkpoints can be written.</summary>
    /// <exception cref="CheckpointException">The folder's checkpoints cannot be read, or belong to another training; nothing has changed.</exception>
    public void Prepare()
    {
        if (_options.Resume && _options.Checkpoint is null)
        {
            throw new ArgumentException("Resume needs a folder to resume from: set Checkpoint too.", "options");
        }

        Together.Agree(_processes, () =>
        {
            _optimizer.CheckOwner(_model);
            _optimizer.Share(_processes is not null && _options.ShardOptimizer ? new OptimizerShard(_processes, TSelf.Layout.ParameterCount) : null);
            return true;
        });
        CheckSettings();
        if (_options.Checkpoint is not null)
        {
            OnFirst(CreateFolder);
            if (_options.Resume)
            {
                Restore();
            }
        }

        CheckValues();

        if (_step == 0 && _good is not null && !Take(_good))
        {
            throw Agreed(new NonFiniteException($"A parameter of {TSelf.Layout.ModelName} or a moment of its {_optimizer.GetType().Name} is not finite before the first step, so there is nothing to roll back to. Start with other parameters and a new optimiser."));
        }
    }

    /// <summary>Releases the folder of checkpoints.</summary>
    public void Dispose() => _folder?.Dispose();

    private void CreateFolder()
    {
        _folder!.Create();
        if (!_options.Resume && _folder.List() is { Count: > 0 } files)
        {
            throw new CheckpointException(
                Invariant($"'{_options.Checkpoint!.Folder}' holds {files.Count} checkpoints of an earlier training. Set Resume to continue it, or use another folder for the new training."));
        }
    }

    private bool IsSavedAt(long step) => _options.Checkpoint?.EverySteps is { } steps && step % steps == 0;

    private void Restore()
    {
        FileStream? newest = null;
        OnFirst(() => newest = _folder!.OpenNewest());
        using Stream? file = Shared(newest, out string name);
        if (file is null)
        {
            return;
        }

        CheckpointReader reader = new(file, $"'{name}'");
        (TrainingProgress progress, TrainingState<TNumber> state, TrainingState<TNumber>? good) = Together.Agree(_processes, () => Read(reader, name));

        // All is checked; nothing fails from here on.
        _step = _savedStep = progress.Step;
        (_lossSum, _lossWeight, _secondsBefore, _lastRate) = (progress.LossSum, progress.LossWeight, progress.Seconds, progress.LastRate);
        (_skipped, _counted, _countedLoss, _after) = (progress.Skipped, progress.Counted, progress.CountedLoss, progress.After);
        (_goodLoss, _rateFactor, _failures) = (progress.GoodLoss, progress.RateFactor, progress.Failures);
        _epochs.AddRange(progress.Epochs);
        if (good is not null)
        {
            PutBack(progress, good);
            Take(_good);
        }

        PutBack(progress, state);
    }

    private void PutBack(TrainingProgress progress, TrainingState<TNumber> state)
    {
        state.Put<TSelf, TInput, TTarget>(_model, _optimizer, _average, _state);
        _stopping.Restore(progress.Epochs.Count, progress.BestEpoch, progress.LeastLoss, progress.BestEpoch == 0 ? default : state.Best);
    }

    private (TrainingProgress Progress, TrainingState<TNumber> State, TrainingState<TNumber>? Good) Read(CheckpointReader reader, string file)
    {
        byte[] format = new byte[s_format.Length];
        reader.Read(format, "the format");
        if (format.AsSpan().SequenceEqual(s_formatBefore))
        {
            throw new CheckpointException(
                $"'{file}' was written by RnnGen 0.1.0, which did not save its data, schedule, patience, policy and vector width, so it is unknown whether this is the same training. " +
                "Finish the training with 0.1.0, or start it again in another folder.");
        }

        if (!format.AsSpan().SequenceEqual(s_format))
        {
            throw reader.Malformed("this version of RnnGen does not know the format");
        }

        int epochs = reader.ReadInt("the number of epochs of the whole training", 1);
        Identity(epochs).Check(reader, file);
        TrainingProgress progress = TrainingProgress.Read(reader, _options.Epochs, _stepsPerEpoch, _batches.SequenceCount, _options.Monitor);
        TrainingState<TNumber> state = Arrays();
        TrainingState<TNumber>? good = _good is null ? null : Arrays();
        reader.Finish();
        return (progress, state, good);

        TrainingState<TNumber> Arrays() => TrainingState<TNumber>.Read(reader, TSelf.Layout.ParameterCount, _optimizer, _average is not null, _keepsBest, _state, (_model as IDropoutModel)?.DropoutRates.Places.Count ?? 0);
    }

    // Where the policy rolls back, a checkpoint waits for it: a step to come meets the parameters that are not finite, and goes back.
    private void SaveDue()
    {
        if (_isDue && !(_options.NonFinite.RollsBack && !NonFinite.None(_model.Parameters)))
        {
            _isDue = false;
            Save();
        }
    }

    // Saved once for each step, whatever asks for it.
    private void SaveLast()
    {
        if (_savedStep != _step)
        {
            Save();
        }
    }

    private void Save()
    {
        if (_options.Checkpoint is not null)
        {
            _hasSaved = false;
            _wholeMoments = _optimizer.WholeMoments<TNumber>();
            OnFirst(SaveOwn);
            _wholeMoments = null;
            _savedStep = (_processes?.Any(_hasSaved) ?? _hasSaved) ? _step : _savedStep;
        }
    }

    private void SaveOwn()
    {
        try
        {
            if (!Take(_saved))
            {
                throw new CheckpointException(
                    Invariant($"The checkpoint of step {_step} was not written: a parameter is not finite, so the training could not be resumed from it. The checkpoints before it are unchanged. Lower the learning rate{(_options.NonFinite.RollsBack ? " or set ClipNorm" : ", set ClipNorm, or let NonFinite roll back")}."));
            }

            TrainingIdentity identity = _identity ??= Identity(_options.Epochs);
            TrainingProgress progress = Progress();
            _folder!.Save(_step, writer =>
            {
                writer.Write(s_format);
                writer.Write(_options.Epochs);
                identity.Write(writer);
                progress.Write(writer);
                _saved!.Write(writer);
                _good?.Write(writer);
            });
            _hasSaved = true;
        }
        catch (CheckpointException e) when (_options.Checkpoint!.OnFailure == CheckpointFailure.Continue)
        {
            _options.Console?.Write(e.Message);
            Tell(e, static (callback, failure) => callback.OnCheckpointFailed(failure));
        }
    }

    // Copies what the training depends on, to be saved or to go back to; parameters that are not finite are worth neither, and moments that are not are not gone back to.
    private bool Take(TrainingState<TNumber>? state)
    {
        if (state is null || !NonFinite.None(_model.Parameters) || (ReferenceEquals(state, _good) && !AreMomentsFinite()))
        {
            return false;
        }

        state.Take(_model.Parameters, _wholeMoments is null ? _optimizer.Moments<TNumber>() : _wholeMoments, _model, _optimizer, _average, _keepsBest ? _stopping : null, _state);
        return true;
    }

    // Once: it reads all that is in memory.
    private List<(string Name, string Value)> DescribeData()
    {
        List<(string Name, string Value)> data = [];
        data.Add(("training data", _batches.Place));
        _batches.Describe((name, value) => data.Add(($"training data's {name}", value)));
        data.Add(("validation data", _validation?.Place ?? "none"));
        _validation?.Describe((name, value) => data.Add(($"validation data's {name}", value)));
        return data;
    }

    private TrainingIdentity Identity(int epochs)
    {
        TrainingIdentity identity = new();
        FitSettings.AddModel<TSelf, TNumber, TInput, TTarget>(identity);
        identity.Add(nameof(VectorWidth), (_model as IVectorizedModel)?.VectorWidth.ToString() ?? "none of its own");
        identity.Add(VectorWidths.InstructionsName, VectorWidths.Instructions((_model as IVectorizedModel)?.VectorWidth));
        foreach ((string name, string value) in _data ??= DescribeData())
        {
            identity.Add(name, value);
        }

        FitSettings.AddOptions(identity, _options, _batches.Size, FitSettings.NameOf(_options.Schedule, _stepsPerEpoch, epochs, _validation is not null));
        FitSettings.AddOptimizer(identity, _optimizer, _ownRate);
        foreach ((string name, double value) in _ownDraws)
        {
            identity.Add($"model's {name}", value);
        }

        return identity;
    }

    // What the model's random numbers follow from, as it is before the first step: callbacks may change them as the training goes on, and a checkpoint has them as they are then.
    private static List<(string Name, double Value)> DrawsOf(object model)
    {
        List<(string Name, double Value)> draws = [];
        if (model is IDropoutModel dropping)
        {
            draws.Add((nameof(IDropoutModel.DropoutSeed), dropping.DropoutSeed));
            for (int i = 0; i < dropping.DropoutRates.Places.Count; i++)
            {
                DropoutPlace place = dropping.DropoutRates.Places[i];
                if (dropping.DropoutRates[i] != place.Rate)
                {
                    draws.Add(($"dropout rate of {place.Name}", dropping.DropoutRates[i]));
                }
            }
        }

        if (model is IScheduledSamplingModel sampling)
        {
            draws.Add((nameof(IScheduledSamplingModel.ScheduledSampling), sampling.ScheduledSampling));
            draws.Add((nameof(IScheduledSamplingModel.SamplingSeed), sampling.SamplingSeed));
        }

        return draws;
    }

    private TrainingProgress Progress() => new()
    {
        Step = _step,
        LossSum = _lossSum,
        LossWeight = _lossWeight,
        Seconds = Seconds,
        LastRate = _lastRate,
        Skipped = _skipped,
        Counted = _counted,
        CountedLoss = _countedLoss,
        After = _after,
        LeastLoss = _stopping.BestLoss,
        BestEpoch = _stopping.BestEpoch,
        GoodLoss = _goodLoss,
        RateFactor = _rateFactor,
        Failures = _failures,
        Epochs = _epochs,
    };
}
