using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RnnGen.Runtime;

/// <summary>
/// The gradient of an embedding table. Each leaf of the tree of sums has sums of its own for the rows that its tokens name; in the end the tree adds them up, row by row, and the results go to the
/// rows' places in the flat gradient. The cost is that of the rows that tokens name.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class TableGradient<T>(TrainedTable table, int leaves) where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // For each sum: the position of every row of the table among those that are named, from 1, and 0 of the others; the rows that are named, in their order; their values.
    private readonly int[][] _positions = new int[leaves][];
    private readonly int[][] _rows = new int[leaves][];
    private readonly T[][] _values = new T[leaves][];
    private readonly int[] _counts = new int[leaves];
    private int[] _receivedRows = [], _keptRows = []; // where processes share the sums
    private T[] _receivedValues = [], _keptValues = [];

    /// <summary>The table.</summary>
    public TrainedTable Table => table;

    /// <summary>Makes room for a batch: for the sums of this process, and for sum 0, which is the result.</summary>
    /// <param name="tree">The tree, with the batch's groups.</param>
    /// <param name="groupTokens">The maximum number of tokens of a group.</param>
    /// <param name="first">The first sum of this process.</param>
    /// <param name="last">The sum after its last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Reserve(SumTree tree, int groupTokens, int first, int last)
    {
        for (int sum = 0; sum < tree.Sums; sum++)
        {
            if (sum > 0 && (sum < first || sum >= last))
            {
                continue;
            }

            _positions[sum] ??= new int[table.Rows];
            int rows = (int)Math.Min(table.Rows, (long)groupTokens * (tree.FirstGroup(sum + 1) - tree.FirstGroup(sum)));
            if (_rows[sum] is null || _rows[sum].Length < rows)
            {
                Clear(sum);
                _rows[sum] = new int[rows];
                _values[sum] = new T[checked(rows * table.Size)];
            }
        }
    }

    /// <summary>Forgets the rows of a sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Clear(int sum)
    {
        foreach (int row in Named(sum))
        {
            _positions[sum][row] = 0;
        }

        _counts[sum] = 0;
    }

    /// <summary>Adds the adjoints of the embedded values to the rows of their tokens: step by step, and at each step in the order of the live rows.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="tokens">Tokens, <c>[row, step]</c>.</param>
    /// <param name="rows">The group's rows.</param>
    /// <param name="steps">Steps of a sequence.</param>
    /// <param name="arena">The arena with the adjoints.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int sum, ReadOnlySpan<int> tokens, GroupRows rows, int steps, ref T arena)
    {
        int[] positions = _positions[sum];
        ref T values = ref MemoryMarshal.GetArrayDataReference(_values[sum]);
        for (int step = 0; step < steps; step++)
        {
            ref T adjoints = ref Unsafe.Add(ref arena, table.Adjoints.Offset + step * table.Adjoints.Step);
            for (int row = 0; row < rows.LiveFrom(step); row++)
            {
                ref int position = ref positions[tokens[row * steps + step]];
                if (position == 0)
                {
                    _rows[sum][_counts[sum]] = tokens[row * steps + step];
                    position = ++_counts[sum];
                    MemoryMarshal.CreateSpan(ref Unsafe.Add(ref values, (position - 1) * table.Size), table.Size).Clear();
                }

                Rows.Add(ref adjoints, row * table.Adjoints.Row, 0, table.Size, ref values, (position - 1) * table.Size, 0, 0, 1);
            }
        }
    }

    /// <summary>Adds up the rows of all processes: first the leaves of this one, then with one other process at each level of the tree. The touched rows travel, and no others. The result is sum 0.</summary>
    /// <param name="shared">The processes; each has the rows of its own leaves.</param>
    /// <param name="tree">The tree.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TakeFromOthers(SharedTree<T> shared, SumTree tree)
    {
        for (int sum = 0; sum < shared.Sums; sum++)
        {
            if (sum < shared.First || sum >= shared.Last)
            {
                Clear(sum);
            }
        }

        foreach (SumTree.Addition addition in tree.Additions)
        {
            if (addition.Into >= shared.First && addition.From < shared.Last)
            {
                Add(addition.Into, Named(addition.From), ValuesOf(addition.From));
                Clear(addition.From);
            }
        }

        // A process without leaves has an empty sum to begin with.
        int own = shared.First < shared.Last ? shared.First : 0;
        shared.AddUp(this, own);
        (_positions[0], _positions[own]) = (_positions[own], _positions[0]);
        (_rows[0], _rows[own]) = (_rows[own], _rows[0]);
        (_values[0], _values[own]) = (_values[own], _values[0]);
        (_counts[0], _counts[own]) = (_counts[own], _counts[0]);
    }

    /// <summary>Adds the rows of a neighbouring part of the tree to a sum. The rows of the lower leaves come first, as in one process.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="rows">The rows of the other part.</param>
    /// <param name="values">Their values.</param>
    /// <param name="isLower">Whether the sum is of the lower leaves.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int sum, Span<int> rows, Span<T> values, bool isLower)
    {
        if (isLower)
        {
            Add(sum, rows, values);
            return;
        }

        // The other part becomes the sum, to which this one's rows are added.
        int count = _counts[sum];
        int[] ownRows = Room(ref _keptRows, count);
        T[] ownValues = Room(ref _keptValues, count * table.Size);
        Named(sum).CopyTo(ownRows);
        ValuesOf(sum).CopyTo(ownValues);
        Clear(sum);
        Add(sum, rows, values);
        Add(sum, ownRows.AsSpan(0, count), ownValues.AsSpan(0, count * table.Size));
    }

    /// <summary>Room for rows that another process sends.</summary>
    public Span<int> ReceivedRows(int count) => Room(ref _receivedRows, count).AsSpan(0, count);

    /// <summary>Room for their values.</summary>
    public Span<T> ReceivedValues(int count) => Room(ref _receivedValues, checked(count * table.Size)).AsSpan(0, count * table.Size);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(int sum, Span<int> rows, Span<T> values)
    {
        int room = Math.Min(table.Rows, _counts[sum] + rows.Length);
        if (_rows[sum].Length < room)
        {
            Array.Resize(ref _rows[sum], room);
            Array.Resize(ref _values[sum], checked(room * table.Size));
        }

        for (int i = 0; i < rows.Length; i++)
        {
            ref int position = ref _positions[sum][rows[i]];
            if (position == 0)
            {
                _rows[sum][_counts[sum]] = rows[i];
                position = ++_counts[sum];
                values.Slice(i * table.Size, table.Size).CopyTo(ValuesOf(sum, rows[i]));
            }
            else
            {
                Rows.Add(ref values[i * table.Size], 0, 0, table.Size, ref ValuesOf(sum, rows[i])[0], 0, 0, 0, 1);
            }
        }
    }

    private static TValue[] Room<TValue>(ref TValue[] values, int count)
    {
        if (values.Length < count)
        {
            values = new TValue[count];
        }

        return values;
    }

    /// <summary>The rows that the tokens of a sum name.</summary>
    public Span<int> Named(int sum) => _rows[sum].AsSpan(0, _counts[sum]);

    /// <summary>The values of these rows.</summary>
    public Span<T> ValuesOf(int sum) => _values[sum].AsSpan(0, _counts[sum] * table.Size);

    /// <summary>Lists the rows that tokens name as segments of the parameters, in the order of the leaves and in each in the order of its tokens.</summary>
    /// <param name="sums">The number of sums.</param>
    /// <param name="segments">Receives the segments.</param>
    /// <returns>Their number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int List(int sums, Span<ParameterSegment> segments)
    {
        int count = 0;
        for (int sum = 0; sum < sums; sum++)
        {
            foreach (int row in Named(sum))
            {
                if (IsFirst(sum, row))
                {
                    segments[count++] = new ParameterSegment(table.Offset + row * table.Size, table.Size);
                }
            }
        }

        return count;
    }

    /// <summary>Adds up the rows of all leaves, one of several threads its share of the rows, and puts them into the flat gradient.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="gradients">The flat gradient.</param>
    /// <param name="part">The thread, from 0.</param>
    /// <param name="parts">How many threads.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddUp(SumTree tree, Span<T> gradients, int part, int parts)
    {
        Span<int> owners = stackalloc int[tree.Sums];
        for (int sum = 0; sum < tree.Sums; sum++)
        {
            ReadOnlySpan<int> named = Named(sum);
            for (int i = part; i < named.Length; i += parts)
            {
                if (IsFirst(sum, named[i]))
                {
                    AddUp(tree, named[i], owners).CopyTo(gradients[(table.Offset + named[i] * table.Size)..]);
                }
            }
        }
    }

    // The sum of a row over all leaves that have it, in the place of the first of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Span<T> AddUp(SumTree tree, int row, Span<int> owners)
    {
        for (int sum = 0; sum < owners.Length; sum++)
        {
            owners[sum] = _positions[sum] is { } positions && positions[row] > 0 ? sum : -1;
        }

        foreach (SumTree.Addition addition in tree.Additions)
        {
            (int into, int from) = (owners[addition.Into], owners[addition.From]);
            if (into >= 0 && from >= 0)
            {
                Rows.Add(ref ValuesOf(from, row)[0], 0, 0, table.Size, ref ValuesOf(into, row)[0], 0, 0, 0, 1);
            }

            owners[addition.Into] = into >= 0 ? into : from;
        }

        return ValuesOf(owners[0], row);
    }

    private Span<T> ValuesOf(int sum, int row) => _values[sum].AsSpan((_positions[sum][row] - 1) * table.Size, table.Size);

    // Whether no sum before has the row too.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool IsFirst(int sum, int row)
    {
        for (int before = 0; before < sum; before++)
        {
            if (_positions[before][row] > 0)
            {
                return false;
            }
        }

        return true;
    }
}
