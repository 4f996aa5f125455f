namespace RnnGen.Runtime.Tests;

/// <summary>What a training of a <see cref="LoopModel"/> is given; arrays are indices of sequences.</summary>
internal sealed record Course
{
    public required int Count { get; init; }

    public required int ValidationCount { get; init; }

    public required bool HasLengths { get; init; }

    public required int PercentMasked { get; init; }

    public required int WeightsPerSequence { get; init; } // 0, 1 or one for each step

    public required int Streams { get; init; } // 0: no state is carried

    public required int ValidationStreams { get; init; }

    public required int DataSeed { get; init; }

    public required int Epochs { get; init; }

    public required int? BatchSize { get; init; }

    public required bool Shuffle { get; init; }

    public required int Seed { get; init; }

    public required int? Patience { get; init; }

    public required bool? RestoreBest { get; init; }

    public required double? AverageDecay { get; init; }

    public required bool Metrics { get; init; }

    public required string Rule { get; init; }

    public required double Rate { get; init; }

    public required double? ClipNorm { get; init; }

    public required double? ClipValue { get; init; }

    public required double WeightDecay { get; init; }

    public required string Schedule { get; init; }

    public required string Policy { get; init; }

    public required int Limit { get; init; }

    public required int[] BadInputs { get; init; }

    public required int[] BadTargets { get; init; }

    public required int[] BadValidation { get; init; }

    public required int[] BadValidationTargets { get; init; }

    public required int SpikeStep { get; init; }

    public required double SpikeFactor { get; init; }

    public bool Carries => Streams > 0;

    public int StepsPerEpoch => (Count + Size - 1) / Size;

    public int Size => Math.Min(Count, Carries ? Streams : BatchSize ?? LoopModel.Layout.BatchSize);

    public int ValidationSize => Math.Min(ValidationCount, Carries ? ValidationStreams : LoopModel.Layout.BatchSize);
}

/// <summary>Sequences with their targets and lengths, as arrays of arrays.</summary>
internal sealed class Sequences(Course course, int count, int seed, int[] badInputs, int[] badTargets)
{
    private readonly Random _random = new(seed);

    public double[][] X { get; private set; } = [];

    public double[][] Y { get; private set; } = [];

    public int[] Lengths { get; private set; } = [];

    /// <summary>What each step weighs.</summary>
    public float[][] Weights { get; private set; } = [];

    public Sequences Draw()
    {
        X = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, LoopModel.Steps).Select(_ => _random.NextDouble() - 0.5).ToArray())];
        Y = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, LoopModel.Steps).Select(_ => _random.Next(100) < course.PercentMasked ? double.NaN : _random.NextDouble() + 1).ToArray())];
        Lengths = [.. Enumerable.Range(0, count).Select(_ => course.HasLengths ? _random.Next(1, LoopModel.Steps + 1) : LoopModel.Steps)];
        foreach (int i in badInputs)
        {
            X[i % count][_random.Next(LoopModel.Steps)] = _random.Next(2) == 0 ? double.NaN : double.NegativeInfinity;
        }

        foreach (int i in badTargets)
        {
            Y[i % count][_random.Next(LoopModel.Steps)] = double.PositiveInfinity;
        }

        Weights = [.. Enumerable.Range(0, count).Select(_ => (float[])[.. Enumerable.Range(0, LoopModel.Steps).Select(_ => course.WeightsPerSequence == 0 ? 1 : _random.Next(4) == 0 ? 0 : 4 * _random.NextSingle())])];
        Weights = course.WeightsPerSequence == 1 ? [.. Weights.Select(w => (float[])[w[0], w[0], w[0]])] : Weights;
        return this;
    }

    public SequenceDataset<double, double> Dataset(int streams)
    {
        SequenceDataset<double, double> data = SequenceDataset.FromArrays(
            [.. X.SelectMany((x, i) => x.SelectMany(value => (double[])[value, i]))], [.. Y.SelectMany(y => y)], count, course.HasLengths ? Lengths : null);
        data = course.WeightsPerSequence == 0 ? data : data.WithWeights([.. Weights.SelectMany(w => w.Take(course.WeightsPerSequence))]);
        return streams > 0 ? data.WithStreams(streams) : data;
    }

    /// <summary>Whether an input or a target that has a loss is not finite: seen before the first step.</summary>
    public bool IsAnyBad => Enumerable.Range(0, count).Any(IsBad);

    public bool IsBad(int i) => Enumerable.Range(0, Lengths[i]).Any(t => !double.IsFinite(X[i][t]) || double.IsInfinity(Y[i][t]));
}

/// <summary>What a training should say.</summary>
internal sealed record Said
{
    public List<(int Epoch, double Training, double? Validation, double Rate, int Skipped, int LeftOut, bool Overshot, double? Mae, double? Rmse, int Measured)> Epochs { get; } = [];

    public List<(long Step, int Epoch, double Loss, double Rate, double? Norm, int Sequences)> Steps { get; } = [];

    public List<long> Skipped { get; } = [];

    public List<int> Validations { get; } = [];

    public double[] Parameters { get; set; } = [];

    public int? Best { get; set; }

    public bool HasStoppedEarly { get; set; }

    public bool Failed { get; set; }
}

/// <summary>
/// The training loop once more, slowly, from what the documentation says: no code of the library but the declaration of the options. It is told in which order the sequences were taken, since
/// that follows from the library's random numbers.
/// </summary>
internal sealed class SlowLoop(Course course, Sequences train, Sequences? validation, IReadOnlyList<int[]> visited)
{
    private sealed record Snapshot(double[] Parameters, double[][] Moments, long Updates, double[] Average, long Averaged);

    private sealed class Failure : Exception;

    private readonly Said _said = new();
    private double[] _parameters = [0, 0], _average = [0, 0];
    private double[][] _moments = [[0, 0], [0, 0]];
    private long _updates, _averaged;
    private double _rateFactor = 1, _goodLoss = double.NaN, _bestLoss = double.PositiveInfinity;
    private double[]? _best;
    private int _failures, _step, _bestEpoch;
    private Snapshot _good = new([0, 0], [[0, 0], [0, 0]], 0, [0, 0], 0);
    private double[] _states = [];

    private bool KeepsBest => course.RestoreBest ?? course.Patience is not null;

    private bool GoesOn => course.Policy != "throw";

    public Said Run()
    {
        if (!GoesOn && (train.IsAnyBad || validation is { IsAnyBad: true }))
        {
            return _said with { Failed = true, Parameters = _parameters };
        }

        try
        {
            for (int epoch = 1; epoch <= course.Epochs; epoch++)
            {
                RunEpoch(epoch);
                if (course.Patience is { } patience && epoch - _bestEpoch >= patience)
                {
                    _said.HasStoppedEarly = epoch < course.Epochs;
                    break;
                }
            }
        }
        catch (Failure)
        {
            _said.Failed = true;
        }

        _said.Best = _bestEpoch == 0 ? null : _bestEpoch;
        _said.Parameters = _said.Failed ? _parameters : _best ?? (_averaged > 0 ? _average : _parameters);
        return _said;
    }

    private void RunEpoch(int epoch)
    {
        _states = new double[course.Size];
        double sum = 0, weight = 0, lastRate = double.NaN, countedLoss = 0;
        int skipped = 0;
        int[]? counted = null;
        for (int i = 0; i < course.StepsPerEpoch; i++)
        {
            double rate = course.Rate * _rateFactor * ScheduleFactor(_step, epoch);
            int[] rows = visited[_step];
            _step++;
            double[] states = [.. _states];
            (double loss, double[] gradient, double present) = Loss(train, rows, _parameters, course.Carries ? states : new double[rows.Length]);
            if (!double.IsFinite(loss) || gradient.Any(g => !double.IsFinite(g)))
            {
                Recover();
                skipped++;
                _said.Skipped.Add(_step);
                continue;
            }

            if (present > 0 && !Update(gradient, rate))
            {
                Recover();
                skipped++;
                _said.Skipped.Add(_step);
                continue;
            }

            _states = states;
            _failures = 0;
            if (present > 0)
            {
                AddToAverage();
                lastRate = rate;
                _goodLoss = double.IsNaN(_goodLoss) ? loss : _goodLoss;
                sum += loss * present;
                weight += present;
                (counted, countedLoss) = (rows, loss);
            }

            _said.Steps.Add((_step, epoch, present > 0 ? loss : double.NaN, rate, present > 0 ? Math.Sqrt((gradient[0] * gradient[0]) + (gradient[1] * gradient[1])) : null, rows.Length));
        }

        EndEpoch(epoch, weight > 0 ? sum / weight : double.NaN, lastRate, skipped, counted, countedLoss);
    }

    private void EndEpoch(int epoch, double trainingLoss, double lastRate, int skipped, int[]? counted, double countedLoss)
    {
        bool overshot = false;
        if (counted is not null && (GoesOn || (validation is null && (KeepsBest || epoch == course.Epochs))))
        {
            bool isWhole = _parameters.All(double.IsFinite) && _moments.All(m => m.All(double.IsFinite));
            double after = isWhole ? Loss(train, counted, _parameters, new double[counted.Length]).Loss : double.NaN;
            overshot = !double.IsFinite(after) || (!course.Carries && after > 2 * Math.Max(_goodLoss, countedLoss));
            if (!double.IsFinite(after) && course.Policy != "skip")
            {
                Recover();
                _said.Skipped.Add(_step);
            }
        }

        double[] watchedParameters = _averaged > 0 ? _average : _parameters;
        (double? Loss, double? Mae, double? Rmse, int LeftOut, int Measured, bool Diverged, int Told) measured = validation is null ? default : Validate(watchedParameters);
        double watched = measured.Loss ?? (overshot || skipped > 0 ? double.NaN : trainingLoss);
        if (watched < _bestLoss)
        {
            (_bestLoss, _bestEpoch) = (watched, epoch);
            _best = KeepsBest ? [.. watchedParameters] : null;
        }

        if (measured.Diverged)
        {
            Recover();
        }

        for (int i = 0; i < measured.Told; i++)
        {
            _said.Validations.Add(epoch);
        }

        if ((measured.Loss ?? trainingLoss) <= 2 * _goodLoss && !overshot)
        {
            if (counted is not null && _parameters.All(double.IsFinite) && _moments.All(m => m.All(double.IsFinite)))
            {
                _good = new([.. _parameters], [.. _moments.Select(m => m.ToArray())], _updates, [.. _average], _averaged);
            }

            _goodLoss = double.IsNaN(watched) ? _goodLoss : Math.Min(_goodLoss, watched);
        }

        _said.Epochs.Add((epoch, trainingLoss, measured.Loss, lastRate, skipped, measured.LeftOut, overshot, measured.Mae, measured.Rmse, measured.Measured));
    }

    private (double? Loss, double? Mae, double? Rmse, int LeftOut, int Measured, bool Diverged, int Told) Validate(double[] parameters)
    {
        double sum = 0, absolute = 0, squares = 0, weight = 0, targets = 0;
        int leftOut = 0, measured = 0, inRow = 0, told = 0;
        double[] states = new double[course.ValidationSize];
        for (int first = 0; first < course.ValidationCount; first += course.ValidationSize)
        {
            int[] all = [.. Enumerable.Range(first, Math.Min(course.ValidationSize, course.ValidationCount - first))];
            int[] rows = [.. all.Where(row => !validation!.IsBad(row))]; // whether the loss shows it or not
            double[] before = [.. rows.Select(row => course.Carries ? states[row - first] : 0)], next = [.. before];
            (double loss, _, double present) = Loss(validation!, rows, parameters, next);
            bool isDiverged = (present > 0 && !double.IsFinite(loss)) || (course.Carries && next.Any(h => !double.IsFinite(h)));
            leftOut += all.Length - rows.Length;
            if (rows.Length < all.Length)
            {
                told++;
                if (!GoesOn || (rows.Length == 0 && ++inRow > course.Limit))
                {
                    throw new Failure();
                }
            }

            if (isDiverged)
            {
                return !GoesOn || ++inRow > course.Limit ? throw new Failure() : (double.NaN, null, null, leftOut, 0, true, told + 1);
            }

            inRow = rows.Length == 0 ? inRow : 0;
            sum += present > 0 ? loss * present : 0;
            weight += present;
            measured += rows.Length;
            for (int i = 0; i < rows.Length; i++)
            {
                states[rows[i] - first] = next[i];
                double h = before[i];
                for (int t = 0; t < validation!.Lengths[rows[i]]; t++)
                {
                    h = (h / 2) + validation.X[rows[i]][t];
                    double error = (parameters[0] * h) + parameters[1] - validation.Y[rows[i]][t];
                    double counted = double.IsNaN(validation.Y[rows[i]][t]) ? 0 : validation.Weights[rows[i]][t];
                    targets += counted;
                    absolute += counted > 0 ? counted * Math.Abs(error) : 0;
                    squares += counted > 0 ? counted * error * error : 0;
                }
            }
        }

        bool hasMeasures = course.Metrics && targets > 0;
        return (weight > 0 ? sum / weight : double.NaN, hasMeasures ? absolute / targets : null, hasMeasures ? Math.Sqrt(squares / targets) : null, leftOut, course.Metrics ? measured : 0, false, told);
    }

    // The weighted mean of the squared errors of the targets that are there, with its gradient, and the sum of their weights; the states go on.
    private static (double Loss, double[] Gradient, double Present) Loss(Sequences data, int[] rows, double[] parameters, double[] states)
    {
        List<(double Weight, double Error, double H)> terms = [];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int t = 0; t < data.Lengths[rows[i]]; t++)
            {
                states[i] = (states[i] / 2) + data.X[rows[i]][t];
                if (!double.IsNaN(data.Y[rows[i]][t]) && data.Weights[rows[i]][t] > 0)
                {
                    terms.Add((data.Weights[rows[i]][t], (parameters[0] * states[i]) + parameters[1] - data.Y[rows[i]][t], states[i]));
                }
            }
        }

        double present = terms.Sum(e => e.Weight), whole = present > 0 ? present : 1;
        return (terms.Sum(e => e.Weight * e.Error * e.Error) / whole, [terms.Sum(e => 2 * e.Weight * e.Error * e.H) / whole, terms.Sum(e => 2 * e.Weight * e.Error) / whole], present);
    }

    private void Recover()
    {
        if (!GoesOn || _failures >= course.Limit)
        {
            throw new Failure();
        }

        _failures++;
        _rateFactor *= 0.5;
        if (course.Policy == "roll back")
        {
            (_parameters, _moments, _updates) = ([.. _good.Parameters], [.. _good.Moments.Select(m => m.ToArray())], _good.Updates);
            (_average, _averaged) = ([.. _good.Average], _good.Averaged);
            Array.Clear(_states);
        }
    }

    // Whether the update left finite numbers; where it would not, nothing changes.
    private bool Update(double[] gradient, double rate)
    {
        (double[] parameters, double[][] moments) = ([.. _parameters], [.. _moments.Select(m => m.ToArray())]);
        Change(gradient, rate);
        if (_parameters.Concat(_moments.SelectMany(m => m)).All(double.IsFinite))
        {
            return true;
        }

        (_parameters, _moments) = (parameters, moments);
        _updates--;
        return false;
    }

    private void Change(double[] gradient, double rate)
    {
        double[] g = [.. gradient.Select(x => course.ClipValue is { } limit ? Math.Clamp(x, -limit, limit) : x)];
        if (course.ClipNorm is { } most)
        {
            double norm = Math.Sqrt((g[0] * g[0]) + (g[1] * g[1]));
            g = [.. g.Select(x => x * Math.Min(1, most / (norm + 1e-6)))];
        }

        _updates++;
        for (int k = 0; k < 2; k++)
        {
            double gradientOfK = g[k] + (course.WeightDecay * _parameters[k]);
            switch (course.Rule)
            {
                case "sgd":
                    _parameters[k] -= rate * gradientOfK;
                    break;
                case "momentum":
                    _moments[0][k] = (0.9 * _moments[0][k]) + gradientOfK;
                    _parameters[k] -= rate * _moments[0][k];
                    break;
                case "adam":
                    _moments[0][k] = (0.9 * _moments[0][k]) + (0.1 * gradientOfK);
                    _moments[1][k] = (0.999 * _moments[1][k]) + (0.001 * gradientOfK * gradientOfK);
                    _parameters[k] -= rate * (_moments[0][k] / (1 - Math.Pow(0.9, _updates))) / (Math.Sqrt(_moments[1][k] / (1 - Math.Pow(0.999, _updates))) + 1e-8);
                    break;
                default:
                    throw new InvalidOperationException(course.Rule);
            }
        }
    }

    private void AddToAverage()
    {
        if (course.AverageDecay is not { } decay)
        {
            return;
        }

        _averaged++;
        double share = 1 - Math.Min(decay, (_averaged - 1.0) / _averaged);
        _average = _averaged == 1 ? [.. _parameters] : [_average[0] + (share * (_parameters[0] - _average[0])), _average[1] + (share * (_parameters[1] - _average[1]))];
    }

    private double ScheduleFactor(int step, int epoch)
    {
        double spike = step == course.SpikeStep ? course.SpikeFactor : 1;
        double all = (double)course.StepsPerEpoch * course.Epochs;
        switch (course.Schedule)
        {
            case "none":
                return spike;
            case "step":
                return spike * Math.Pow(0.5, (epoch - 1) / 2);
            case "cosine":
                return spike * (1 + Math.Cos(Math.PI * step / all)) / 2;
            case "plateau":
                double best = double.PositiveInfinity, factor = 1;
                int bad = 0;
                foreach (double loss in _said.Epochs.Select(e => e.Validation ?? (e.Overshot || e.Skipped > 0 ? double.NaN : e.Training)))
                {
                    bad = loss < best * 0.9999 ? 0 : bad + 1;
                    best = loss < best * 0.9999 ? loss : best;
                    if (bad > 1)
                    {
                        factor *= 0.5;
                        bad = 0;
                    }
                }

                return spike * factor;
            default:
                throw new InvalidOperationException(course.Schedule);
        }
    }
}
