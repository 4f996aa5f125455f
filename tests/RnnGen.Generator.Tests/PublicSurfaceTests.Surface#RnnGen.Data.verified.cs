static class RnnGen.Data.CsvSeries
    public static double[] ReadDouble(System.IO.TextReader reader, RnnGen.Data.CsvColumn column, RnnGen.Data.CsvOptions? options = null)
    public static double[] ReadDouble(string path, RnnGen.Data.CsvColumn column, RnnGen.Data.CsvOptions? options = null)
    public static float[] Read(System.IO.TextReader reader, RnnGen.Data.CsvColumn column, RnnGen.Data.CsvOptions? options = null)
    public static float[] Read(string path, RnnGen.Data.CsvColumn column, RnnGen.Data.CsvOptions? options = null)
    public static string[] ReadText(System.IO.TextReader reader, RnnGen.Data.CsvColumn column, RnnGen.Data.CsvOptions? options = null)
    public static string[] ReadText(string path, RnnGen.Data.CsvColumn column, RnnGen.Data.CsvOptions? options = null)
static class RnnGen.Data.CsvTable
    public static System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<double>> RowsDouble(string path, System.Collections.Generic.IReadOnlyList<RnnGen.Data.CsvColumn> columns, RnnGen.Data.CsvOptions? options = null)
    public static System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<float>> Rows(string path, System.Collections.Generic.IReadOnlyList<RnnGen.Data.CsvColumn> columns, RnnGen.Data.CsvOptions? options = null)
    public static float[] Read(System.IO.TextReader reader, System.Collections.Generic.IReadOnlyList<RnnGen.Data.CsvColumn> columns, RnnGen.Data.CsvOptions? options = null)
    public static float[] Read(string path, System.Collections.Generic.IReadOnlyList<RnnGen.Data.CsvColumn> columns, RnnGen.Data.CsvOptions? options = null)
sealed class RnnGen.Data.DataFormatException : System.FormatException
    public DataFormatException(string message, string? source, int line = 0, int column = 0, System.Exception? innerException = null)
    public int Column { get; }
    public int Line { get; }
    public string? FilePath { get; }
sealed class RnnGen.Data.JsonLine
    public bool Has(string name)
    public double Number(string name)
    public float[] Numbers(string name)
    public int Line { get; }
    public int WholeNumber(string name)
    public int[] WholeNumbers(string name)
    public string Text(string name)
static class RnnGen.Data.JsonLines
    public static System.Collections.Generic.IEnumerable<RnnGen.Data.JsonLine> Read(System.IO.TextReader reader, int longest = 1048576)
    public static System.Collections.Generic.IEnumerable<RnnGen.Data.JsonLine> Read(string path, int longest = 1048576, System.Text.Encoding? encoding = null)
sealed class RnnGen.Data.LogMelSpectrum
    public LogMelSpectrum(int sampleRate, int windowLength = 0, int hop = 0, int bands = 40, double lowest = 20, double highest = 0)
    public float[] Compute(System.ReadOnlySpan<float> samples)
    public int Bands { get; }
    public int FrameCount(int samples)
    public int Hop { get; }
    public int WindowLength { get; }
    public void ComputeFrame(System.ReadOnlySpan<float> samples, System.Span<float> features)
    public void Normalize(System.Span<float> features)
static class RnnGen.Data.NpyFile
    public static RnnGen.Data.NpyArray<T> Read<T>(byte[] bytes) where T : unmanaged, System.Numerics.INumber<T>
    public static RnnGen.Data.NpyArray<T> Read<T>(string path) where T : unmanaged, System.Numerics.INumber<T>
    public static System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<T>> Rows<T>(System.IO.Stream stream) where T : unmanaged, System.Numerics.INumber<T>
    public static System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<T>> Rows<T>(string path) where T : unmanaged, System.Numerics.INumber<T>
    public static byte[] ToBytes<T>(System.ReadOnlySpan<T> values, scoped System.ReadOnlySpan<int> shape) where T : unmanaged, System.Numerics.INumber<T>
    public static void Write<T>(string path, System.ReadOnlySpan<T> values, scoped System.ReadOnlySpan<int> shape) where T : unmanaged, System.Numerics.INumber<T>
static class RnnGen.Data.TextLines
    public const int DefaultLongest = 1048576
    public static System.Collections.Generic.IEnumerable<string> Read(System.IO.TextReader reader, int longest = 1048576)
    public static System.Collections.Generic.IEnumerable<string> Read(string path, int longest = 1048576, System.Text.Encoding? encoding = null)
sealed class RnnGen.Data.TimeSeriesFile
    public System.Collections.Generic.IReadOnlyList<RnnGen.Data.LabelledSeries> Series { get; }
    public System.Collections.Generic.IReadOnlyList<string> Labels { get; }
    public bool HasTargets { get; }
    public int Channels { get; }
    public int LongestSteps { get; }
    public static RnnGen.Data.TimeSeriesFile Read(System.IO.TextReader reader, RnnGen.Data.TimeSeriesOptions? options = null)
    public static RnnGen.Data.TimeSeriesFile Read(string path, RnnGen.Data.TimeSeriesOptions? options = null)
    public string Name { get; }
sealed class RnnGen.Data.WavAudio
    public RnnGen.Data.WavAudio Resample(int sampleRate)
    public RnnGen.Data.WavAudio ToMono()
    public WavAudio(float[] samples, int sampleRate, int channels = 1)
    public float[] Samples { get; }
    public int Channels { get; }
    public int SampleRate { get; }
static class RnnGen.Data.WavFile
    public static RnnGen.Data.WavAudio Read(System.ReadOnlySpan<byte> bytes, bool toEnd = false)
    public static RnnGen.Data.WavAudio Read(string path, bool toEnd = false)
    public static byte[] ToBytes(RnnGen.Data.WavAudio audio, RnnGen.Data.WavEncoding encoding = SixteenBit)
    public static void Write(string path, RnnGen.Data.WavAudio audio, RnnGen.Data.WavEncoding encoding = SixteenBit)
enum RnnGen.Data.MissingValues
    CarryForward = 1
    DropRow = 3
    Error = 0
    Interpolate = 2
    Keep = 4
enum RnnGen.Data.WavEncoding
    EightBit = 0
    FloatingPoint = 4
    SixteenBit = 1
    ThirtyTwoBit = 3
    TwentyFourBit = 2
readonly readonly struct RnnGen.Data.CsvColumn : System.IEquatable<RnnGen.Data.CsvColumn>
    public CsvColumn()
    public bool Equals(RnnGen.Data.CsvColumn other)
    public int Index { get; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static RnnGen.Data.CsvColumn FromInt32(int index)
    public static RnnGen.Data.CsvColumn FromString(string name)
    public static bool operator !=(RnnGen.Data.CsvColumn left, RnnGen.Data.CsvColumn right)
    public static bool operator ==(RnnGen.Data.CsvColumn left, RnnGen.Data.CsvColumn right)
    public static implicit operator RnnGen.Data.CsvColumn(int index)
    public static implicit operator RnnGen.Data.CsvColumn(string name)
    public string? Name { get; }
sealed record RnnGen.Data.CsvOptions : System.IEquatable<RnnGen.Data.CsvOptions>
    public CsvOptions()
    public RnnGen.Data.CsvColumn? DateColumn { get; init; }
    public RnnGen.Data.CsvOptions <Clone>$()
    public RnnGen.Data.MissingValues MissingValues { get; init; }
    public System.Collections.Generic.IReadOnlyList<string> MissingMarkers { get; init; }
    public System.Text.Encoding? Encoding { get; init; }
    public bool Equals(RnnGen.Data.CsvOptions? other)
    public bool? HasHeader { get; init; }
    public char DecimalSeparator { get; init; }
    public char? Delimiter { get; init; }
    public char? ThousandsSeparator { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Data.CsvOptions? left, RnnGen.Data.CsvOptions? right)
    public static bool operator ==(RnnGen.Data.CsvOptions? left, RnnGen.Data.CsvOptions? right)
    public string? DateFormat { get; init; }
sealed record RnnGen.Data.LabelledSeries : System.IEquatable<RnnGen.Data.LabelledSeries>
    public LabelledSeries(float[] Values, int Steps, int Class)
    public RnnGen.Data.LabelledSeries <Clone>$()
    public bool Equals(RnnGen.Data.LabelledSeries? other)
    public float Target { get; init; }
    public float[] Values { get; init; }
    public int Class { get; init; }
    public int Steps { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Data.LabelledSeries? left, RnnGen.Data.LabelledSeries? right)
    public static bool operator ==(RnnGen.Data.LabelledSeries? left, RnnGen.Data.LabelledSeries? right)
    public void Deconstruct(out float[] Values, out int Steps, out int Class)
sealed record RnnGen.Data.NpyArray<T> where T : unmanaged, System.Numerics.INumber<T> : System.IEquatable<RnnGen.Data.NpyArray<T>>
    public NpyArray(System.Collections.Generic.IReadOnlyList<int> Shape, T[] Values)
    public RnnGen.Data.NpyArray<T> <Clone>$()
    public System.Collections.Generic.IReadOnlyList<int> Shape { get; init; }
    public T[] Values { get; init; }
    public bool Equals(RnnGen.Data.NpyArray<T>? other)
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Data.NpyArray<T>? left, RnnGen.Data.NpyArray<T>? right)
    public static bool operator ==(RnnGen.Data.NpyArray<T>? left, RnnGen.Data.NpyArray<T>? right)
    public void Deconstruct(out System.Collections.Generic.IReadOnlyList<int> Shape, out T[] Values)
sealed record RnnGen.Data.TimeSeriesOptions : System.IEquatable<RnnGen.Data.TimeSeriesOptions>
    public RnnGen.Data.TimeSeriesOptions <Clone>$()
    public System.Collections.Generic.IReadOnlyList<string>? Labels { get; init; }
    public System.Text.Encoding? Encoding { get; init; }
    public TimeSeriesOptions()
    public bool Equals(RnnGen.Data.TimeSeriesOptions? other)
    public const int DefaultLongestLine = 16777216
    public int LongestLine { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Data.TimeSeriesOptions? left, RnnGen.Data.TimeSeriesOptions? right)
    public static bool operator ==(RnnGen.Data.TimeSeriesOptions? left, RnnGen.Data.TimeSeriesOptions? right)
