using System.Runtime.InteropServices;
using System.Text;

namespace RnnGen.Comparison.Peers;

/// <summary>
/// ONNX Runtime through its C interface (onnxruntime_c_api.h), one thread, inputs and outputs allocated once: what is
/// timed is its <c>Run</c> and nothing around it. The native library comes out of the NuGet package Microsoft.ML.OnnxRuntime.
/// </summary>
internal sealed unsafe class OnnxRuntimePeer : IPeer
{
    private readonly nint _library;
    private readonly nint* _api;
    private readonly nint _environment;
    private readonly nint _memory;

    private OnnxRuntimePeer(string path)
    {
        _library = NativeLibrary.Load(path);
        var getBase = (delegate* unmanaged<nint*>)NativeLibrary.GetExport(_library, "OrtGetApiBase");
        nint* apiBase = getBase();
        Version = $"{Name} {Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)apiBase[1])())}";
        _api = (nint*)((delegate* unmanaged<uint, nint>)apiBase[0])(14);
        fixed (byte* name = Utf8("comparison"))
        {
            nint environment, memory;
            Verify(((delegate* unmanaged<int, byte*, nint*, nint>)_api[Entry.CreateEnv])(3, name, &environment));
            Verify(((delegate* unmanaged<int, int, nint*, nint>)_api[Entry.CreateCpuMemoryInfo])(0, 0, &memory));
            (_environment, _memory) = (environment, memory);
        }
    }

    public string Name => Rows.OnnxRuntime;

    public string Version { get; }

    /// <summary>Finds and loads the library.</summary>
    /// <param name="folder">Where install.sh put the peers.</param>
    public static OnnxRuntimePeer Load(string folder)
    {
        string path = Path.Combine(folder, "nuget", "libonnxruntime.so");
        return File.Exists(path) ? new OnnxRuntimePeer(path) : throw new PeerException($"{path} is missing; bench/peers/install.sh installs it");
    }

    public bool Does(Row row) => row.Work is Work.Forward or Work.Streaming && !row.IsOwn && row.Cell != "rnn";

    public ISubject Prepare(Problem problem) => new Subject(this, problem);

    public void Dispose()
    {
        // The library ends with the process: unloading it while its own threads end is not worth the risk.
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private void Verify(nint status)
    {
        if (status != 0)
        {
            string? message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)_api[Entry.GetErrorMessage])(status));
            ((delegate* unmanaged<nint, void>)_api[Entry.ReleaseStatus])(status);
            throw new PeerException($"{Name}: {message}");
        }
    }

    private nint CreateSession(byte[] model)
    {
        nint options, session;
        Verify(((delegate* unmanaged<nint*, nint>)_api[Entry.CreateSessionOptions])(&options));
        Verify(((delegate* unmanaged<nint, int, nint>)_api[Entry.SetIntraOpNumThreads])(options, 1));
        fixed (byte* bytes = model)
        {
            Verify(((delegate* unmanaged<nint, byte*, nuint, nint, nint*, nint>)_api[Entry.CreateSessionFromArray])(
                _environment, bytes, (nuint)model.Length, options, &session));
        }

        return session;
    }

    private Tensor CreateTensor(params ReadOnlySpan<long> shape)
    {
        long length = 1;
        foreach (long size in shape)
        {
            length *= size;
        }

        float* data = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        NativeMemory.Clear(data, (nuint)length * sizeof(float));
        nint value;
        fixed (long* dimensions = shape)
        {
            Verify(((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)_api[Entry.CreateTensorWithDataAsOrtValue])(
                _memory, data, (nuint)length * sizeof(float), dimensions, (nuint)shape.Length, 1, &value));
        }

        return new Tensor((nint)data, value, (int)length);
    }

    /// <summary>Positions in the table OrtApi, which only ever grows at its end.</summary>
    private static class Entry
    {
        public const int GetErrorMessage = 2;
        public const int CreateEnv = 3;
        public const int CreateSessionFromArray = 8;
        public const int Run = 9;
        public const int CreateSessionOptions = 10;
        public const int SetIntraOpNumThreads = 24;
        public const int CreateTensorWithDataAsOrtValue = 49;
        public const int CreateCpuMemoryInfo = 69;
        public const int ReleaseStatus = 93;
    }

    /// <summary>A tensor over memory of ours.</summary>
    private sealed record Tensor(nint Data, nint Value, int Length)
    {
        public Span<float> Values => new((float*)Data, Length);
    }

    private sealed class Subject : ISubject
    {
        private readonly OnnxRuntimePeer _owner;
        private readonly Problem _problem;
        private readonly nint _session;
        private readonly Tensor _input;
        private readonly Tensor[] _states;
        private readonly nint* _inputNames;
        private readonly nint* _outputNames;
        private readonly nint* _values;
        private readonly bool _streaming;
        private readonly int _stateCount;

        public Subject(OnnxRuntimePeer owner, Problem problem)
        {
            (_owner, _problem) = (owner, problem);
            Row row = problem.Row;
            _streaming = row.Work == Work.Streaming;
            _session = owner.CreateSession(OnnxModel.Write(problem));
            _input = owner.CreateTensor(_streaming ? 1 : row.Steps, row.Batch, row.Inputs);
            _stateCount = _streaming && row.Cell == "lstm" ? 2 : 1;

            // Two sides, h and c each: a step reads one side and writes the other. A batch writes the first only.
            _states = [.. Enumerable.Range(0, 4).Select(_ => owner.CreateTensor(1, row.Batch, row.Units))];
            _inputNames = Names("X", "initial_h", "initial_c");
            _outputNames = Names("Y_h", "Y_c");
            nint[] values = [_input.Value, _states[0].Value, _states[1].Value, _input.Value, _states[2].Value, _states[3].Value];
            _values = (nint*)NativeMemory.Alloc((nuint)(values.Length * sizeof(nint)));
            values.CopyTo(new Span<nint>(_values, values.Length));
            if (!_streaming)
            {
                for (int b = 0; b < row.Batch; b++)
                {
                    for (int t = 0; t < row.Steps; t++)
                    {
                        problem.Inputs.AsSpan(((b * row.Steps) + t) * row.Inputs, row.Inputs).CopyTo(_input.Values[(((t * row.Batch) + b) * row.Inputs)..]);
                    }
                }
            }
        }

        public float[] Check()
        {
            Row row = _problem.Row;
            float[] result = new float[_streaming ? row.Steps : row.Batch];
            if (_streaming)
            {
                for (int t = 0; t < result.Length; t++)
                {
                    Step(t);
                    result[t] = _problem.Head(_states[t % 2 == 0 ? 2 : 0].Values);
                }

                return result;
            }

            Step(0);
            for (int b = 0; b < result.Length; b++)
            {
                result[b] = _problem.Head(_states[2].Values.Slice(b * row.Units, row.Units));
            }

            return result;
        }

        public double Run(int count) => Clock.Time(() =>
        {
            for (int i = 0; i < count; i++)
            {
                Step(i);
            }
        });

        private void Step(int n)
        {
            int side = 0;
            if (_streaming)
            {
                int inputs = _problem.Row.Inputs;
                _problem.Inputs.AsSpan(n % _problem.Row.Steps * inputs, inputs).CopyTo(_input.Values);
                side = n % 2;
            }

            nint* inputsOfSide = _values + (3 * side), outputsOfSide = _values + (3 * (1 - side)) + 1;
            nint status = ((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)_owner._api[Entry.Run])(
                _session, 0, _inputNames, inputsOfSide, (nuint)(_streaming ? 1 + _stateCount : 1), _outputNames, (nuint)_stateCount, outputsOfSide);
            _owner.Verify(status);
        }

        private static nint* Names(params ReadOnlySpan<string> names)
        {
            nint* result = (nint*)NativeMemory.Alloc((nuint)(names.Length * sizeof(nint)));
            for (int i = 0; i < names.Length; i++)
            {
                result[i] = Marshal.StringToCoTaskMemUTF8(names[i]);
            }

            return result;
        }
    }
}
