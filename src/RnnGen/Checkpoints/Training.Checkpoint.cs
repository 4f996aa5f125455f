namespace RnnGen.Runtime;

// How a training is saved and goes on. A file holds, one after the other: the format, what the training is known by, where it stands, its arrays, and the hash.
internal sealed partial class Training<TSelf, TNumber, TInput, TTarget>
{
    private static readonly byte[] s_format = "RnnGen checkpoint 1\n"u8.ToArray();

    private long _savedStep = -1;

    /// <summary>Goes on from the newest checkpoint if that is wanted, and sees to it that checkpoints can be written.</summary>
    /// <exception cref="CheckpointException">The folder's checkpoints cannot be read, or are of another training; nothing has changed.</exception>
    public void Prepare()
    {
        if (_options.Resume && _folder is null)
        {
            throw new ArgumentException("Resume needs a folder to go on from: give Checkpoint too.", "options");
        }

        _optimizer.CheckOwner(_model);
        if (_folder is not null)
        {
            _folder.Create();
            if (_options.Resume)
            {
                Restore();
            }
            else if (_folder.List() is { Count: > 0 } files)
            {
                throw new CheckpointException(
                    Invariant($"'{_options.Checkpoint!.Folder}' holds {files.Count} checkpoints of an earlier training. Set Resume to go on with it, or give the new training a folder of its own."));
            }
        }

        if (_step == 0)
        {
            Take(_good);
        }
    }

    private bool IsSavedAt(long step) => _options.Checkpoint?.EverySteps is { } steps && step % steps == 0;

    private void Restore()
    {
        using FileStream? file = _folder!.OpenNewest();
        if (file is null)
        {
            return;
        }

        CheckpointReader reader = new(file, $"'{file.Name}'");
        (TrainingProgress progress, TrainingState<TNumber> state, TrainingState<TNumber>? good) = Read(reader, file.Name);

        // All is checked; nothing fails from here on.
        _step = _savedStep = progress.Step;
        (_lossSum, _lossWeight, _secondsBefore, _lastRate) = (progress.LossSum, progress.LossWeight, progress.Seconds, progress.LastRate);
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
        if (!format.AsSpan().SequenceEqual(s_format))
        {
            throw reader.Malformed("the format is not one that this version of RnnGen knows");
        }

        Identity().Check(reader, file);
        TrainingProgress progress = TrainingProgress.Read(reader, _options.Epochs, _stepsPerEpoch);
        TrainingState<TNumber> state = Arrays();
        TrainingState<TNumber>? good = _good is null ? null : Arrays();
        reader.Finish();
        return (progress, state, good);

        TrainingState<TNumber> Arrays() => TrainingState<TNumber>.Read(reader, TSelf.Layout.ParameterCount, _optimizer, _average is not null, _keepsBest, _state);
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
        if (_folder is null || !Take(_saved))
        {
            return;
        }

        try
        {
            TrainingIdentity identity = Identity();
            TrainingProgress progress = Progress();
            _folder.Save(_step, writer =>
            {
                writer.Write(s_format);
                identity.Write(writer);
                progress.Write(writer);
                _saved!.Write(writer);
                _good?.Write(writer);
            });
            _savedStep = _step;
        }
        catch (CheckpointException e) when (_options.Checkpoint!.OnFailure == CheckpointFailure.Continue)
        {
            if (_options.Verbose)
            {
                Console.WriteLine(e.Message);
            }

            foreach (TrainingCallback callback in _callbacks)
            {
                callback.OnCheckpointFailed(e);
            }
        }
    }

    // Copies what the training depends on, to be saved or to go back to; parameters that are not finite are worth neither.
    private bool Take(TrainingState<TNumber>? state)
    {
        if (state is null || !NonFinite.None(_model.Parameters))
        {
            return false;
        }

        state.Take(_model.Parameters, _model, _optimizer, _average, _keepsBest ? _stopping : null, _state);
        return true;
    }

    private TrainingIdentity Identity()
    {
        TrainingIdentity identity = new();
        identity.Add("model", TSelf.Layout.Declaration);
        identity.Add("number type", typeof(TNumber) == typeof(float) ? "float" : "double");
        identity.Add("number of training sequences", _batches.SequenceCount);
        identity.Add("number of validation sequences", _validation?.SequenceCount ?? 0);
        identity.Add(nameof(FitOptions.BatchSize), _batches.Size);
        identity.Add(nameof(FitOptions.Shuffle), _options.Shuffle);
        identity.Add(nameof(FitOptions.Seed), _options.Seed);
        identity.Add(nameof(FitOptions.CarryState), _options.CarryState);
        identity.Add(nameof(FitOptions.AverageDecay), _options.AverageDecay ?? double.NaN);
        identity.Add("keeping of the best parameters", _keepsBest);
        identity.Add("rolling back", _good is not null);
        identity.Add("optimiser", _optimizer.GetType().Name);
        identity.Add(nameof(Optimizer.LearningRate), _ownRate);
        foreach ((string name, double value) in _optimizer.Settings)
        {
            identity.Add(name, value);
        }

        return identity;
    }

    private TrainingProgress Progress() => new()
    {
        Step = _step,
        LossSum = _lossSum,
        LossWeight = _lossWeight,
        Seconds = Seconds,
        LastRate = _lastRate,
        LeastLoss = _stopping.BestLoss,
        BestEpoch = _stopping.BestEpoch,
        GoodLoss = _goodLoss,
        RateFactor = _rateFactor,
        Failures = _failures,
        Epochs = _epochs,
    };
}
