sealed class RnnGen.Adagrad : RnnGen.Optimizer
    protected override System.Collections.Generic.IReadOnlyDictionary<string, double> Settings { get; }
    protected override int MomentCount { get; }
    protected override void Step<TNumber>(in RnnGen.OptimizerStep<TNumber> step) where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public Adagrad(double learningRate = 0.01)
    public double Epsilon { get; init; }
sealed class RnnGen.Adam : RnnGen.Optimizer
    protected override System.Collections.Generic.IReadOnlyDictionary<string, double> Settings { get; }
    protected override int MomentCount { get; }
    protected override void Step<TNumber>(in RnnGen.OptimizerStep<TNumber> step) where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public Adam(double learningRate = 0.001)
    public double Beta1 { get; init; }
    public double Beta2 { get; init; }
    public double Epsilon { get; init; }
sealed class RnnGen.AdamW : RnnGen.Optimizer
    protected override System.Collections.Generic.IReadOnlyDictionary<string, double> Settings { get; }
    protected override bool AddsWeightDecay { get; }
    protected override int MomentCount { get; }
    protected override void Step<TNumber>(in RnnGen.OptimizerStep<TNumber> step) where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public AdamW(double learningRate = 0.001)
    public double Beta1 { get; init; }
    public double Beta2 { get; init; }
    public double Epsilon { get; init; }
sealed class RnnGen.BatchState<T> where T : unmanaged, System.Numerics.INumber<T>
    public BatchState(int count, int length)
    public System.ReadOnlySpan<T> Gradient(int sequence)
    public System.ReadOnlySpan<T> this[int sequence] { get; }
    public bool IsCarried(int sequence)
    public int Count { get; }
    public int Length { get; }
    public void CommitGradients(int count)
    public void CommitStates(int count)
    public void Load(ref T arena, System.ReadOnlySpan<RnnGen.CarriedPlace> places, RnnGen.Runtime.GroupRows rows, int start, int first, int last)
    public void Reset()
    public void Reset(int sequence)
    public void Set(int sequence, System.ReadOnlySpan<T> values)
    public void Take(ref T arena, System.ReadOnlySpan<RnnGen.CarriedPlace> places, RnnGen.Runtime.GroupRows rows, int start, int first, int last)
    public void TakeGradients(ref T arena, System.ReadOnlySpan<RnnGen.CarriedPlace> places, RnnGen.Runtime.GroupRows rows, int start, int first, int last)
sealed class RnnGen.BytePairTokenizer : RnnGen.Tokenizer
    public override int VocabularySize { get; }
    public override int[] Encode(string text)
    public override string Decode(System.ReadOnlySpan<int> tokens)
    public static RnnGen.BytePairTokenizer Train(System.Collections.Generic.IEnumerable<string> texts, int largest = 4096)
sealed class RnnGen.CellAttribute : System.Attribute
    public CellAttribute(string equations)
    public string Equations { get; }
sealed class RnnGen.CharacterTokenizer : RnnGen.Tokenizer
    public override int VocabularySize { get; }
    public override int[] Encode(string text)
    public override string Decode(System.ReadOnlySpan<int> tokens)
    public static RnnGen.CharacterTokenizer Train(System.Collections.Generic.IEnumerable<string> texts, int largest = 65536)
sealed class RnnGen.CheckpointException : System.IO.IOException
    public CheckpointException(string message)
    public CheckpointException(string message, System.Exception innerException)
sealed class RnnGen.CheckpointOptions
    public CheckpointOptions(string folder)
    public RnnGen.CheckpointFailure OnFailure { get; init; }
    public int EveryEpochs { get; init; }
    public int Keep { get; init; }
    public int? EverySteps { get; init; }
    public string Folder { get; }
sealed class RnnGen.ConfusionMatrix : System.IEquatable<RnnGen.ConfusionMatrix>
    public ConfusionMatrix(int classCount, System.ReadOnlySpan<long> counts)
    public System.ReadOnlySpan<long> Counts { get; }
    public bool Equals(RnnGen.ConfusionMatrix? other)
    public double F1(int index)
    public double Precision(int index)
    public double Recall(int index)
    public int ClassCount { get; }
    public long Predicted(int index)
    public long Support(int index)
    public long this[int actual, int predicted] { get; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
sealed class RnnGen.ConsoleProgress : System.IProgress<RnnGen.EpochResult>
    public ConsoleProgress(System.IO.TextWriter writer)
    public static RnnGen.ConsoleProgress Instance { get; }
    public void Report(RnnGen.EpochResult value)
sealed class RnnGen.CoupledLstmAttribute : RnnGen.RecurrentLayerAttribute
    public CoupledLstmAttribute(int hiddenSize)
sealed class RnnGen.CtcBeamSearch
    public CtcBeamSearch(int classes, int maxSteps, int beams = 16)
    public int Decode<T>(System.ReadOnlySpan<T> logits, System.Span<int> labels, out double logProbability) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.CtcDecoder
    public static int EditDistance(System.ReadOnlySpan<int> found, System.ReadOnlySpan<int> expected)
    public static int Greedy<T>(System.ReadOnlySpan<T> logits, int classes, System.Span<int> labels) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.DatasetSplit
    public static RnnGen.SplitDataset<TInput, TTarget> Chronological<TInput, TTarget>(RnnGen.SequenceDataset<TInput, TTarget> data, double trainFraction = 0.7, double validationFraction = 0.15, int gap = 0) where TInput : unmanaged where TTarget : unmanaged
    public static RnnGen.SplitDataset<TInput, TTarget> Grouped<TInput, TTarget, TGroup>(RnnGen.SequenceDataset<TInput, TTarget> data, System.Collections.Generic.IReadOnlyList<TGroup> groups, double trainFraction = 0.7, double validationFraction = 0.15, int seed = 0) where TInput : unmanaged where TTarget : unmanaged where TGroup : notnull
    public static RnnGen.SplitDataset<TInput, TTarget> Stratified<TInput, TTarget>(RnnGen.SequenceDataset<TInput, TTarget> data, System.ReadOnlySpan<int> labels, double trainFraction = 0.7, double validationFraction = 0.15, int seed = 0) where TInput : unmanaged where TTarget : unmanaged
sealed class RnnGen.DecoderAttribute : System.Attribute
    public DecoderAttribute()
    public RnnGen.Attention Attention { get; set; }
sealed class RnnGen.DecodingOptions
    public DecodingOptions()
    public double LengthPenalty { get; init; }
    public double Temperature { get; init; }
    public double TopP { get; init; }
    public int Beams { get; init; }
    public int Seed { get; init; }
    public int TopK { get; init; }
    public static RnnGen.DecodingOptions Greedy { get; }
sealed class RnnGen.DenseAttribute : RnnGen.LayerAttribute
    public DenseAttribute(int size)
    public RnnGen.Activation Activation { get; set; }
sealed class RnnGen.EarlyStopping<TNumber> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public EarlyStopping(int patience)
    public System.ReadOnlySpan<TNumber> BestParameters { get; }
    public bool Add(double loss, System.ReadOnlySpan<TNumber> parameters = default(System.ReadOnlySpan<TNumber>))
    public bool ShouldStop { get; }
    public double BestLoss { get; }
    public int BestEpoch { get; }
    public int EpochCount { get; }
    public int Patience { get; }
sealed class RnnGen.EmbeddingAttribute : RnnGen.LayerAttribute
    public EmbeddingAttribute(int vocabularySize, int size)
    public int VocabularySize { get; }
sealed class RnnGen.FeatureNormalizer
    public FeatureNormalizer(System.Collections.Generic.IEnumerable<RnnGen.Normalizer> normalizers)
    public RnnGen.FeatureNormalizer Select(scoped System.ReadOnlySpan<int> features)
    public RnnGen.Normalizer this[int feature] { get; }
    public System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<T>> Apply<T>(System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<T>> rows) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public int Count { get; }
    public static RnnGen.FeatureNormalizer FromJson(string json)
    public static RnnGen.FeatureNormalizer MinMax<T>(System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<T>> rows, int features) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static RnnGen.FeatureNormalizer MinMax<T>(System.ReadOnlyMemory<T> values, int features) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static RnnGen.FeatureNormalizer StandardScore<T>(System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<T>> rows, int features) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static RnnGen.FeatureNormalizer StandardScore<T>(System.ReadOnlyMemory<T> values, int features) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public string ToJson()
    public void Apply<T>(System.Span<T> values) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public void Invert<T>(System.Span<T> values) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
sealed class RnnGen.FitOptions
    public FitOptions()
    public RnnGen.CheckpointOptions? Checkpoint { get; init; }
    public RnnGen.LearningRateSchedule? Schedule { get; init; }
    public RnnGen.NonFinitePolicy NonFinite { get; init; }
    public RnnGen.Optimizer? Optimizer { get; init; }
    public System.Collections.Generic.IReadOnlyList<RnnGen.TrainingCallback> Callbacks { get; init; }
    public System.IProgress<RnnGen.EpochResult>? Progress { get; init; }
    public bool CarryState { get; init; }
    public bool Metrics { get; init; }
    public bool Resume { get; init; }
    public bool Shuffle { get; init; }
    public bool Verbose { get; init; }
    public bool? RestoreBest { get; init; }
    public double? AverageDecay { get; init; }
    public int Epochs { get; init; }
    public int Seed { get; init; }
    public int? BatchSize { get; init; }
    public int? Patience { get; init; }
sealed class RnnGen.GateFlow
    public RnnGen.GateFunction Function { get; }
    public double High { get; }
    public double Low { get; }
    public double Saturation { get; }
    public int DeadUnits { get; }
    public string Name { get; }
sealed class RnnGen.GradientFlow
    public GradientFlow(RnnGen.ModelLayout layout, System.Collections.Generic.IReadOnlyList<RnnGen.Runtime.WatchedLayer> watched, int rows)
    public RnnGen.GradientFlow? Begin<T>() where T : unmanaged
    public System.Collections.Generic.IReadOnlyList<RnnGen.LayerFlow> Layers { get; }
    public System.Collections.Generic.IReadOnlyList<RnnGen.ParameterInfo> Parameters { get; }
    public System.ReadOnlySpan<double> ParameterNorms { get; }
    public System.ReadOnlySpan<double> UpdateNorms { get; }
    public bool IsEnabled { get; set; }
    public double GradientNorm { get; }
    public double UpdateNorm { get; }
    public long StepCount { get; }
    public void BeginUpdate<T>(System.ReadOnlySpan<T> parameters, System.ReadOnlySpan<RnnGen.ParameterSegment> segments) where T : unmanaged
    public void BeginWindow(int firstStep)
    public void Count<T>(ref T arena, int layer, int step, int first, int last, int group) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public void EndUpdate<T>(System.ReadOnlySpan<T> parameters, System.ReadOnlySpan<RnnGen.ParameterSegment> segments) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public void TakeGradients<T>(System.ReadOnlySpan<T> gradients, System.ReadOnlySpan<RnnGen.ParameterSegment> segments) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public void Watch<T>(ref T arena, int layer, int step, int first, int last, int group) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
sealed class RnnGen.GruAttribute : RnnGen.RecurrentLayerAttribute
    public GruAttribute(int hiddenSize)
sealed class RnnGen.IndRnnAttribute : RnnGen.RecurrentLayerAttribute
    public IndRnnAttribute(int hiddenSize)
sealed class RnnGen.JanetAttribute : RnnGen.RecurrentLayerAttribute
    public JanetAttribute(int hiddenSize)
    public double Beta { get; set; }
sealed class RnnGen.JordanRnnAttribute : RnnGen.RecurrentLayerAttribute
    public JordanRnnAttribute(int hiddenSize)
abstract class RnnGen.LayerAttribute : System.Attribute
    protected LayerAttribute(int size)
    public RnnGen.Initializer Initializer { get; set; }
    public bool Frozen { get; set; }
    public bool Residual { get; set; }
    public double Dropout { get; set; }
    public int Size { get; }
sealed class RnnGen.LayerFlow
    public System.Collections.Generic.IReadOnlyList<RnnGen.GateFlow> Gates { get; }
    public System.Collections.Generic.IReadOnlyList<RnnGen.StateFlow> States { get; }
    public int DeadUnits { get; }
    public int Steps { get; }
    public int Units { get; }
    public string Name { get; }
sealed class RnnGen.LayerNormAttribute : RnnGen.LayerAttribute
    public LayerNormAttribute()
sealed class RnnGen.LayerNormGruAttribute : RnnGen.RecurrentLayerAttribute
    public LayerNormGruAttribute(int hiddenSize)
sealed class RnnGen.LayerNormLstmAttribute : RnnGen.RecurrentLayerAttribute
    public LayerNormLstmAttribute(int hiddenSize)
sealed class RnnGen.LeakyRnnAttribute : RnnGen.RecurrentLayerAttribute
    public LeakyRnnAttribute(int hiddenSize)
    public double Leak { get; set; }
abstract class RnnGen.LearningRateSchedule
    protected LearningRateSchedule()
    public RnnGen.LearningRateSchedule After(int warmUpSteps)
    public abstract double Factor(RnnGen.TrainingPosition position)
    public static RnnGen.LearningRateSchedule Constant { get; }
    public static RnnGen.LearningRateSchedule Cosine(double end = 0)
    public static RnnGen.LearningRateSchedule Exponential(double factor)
    public static RnnGen.LearningRateSchedule OneCycle(double rise = 0.3, double start = 0.04, double end = 4E-06)
    public static RnnGen.LearningRateSchedule ReduceOnPlateau(double factor = 0.1, int patience = 10, int cooldown = 0)
    public static RnnGen.LearningRateSchedule Step(int epochs, double factor = 0.1)
sealed class RnnGen.LoadOptions
    public LoadOptions()
    public System.Collections.Generic.IReadOnlyDictionary<string, string>? Names { get; init; }
    public System.Collections.Generic.IReadOnlyList<string> Ignore { get; init; }
    public string? Prefix { get; init; }
sealed class RnnGen.LstmAttribute : RnnGen.RecurrentLayerAttribute
    public LstmAttribute(int hiddenSize)
sealed class RnnGen.Measures<TNumber, TTarget> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber> where TTarget : unmanaged
    public Measures(RnnGen.ModelLayout layout)
    public RnnGen.Evaluation Result(double loss)
    public int Count { get; }
    public void Add(System.ReadOnlySpan<TNumber> outputs, System.ReadOnlySpan<TTarget> targets, int count, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
sealed class RnnGen.MinGruAttribute : RnnGen.RecurrentLayerAttribute
    public MinGruAttribute(int hiddenSize)
sealed class RnnGen.MinLstmAttribute : RnnGen.RecurrentLayerAttribute
    public MinLstmAttribute(int hiddenSize)
sealed class RnnGen.MinimalGatedUnitAttribute : RnnGen.RecurrentLayerAttribute
    public MinimalGatedUnitAttribute(int hiddenSize)
sealed class RnnGen.ModelFileException : System.IO.IOException
    public ModelFileException(string message)
    public ModelFileException(string message, System.Exception innerException)
sealed class RnnGen.ModelLayout
    public ModelLayout()
    public bool IsBinary { get; init; }
    public bool IsDecoded { get; init; }
    public bool MaskedTargets { get; init; }
    public int ClassCount { get; init; }
    public int EndToken { get; init; }
    public int LabelLength { get; init; }
    public int VocabularySize { get; init; }
    public long ModelMemory { get; init; }
    public long StateMemory { get; init; }
    public long ThreadMemory { get; init; }
    public required System.Collections.Generic.IReadOnlyList<RnnGen.ParameterInfo> Parameters { get; init; }
    public required int BatchSize { get; init; }
    public required int InputLength { get; init; }
    public required int OutputLength { get; init; }
    public required int OutputSteps { get; init; }
    public required int ParameterCount { get; init; }
    public required int SequenceLength { get; init; }
    public required int TargetLength { get; init; }
    public required long ForwardFlops { get; init; }
    public required long PredictionMemory { get; init; }
    public required long TrainingMemory { get; init; }
    public required string Declaration { get; init; }
    public required string ModelName { get; init; }
    public string Details { get; init; }
sealed class RnnGen.ModelMetadata : System.Collections.Generic.IEnumerable<System.Collections.Generic.KeyValuePair<string, string>>, System.Collections.IEnumerable
    public ModelMetadata()
    public System.Collections.Generic.IEnumerator<System.Collections.Generic.KeyValuePair<string, string>> GetEnumerator()
    public System.Collections.Generic.IReadOnlyList<string> GetLabels(string name)
    public bool HasLabels(string name)
    public int Count { get; }
    public string? this[string key] { get; set; }
    public void CopyFrom(RnnGen.ModelMetadata metadata)
    public void SetLabels(string name, System.Collections.Generic.IReadOnlyList<string> labels)
sealed class RnnGen.NonFiniteException : System.ArithmeticException
    public NonFiniteException(string message)
    public int? Sequence { get; }
sealed class RnnGen.NonFinitePolicy
    public override string ToString()
    public static RnnGen.NonFinitePolicy RollBack(double rateFactor = 0.5, int limit = 10)
    public static RnnGen.NonFinitePolicy SkipBatch(double rateFactor = 0.5, int limit = 10)
    public static RnnGen.NonFinitePolicy Throw { get; }
sealed class RnnGen.NormalizedModel<TModel, TNumber> where TModel : RnnGen.IRnnModel<TModel, TNumber, TNumber, TNumber> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public NormalizedModel(TModel model, RnnGen.ModelMetadata metadata, TNumber missingInput = default(TNumber))
    public TNumber[] Predict(System.ReadOnlySpan<TNumber> input)
    public const string InputName = "input"
    public const string TargetName = "target"
    public void PredictBatch(System.ReadOnlySpan<TNumber> inputs, System.Span<TNumber> outputs, int count, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
sealed class RnnGen.Normalizer
    public Normalizer(double offset, double scale)
    public T Apply<T>(T value) where T : System.Numerics.IBinaryFloatingPointIeee754<T>
    public T Invert<T>(T value) where T : System.Numerics.IBinaryFloatingPointIeee754<T>
    public T[] Apply<T>(T[] values) where T : System.Numerics.IBinaryFloatingPointIeee754<T>
    public T[] Invert<T>(T[] values) where T : System.Numerics.IBinaryFloatingPointIeee754<T>
    public double Offset { get; }
    public double Scale { get; }
    public override string ToString()
    public static RnnGen.Normalizer MinMax<T>(System.ReadOnlySpan<T> values) where T : System.Numerics.IBinaryFloatingPointIeee754<T>
    public static RnnGen.Normalizer StandardScore<T>(System.ReadOnlySpan<T> values) where T : System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.NormalizerMetadata
    public static RnnGen.FeatureNormalizer GetNormalizer(this RnnGen.ModelMetadata metadata, string name)
    public static bool HasNormalizer(this RnnGen.ModelMetadata metadata, string name)
    public static void SetNormalizer(this RnnGen.ModelMetadata metadata, string name, RnnGen.FeatureNormalizer normalizer)
    public static void SetNormalizer(this RnnGen.ModelMetadata metadata, string name, RnnGen.Normalizer normalizer)
abstract class RnnGen.Optimizer
    protected Optimizer(double learningRate)
    protected abstract int MomentCount { get; }
    protected abstract void Step<T>(in RnnGen.OptimizerStep<T> step) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    protected virtual System.Collections.Generic.IReadOnlyDictionary<string, double> Settings { get; }
    protected virtual bool AddsWeightDecay { get; }
    public double LearningRate { get; set; }
    public double WeightDecay { get; set; }
    public double? ClipNorm { get; set; }
    public double? ClipValue { get; set; }
    public double? GradientNorm { get; }
    public long StepCount { get; }
sealed class RnnGen.PeepholeLstmAttribute : RnnGen.RecurrentLayerAttribute
    public PeepholeLstmAttribute(int hiddenSize)
sealed class RnnGen.ProjectedLstmAttribute : RnnGen.RecurrentLayerAttribute
    public ProjectedLstmAttribute(int hiddenSize)
    public int Projection { get; set; }
sealed class RnnGen.QuasiRnnAttribute : RnnGen.RecurrentLayerAttribute
    public QuasiRnnAttribute(int hiddenSize)
sealed class RnnGen.RecurrentAttribute<TCell> where TCell : RnnGen.ICell : RnnGen.RecurrentLayerAttribute
    public RecurrentAttribute(int hiddenSize)
    public RnnGen.Activation Activation { get; set; }
    public string Numbers { get; set; }
abstract class RnnGen.RecurrentLayerAttribute : RnnGen.LayerAttribute
    protected RecurrentLayerAttribute(int hiddenSize)
    public bool Bidirectional { get; set; }
    public double RecurrentDropout { get; set; }
sealed class RnnGen.ResetBeforeGruAttribute : RnnGen.RecurrentLayerAttribute
    public ResetBeforeGruAttribute(int hiddenSize)
sealed class RnnGen.ResidualRnnAttribute : RnnGen.RecurrentLayerAttribute
    public ResidualRnnAttribute(int hiddenSize)
    public double Scale { get; set; }
sealed class RnnGen.RmsProp : RnnGen.Optimizer
    protected override System.Collections.Generic.IReadOnlyDictionary<string, double> Settings { get; }
    protected override int MomentCount { get; }
    protected override void Step<TNumber>(in RnnGen.OptimizerStep<TNumber> step) where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public RmsProp(double learningRate = 0.01)
    public bool Centered { get; init; }
    public double Alpha { get; init; }
    public double Epsilon { get; init; }
    public double Momentum { get; init; }
sealed class RnnGen.RnnAttribute : RnnGen.RecurrentLayerAttribute
    public RnnAttribute(int hiddenSize)
    public RnnGen.Activation Activation { get; set; }
sealed class RnnGen.RnnModelAttribute : System.Attribute
    public RnnGen.Accuracy Accuracy { get; set; }
    public RnnGen.Activation OutputActivation { get; set; }
    public RnnGen.Architecture Architecture { get; }
    public RnnGen.InitialState InitialState { get; set; }
    public RnnGen.Initializer OutputInitializer { get; set; }
    public RnnGen.Loss Loss { get; set; }
    public RnnGen.Pooling Pooling { get; set; }
    public RnnGen.Precision Precision { get; set; }
    public RnnModelAttribute(RnnGen.Architecture architecture)
    public bool GradientFlow { get; set; }
    public bool MaskedTargets { get; set; }
    public bool TiedEmbedding { get; set; }
    public double Deadline { get; set; }
    public double OutputDropout { get; set; }
    public int BatchSize { get; set; }
    public int CheckpointEvery { get; set; }
    public int EndToken { get; set; }
    public int InputSize { get; set; }
    public int LabelLength { get; set; }
    public int OutputLength { get; set; }
    public int OutputSize { get; set; }
    public int RecomputeEvery { get; set; }
    public int SequenceLength { get; set; }
    public int StartToken { get; set; }
    public string? Weights { get; set; }
static class RnnGen.RnnModelExtensions
    public static RnnGen.Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(this RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> model, RnnGen.SequenceSource<TInput, TTarget> data, bool? carryState = null) where TSelf : RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    public static RnnGen.TrainingResult Fit<TSelf, TNumber, TInput, TTarget>(this RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> model, RnnGen.SequenceSource<TInput, TTarget> train, RnnGen.SequenceSource<TInput, TTarget>? validation = null, RnnGen.FitOptions? options = null, System.Threading.CancellationToken cancellationToken = default(System.Threading.CancellationToken)) where TSelf : RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
sealed class RnnGen.Runtime.AlignedBuffer<T> where T : unmanaged
    public AlignedBuffer(int length)
    public System.Span<T> Span { get; }
    public int Length { get; }
    public ref T First { get; }
static class RnnGen.Runtime.AtomicFile
    public static void Write(string path, System.Action<System.IO.Stream> write)
    public static void Write(string path, byte[] bytes)
static class RnnGen.Runtime.Attention
    public static void Backward<T>(ref T arena, ref T score, in RnnGen.Runtime.AttentionValues values, in RnnGen.Runtime.AttentionAdjoints adjoints, RnnGen.Runtime.GroupRows rows, RnnGen.Runtime.GroupRows decoded, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Forward<T>(ref T arena, ref T score, in RnnGen.Runtime.AttentionValues values, RnnGen.Runtime.GroupRows rows, RnnGen.Runtime.GroupRows decoded, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Step<T>(ref T arena, ref T score, in RnnGen.Runtime.AttentionValues values, RnnGen.Runtime.GroupRows rows, bool isShared, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.Runtime.Check
    public static RnnGen.VectorWidth Width(RnnGen.VectorWidth width)
    public static double Share(double share, string name)
    public static int Threads(int threads)
    public static void AtLeast(int length, int least, string name, string shape)
    public static void Classes(System.ReadOnlySpan<int> targets, int classes, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>), int steps = 1, bool mayBeMissing = false)
    public static void Count(int count, int minimum)
    public static void Decoded(System.ReadOnlySpan<int> targets, int classes, int steps, int endToken)
    public static void Labels(System.ReadOnlySpan<int> targets, int classes, int labels, System.ReadOnlySpan<int> lengths, int steps)
    public static void Length(int length, long expected, string name, string shape)
    public static void Lengths(System.ReadOnlySpan<int> lengths, int count, int steps)
    public static void Probabilities<T>(System.ReadOnlySpan<T> targets, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>), int steps = 1, bool mayBeMissing = false) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void SequenceLength(int length, int steps)
    public static void State<T>(RnnGen.BatchState<T> state, int count, int length) where T : unmanaged, System.Numerics.INumber<T>
    public static void Tokens(System.ReadOnlySpan<int> tokens, int vocabularySize, string name, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>), int steps = 1)
static class RnnGen.Runtime.Ctc
    public static System.ReadOnlySpan<int> Labels(System.ReadOnlySpan<int> target)
    public static int LeastSteps(System.ReadOnlySpan<int> labels)
    public static int WorkspaceLength(int steps, int labels)
    public static void Loss<T>(ref T arena, RnnGen.Runtime.StepValues logits, RnnGen.Runtime.StepValues adjoints, int classes, System.ReadOnlySpan<int> targets, int targetLength, int losses, T scale, System.Span<double> workspace, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
sealed class RnnGen.Runtime.DecoderShape
    public DecoderShape()
    public RnnGen.Runtime.StepValues Weights { get; init; }
    public int EndToken { get; init; }
    public int StartToken { get; init; }
    public int Table { get; init; }
    public required RnnGen.Runtime.StepValues Fed { get; init; }
    public required RnnGen.Runtime.StepValues Outputs { get; init; }
    public required System.Collections.Generic.IReadOnlyList<RnnGen.Runtime.DecoderState> States { get; init; }
    public required int FedSize { get; init; }
    public required int OutputSize { get; init; }
    public required int Rows { get; init; }
    public required int Steps { get; init; }
static class RnnGen.Runtime.Decoding
    public static long Steps(System.ReadOnlySpan<int> targets, int count, int steps, int endToken)
    public static void Feed(System.ReadOnlySpan<int> chosen, int rows, int steps, int startToken, System.Span<int> tokens)
    public static void Feed(System.Span<int> targets, RnnGen.Runtime.GroupRows rows, int steps, int startToken, System.Span<int> tokens)
    public static void Feed<T>(System.ReadOnlySpan<T> targets, int rows, int steps, int features, ref T arena, int target, int stepLength, int rowLength) where T : unmanaged
    public static void Lengths(System.ReadOnlySpan<int> targets, int steps, int endToken, System.Span<int> lengths)
static class RnnGen.Runtime.Dropout
    public static void Add<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void Add<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void Copy<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void Copy<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int mask, int maskRow, int width, int steps, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void Draw<T>(ref T arena, int mask, int maskRow, int width, double rate, int seed, long step, int index, int start, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.Runtime.EmbeddedWeights
    public static void Load<T>(System.Reflection.Assembly assembly, string resource, RnnGen.ModelLayout layout, System.Span<T> parameters, RnnGen.ModelMetadata metadata) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
sealed class RnnGen.Runtime.EmbeddingGradient
    public EmbeddingGradient(int vocabularySize, int size, int offset, RnnGen.Runtime.EmbeddingGradient first)
    public EmbeddingGradient(int vocabularySize, int size, int offset, System.ReadOnlySpan<RnnGen.ParameterSegment> others, int more = 0)
    public System.ReadOnlySpan<RnnGen.ParameterSegment> Segments { get; }
    public static void Gather<T>(ref int tokens, int tokenStep, ref T table, int size, ref T arena, int target, int rowLength, int first, int last) where T : unmanaged
    public static void Scatter<T>(int offset, int size, System.ReadOnlySpan<int> tokens, RnnGen.Runtime.GroupRows rows, int steps, ref T arena, int adjoints, int stepLength, int rowLength, ref T gradients, int part, int parts) where T : unmanaged, System.Numerics.INumber<T>
    public void Clear<T>(System.Span<T> gradients) where T : unmanaged
    public void Scatter<T>(System.ReadOnlySpan<int> tokens, RnnGen.Runtime.GroupRows rows, int steps, ref T arena, int adjoints, int stepLength, int rowLength, ref T gradients, int part, int parts) where T : unmanaged, System.Numerics.INumber<T>
    public void Touch(System.ReadOnlySpan<int> tokens, RnnGen.Runtime.GroupRows rows, int steps)
static class RnnGen.Runtime.GammaFunctions
    public static double Digamma(double x)
    public static double Log(double x)
static class RnnGen.Runtime.Initialization
    public static void Glorot<T>(System.Span<T> weight, int blocks, int rows, int columns, int seed, int tensor) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Identity<T>(System.Span<T> weight, int blocks, int rows, int columns) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Normal<T>(System.Span<T> values, int seed, int tensor) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Orthogonal<T>(System.Span<T> weight, int blocks, int rows, int columns, int seed, int tensor) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Uniform<T>(System.Span<T> values, double bound, int seed, int tensor) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
sealed class RnnGen.Runtime.KeptStates<T> where T : unmanaged
    public KeptStates(int windows, int rows, int length)
    public void Load(ref T arena, System.ReadOnlySpan<RnnGen.CarriedPlace> places, int window, int first, int last)
    public void Save(ref T arena, System.ReadOnlySpan<RnnGen.CarriedPlace> places, RnnGen.Runtime.GroupRows group, int window, int first, int last)
static class RnnGen.Runtime.LayerNormalization
    public static void Backward<T>(ref T arena, ref T gain, int values, int valueStep, int valueRow, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int gradients, int width, int steps, bool isFirst, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Backward<T>(ref T arena, ref T gain, int values, int valueStep, int valueRow, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int gradients, int width, int steps, bool isFirst, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Forward<T>(ref T arena, ref T gain, ref T shift, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int width, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Forward<T>(ref T arena, ref T gain, ref T shift, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int width, int steps, int first, int last) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.Runtime.Logits
    public static void Classes<T>(System.ReadOnlySpan<T> logits, int size, System.Span<int> classes) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Sigmoid<T>(System.Span<T> logits) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Softmax<T>(System.Span<T> logits, int size) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.Runtime.ModelFile
    public static void Load<T>(RnnGen.ModelLayout layout, System.Span<T> parameters, System.IO.Stream stream, RnnGen.LoadOptions? options = null, RnnGen.ModelMetadata? metadata = null) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Load<T>(RnnGen.ModelLayout layout, System.Span<T> parameters, System.ReadOnlySpan<byte> file, RnnGen.LoadOptions? options = null, RnnGen.ModelMetadata? metadata = null) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Load<T>(RnnGen.ModelLayout layout, System.Span<T> parameters, string path, RnnGen.LoadOptions? options = null, RnnGen.ModelMetadata? metadata = null) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Save<T>(RnnGen.ModelLayout layout, System.ReadOnlySpan<T> parameters, System.IO.Stream stream, RnnGen.ModelMetadata? metadata = null) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Save<T>(RnnGen.ModelLayout layout, System.ReadOnlySpan<T> parameters, string path, RnnGen.ModelMetadata? metadata = null) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.Runtime.NonFinite
    public static RnnGen.NonFiniteException GradientSum()
    public static RnnGen.NonFiniteException Loss<T>(double loss, System.ReadOnlySpan<T> arena, RnnGen.Runtime.GroupRows rows, System.ReadOnlySpan<RnnGen.Runtime.TracedBuffer> forward, int start, RnnGen.Runtime.GroupRows decoded = default(RnnGen.Runtime.GroupRows)) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static RnnGen.NonFiniteException? Forward<T>(System.ReadOnlySpan<T> arena, RnnGen.Runtime.GroupRows rows, System.ReadOnlySpan<RnnGen.Runtime.TracedBuffer> forward, int start, int firstTime, bool haveOutputs) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static RnnGen.NonFiniteException? Gradient<T>(System.ReadOnlySpan<T> arena, RnnGen.Runtime.GroupRows rows, System.ReadOnlySpan<RnnGen.Runtime.TracedBuffer> forward, System.ReadOnlySpan<RnnGen.Runtime.TracedBuffer> backward, int start, RnnGen.Runtime.GroupRows decoded = default(RnnGen.Runtime.GroupRows), int firstTime = 0, bool haveOutputs = true) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static bool None<T>(System.ReadOnlySpan<T> values) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static bool None<T>(System.ReadOnlySpan<T> values, System.ReadOnlySpan<RnnGen.ParameterSegment> segments) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
sealed class RnnGen.Runtime.ObjectPool<T> where T : class
    public ObjectPool()
    public T? Rent()
    public void Return(T item)
static class RnnGen.Runtime.Packing
    public static void AddBias<T>(ref T arena, int panel, int panelStep, int units, ref T gradients, int bias) where T : unmanaged, System.Numerics.INumber<T>
    public static void AddWeight<T>(ref T arena, int panel, int columnStep, int panelStep, int units, int columns, ref T gradients, int weight) where T : unmanaged, System.Numerics.INumber<T>
    public static void Bias<T>(ref T parameters, int first, int second, int units, ref T packs, int panel, int panelStep) where T : unmanaged, System.Numerics.INumber<T>
    public static void Reverse<T>(ref T parameters, int weight, int units, int columns, ref T packs, int panel, int unitBlockStep, int panelStep) where T : unmanaged
    public static void TakeBias<T>(ref T arena, int panel, int panelStep, int units, ref T gradients, int bias) where T : unmanaged
    public static void TakeWeight<T>(ref T arena, int panel, int columnStep, int panelStep, int units, int columns, ref T gradients, int weight) where T : unmanaged
    public static void Weight<T>(ref T parameters, int weight, int units, int columns, ref T packs, int panel, int columnStep, int panelStep) where T : unmanaged
abstract class RnnGen.Runtime.ParallelJob
    protected ParallelJob()
    protected abstract void RunPart(int part, int parts)
    public void Run(int parts)
static class RnnGen.Runtime.ParameterUpdate
    public static void Apply<T>(RnnGen.Optimizer optimizer, object model, System.Span<T> parameters, System.ReadOnlySpan<T> gradients, RnnGen.ModelLayout layout) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Apply<T>(RnnGen.Optimizer optimizer, object model, System.Span<T> parameters, System.ReadOnlySpan<T> gradients, RnnGen.ModelLayout layout, System.ReadOnlySpan<RnnGen.ParameterSegment> segments) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Check<T>(RnnGen.Optimizer optimizer, object model) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
static class RnnGen.Runtime.Pool
    public static void Last<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void LastAdjoint<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, int adjoints, int adjointStep, int pooledAdjoint, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void LastStep<T>(ref T arena, int output, int soFar, int stride, bool isFirst, int first, int last) where T : unmanaged
    public static void Max<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void MaxAdjoint<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, int adjoints, int adjointStep, int pooledAdjoint, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void MaxStep<T>(ref T arena, int output, int soFar, int stride, bool isFirst, int first, int last) where T : unmanaged
    public static void Mean<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void MeanAdjoint<T>(ref T arena, int outputs, int stepLength, int stride, int pooled, int adjoints, int adjointStep, int pooledAdjoint, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void MeanEnd<T>(ref T arena, int soFar, int pooled, int stride, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void MeanEnd<T>(ref T arena, int soFar, int pooled, int stride, int length) where T : unmanaged, System.Numerics.INumber<T>
    public static void MeanStep<T>(ref T arena, int output, int soFar, int stride, bool isFirst, int first, int last) where T : unmanaged
static class RnnGen.Runtime.Rows
    public static T ShiftedExp<T>(ref T logits, ref T result, int count, out T max) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static long Steps(System.ReadOnlySpan<int> lengths, int count, int steps)
    public static void Add<T>(ref T arena, int rows, int stride, int features, ref T sums, int offset, int length, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void AddSteps<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void AddSteps<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, int first, int last) where T : unmanaged, System.Numerics.INumber<T>
    public static void Begin<T>(ref T arena, int states, int stride, int step, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void Begin<T>(ref T state, ref T arena, int states, int stride, int step, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void ByStep<T>(System.ReadOnlySpan<T> sequences, RnnGen.Runtime.GroupRows rows, int steps, int features, ref T arena, int target, int stepLength, int rowLength) where T : unmanaged
    public static void Clear<T>(ref T arena, int rows, int stride, int first, int last) where T : unmanaged
    public static void ClearBeyond<T>(System.Span<T> outputs, int steps, System.ReadOnlySpan<int> lengths) where T : unmanaged
    public static void Copy<T>(ref T arena, int rows, int stride, int features, ref T outputs, int offset, int length, int first, int last) where T : unmanaged
    public static void Copy<T>(ref T arena, int values, int stride, int features, ref T outputs, int offset, int length, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void CopySteps<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void CopySteps<T>(ref T arena, int from, int fromStep, int fromRow, int to, int toStep, int toRow, int features, int steps, int first, int last) where T : unmanaged
    public static void Fill<T>(ref T state, ref T arena, int rows, int stride, int first, int last) where T : unmanaged
    public static void KeepLast<T>(ref T arena, int states, int stepLength, int stride, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void KeepLastOfTwo<T>(ref T arena, int other, int target, int stride, int steps, RnnGen.Runtime.GroupRows rows, int first, int last) where T : unmanaged
    public static void Sigmoid<T>(System.Span<T> values) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Softmax<T>(System.Span<T> values, int classes) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public static void Sum<T>(ref T arena, int values, int stride, int width, ref T sums, int gradient, RnnGen.Runtime.GroupRows rows) where T : unmanaged, System.Numerics.INumber<T>
sealed class RnnGen.Runtime.ScratchPool<T> where T : unmanaged
    public RnnGen.Runtime.AlignedBuffer<T> Rent()
    public ScratchPool(int length)
    public void Return(RnnGen.Runtime.AlignedBuffer<T> buffer)
abstract class RnnGen.Runtime.SequenceDecoder<T> where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    protected SequenceDecoder(RnnGen.Runtime.DecoderShape shape)
    protected abstract RnnGen.Runtime.GroupRows Group { get; }
    protected abstract System.ReadOnlySpan<T> Parameters { get; }
    protected abstract System.Span<T> Arena { get; }
    protected abstract void RunStep(int rows, bool isShared, bool isOdd)
    public int Generate(System.Span<int> tokens, RnnGen.DecodingOptions options, System.Span<T> weights = default(System.Span<T>))
    public void Predict(System.Span<T> outputs, int start)
    public void Schedule(System.ReadOnlySpan<T> targets, System.Span<T> next, double share, int seed, long trainingStep, int start)
    public void Schedule(System.ReadOnlySpan<int> targets, System.Span<int> next, double share, int seed, long trainingStep, int start)
static class RnnGen.Runtime.TargetMask
    public static long Present<T>(System.ReadOnlySpan<T> targets, System.ReadOnlySpan<int> lengths, int count, int steps) where T : unmanaged
static class RnnGen.Runtime.TrainingLoop
    public static RnnGen.Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, RnnGen.SequenceSource<TInput, TTarget> data) where TSelf : RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    public static RnnGen.Evaluation Evaluate<TSelf, TNumber, TInput, TTarget>(TSelf model, RnnGen.SequenceSource<TInput, TTarget> data, bool? carryState) where TSelf : RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    public static RnnGen.TrainingResult Fit<TSelf, TNumber, TInput, TTarget>(TSelf model, RnnGen.SequenceSource<TInput, TTarget> train, RnnGen.SequenceSource<TInput, TTarget>? validation, RnnGen.FitOptions? options, System.Threading.CancellationToken cancellationToken) where TSelf : RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
static class RnnGen.Runtime.VectorMath
    public static System.Runtime.Intrinsics.Vector128<double> Absolute(System.Runtime.Intrinsics.Vector128<double> a)
    public static System.Runtime.Intrinsics.Vector128<double> Cos(System.Runtime.Intrinsics.Vector128<double> a)
    public static System.Runtime.Intrinsics.Vector128<double> Exp(System.Runtime.Intrinsics.Vector128<double> x)
    public static System.Runtime.Intrinsics.Vector128<double> FastSigmoid(System.Runtime.Intrinsics.Vector128<double> x)
    public static System.Runtime.Intrinsics.Vector128<double> FastTanh(System.Runtime.Intrinsics.Vector128<double> x)
    public static System.Runtime.Intrinsics.Vector128<double> First(System.Runtime.Intrinsics.Vector128<double> a, int count)
    public static System.Runtime.Intrinsics.Vector128<double> Log(System.Runtime.Intrinsics.Vector128<double> a)
    public static System.Runtime.Intrinsics.Vector128<double> Maximum(System.Runtime.Intrinsics.Vector128<double> a, System.Runtime.Intrinsics.Vector128<double> b)
    public static System.Runtime.Intrinsics.Vector128<double> Minimum(System.Runtime.Intrinsics.Vector128<double> a, System.Runtime.Intrinsics.Vector128<double> b)
    public static System.Runtime.Intrinsics.Vector128<double> MultiplyAdd(System.Runtime.Intrinsics.Vector128<double> a, System.Runtime.Intrinsics.Vector128<double> b, System.Runtime.Intrinsics.Vector128<double> c)
    public static System.Runtime.Intrinsics.Vector128<double> Relu(System.Runtime.Intrinsics.Vector128<double> a)
    public static System.Runtime.Intrinsics.Vector128<double> Select(System.Runtime.Intrinsics.Vector128<double> left, System.Runtime.Intrinsics.Vector128<double> right, System.Runtime.Intrinsics.Vector128<double> then, System.Runtime.Intrinsics.Vector128<double> otherwise)
    public static System.Runtime.Intrinsics.Vector128<double> Sigmoid(System.Runtime.Intrinsics.Vector128<double> x)
    public static System.Runtime.Intrinsics.Vector128<double> Sin(System.Runtime.Intrinsics.Vector128<double> a)
    public static System.Runtime.Intrinsics.Vector128<double> Softplus(System.Runtime.Intrinsics.Vector128<double> x)
    public static System.Runtime.Intrinsics.Vector128<double> Sqrt(System.Runtime.Intrinsics.Vector128<double> a)
    public static System.Runtime.Intrinsics.Vector128<double> Tanh(System.Runtime.Intrinsics.Vector128<double> x)
    public static System.Runtime.Intrinsics.Vector128<double> WherePositive(System.Runtime.Intrinsics.Vector128<double> a, System.Runtime.Intrinsics.Vector128<double> y)
    public static System.Runtime.Intrinsics.Vector128<float> Absolute(System.Runtime.Intrinsics.Vector128<float> a)
    public static System.Runtime.Intrinsics.Vector128<float> Cos(System.Runtime.Intrinsics.Vector128<float> a)
    public static System.Runtime.Intrinsics.Vector128<float> Exp(System.Runtime.Intrinsics.Vector128<float> x)
    public static System.Runtime.Intrinsics.Vector128<float> FastSigmoid(System.Runtime.Intrinsics.Vector128<float> x)
    public static System.Runtime.Intrinsics.Vector128<float> FastTanh(System.Runtime.Intrinsics.Vector128<float> x)
    public static System.Runtime.Intrinsics.Vector128<float> First(System.Runtime.Intrinsics.Vector128<float> a, int count)
    public static System.Runtime.Intrinsics.Vector128<float> Log(System.Runtime.Intrinsics.Vector128<float> a)
    public static System.Runtime.Intrinsics.Vector128<float> Maximum(System.Runtime.Intrinsics.Vector128<float> a, System.Runtime.Intrinsics.Vector128<float> b)
    public static System.Runtime.Intrinsics.Vector128<float> Minimum(System.Runtime.Intrinsics.Vector128<float> a, System.Runtime.Intrinsics.Vector128<float> b)
    public static System.Runtime.Intrinsics.Vector128<float> MultiplyAdd(System.Runtime.Intrinsics.Vector128<float> a, System.Runtime.Intrinsics.Vector128<float> b, System.Runtime.Intrinsics.Vector128<float> c)
    public static System.Runtime.Intrinsics.Vector128<float> Relu(System.Runtime.Intrinsics.Vector128<float> a)
    public static System.Runtime.Intrinsics.Vector128<float> Select(System.Runtime.Intrinsics.Vector128<float> left, System.Runtime.Intrinsics.Vector128<float> right, System.Runtime.Intrinsics.Vector128<float> then, System.Runtime.Intrinsics.Vector128<float> otherwise)
    public static System.Runtime.Intrinsics.Vector128<float> Sigmoid(System.Runtime.Intrinsics.Vector128<float> x)
    public static System.Runtime.Intrinsics.Vector128<float> Sin(System.Runtime.Intrinsics.Vector128<float> a)
    public static System.Runtime.Intrinsics.Vector128<float> Softplus(System.Runtime.Intrinsics.Vector128<float> x)
    public static System.Runtime.Intrinsics.Vector128<float> Sqrt(System.Runtime.Intrinsics.Vector128<float> a)
    public static System.Runtime.Intrinsics.Vector128<float> Tanh(System.Runtime.Intrinsics.Vector128<float> x)
    public static System.Runtime.Intrinsics.Vector128<float> WherePositive(System.Runtime.Intrinsics.Vector128<float> a, System.Runtime.Intrinsics.Vector128<float> y)
    public static System.Runtime.Intrinsics.Vector256<double> Absolute(System.Runtime.Intrinsics.Vector256<double> a)
    public static System.Runtime.Intrinsics.Vector256<double> Cos(System.Runtime.Intrinsics.Vector256<double> a)
    public static System.Runtime.Intrinsics.Vector256<double> Exp(System.Runtime.Intrinsics.Vector256<double> x)
    public static System.Runtime.Intrinsics.Vector256<double> FastSigmoid(System.Runtime.Intrinsics.Vector256<double> x)
    public static System.Runtime.Intrinsics.Vector256<double> FastTanh(System.Runtime.Intrinsics.Vector256<double> x)
    public static System.Runtime.Intrinsics.Vector256<double> First(System.Runtime.Intrinsics.Vector256<double> a, int count)
    public static System.Runtime.Intrinsics.Vector256<double> Log(System.Runtime.Intrinsics.Vector256<double> a)
    public static System.Runtime.Intrinsics.Vector256<double> Maximum(System.Runtime.Intrinsics.Vector256<double> a, System.Runtime.Intrinsics.Vector256<double> b)
    public static System.Runtime.Intrinsics.Vector256<double> Minimum(System.Runtime.Intrinsics.Vector256<double> a, System.Runtime.Intrinsics.Vector256<double> b)
    public static System.Runtime.Intrinsics.Vector256<double> MultiplyAdd(System.Runtime.Intrinsics.Vector256<double> a, System.Runtime.Intrinsics.Vector256<double> b, System.Runtime.Intrinsics.Vector256<double> c)
    public static System.Runtime.Intrinsics.Vector256<double> Relu(System.Runtime.Intrinsics.Vector256<double> a)
    public static System.Runtime.Intrinsics.Vector256<double> Select(System.Runtime.Intrinsics.Vector256<double> left, System.Runtime.Intrinsics.Vector256<double> right, System.Runtime.Intrinsics.Vector256<double> then, System.Runtime.Intrinsics.Vector256<double> otherwise)
    public static System.Runtime.Intrinsics.Vector256<double> Sigmoid(System.Runtime.Intrinsics.Vector256<double> x)
    public static System.Runtime.Intrinsics.Vector256<double> Sin(System.Runtime.Intrinsics.Vector256<double> a)
    public static System.Runtime.Intrinsics.Vector256<double> Softplus(System.Runtime.Intrinsics.Vector256<double> x)
    public static System.Runtime.Intrinsics.Vector256<double> Sqrt(System.Runtime.Intrinsics.Vector256<double> a)
    public static System.Runtime.Intrinsics.Vector256<double> Tanh(System.Runtime.Intrinsics.Vector256<double> x)
    public static System.Runtime.Intrinsics.Vector256<double> WherePositive(System.Runtime.Intrinsics.Vector256<double> a, System.Runtime.Intrinsics.Vector256<double> y)
    public static System.Runtime.Intrinsics.Vector256<float> Absolute(System.Runtime.Intrinsics.Vector256<float> a)
    public static System.Runtime.Intrinsics.Vector256<float> Cos(System.Runtime.Intrinsics.Vector256<float> a)
    public static System.Runtime.Intrinsics.Vector256<float> Exp(System.Runtime.Intrinsics.Vector256<float> x)
    public static System.Runtime.Intrinsics.Vector256<float> FastSigmoid(System.Runtime.Intrinsics.Vector256<float> x)
    public static System.Runtime.Intrinsics.Vector256<float> FastTanh(System.Runtime.Intrinsics.Vector256<float> x)
    public static System.Runtime.Intrinsics.Vector256<float> First(System.Runtime.Intrinsics.Vector256<float> a, int count)
    public static System.Runtime.Intrinsics.Vector256<float> Log(System.Runtime.Intrinsics.Vector256<float> a)
    public static System.Runtime.Intrinsics.Vector256<float> Maximum(System.Runtime.Intrinsics.Vector256<float> a, System.Runtime.Intrinsics.Vector256<float> b)
    public static System.Runtime.Intrinsics.Vector256<float> Minimum(System.Runtime.Intrinsics.Vector256<float> a, System.Runtime.Intrinsics.Vector256<float> b)
    public static System.Runtime.Intrinsics.Vector256<float> MultiplyAdd(System.Runtime.Intrinsics.Vector256<float> a, System.Runtime.Intrinsics.Vector256<float> b, System.Runtime.Intrinsics.Vector256<float> c)
    public static System.Runtime.Intrinsics.Vector256<float> Relu(System.Runtime.Intrinsics.Vector256<float> a)
    public static System.Runtime.Intrinsics.Vector256<float> Select(System.Runtime.Intrinsics.Vector256<float> left, System.Runtime.Intrinsics.Vector256<float> right, System.Runtime.Intrinsics.Vector256<float> then, System.Runtime.Intrinsics.Vector256<float> otherwise)
    public static System.Runtime.Intrinsics.Vector256<float> Sigmoid(System.Runtime.Intrinsics.Vector256<float> x)
    public static System.Runtime.Intrinsics.Vector256<float> Sin(System.Runtime.Intrinsics.Vector256<float> a)
    public static System.Runtime.Intrinsics.Vector256<float> Softplus(System.Runtime.Intrinsics.Vector256<float> x)
    public static System.Runtime.Intrinsics.Vector256<float> Sqrt(System.Runtime.Intrinsics.Vector256<float> a)
    public static System.Runtime.Intrinsics.Vector256<float> Tanh(System.Runtime.Intrinsics.Vector256<float> x)
    public static System.Runtime.Intrinsics.Vector256<float> WherePositive(System.Runtime.Intrinsics.Vector256<float> a, System.Runtime.Intrinsics.Vector256<float> y)
    public static System.Runtime.Intrinsics.Vector512<double> Absolute(System.Runtime.Intrinsics.Vector512<double> a)
    public static System.Runtime.Intrinsics.Vector512<double> Cos(System.Runtime.Intrinsics.Vector512<double> a)
    public static System.Runtime.Intrinsics.Vector512<double> Exp(System.Runtime.Intrinsics.Vector512<double> x)
    public static System.Runtime.Intrinsics.Vector512<double> FastSigmoid(System.Runtime.Intrinsics.Vector512<double> x)
    public static System.Runtime.Intrinsics.Vector512<double> FastTanh(System.Runtime.Intrinsics.Vector512<double> x)
    public static System.Runtime.Intrinsics.Vector512<double> First(System.Runtime.Intrinsics.Vector512<double> a, int count)
    public static System.Runtime.Intrinsics.Vector512<double> Log(System.Runtime.Intrinsics.Vector512<double> a)
    public static System.Runtime.Intrinsics.Vector512<double> Maximum(System.Runtime.Intrinsics.Vector512<double> a, System.Runtime.Intrinsics.Vector512<double> b)
    public static System.Runtime.Intrinsics.Vector512<double> Minimum(System.Runtime.Intrinsics.Vector512<double> a, System.Runtime.Intrinsics.Vector512<double> b)
    public static System.Runtime.Intrinsics.Vector512<double> MultiplyAdd(System.Runtime.Intrinsics.Vector512<double> a, System.Runtime.Intrinsics.Vector512<double> b, System.Runtime.Intrinsics.Vector512<double> c)
    public static System.Runtime.Intrinsics.Vector512<double> Relu(System.Runtime.Intrinsics.Vector512<double> a)
    public static System.Runtime.Intrinsics.Vector512<double> Select(System.Runtime.Intrinsics.Vector512<double> left, System.Runtime.Intrinsics.Vector512<double> right, System.Runtime.Intrinsics.Vector512<double> then, System.Runtime.Intrinsics.Vector512<double> otherwise)
    public static System.Runtime.Intrinsics.Vector512<double> Sigmoid(System.Runtime.Intrinsics.Vector512<double> x)
    public static System.Runtime.Intrinsics.Vector512<double> Sin(System.Runtime.Intrinsics.Vector512<double> a)
    public static System.Runtime.Intrinsics.Vector512<double> Softplus(System.Runtime.Intrinsics.Vector512<double> x)
    public static System.Runtime.Intrinsics.Vector512<double> Sqrt(System.Runtime.Intrinsics.Vector512<double> a)
    public static System.Runtime.Intrinsics.Vector512<double> Tanh(System.Runtime.Intrinsics.Vector512<double> x)
    public static System.Runtime.Intrinsics.Vector512<double> WherePositive(System.Runtime.Intrinsics.Vector512<double> a, System.Runtime.Intrinsics.Vector512<double> y)
    public static System.Runtime.Intrinsics.Vector512<float> Absolute(System.Runtime.Intrinsics.Vector512<float> a)
    public static System.Runtime.Intrinsics.Vector512<float> Cos(System.Runtime.Intrinsics.Vector512<float> a)
    public static System.Runtime.Intrinsics.Vector512<float> Exp(System.Runtime.Intrinsics.Vector512<float> x)
    public static System.Runtime.Intrinsics.Vector512<float> FastSigmoid(System.Runtime.Intrinsics.Vector512<float> x)
    public static System.Runtime.Intrinsics.Vector512<float> FastTanh(System.Runtime.Intrinsics.Vector512<float> x)
    public static System.Runtime.Intrinsics.Vector512<float> First(System.Runtime.Intrinsics.Vector512<float> a, int count)
    public static System.Runtime.Intrinsics.Vector512<float> Log(System.Runtime.Intrinsics.Vector512<float> a)
    public static System.Runtime.Intrinsics.Vector512<float> Maximum(System.Runtime.Intrinsics.Vector512<float> a, System.Runtime.Intrinsics.Vector512<float> b)
    public static System.Runtime.Intrinsics.Vector512<float> Minimum(System.Runtime.Intrinsics.Vector512<float> a, System.Runtime.Intrinsics.Vector512<float> b)
    public static System.Runtime.Intrinsics.Vector512<float> MultiplyAdd(System.Runtime.Intrinsics.Vector512<float> a, System.Runtime.Intrinsics.Vector512<float> b, System.Runtime.Intrinsics.Vector512<float> c)
    public static System.Runtime.Intrinsics.Vector512<float> Relu(System.Runtime.Intrinsics.Vector512<float> a)
    public static System.Runtime.Intrinsics.Vector512<float> Select(System.Runtime.Intrinsics.Vector512<float> left, System.Runtime.Intrinsics.Vector512<float> right, System.Runtime.Intrinsics.Vector512<float> then, System.Runtime.Intrinsics.Vector512<float> otherwise)
    public static System.Runtime.Intrinsics.Vector512<float> Sigmoid(System.Runtime.Intrinsics.Vector512<float> x)
    public static System.Runtime.Intrinsics.Vector512<float> Sin(System.Runtime.Intrinsics.Vector512<float> a)
    public static System.Runtime.Intrinsics.Vector512<float> Softplus(System.Runtime.Intrinsics.Vector512<float> x)
    public static System.Runtime.Intrinsics.Vector512<float> Sqrt(System.Runtime.Intrinsics.Vector512<float> a)
    public static System.Runtime.Intrinsics.Vector512<float> Tanh(System.Runtime.Intrinsics.Vector512<float> x)
    public static System.Runtime.Intrinsics.Vector512<float> WherePositive(System.Runtime.Intrinsics.Vector512<float> a, System.Runtime.Intrinsics.Vector512<float> y)
static class RnnGen.SequenceDataset
    public static RnnGen.SequenceDataset<TInput, TTarget> FromArrays<TInput, TTarget>(TInput[] inputs, TTarget[] targets, int count, int[]? lengths = null) where TInput : unmanaged where TTarget : unmanaged
    public static RnnGen.SequenceDataset<TInput, TTarget> FromSequences<TInput, TTarget>(System.Collections.Generic.IEnumerable<RnnGen.Sequence<TInput, TTarget>> sequences, int inputLength, int targetLength) where TInput : unmanaged where TTarget : unmanaged
    public static RnnGen.SequenceDataset<TInput, TTarget> FromStream<TInput, TTarget>(TInput[] inputs, TTarget[] targets, int steps, int sequenceLength, int streams) where TInput : unmanaged where TTarget : unmanaged
sealed class RnnGen.SequenceDataset<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged : RnnGen.SequenceSource<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged
    public (RnnGen.SequenceDataset<TInput, TTarget> First, RnnGen.SequenceDataset<TInput, TTarget> Second) Split(double fraction)
    public RnnGen.SequenceDataset<TInput, TTarget> Select(System.ReadOnlySpan<int> indices)
    public RnnGen.SequenceDataset<TInput, TTarget> Slice(int start, int count)
    public System.ReadOnlySpan<TInput> Input(int index)
    public System.ReadOnlySpan<TTarget> Target(int index)
    public System.ReadOnlySpan<int> Lengths { get; }
    public override RnnGen.SequenceDataset<TInput, TTarget> Augment(RnnGen.Augmentation<TInput, TTarget> augmentation)
    public override RnnGen.SequenceDataset<TInput, TTarget> BucketByLength(int batches = 32)
    public override RnnGen.SequenceDataset<TInput, TTarget> WithStreams(int streams)
    public override int Count { get; }
    public void CopyBatch(System.ReadOnlySpan<int> indices, System.Span<TInput> inputs, System.Span<TTarget> targets)
abstract class RnnGen.SequenceSource<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged
    public abstract RnnGen.SequenceSource<TInput, TTarget> Augment(RnnGen.Augmentation<TInput, TTarget> augmentation)
    public abstract RnnGen.SequenceSource<TInput, TTarget> BucketByLength(int batches = 32)
    public abstract RnnGen.SequenceSource<TInput, TTarget> WithStreams(int streams)
    public abstract int Count { get; }
    public int InputLength { get; }
    public int Streams { get; }
    public int TargetLength { get; }
static class RnnGen.SeriesForecast
    public static RnnGen.SeriesForecast<T> Prepare<T>(T[] values, int sequenceLength, int horizon = 1, double trainFraction = 0.7, double validationFraction = 0.1, RnnGen.Normalization normalization = StandardScore) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
sealed class RnnGen.SeriesForecast<T> where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public required RnnGen.Normalizer Normalizer { get; init; }
    public required RnnGen.SequenceDataset<T, T> Test { get; init; }
    public required RnnGen.SequenceDataset<T, T> Train { get; init; }
    public required RnnGen.SequenceDataset<T, T>? Validation { get; init; }
    public required T[] Latest { get; init; }
static class RnnGen.SeriesWindows
    public static RnnGen.SequenceDataset<T, T> Create<T>(T[] series, int sequenceLength, int horizon = 1, int stride = 1, T? missingInput = null) where T : unmanaged
    public static RnnGen.SequenceDataset<T, T> OfRows<T>(T[] rows, int columns, int sequenceLength, int horizon = 1, int stride = 1, int[]? targets = null, T? missingInput = null) where T : unmanaged
sealed class RnnGen.Sgd : RnnGen.Optimizer
    protected override System.Collections.Generic.IReadOnlyDictionary<string, double> Settings { get; }
    protected override int MomentCount { get; }
    protected override void Step<TNumber>(in RnnGen.OptimizerStep<TNumber> step) where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public Sgd(double learningRate)
    public bool Nesterov { get; init; }
    public double Dampening { get; init; }
    public double Momentum { get; init; }
sealed class RnnGen.SruAttribute : RnnGen.RecurrentLayerAttribute
    public SruAttribute(int hiddenSize)
sealed class RnnGen.StateFlow
    public System.ReadOnlySpan<double> Norms { get; }
    public string Name { get; }
static class RnnGen.StreamedSequences
    public static RnnGen.StreamedSequences<T, T> Windows<T>(System.Collections.Generic.IEnumerable<System.ReadOnlyMemory<T>> rows, int columns, int sequenceLength, int horizon = 1, int stride = 1, int[]? targets = null, RnnGen.StreamOptions? options = null) where T : unmanaged
    public static RnnGen.StreamedSequences<TInput, TTarget> Create<TInput, TTarget>(System.Collections.Generic.IAsyncEnumerable<RnnGen.Sequence<TInput, TTarget>> sequences, int inputLength, int targetLength, RnnGen.StreamOptions? options = null) where TInput : unmanaged where TTarget : unmanaged
    public static RnnGen.StreamedSequences<TInput, TTarget> Create<TInput, TTarget>(System.Collections.Generic.IEnumerable<RnnGen.Sequence<TInput, TTarget>> sequences, int inputLength, int targetLength, RnnGen.StreamOptions? options = null) where TInput : unmanaged where TTarget : unmanaged
sealed class RnnGen.StreamedSequences<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged : RnnGen.SequenceSource<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged
    public override RnnGen.StreamedSequences<TInput, TTarget> Augment(RnnGen.Augmentation<TInput, TTarget> augmentation)
    public override RnnGen.StreamedSequences<TInput, TTarget> BucketByLength(int batches = 32)
    public override RnnGen.StreamedSequences<TInput, TTarget> WithStreams(int streams)
    public override int Count { get; }
abstract class RnnGen.Tokenizer
    public abstract int VocabularySize { get; }
    public abstract int[] Encode(string text)
    public abstract string Decode(System.ReadOnlySpan<int> tokens)
    public const int End = 3
    public const int Padding = 0
    public const int Start = 2
    public const int Unknown = 1
    public static RnnGen.Tokenizer FromJson(string json)
    public static RnnGen.Tokenizer Load(string path)
    public string ToJson()
    public string TokenText(int token)
    public void Save(string path)
static class RnnGen.TokenizerMetadata
    public static RnnGen.Tokenizer GetTokenizer(this RnnGen.ModelMetadata metadata, string name)
    public static void SetTokenizer(this RnnGen.ModelMetadata metadata, string name, RnnGen.Tokenizer tokenizer)
abstract class RnnGen.TrainingCallback
    protected TrainingCallback()
    public virtual void OnCheckpointFailed(RnnGen.CheckpointException exception)
    public virtual void OnEpochEnded(RnnGen.EpochResult epoch)
    public virtual void OnStepEnded(in RnnGen.StepResult result)
    public virtual void OnStepSkipped(long number, RnnGen.NonFiniteException exception)
    public virtual void OnTrainingEnded(RnnGen.TrainingResult result)
    public virtual void OnTrainingFailed(System.Exception exception)
    public virtual void OnTrainingStarted(RnnGen.TrainingStarted training)
    public virtual void OnValidationNonFinite(int epoch, RnnGen.NonFiniteException exception)
sealed class RnnGen.TrainingResult
    public RnnGen.EpochResult Best { get; }
    public System.Collections.Generic.IReadOnlyList<RnnGen.EpochResult> Epochs { get; }
    public bool HasBest { get; }
    public bool HasStoppedEarly { get; }
static class RnnGen.VectorWidths
    public const string SwitchName = "RnnGen.VectorWidth"
    public static RnnGen.VectorWidth Default { get; }
    public static RnnGen.VectorWidth Widest { get; }
sealed class RnnGen.WeightAverage<TNumber> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber>
    public System.ReadOnlySpan<TNumber> Parameters { get; }
    public WeightAverage(double decay)
    public double Decay { get; }
    public long Count { get; }
    public void Add(System.ReadOnlySpan<TNumber> parameters)
sealed class RnnGen.WordTokenizer : RnnGen.Tokenizer
    public override int VocabularySize { get; }
    public override int[] Encode(string text)
    public override string Decode(System.ReadOnlySpan<int> tokens)
    public static RnnGen.WordTokenizer Train(System.Collections.Generic.IEnumerable<string> texts, int largest = 10000, int least = 1, bool lowerCase = true)
delegate RnnGen.Augmentation<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged
    public Augmentation(object @object, nint method)
    public virtual System.IAsyncResult BeginInvoke(RnnGen.SequenceDraw draw, System.Span<TInput> input, System.Span<TTarget> target, System.AsyncCallback callback, object @object)
    public virtual void EndInvoke(System.IAsyncResult result)
    public virtual void Invoke(RnnGen.SequenceDraw draw, System.Span<TInput> input, System.Span<TTarget> target)
enum RnnGen.Accuracy
    Exact = 0
    Fast = 1
enum RnnGen.Activation
    Identity = 0
    Relu = 2
    Sigmoid = 3
    Tanh = 1
enum RnnGen.Architecture
    EncoderDecoder = 3
    ManyToMany = 1
    ManyToOne = 0
    OneToMany = 2
enum RnnGen.Attention
    Additive = 2
    Multiplicative = 1
    None = 0
enum RnnGen.CheckpointFailure
    Continue = 1
    Stop = 0
enum RnnGen.GateFunction
    Relu = 2
    Sigmoid = 0
    Tanh = 1
enum RnnGen.InitialState
    Learned = 1
    Zero = 0
enum RnnGen.Initializer
    Default = 0
    Glorot = 1
    Identity = 3
    Orthogonal = 2
    Uniform = 4
enum RnnGen.Loss
    BinaryCrossEntropy = 4
    CrossEntropy = 3
    Ctc = 5
    Huber = 2
    MeanAbsoluteError = 1
    MeanSquaredError = 0
enum RnnGen.Normalization
    MinMax = 1
    StandardScore = 0
enum RnnGen.ParameterKind
    Bias = 2
    Embedding = 3
    Gain = 4
    InitialState = 5
    InputWeight = 0
    RecurrentWeight = 1
enum RnnGen.Pooling
    Last = 0
    Max = 2
    Mean = 1
enum RnnGen.Precision
    Double = 1
    Single = 0
enum RnnGen.VectorWidth
    V128 = 128
    V256 = 256
    V512 = 512
interface RnnGen.ICarriesState<TNumber, TInput, TTarget> where TNumber : unmanaged, System.Numerics.INumber<TNumber> where TInput : unmanaged where TTarget : unmanaged
    RnnGen.BatchState<TNumber> CreateBatchState(int count)
    TNumber ComputeLoss(System.ReadOnlySpan<TInput> inputs, System.ReadOnlySpan<TTarget> targets, int count, RnnGen.BatchState<TNumber> state, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
    TNumber TrainStep(System.ReadOnlySpan<TInput> inputs, System.ReadOnlySpan<TTarget> targets, int count, RnnGen.Optimizer optimizer, RnnGen.BatchState<TNumber> state, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
    void PredictBatch(System.ReadOnlySpan<TInput> inputs, System.Span<TNumber> outputs, int count, RnnGen.BatchState<TNumber> state, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
interface RnnGen.ICell
interface RnnGen.IDropsUnits
    int DropoutSeed { get; set; }
    long DropoutStep { get; set; }
interface RnnGen.IHasVectorWidth
    RnnGen.VectorWidth VectorWidth { get; set; }
interface RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> where TSelf : RnnGen.IRnnModel<TSelf, TNumber, TInput, TTarget> where TNumber : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<TNumber> where TInput : unmanaged where TTarget : unmanaged
    RnnGen.ModelLayout Layout { get; }
    System.ReadOnlySpan<TNumber> Parameters { get; }
    TNumber ComputeGradients(System.ReadOnlySpan<TInput> inputs, System.ReadOnlySpan<TTarget> targets, int count, System.Span<TNumber> gradients, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
    TNumber ComputeLoss(System.ReadOnlySpan<TInput> inputs, System.ReadOnlySpan<TTarget> targets, int count, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
    TNumber TrainStep(System.ReadOnlySpan<TInput> inputs, System.ReadOnlySpan<TTarget> targets, int count, RnnGen.Optimizer optimizer, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
    TSelf Create(int seed)
    void ApplyGradients(System.ReadOnlySpan<TNumber> gradients, RnnGen.Optimizer optimizer)
    void PredictBatch(System.ReadOnlySpan<TInput> inputs, System.Span<TNumber> outputs, int count, System.ReadOnlySpan<int> lengths = default(System.ReadOnlySpan<int>))
    void SetParameters(System.ReadOnlySpan<TNumber> parameters)
interface RnnGen.ISamplesInTraining
    double ScheduledSampling { get; set; }
    int SamplingSeed { get; set; }
    long SamplingStep { get; set; }
interface RnnGen.IShowsGradientFlow
    RnnGen.GradientFlow GradientFlow { get; }
interface RnnGen.Runtime.IHasTurn
    ref int Turn { get; }
readonly readonly ref struct RnnGen.OptimizerStep<T> where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    public OptimizerStep()
    public System.ReadOnlySpan<RnnGen.ParameterSegment> Segments { get; }
    public System.Span<T> Moment(int index)
    public System.Span<T> Parameters { get; }
    public T Gradient(int index)
readonly readonly ref struct RnnGen.Runtime.GroupRows
    public GroupRows()
    public GroupRows(System.Span<int> memory, int steps, int capacity)
    public bool AreLast { get; set; }
    public bool HaveOutputs { get; set; }
    public bool HaveStates { get; set; }
    public int Capacity { get; }
    public int Count { get; }
    public int Last(int step, int last)
    public int Length(int row)
    public int Sequence(int row)
    public ref int LiveFrom(int step)
    public void Fill(System.ReadOnlySpan<int> lengths, System.ReadOnlySpan<int> decodedLengths, RnnGen.Runtime.GroupRows decoded, System.Span<long> keys)
    public void Fill(System.ReadOnlySpan<int> lengths, int count)
    public void FillWindow(RnnGen.Runtime.GroupRows whole, int from)
    public void Sort<T>(System.ReadOnlySpan<T> sequences, int length, System.Span<T> target)
    public void Sort<T>(System.ReadOnlySpan<T> sequences, int stride, int length, System.Span<T> target)
readonly readonly ref struct RnnGen.Runtime.TrainingTurn
    public TrainingTurn()
    public TrainingTurn(ref int turn, object model)
    public void Dispose()
readonly readonly struct RnnGen.CarriedPlace : System.IEquatable<RnnGen.CarriedPlace>
    public CarriedPlace()
    public CarriedPlace(int Values, int Step, int Row, int Adjoint, int Size)
    public bool Equals(RnnGen.CarriedPlace other)
    public int Adjoint { get; init; }
    public int Row { get; init; }
    public int Size { get; init; }
    public int Step { get; init; }
    public int Values { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.CarriedPlace left, RnnGen.CarriedPlace right)
    public static bool operator ==(RnnGen.CarriedPlace left, RnnGen.CarriedPlace right)
    public void Deconstruct(out int Values, out int Step, out int Row, out int Adjoint, out int Size)
readonly readonly struct RnnGen.ParameterSegment
    public ParameterSegment()
    public ParameterSegment(int offset, int length)
    public int End { get; }
    public int Length { get; }
    public int Offset { get; }
readonly readonly struct RnnGen.Runtime.AttentionAdjoints : System.IEquatable<RnnGen.Runtime.AttentionAdjoints>
    public AttentionAdjoints()
    public AttentionAdjoints(RnnGen.Runtime.StepValues Context, RnnGen.Runtime.StepValues Query, RnnGen.Runtime.StepValues Memory, RnnGen.Runtime.StepValues Keys, int ScoreRows)
    public RnnGen.Runtime.StepValues Context { get; init; }
    public RnnGen.Runtime.StepValues Keys { get; init; }
    public RnnGen.Runtime.StepValues Memory { get; init; }
    public RnnGen.Runtime.StepValues Query { get; init; }
    public bool Equals(RnnGen.Runtime.AttentionAdjoints other)
    public int ScoreRows { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.AttentionAdjoints left, RnnGen.Runtime.AttentionAdjoints right)
    public static bool operator ==(RnnGen.Runtime.AttentionAdjoints left, RnnGen.Runtime.AttentionAdjoints right)
    public void Deconstruct(out RnnGen.Runtime.StepValues Context, out RnnGen.Runtime.StepValues Query, out RnnGen.Runtime.StepValues Memory, out RnnGen.Runtime.StepValues Keys, out int ScoreRows)
readonly readonly struct RnnGen.Runtime.AttentionValues : System.IEquatable<RnnGen.Runtime.AttentionValues>
    public AttentionValues()
    public AttentionValues(RnnGen.Runtime.StepValues Query, RnnGen.Runtime.StepValues Memory, RnnGen.Runtime.StepValues Keys, RnnGen.Runtime.StepValues Weights, RnnGen.Runtime.StepValues Context, int Width, int KeyWidth, int Steps)
    public RnnGen.Runtime.StepValues Context { get; init; }
    public RnnGen.Runtime.StepValues Keys { get; init; }
    public RnnGen.Runtime.StepValues Memory { get; init; }
    public RnnGen.Runtime.StepValues Query { get; init; }
    public RnnGen.Runtime.StepValues Weights { get; init; }
    public bool Equals(RnnGen.Runtime.AttentionValues other)
    public int KeyWidth { get; init; }
    public int Steps { get; init; }
    public int Width { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.AttentionValues left, RnnGen.Runtime.AttentionValues right)
    public static bool operator ==(RnnGen.Runtime.AttentionValues left, RnnGen.Runtime.AttentionValues right)
    public void Deconstruct(out RnnGen.Runtime.StepValues Query, out RnnGen.Runtime.StepValues Memory, out RnnGen.Runtime.StepValues Keys, out RnnGen.Runtime.StepValues Weights, out RnnGen.Runtime.StepValues Context, out int Width, out int KeyWidth, out int Steps)
readonly readonly struct RnnGen.Runtime.DecoderState : System.IEquatable<RnnGen.Runtime.DecoderState>
    public DecoderState()
    public DecoderState(int Even, int Odd, int Row)
    public bool Equals(RnnGen.Runtime.DecoderState other)
    public int Even { get; init; }
    public int Odd { get; init; }
    public int Row { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.DecoderState left, RnnGen.Runtime.DecoderState right)
    public static bool operator ==(RnnGen.Runtime.DecoderState left, RnnGen.Runtime.DecoderState right)
    public void Deconstruct(out int Even, out int Odd, out int Row)
readonly readonly struct RnnGen.Runtime.StepValues : System.IEquatable<RnnGen.Runtime.StepValues>
    public StepValues()
    public StepValues(int Offset, int Step, int Row)
    public bool Equals(RnnGen.Runtime.StepValues other)
    public int Offset { get; init; }
    public int Row { get; init; }
    public int Step { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.StepValues left, RnnGen.Runtime.StepValues right)
    public static bool operator ==(RnnGen.Runtime.StepValues left, RnnGen.Runtime.StepValues right)
    public void Deconstruct(out int Offset, out int Step, out int Row)
readonly readonly struct RnnGen.Runtime.TracedBuffer : System.IEquatable<RnnGen.Runtime.TracedBuffer>
    public TracedBuffer()
    public TracedBuffer(string Name, int Offset, int FirstTime, int Steps, int StepLength, int Parts, int PartLength, int RowLength, int Width, bool RunsAtEnd = false, bool IsDecoded = false)
    public bool Equals(RnnGen.Runtime.TracedBuffer other)
    public bool IsDecoded { get; init; }
    public bool RunsAtEnd { get; init; }
    public int FirstTime { get; init; }
    public int Offset { get; init; }
    public int PartLength { get; init; }
    public int Parts { get; init; }
    public int RowLength { get; init; }
    public int StepLength { get; init; }
    public int Steps { get; init; }
    public int Width { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.TracedBuffer left, RnnGen.Runtime.TracedBuffer right)
    public static bool operator ==(RnnGen.Runtime.TracedBuffer left, RnnGen.Runtime.TracedBuffer right)
    public string Name { get; init; }
    public void Deconstruct(out string Name, out int Offset, out int FirstTime, out int Steps, out int StepLength, out int Parts, out int PartLength, out int RowLength, out int Width, out bool RunsAtEnd, out bool IsDecoded)
readonly readonly struct RnnGen.Sequence<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged : System.IEquatable<RnnGen.Sequence<TInput, TTarget>>
    public Sequence()
    public Sequence(System.ReadOnlyMemory<TInput> Input, System.ReadOnlyMemory<TTarget> Target, int Steps = 0)
    public System.ReadOnlyMemory<TInput> Input { get; init; }
    public System.ReadOnlyMemory<TTarget> Target { get; init; }
    public bool Equals(RnnGen.Sequence<TInput, TTarget> other)
    public int Steps { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Sequence<TInput, TTarget> left, RnnGen.Sequence<TInput, TTarget> right)
    public static bool operator ==(RnnGen.Sequence<TInput, TTarget> left, RnnGen.Sequence<TInput, TTarget> right)
    public void Deconstruct(out System.ReadOnlyMemory<TInput> Input, out System.ReadOnlyMemory<TTarget> Target, out int Steps)
readonly readonly struct RnnGen.SequenceDraw
    public SequenceDraw()
    public SequenceDraw(int seed, int epoch, int sequence)
    public double Gaussian(int index)
    public double Uniform(int index)
    public int Below(int limit, int index)
    public int Epoch { get; }
    public int Seed { get; }
    public int Sequence { get; }
readonly readonly struct RnnGen.StepResult : System.IEquatable<RnnGen.StepResult>
    public StepResult()
    public StepResult(long Step, int Epoch, double Loss, double LearningRate, double? GradientNorm, int Sequences)
    public bool Equals(RnnGen.StepResult other)
    public double LearningRate { get; init; }
    public double Loss { get; init; }
    public double? GradientNorm { get; init; }
    public int Epoch { get; init; }
    public int Sequences { get; init; }
    public long Step { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.StepResult left, RnnGen.StepResult right)
    public static bool operator ==(RnnGen.StepResult left, RnnGen.StepResult right)
    public void Deconstruct(out long Step, out int Epoch, out double Loss, out double LearningRate, out double? GradientNorm, out int Sequences)
readonly readonly struct RnnGen.TrainingPosition : System.IEquatable<RnnGen.TrainingPosition>
    public System.Collections.Generic.IReadOnlyList<RnnGen.EpochResult> Epochs { get; init; }
    public TrainingPosition()
    public TrainingPosition(long Step, long StepCount, long StepsPerEpoch, System.Collections.Generic.IReadOnlyList<RnnGen.EpochResult> Epochs)
    public bool Equals(RnnGen.TrainingPosition other)
    public double Epoch { get; }
    public long Step { get; init; }
    public long StepCount { get; init; }
    public long StepsPerEpoch { get; init; }
    public override bool Equals(object obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.TrainingPosition left, RnnGen.TrainingPosition right)
    public static bool operator ==(RnnGen.TrainingPosition left, RnnGen.TrainingPosition right)
    public void Deconstruct(out long Step, out long StepCount, out long StepsPerEpoch, out System.Collections.Generic.IReadOnlyList<RnnGen.EpochResult> Epochs)
sealed record RnnGen.EpochResult : System.IEquatable<RnnGen.EpochResult>
    public EpochResult(int Epoch, double TrainingLoss, double? ValidationLoss, double Seconds, double SequencesPerSecond)
    public RnnGen.EpochResult <Clone>$()
    public RnnGen.Evaluation? Validation { get; init; }
    public bool Equals(RnnGen.EpochResult? other)
    public bool HasOvershot { get; init; }
    public double LearningRate { get; init; }
    public double Seconds { get; init; }
    public double SequencesPerSecond { get; init; }
    public double TrainingLoss { get; init; }
    public double WatchedLoss { get; }
    public double? ValidationLoss { get; init; }
    public int Epoch { get; init; }
    public int SkippedSteps { get; init; }
    public int SkippedValidation { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.EpochResult? left, RnnGen.EpochResult? right)
    public static bool operator ==(RnnGen.EpochResult? left, RnnGen.EpochResult? right)
    public string Remarks { get; }
    public void Deconstruct(out int Epoch, out double TrainingLoss, out double? ValidationLoss, out double Seconds, out double SequencesPerSecond)
sealed record RnnGen.Evaluation : System.IEquatable<RnnGen.Evaluation>
    public Evaluation(double Loss, int Count)
    public RnnGen.ConfusionMatrix? Confusion { get; init; }
    public RnnGen.Evaluation <Clone>$()
    public bool Equals(RnnGen.Evaluation? other)
    public bool LossIsTeacherForced { get; init; }
    public const int MostConfusedClasses = 512
    public double Loss { get; init; }
    public double? Accuracy { get; init; }
    public double? F1 { get; init; }
    public double? LabelErrorRate { get; init; }
    public double? Mae { get; init; }
    public double? Perplexity { get; init; }
    public double? Precision { get; init; }
    public double? RSquared { get; init; }
    public double? Recall { get; init; }
    public double? Rmse { get; init; }
    public int Count { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Evaluation? left, RnnGen.Evaluation? right)
    public static bool operator ==(RnnGen.Evaluation? left, RnnGen.Evaluation? right)
    public void Deconstruct(out double Loss, out int Count)
sealed record RnnGen.ParameterInfo : System.IEquatable<RnnGen.ParameterInfo>
    public ParameterInfo(string Name, System.Collections.Generic.IReadOnlyList<int> Shape, int Offset, int Length, RnnGen.ParameterKind Kind)
    public RnnGen.ParameterInfo <Clone>$()
    public RnnGen.ParameterKind Kind { get; init; }
    public System.Collections.Generic.IReadOnlyList<int> Shape { get; init; }
    public bool Equals(RnnGen.ParameterInfo? other)
    public bool IsFrozen { get; init; }
    public int Length { get; init; }
    public int Offset { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.ParameterInfo? left, RnnGen.ParameterInfo? right)
    public static bool operator ==(RnnGen.ParameterInfo? left, RnnGen.ParameterInfo? right)
    public string Name { get; init; }
    public void Deconstruct(out string Name, out System.Collections.Generic.IReadOnlyList<int> Shape, out int Offset, out int Length, out RnnGen.ParameterKind Kind)
sealed record RnnGen.Runtime.WatchedGate : System.IEquatable<RnnGen.Runtime.WatchedGate>
    public RnnGen.GateFunction Function { get; init; }
    public RnnGen.Runtime.WatchedGate <Clone>$()
    public WatchedGate(string Name, RnnGen.GateFunction Function, int Offset, int StepLength, int BlockLength, int RowLength)
    public bool Equals(RnnGen.Runtime.WatchedGate? other)
    public int BlockLength { get; init; }
    public int Offset { get; init; }
    public int RowLength { get; init; }
    public int StepLength { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.WatchedGate? left, RnnGen.Runtime.WatchedGate? right)
    public static bool operator ==(RnnGen.Runtime.WatchedGate? left, RnnGen.Runtime.WatchedGate? right)
    public string Name { get; init; }
    public void Deconstruct(out string Name, out RnnGen.GateFunction Function, out int Offset, out int StepLength, out int BlockLength, out int RowLength)
sealed record RnnGen.Runtime.WatchedLayer : System.IEquatable<RnnGen.Runtime.WatchedLayer>
    public RnnGen.Runtime.WatchedGate[] Gates { get; init; }
    public RnnGen.Runtime.WatchedLayer <Clone>$()
    public RnnGen.Runtime.WatchedState[] States { get; init; }
    public WatchedLayer(string Name, int Units, int Steps, RnnGen.Runtime.WatchedState[] States, RnnGen.Runtime.WatchedGate[] Gates)
    public bool Equals(RnnGen.Runtime.WatchedLayer? other)
    public int Steps { get; init; }
    public int Units { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.WatchedLayer? left, RnnGen.Runtime.WatchedLayer? right)
    public static bool operator ==(RnnGen.Runtime.WatchedLayer? left, RnnGen.Runtime.WatchedLayer? right)
    public string Name { get; init; }
    public void Deconstruct(out string Name, out int Units, out int Steps, out RnnGen.Runtime.WatchedState[] States, out RnnGen.Runtime.WatchedGate[] Gates)
sealed record RnnGen.Runtime.WatchedState : System.IEquatable<RnnGen.Runtime.WatchedState>
    public RnnGen.Runtime.WatchedState <Clone>$()
    public WatchedState(string Name, int Width, int Carry, int CarryRow, int Output = -1, int OutputStep = 0, int OutputRow = 0)
    public bool Equals(RnnGen.Runtime.WatchedState? other)
    public int Carry { get; init; }
    public int CarryRow { get; init; }
    public int Output { get; init; }
    public int OutputRow { get; init; }
    public int OutputStep { get; init; }
    public int Width { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.Runtime.WatchedState? left, RnnGen.Runtime.WatchedState? right)
    public static bool operator ==(RnnGen.Runtime.WatchedState? left, RnnGen.Runtime.WatchedState? right)
    public string Name { get; init; }
    public void Deconstruct(out string Name, out int Width, out int Carry, out int CarryRow, out int Output, out int OutputStep, out int OutputRow)
sealed record RnnGen.SplitDataset<TInput, TTarget> where TInput : unmanaged where TTarget : unmanaged : System.IEquatable<RnnGen.SplitDataset<TInput, TTarget>>
    public RnnGen.SequenceDataset<TInput, TTarget> Test { get; init; }
    public RnnGen.SequenceDataset<TInput, TTarget> Train { get; init; }
    public RnnGen.SequenceDataset<TInput, TTarget>? Validation { get; init; }
    public RnnGen.SplitDataset<TInput, TTarget> <Clone>$()
    public SplitDataset(RnnGen.SequenceDataset<TInput, TTarget> Train, RnnGen.SequenceDataset<TInput, TTarget>? Validation, RnnGen.SequenceDataset<TInput, TTarget> Test)
    public bool Equals(RnnGen.SplitDataset<TInput, TTarget>? other)
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.SplitDataset<TInput, TTarget>? left, RnnGen.SplitDataset<TInput, TTarget>? right)
    public static bool operator ==(RnnGen.SplitDataset<TInput, TTarget>? left, RnnGen.SplitDataset<TInput, TTarget>? right)
    public void Deconstruct(out RnnGen.SequenceDataset<TInput, TTarget> Train, out RnnGen.SequenceDataset<TInput, TTarget>? Validation, out RnnGen.SequenceDataset<TInput, TTarget> Test)
sealed record RnnGen.StreamOptions : System.IEquatable<RnnGen.StreamOptions>
    public RnnGen.StreamOptions <Clone>$()
    public StreamOptions()
    public bool Equals(RnnGen.StreamOptions? other)
    public bool HasLengths { get; init; }
    public double? MissingInput { get; init; }
    public int? Count { get; init; }
    public int? Prefetch { get; init; }
    public int? ShuffleBuffer { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.StreamOptions? left, RnnGen.StreamOptions? right)
    public static bool operator ==(RnnGen.StreamOptions? left, RnnGen.StreamOptions? right)
sealed record RnnGen.TrainingStarted : System.IEquatable<RnnGen.TrainingStarted>
    public RnnGen.ModelLayout Layout { get; init; }
    public RnnGen.Optimizer Optimizer { get; init; }
    public RnnGen.TrainingStarted <Clone>$()
    public System.Collections.Generic.IReadOnlyList<RnnGen.EpochResult> EpochsBefore { get; init; }
    public TrainingStarted(RnnGen.ModelLayout Layout, int Epochs, long StepsPerEpoch, RnnGen.Optimizer Optimizer)
    public bool Equals(RnnGen.TrainingStarted? other)
    public int Epochs { get; init; }
    public int TrainingCount { get; init; }
    public int ValidationCount { get; init; }
    public long StepsBefore { get; init; }
    public long StepsPerEpoch { get; init; }
    public override bool Equals(object? obj)
    public override int GetHashCode()
    public override string ToString()
    public static bool operator !=(RnnGen.TrainingStarted? left, RnnGen.TrainingStarted? right)
    public static bool operator ==(RnnGen.TrainingStarted? left, RnnGen.TrainingStarted? right)
    public void Deconstruct(out RnnGen.ModelLayout Layout, out int Epochs, out long StepsPerEpoch, out RnnGen.Optimizer Optimizer)
