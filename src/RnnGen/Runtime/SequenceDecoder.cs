using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace RnnGen.Runtime;

/// <summary>Two buffers of a decoder's state, used in turn, or one twice.</summary>
/// <param name="Even">Where row 0 is stored before steps 0, 2, 4….</param>
/// <param name="Odd">Where row 0 is stored before steps 1, 3, 5….</param>
/// <param name="Row">From a row to the next.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct DecoderState(int Even, int Odd, int Row);

/// <summary>The shape of a decoder.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DecoderShape
{
    /// <summary>The maximum number of rows: sequences, or beams of one.</summary>
    public required int Rows { get; init; }

    /// <summary>The maximum number of steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Values of a step's output: classes, if tokens are decoded.</summary>
    public required int OutputSize { get; init; }

    /// <summary>Where the table of tokens begins in the parameters; -1 if numbers are fed back.</summary>
    public int Table { get; init; } = -1;

    /// <summary>Values that are read at a step.</summary>
    public required int FedSize { get; init; }

    /// <summary>The token of the first step.</summary>
    public int StartToken { get; init; }

    /// <summary>The token that ends a sequence.</summary>
    public int EndToken { get; init; }

    /// <summary>Where what is read at a step goes.</summary>
    public required StepValues Fed { get; init; }

    /// <summary>Where a step's output is stored.</summary>
    public required StepValues Outputs { get; init; }

    /// <summary>Where the output layer's values of a step are stored, if the outputs are read of them.</summary>
    public StepValues Head { get; init; }

    /// <summary>The number of these values; 0 if they are the outputs.</summary>
    public int HeadSize { get; init; }

    /// <summary>Where a step's attention weights are stored, if there are any.</summary>
    public StepValues Weights { get; init; }

    /// <summary>The states.</summary>
    public required IReadOnlyList<DecoderState> States { get; init; }
}

/// <summary>
/// Runs a model's decoder step by step. The model provides the step; this class does what is common to all models: feeding back, ending, sampling
/// and beam search. After its first call of a kind it does not allocate. Use it from one thread at a time.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class SequenceDecoder<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecoderShape _shape;
    private readonly int[] _tokens;
    private readonly bool[] _hasEnded;
    private readonly TokenSampler<T> _sampler = new(DecodingOptions.Greedy);
    private BeamSearch? _beams;

    /// <summary>Creates a decoder.</summary>
    /// <param name="shape">Its shape.</param>
    protected SequenceDecoder(DecoderShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
        _tokens = new int[shape.Rows];
        _hasEnded = new bool[shape.Rows];
    }

    /// <summary>The memory of states, inputs and outputs.</summary>
    protected abstract Span<T> Arena { get; }

    /// <summary>The model's parameters.</summary>
    protected abstract ReadOnlySpan<T> Parameters { get; }

    /// <summary>The sequences that were read.</summary>
    protected abstract GroupRows Group { get; }

    /// <summary>Computes a step's outputs and next states from its inputs and the states.</summary>
    /// <param name="rows">Rows, from the first.</param>
    /// <param name="isShared">Whether all rows are beams of one sequence, that of the first row.</param>
    /// <param name="step">The step, from 0.</param>
    protected abstract void RunStep(int rows, bool isShared, int step);

    /// <summary>Decodes all sequences of the group, feeding back the most probable token, or the numbers. Steps after the end token are 0.</summary>
    /// <param name="outputs">Receives each step's outputs, <c>[sequence, step, output]</c>.</param>
    /// <param name="start">Sequences before the group's.</param>
    /// <exception cref="NonFiniteException">No token is the most probable at a step.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Predict(Span<T> outputs, int start)
    {
        int rows = Group.Count, size = _shape.OutputSize;
        Start(rows);
        outputs.Clear();
        int live = rows;
        for (int step = 0; step < _shape.Steps && live > 0; step++)
        {
            Feed(rows, step == 0);
            RunStep(rows, false, step);
            for (int row = 0; row < rows; row++)
            {
                if (_hasEnded[row])
                {
                    continue;
                }

                ReadOnlySpan<T> output = Output(row);
                output.CopyTo(outputs.Slice((Group.Sequence(row) * _shape.Steps + step) * size, size));
                if (_shape.Table >= 0)
                {
                    _tokens[row] = Logits.ArgMax(output, step, start + Group.Sequence(row));
                    _hasEnded[row] = _tokens[row] == _shape.EndToken;
                    live -= _hasEnded[row] ? 1 : 0;
                }
            }
        }
    }

    /// <summary>Reads what the output layer's values of a step say.</summary>
    /// <param name="reading">What is read.</param>
    /// <param name="head">The values.</param>
    /// <param name="values">Receives what is read.</param>
    /// <param name="draws">The chance that draws are made with.</param>
    protected abstract void ReadHead(HeadReading reading, ReadOnlySpan<T> head, Span<T> values, HeadDraws draws);

    /// <summary>Decodes the only sequence of the group, feeding back its predictions, or draws where draws are read.</summary>
    /// <param name="reading">What is read of each step.</param>
    /// <param name="outputs">Receives it, step by step.</param>
    /// <param name="draws">The chance that draws are made with.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(HeadReading reading, Span<T> outputs, HeadDraws draws)
    {
        int width = outputs.Length / _shape.Steps;
        Start(1);
        for (int step = 0; step < _shape.Steps; step++)
        {
            Feed(1, step == 0);
            RunStep(1, false, step);
            Span<T> values = outputs.Slice(step * width, width);
            ReadHead(reading, Arena.Slice(_shape.Head.At(0, 0), _shape.HeadSize), values, draws with { First = (long)step * _shape.OutputSize });
            if (reading == HeadReading.Draw)
            {
                values.CopyTo(Arena[_shape.Outputs.At(0, 0)..]);
            }
        }
    }

    /// <summary>
    /// Scheduled sampling (S. Bengio et al. 2015): decodes all sequences of the group, and decides after each step what to read next: the most probable token,
    /// or the target.
    /// </summary>
    /// <param name="targets">What should be given, <c>[sequence, step]</c>; what follows an end token is not read.</param>
    /// <param name="next">Receives what is read after each step, <c>[sequence, step]</c>.</param>
    /// <param name="share">The share of the decoder's own tokens, from 0 to 1.</param>
    /// <param name="seed">The seed of the decisions.</param>
    /// <param name="trainingStep">The step of training.</param>
    /// <param name="start">Sequences before the group's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Schedule(ReadOnlySpan<int> targets, Span<int> next, double share, int seed, long trainingStep, int start)
    {
        int rows = Group.Count;
        CounterRandom random = new(seed, (int)trainingStep, RandomPurpose.ScheduledSampling);
        Start(rows);
        for (int step = 0; step < _shape.Steps; step++)
        {
            Feed(rows, step == 0);
            RunStep(rows, false, step);
            for (int row = 0; row < rows; row++)
            {
                int at = Group.Sequence(row) * _shape.Steps + step;
                _hasEnded[row] |= targets[at] == _shape.EndToken;
                bool isOwn = _hasEnded[row] || random.Uniform((long)start * _shape.Steps + at) < share;
                next[at] = _tokens[row] = !isOwn ? targets[at] : _hasEnded[row] ? _shape.EndToken : Logits.ArgMax(Output(row), step, start + Group.Sequence(row));
            }
        }
    }

    /// <summary>The same for numbers.</summary>
    /// <param name="targets">What should be given, <c>[sequence, step, feature]</c>.</param>
    /// <param name="next">Receives what is read after each step.</param>
    /// <param name="share">The share of the decoder's own outputs, from 0 to 1.</param>
    /// <param name="seed">The seed of the decisions.</param>
    /// <param name="trainingStep">The step of training.</param>
    /// <param name="start">Sequences before the group's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Schedule(ReadOnlySpan<T> targets, Span<T> next, double share, int seed, long trainingStep, int start)
    {
        int rows = Group.Count, size = _shape.OutputSize;
        CounterRandom random = new(seed, (int)trainingStep, RandomPurpose.ScheduledSampling);
        for (int step = 0; step < _shape.Steps; step++)
        {
            for (int row = 0; row < rows; row++)
            {
                Span<T> fed = Arena.Slice(_shape.Fed.At(0, row), _shape.FedSize);
                if (step == 0)
                {
                    fed.Clear();
                }
                else
                {
                    next.Slice((Group.Sequence(row) * _shape.Steps + step - 1) * size, size).CopyTo(fed);
                }
            }

            RunStep(rows, false, step);
            for (int row = 0; row < rows; row++)
            {
                int at = Group.Sequence(row) * _shape.Steps + step;
                bool isOwn = random.Uniform((long)start * _shape.Steps + at) < share;
                (isOwn ? Output(row) : targets.Slice(at * size, size)).CopyTo(next.Slice(at * size, size));
            }
        }
    }

    private void Start(int rows)
    {
        _hasEnded.AsSpan(0, rows).Clear();
        _tokens.AsSpan(0, rows).Fill(_shape.StartToken);
    }

    /// <summary>Decodes one sequence of tokens.</summary>
    /// <param name="tokens">Receives the tokens before the end token.</param>
    /// <param name="options">How tokens are chosen.</param>
    /// <param name="weights">Receives each step's attention, <c>[step, step of the input]</c>, or is empty.</param>
    /// <returns>The number of tokens.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are more beams than rows.</exception>
    /// <exception cref="NonFiniteException">No token is the most probable at a step.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Generate(Span<int> tokens, DecodingOptions options, Span<T> weights = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Beams > _shape.Rows)
        {
            throw new ArgumentOutOfRangeException(nameof(options), Invariant($"{options.Beams}"), Invariant($"Beams is {options.Beams}, but this model allows at most {_shape.Rows}."));
        }

        if (options.Beams > 1)
        {
            return (_beams ??= new BeamSearch(this)).Run(tokens, options, weights);
        }

        _sampler.Begin(options);
        _tokens[0] = _shape.StartToken;
        for (int step = 0; step < _shape.Steps; step++)
        {
            Feed(1, step == 0);
            RunStep(1, true, step);
            _tokens[0] = _sampler.Next(Output(0));
            if (_tokens[0] == _shape.EndToken)
            {
                return step;
            }

            tokens[step] = _tokens[0];
            if (!weights.IsEmpty)
            {
                int read = weights.Length / _shape.Steps;
                Arena.Slice(_shape.Weights.Offset, Group.Length(0)).CopyTo(weights.Slice(step * read, read));
            }
        }

        return _shape.Steps;
    }

    private ReadOnlySpan<T> Output(int row) => Arena.Slice(_shape.Outputs.At(0, row), _shape.OutputSize);

    private void Feed(int rows, bool isFirst)
    {
        for (int row = 0; row < rows; row++)
        {
            Span<T> fed = Arena.Slice(_shape.Fed.At(0, row), _shape.FedSize);
            if (_shape.Table >= 0)
            {
                Parameters.Slice(_shape.Table + _tokens[row] * _shape.FedSize, _shape.FedSize).CopyTo(fed);
            }
            else if (isFirst)
            {
                fed.Clear();
            }
            else
            {
                Output(row).CopyTo(fed);
            }
        }
    }

    // Beginnings of one sequence, the best so far, each a row of the decoder.
    private sealed class BeamSearch(SequenceDecoder<T> decoder)
    {
        private readonly DecoderShape _shape = decoder._shape;
        private readonly DecoderState[] _states = [.. decoder._shape.States];
        private readonly T[] _copies = new T[decoder._shape.Rows * decoder._shape.States.Max(s => s.Row)];
        private readonly int[] _written = new int[decoder._shape.Rows * decoder._shape.Steps];
        private readonly int[] _rewritten = new int[decoder._shape.Rows * decoder._shape.Steps];
        private readonly double[] _scores = new double[decoder._shape.Rows];
        private readonly double[] _nextScores = new double[2 * decoder._shape.Rows];
        private readonly int[] _parents = new int[2 * decoder._shape.Rows];
        private readonly int[] _nextTokens = new int[2 * decoder._shape.Rows];
        private readonly int[] _best = new int[decoder._shape.Steps];

        // The attention of each step of these beginnings, where it is asked for.
        private T[] _looked = [], _relooked = [], _bestLooked = [];
        private int _read; // weights of a step

        public int Run(Span<int> tokens, DecodingOptions options, Span<T> weights)
        {
            int steps = _shape.Steps, live = 1, length = 0, ended = 0;
            Reserve(weights.Length / steps);
            double best = double.NegativeInfinity;
            _scores[0] = 0;
            decoder._tokens[0] = _shape.StartToken;
            for (int step = 0; step < steps && live > 0; step++)
            {
                bool isOdd = step % 2 == 1;
                decoder.Feed(live, step == 0);
                decoder.RunStep(live, true, step);
                int found = Expand(live, 2 * options.Beams, step);

                // Of the candidates, from the best on, those that end are set aside; the first that do not end go on.
                int next = 0;
                for (int i = 0; i < found && next < options.Beams; i++)
                {
                    ReadOnlySpan<int> beginning = _written.AsSpan(_parents[i] * steps, step);
                    if (_nextTokens[i] == _shape.EndToken)
                    {
                        double score = _nextScores[i] / Penalty(step + 1, options);
                        if (i < options.Beams)
                        {
                            ended++;
                            if (score > best)
                            {
                                (best, length) = (score, step);
                                beginning.CopyTo(_best);
                                Looked(_looked, _parents[i], 0, step).CopyTo(_bestLooked);
                            }
                        }

                        continue;
                    }

                    Span<int> written = _rewritten.AsSpan(next * steps, step + 1);
                    beginning.CopyTo(written);
                    written[step] = _nextTokens[i];
                    Look(_parents[i], next, step);
                    _parents[next] = _parents[i];
                    _scores[next] = _nextScores[i];
                    decoder._tokens[next++] = _nextTokens[i];
                }

                live = next;
                _rewritten.AsSpan(0, live * steps).CopyTo(_written);
                _relooked.AsSpan(0, live * steps * _read).CopyTo(_looked);
                Reorder(live, !isOdd);

                // Log-probabilities only fall: what is left can at best keep its own, at the penalty of the greatest length.
                if (live > 0 && ended >= options.Beams && _scores[0] / Penalty(steps, options) <= best)
                {
                    break;
                }

                if (step == steps - 1 && live > 0 && _scores[0] / Penalty(steps, options) > best)
                {
                    length = steps;
                    _written.AsSpan(0, steps).CopyTo(_best);
                    Looked(_looked, 0, 0, steps).CopyTo(_bestLooked);
                }
            }

            _best.AsSpan(0, length).CopyTo(tokens);
            _bestLooked.AsSpan(0, length * _read).CopyTo(weights);
            return length;
        }

        private void Reserve(int read)
        {
            _read = read;
            if (_looked.Length < _shape.Rows * _shape.Steps * read)
            {
                _looked = new T[_shape.Rows * _shape.Steps * read];
                (_relooked, _bestLooked) = (new T[_looked.Length], new T[_shape.Steps * read]);
            }
        }

        private Span<T> Looked(T[] looked, int row, int step, int steps) => looked.AsSpan((row * _shape.Steps + step) * _read, steps * _read);

        // The attention of a beginning's steps, and of the step that it has just had.
        private void Look(int parent, int row, int step)
        {
            if (_read > 0)
            {
                Looked(_looked, parent, 0, step).CopyTo(Looked(_relooked, row, 0, step));
                Span<T> latest = Looked(_relooked, row, step, 1);
                latest.Clear();
                decoder.Arena.Slice(_shape.Weights.At(0, parent), decoder.Group.Length(0)).CopyTo(latest);
            }
        }

        private static double Penalty(int length, DecodingOptions options) => Math.Pow((5.0 + length) / 6, options.LengthPenalty);

        // The best continuations of all live rows, best first; equal ones in the order of rows and tokens.
        private int Expand(int live, int wanted, int step)
        {
            int found = 0;
            for (int row = 0; row < live; row++)
            {
                ReadOnlySpan<T> logits = decoder.Output(row);
                double normalizer = Logits.LogSumExp(logits, step);
                for (int token = 0; token < logits.Length; token++)
                {
                    double score = _scores[row] + double.CreateTruncating(logits[token]) - normalizer;
                    if (found == wanted && !(score > _nextScores[found - 1]))
                    {
                        continue;
                    }

                    int at = found < wanted ? found++ : found - 1;
                    for (; at > 0 && score > _nextScores[at - 1]; at--)
                    {
                        (_nextScores[at], _parents[at], _nextTokens[at]) = (_nextScores[at - 1], _parents[at - 1], _nextTokens[at - 1]);
                    }

                    (_nextScores[at], _parents[at], _nextTokens[at]) = (score, row, token);
                }
            }

            return found;
        }

        // Each row continues from its parent's state after the step.
        private void Reorder(int live, bool isOdd)
        {
            foreach (DecoderState state in _states)
            {
                int start = isOdd ? state.Odd : state.Even;
                for (int row = 0; row < live; row++)
                {
                    decoder.Arena.Slice(start + _parents[row] * state.Row, state.Row).CopyTo(_copies.AsSpan(row * state.Row, state.Row));
                }

                _copies.AsSpan(0, live * state.Row).CopyTo(decoder.Arena.Slice(start, live * state.Row));
            }
        }
    }
}
