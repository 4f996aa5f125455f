using System.Runtime.ExceptionServices;

namespace RnnGen.Runtime;

/// <summary>
/// Passes over streamed sequences: the next one is drawn from a pool, in whose place the source's next goes. Where sequences come by buckets, a freed place goes to the next
/// bucket; and at the end of a pass to the next pass, so that nobody waits for a pool to be filled, or for a source to be opened, but in the first pass.
/// </summary>
/// <param name="stream">All sequences.</param>
/// <param name="options">How they are read.</param>
/// <param name="own">Those that this process reads.</param>
/// <param name="open">Opens what it reads.</param>
/// <param name="batchSize">Sequences of a batch.</param>
internal sealed class StreamSequenceReader<TInput, TTarget>(
    SequenceSource<TInput, TTarget> stream, StreamOptions options, OwnSequences own, Func<CancellationToken, IEnumerable<Sequence<TInput, TTarget>>> open, int batchSize)
    : SequenceReader<TInput, TTarget>(stream, own)
    where TInput : unmanaged
    where TTarget : unmanaged
{
    private const long DefaultPoolBytes = 64L << 20;
    private const int DefaultPool = 4096;
    private const int FirstPlaces = 1024;

    private readonly int _poolSize = PoolSize(stream, options, batchSize);
    private Reading? _source, _next; // of this pass, and of the next one where its beginning is read ahead
    private BatchBuffer<TInput, TTarget>? _pool; // allocated by the first pass that is shuffled, as it is filled
    private int[] _free = [];
    private int[] _turns = [], _nextTurns = []; // places in the order of the source: those to draw from, and those that come after them
    private CounterRandom _random;
    private PassOrder _order;
    private CancellationToken _cancellation;
    private int _given, _held, _nextHeld, _freeCount, _turn;
    private bool _isBucketed;

    public override int Prefetch => options.Prefetch ?? DefaultPrefetch(batchSize);

    public override void End(bool keepsNext)
    {
        if (keepsNext && !_order.IsShuffled && _order.HasNext && _given == Source.Count && _next is null)
        {
            // What the next pass begins with: opening a source may take longer than a batch.
            OpenNext();
            _next!.ReadAhead();
        }

        _source?.Close();
        _source = null;
        if (!keepsNext)
        {
            _next?.Close();
            _next = null;
        }
    }

    protected override void BeginPass(PassOrder order, int skipped, CancellationToken cancellationToken)
    {
        bool goesOn = _next is not null && order.IsShuffled == _order.IsShuffled && skipped == 0;
        End(keepsNext: goesOn);
        _source = _next ?? new Reading(open(cancellationToken));
        _next = null;
        (_order, _cancellation) = (order, cancellationToken);
        _random = new(order.Seed, order.Epoch, RandomPurpose.Shuffling);
        _isBucketed = order.IsShuffled && Source.HasLengths && Source.Settings.BucketBatches > 0;
        if (order.IsShuffled && _pool is null)
        {
            int places = Math.Min(_poolSize, FirstPlaces);
            _pool = new(places, Source);
            (_free, _turns, _nextTurns) = (new int[places], new int[places], new int[places]);
        }

        (_given, _held, _turn) = (0, 0, 0);
        if (goesOn && order.IsShuffled && !_isBucketed)
        {
            TakeNext();
        }
        else if (!goesOn)
        {
            _nextHeld = 0;
            for (_freeCount = 0; _freeCount < _free.Length; _freeCount++)
            {
                _free[_freeCount] = _freeCount;
            }
        }

        BatchBuffer<TInput, TTarget> nowhere = new(1, Source);
        for (int i = 0; i < skipped; i++)
        {
            ReadNext(nowhere, 0);
        }
    }

    protected override int ReadNext(BatchBuffer<TInput, TTarget> buffer, int row)
    {
        if (!_order.IsShuffled)
        {
            _given++;
            return ReadSource(_source!, buffer, row);
        }

        int place = _isBucketed ? NextOfBucket() : NextOfPool();
        _pool!.Input(place).CopyTo(buffer.Input(row));
        _pool.Target(place).CopyTo(buffer.Target(row));
        if (buffer.Lengths.Length > 0)
        {
            buffer.Lengths[row] = _pool.Lengths[place];
        }

        _pool.Weight(place).CopyTo(buffer.Weight(row));
        _pool.Reset(place).CopyTo(buffer.Reset(row));
        int sequence = _pool.Sequences[place];
        _given++;
        if (_isBucketed)
        {
            _free[_freeCount++] = place;
            ReadAhead();
        }
        else
        {
            Refill(place);
        }

        return sequence;
    }

    private static int PoolSize(SequenceSource<TInput, TTarget> stream, StreamOptions options, int batchSize)
    {
        if (stream.Settings.BucketBatches > 0 && stream.HasLengths)
        {
            return (int)Math.Min(stream.Count, (long)stream.Settings.BucketBatches * batchSize);
        }

        return Math.Min(stream.Count, options.ShuffleBuffer ?? (int)Math.Clamp(DefaultPoolBytes / stream.SequenceBytes, 1, DefaultPool));
    }

    private int NextOfPool()
    {
        Fill();
        _turn = _random.Below(_held, _given);
        return _turns[_turn];
    }

    // The place that was given gets the source's next sequence; where there is none, the pool shrinks.
    private void Refill(int place)
    {
        if (_source!.Count < Source.Count)
        {
            ReadPlace(_source, place);
            return;
        }

        _held--;
        _turns[_turn] = _turns[_held];
        _free[_freeCount++] = place;
        ReadAhead();
    }

    private int NextOfBucket()
    {
        if (_turn == _held)
        {
            TakeNext();
            Fill();
            Span<int> turns = _turns.AsSpan(0, _held);
            Shuffling.Shuffle(turns, _random, _given);
            Shuffling.Bucket(turns, _pool!.Lengths, batchSize, _random, Shuffling.Buckets + _given);
        }

        return _turns[_turn++];
    }

    private void TakeNext()
    {
        (_turns, _nextTurns) = (_nextTurns, _turns);
        (_held, _nextHeld, _turn) = (_nextHeld, 0, 0);
    }

    private void Fill()
    {
        while (_held < _poolSize && _source!.Count < Source.Count)
        {
            if (_freeCount == 0)
            {
                Grow();
            }

            int place = _free[--_freeCount];
            ReadPlace(_source, place);
            _turns[_held++] = place;
        }
    }

    // A pool may be larger than what a source turns out to hold, or a memory: it grows with what is read.
    private void Grow()
    {
        int before = _free.Length, after = (int)Math.Min(_poolSize, 2L * before);
        _pool!.Grow(after);
        Array.Resize(ref _free, after);
        Array.Resize(ref _turns, after);
        Array.Resize(ref _nextTurns, after);
        for (int place = before; place < after; place++)
        {
            _free[_freeCount++] = place;
        }
    }

    private void ReadPlace(Reading from, int place) => _pool!.Sequences[place] = ReadSource(from, _pool, place);

    // Reads one sequence of the next bucket or the next pass into a free place. What goes wrong is thrown when its turn comes.
    private void ReadAhead()
    {
        bool isOfThisPass = _source!.Count < Source.Count;
        if (!isOfThisPass && _next is null)
        {
            if (!_order.HasNext || _nextHeld > 0)
            {
                return; // there is no next pass, or the last bucket of this one is still to come
            }

            OpenNext();
        }

        Reading from = isOfThisPass ? _source : _next!;
        if (from.Failure is not null || from.Count == Source.Count)
        {
            return;
        }

        int place = _free[_freeCount - 1];
        try
        {
            ReadPlace(from, place);
        }
        catch (Exception e)
        {
            from.Failure = ExceptionDispatchInfo.Capture(e);
            return;
        }

        _freeCount--;
        _nextTurns[_nextHeld++] = place;
    }

    private void OpenNext()
    {
        _source!.Close();
        _next = new Reading(open(_cancellation));
    }

    private int ReadSource(Reading source, BatchBuffer<TInput, TTarget> buffer, int row)
    {
        source.Failure?.Throw();
        if (!Own.Contains(source.Count))
        {
            return source.Count++; // another process reads it
        }

        if (!source.MoveNext())
        {
            throw new InvalidDataException(
                Invariant($"The stream ended after {source.Count - Own.First} sequences, where {Own.Count} were {(options.Count is null ? "counted before" : $"promised ({nameof(StreamOptions)}.{nameof(StreamOptions.Count)})")}. A stream must have the same sequences in each pass."));
        }

        Sequence<TInput, TTarget> sequence = source.Current;
        if (ReadsRows && sequence.Input.Length != Source.InputLength)
        {
            throw new InvalidDataException(Invariant(
                $"Sequence {source.Count - Own.First} (from 0) of the stream has an input of {sequence.Input.Length} elements; a row with inputs that are given once, or known for decoded steps, is given whole, with {Source.InputLength} (Layout.InputLength). Pack makes it."));
        }

        Copy(sequence.Input.Span, buffer.Input(row), sequence.Steps, source.Count - Own.First, "an input");
        Copy(sequence.Target.Span, buffer.Target(row), sequence.Steps, source.Count - Own.First, "a target");
        if (buffer.Lengths.Length > 0)
        {
            buffer.Lengths[row] = sequence.Steps;
        }

        if (Source.Settings.Weights is null)
        {
            CopyWeights(sequence, buffer.Weight(row), source.Count - Own.First);
        }

        if (Source.Settings.Resets is null)
        {
            CopyResets(sequence, buffer.Reset(row), source.Count - Own.First);
        }

        return source.Count++;
    }

    private static void CopyWeights(in Sequence<TInput, TTarget> sequence, Span<float> to, int index)
    {
        ReadOnlySpan<float> from = sequence.Weights.Span;
        CopySteps(from, to, sequence.Steps, index, nameof(sequence.Weights), nameof(StreamOptions.WeightsPerSequence));
        if (Check.FirstBadWeight(from) is var bad && bad >= 0)
        {
            throw new InvalidDataException(Invariant($"Sequence {index} (from 0) of the stream has the weight {from[bad]} at {bad}; weights are finite and at least 0."));
        }
    }

    private static void CopyResets(in Sequence<TInput, TTarget> sequence, Span<bool> to, int index)
    {
        to.Clear();
        if (!sequence.Resets.IsEmpty)
        {
            CopySteps(sequence.Resets.Span, to, sequence.Steps, index, nameof(sequence.Resets), nameof(StreamOptions.ResetsPerSequence));
        }
    }

    // As many values as the option says, or those of the sequence's own steps.
    private static void CopySteps<T>(ReadOnlySpan<T> from, Span<T> to, int steps, int index, string what, string option)
    {
        if (from.Length != to.Length && (steps == 0 || from.Length != steps || steps > to.Length))
        {
            string expected = to.Length == 0 ? "none was expected" : Invariant($"{to.Length} were expected{(steps > 0 && to.Length > 1 ? ", or those of its steps" : "")}");
            throw new InvalidDataException(Invariant($"Sequence {index} (from 0) of the stream has {from.Length} {what}, and {expected}. Set {nameof(StreamOptions)}.{option} to what each sequence has."));
        }

        from.CopyTo(to);
        to[from.Length..].Clear();
    }

    private void Copy<T>(ReadOnlySpan<T> from, Span<T> to, int steps, int index, string what)
        where T : unmanaged
    {
        bool isPadded = Source.HasLengths;
        if (steps < (isPadded ? 1 : 0) || (!isPadded && steps != 0) || from.Length > to.Length || (from.Length < to.Length && !isPadded))
        {
            throw new InvalidDataException(isPadded
                ? Invariant($"Sequence {index} (from 0) of the stream has {what} of {from.Length} elements and {steps} steps; at most {to.Length} elements and at least 1 step were expected.")
                : Invariant($"Sequence {index} (from 0) of the stream has {what} of {from.Length} elements{(steps == 0 ? "" : Invariant($" and {steps} steps"))}; {to.Length} elements without a number of steps were expected. Set {nameof(StreamOptions)}.{nameof(StreamOptions.HasLengths)} for sequences of different length."));
        }

        from.CopyTo(to);
        to[from.Length..].Clear();
    }

    /// <summary>A source as it is read through.</summary>
    private sealed class Reading(IEnumerable<Sequence<TInput, TTarget>> sequences)
    {
        private IEnumerator<Sequence<TInput, TTarget>>? _sequences;
        private bool? _ahead;

        /// <summary>Sequences that were read.</summary>
        public int Count;

        /// <summary>What ended it, where that is still to be thrown.</summary>
        public ExceptionDispatchInfo? Failure;

        public Sequence<TInput, TTarget> Current => _sequences!.Current;

        public bool MoveNext()
        {
            bool found = _ahead ?? (_sequences ??= sequences.GetEnumerator()).MoveNext();
            _ahead = null;
            return found;
        }

        /// <summary>Reads the first sequence before its turn, in which what goes wrong is thrown.</summary>
        public void ReadAhead()
        {
            try
            {
                _ahead = MoveNext();
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        public void Close()
        {
            _sequences?.Dispose();
            _sequences = null;
        }
    }
}
