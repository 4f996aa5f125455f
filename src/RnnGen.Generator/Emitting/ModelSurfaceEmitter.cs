using System.Linq;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what users call: constants, construction, parameters, files, and between them how they predict and train.</summary>
internal static class ModelSurfaceEmitter
{
    public static void Write(ModelContext context)
    {
        WriteConstants(context);
        context.Writer.Line();
        WriteConstruction(context);
        context.Writer.Line();
        PredictionSurfaceEmitter.Write(context);
        context.Writer.Line();
        TrainingSurfaceEmitter.Write(context);
        context.Writer.Line();
        WriteParameters(context);
        context.Writer.Line();
        WriteFiles(context);
    }

    private static void WriteConstants(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        context.Writer.Write($$"""
            /// <summary>{{(context.ReadsTokens ? "Tokens" : "Features")}} per time step.</summary>
            public const int InputSize = {{model.InputSize}};

            /// <summary>Time steps per sequence.</summary>
            public const int SequenceLength = {{model.SequenceLength}};

            /// <summary>Outputs per step.</summary>
            public const int OutputSize = {{model.OutputSize}};

            {{DecoderConstants(context)}}/// <summary>Sequences that are trained on at once; more run in groups.</summary>
            public const int BatchSize = {{model.BatchSize}};

            /// <summary>Number of parameters.</summary>
            public const int ParameterCount = {{plan.ParameterCount}};

            /// <summary>The model's shape: parameters, lengths of its buffers, memory.</summary>
            public static global::RnnGen.ModelLayout Layout { get; } = new global::RnnGen.ModelLayout
            {
                ModelName = "{{context.Name.TrimStart('@')}}",
                Declaration = "{{context.Declaration}}",{{(context.Details.Length == 0 ? "" : $"\n    Details = \"{context.Details}\",")}}
                Parameters = new global::RnnGen.ParameterInfo[]
                {
            {{string.Join("\n", plan.Tensors.Select(t => $"        new(\"{t.Name}\", new int[] {{ {string.Join(", ", t.Shape)} }}, {t.Offset}, {t.Length}, global::RnnGen.ParameterKind.{t.Kind}){(t.IsFrozen ? " { IsFrozen = true }" : "")},"))}}
                },
                ParameterCount = ParameterCount,
                SequenceLength = SequenceLength,
                OutputSteps = {{plan.OutputSteps}},
                InputLength = {{model.InputLength}},
                TargetLength = {{plan.TargetLength}},
                OutputLength = {{plan.OutputSteps * model.OutputSize}},
                ClassCount = {{(plan.TargetsAreClasses ? model.OutputSize : 0)}},{{(plan.IsCtc ? $"\n    LabelLength = {model.LabelLength}," : "")}}{{(model.Loss.Definition.Targets == LossTargets.Probabilities ? "\n    IsBinary = true," : "")}}{{(model.MaskedTargets ? "\n    MaskedTargets = true," : "")}}{{(plan.IsDecoded ? $"\n    IsDecoded = true,\n    EndToken = {(context.DecodesTokens ? $"{model.Decoder!.EndToken}" : "-1")}," : "")}}{{(model.Embedding is { } embedding ? $"\n    VocabularySize = {embedding.VocabularySize}," : "")}}
                BatchSize = BatchSize,
                ModelMemory = {{plan.Memory.Model}},
                TrainingMemory = {{plan.Memory.Training}},
                ThreadMemory = {{plan.Memory.Thread}},
                PredictionMemory = {{plan.Memory.Prediction}},{{(plan.Streaming is null ? "" : $"\n    StateMemory = {plan.Memory.State},")}}
                ForwardFlops = {{plan.ForwardFlops}},
            };
            """);
    }

    // Ends where the next member's documentation goes on.
    private static string DropoutProperties(ModelContext context) => context.Plan.Training.Masks.Count == 0 ? "" : """
        /// <summary>The seed of what dropout leaves out. Default: 0.</summary>
        public int DropoutSeed { get; set; }

        /// <summary>How many gradients were computed: what dropout leaves out of the next one follows from it, the seed, and each sequence's place. Set it to go on where a training stopped.</summary>
        public long DropoutStep { get; set; }


        """;

    private static string SamplingProperties(ModelContext context) => !context.Plan.IsDecoded ? "" : $$"""
        /// <summary>
        /// In training, the share of steps at which the decoder reads {{(context.DecodesTokens ? "the token that it found most probable" : "its own output")}} instead of the one that it should have given, from 0 to 1:
        /// scheduled sampling (S. Bengio et al. 2015). Raise it from epoch to epoch. No gradient flows through what is read. A step then takes a decoding more. Default: 0, teacher forcing.
        /// </summary>
        /// <exception cref="global::System.ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
        public double ScheduledSampling
        {
            get => _rnnScheduledSampling;
            set => _rnnScheduledSampling = {{ModelContext.Runtime}}.Check.Share(value, nameof(ScheduledSampling));
        }

        private double _rnnScheduledSampling;

        /// <summary>The seed of the steps of scheduled sampling. Default: 0.</summary>
        public int SamplingSeed { get; set; }

        /// <summary>How many gradients were computed: the steps of the next scheduled sampling follow from it, the seed, and each sequence's place. Set it to go on where a training stopped.</summary>
        public long SamplingStep { get; set; }


        """;

    // Ends where the next constant's documentation goes on.
    private static string DecoderConstants(ModelContext context) => string.Concat(
        (context.Model.Decoder is not { } decoder ? Array.Empty<(string, string)>()
            : decoder.Embedding is null ? [("Steps of a decoded sequence, at most.", $"OutputLength = {decoder.Length}")]
            : [("Steps of a decoded sequence, at most.", $"OutputLength = {decoder.Length}"),
                ("The token that is read at the first step.", $"StartToken = {decoder.StartToken}"),
                ("The token that ends a sequence.", $"EndToken = {decoder.EndToken}")])
        .Select(c => $"/// <summary>{c.Item1}</summary>\npublic const int {c.Item2};\n\n"));

    // Ends where the next constructor's documentation goes on.
    private static string LoadingConstructor(ModelContext context) => context.Model.Weights is not { } weights ? "" : $$"""
        /// <summary>Creates the model with the parameters of <c>{{ModelDocumentation.Escape(weights)}}</c>, which is part of this assembly: no file is needed.</summary>
        /// <exception cref="global::RnnGen.ModelFileException">The file holds a number that is not finite.</exception>
        public {{context.Name}}()
        {
            {{ModelContext.Runtime}}.EmbeddedWeights.Load<{{context.Number}}>(typeof({{context.Name}}).Assembly, {{SymbolDisplay.FormatLiteral("RnnGen.Weights/" + weights, quote: true)}}, Layout, _rnnParameters, Metadata);
            RnnParametersChanged();
        }


        """;

    private static void WriteConstruction(ModelContext context)
    {
        string number = context.Number;
        string scratch = context.Plan.IsDecoded
            ? $"private readonly {ModelContext.Runtime}.ObjectPool<RnnDecoder> _rnnDecoders = new();"
            : $"private readonly {ModelContext.Runtime}.ScratchPool<{number}> _rnnScratch = new({context.Plan.ScratchLength});";
        string batchPools = !context.Plan.PredictsBatches || context.Plan.IsDecoded ? "" : $"private readonly {ModelContext.Runtime}.ScratchPool<int> _rnnRows = new({context.Plan.GroupRowsLength});\n"
            + $"private readonly {ModelContext.Runtime}.ScratchPool<{context.Input}> _rnnSorted = new({context.Model.BatchSize * context.Model.InputLength});\n";
        context.Writer.Write($$"""
            private readonly {{number}}[] _rnnParameters = new {{number}}[ParameterCount];
            private readonly {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> _rnnPacks = new({{context.Plan.PackLength}});
            {{scratch}}
            {{batchPools}}private RnnTraining? _rnnTraining;
            private int _rnnTurn; // who trains, measures a loss or replaces the parameters: 0 for nobody
            private int _rnnThreads = 1;
            private global::RnnGen.VectorWidth _rnnWidth = global::RnnGen.VectorWidths.Default;

            ref int {{ModelContext.Runtime}}.IHasTurn.Turn => ref _rnnTurn;

            {{LoadingConstructor(context)}}/// <summary>Creates a model with newly drawn parameters.</summary>
            /// <param name="seed">The same seed gives the same bits.</param>
            public {{context.Name}}(int seed{{(context.Model.Weights is null ? " = 0" : "")}})
            {
                RnnInitialize(_rnnParameters, seed);
                RnnParametersChanged();
            }

            /// <summary>Creates a model with newly drawn parameters.</summary>
            /// <param name="seed">The same seed gives the same bits.</param>
            public static {{context.Name}} Create(int seed) => new(seed);

            /// <summary>Creates a model with the same parameters, which shares nothing with this one.</summary>
            public {{context.Name}} Clone()
            {
                {{context.Name}} clone = new(0) { _rnnThreads = _rnnThreads, _rnnWidth = _rnnWidth{{(context.Plan.Training.Masks.Count > 0 ? ", DropoutSeed = DropoutSeed, DropoutStep = DropoutStep" : "")}}{{(context.Plan.IsDecoded ? ", ScheduledSampling = ScheduledSampling, SamplingSeed = SamplingSeed, SamplingStep = SamplingStep" : "")}}{{GradientFlowEmitter.Cloned(context)}} };
                clone.SetParameters(_rnnParameters);
                clone.Metadata.CopyFrom(Metadata);
                return clone;
            }

            /// <summary>Texts that are saved inside the model's file, such as its normalisers and vocabularies; loading replaces them.</summary>
            public global::RnnGen.ModelMetadata Metadata { get; } = new();

            /// <summary>Threads that training uses, at least 1; the bits do not depend on it.</summary>
            public int Threads
            {
                get => _rnnThreads;
                set => _rnnThreads = {{ModelContext.Runtime}}.Check.Threads(value);
            }

            /// <summary>The vector registers that the kernels use; at first the widest that the machine has.</summary>
            public global::RnnGen.VectorWidth VectorWidth
            {
                get => _rnnWidth;
                set => _rnnWidth = {{ModelContext.Runtime}}.Check.Width(value);
            }

            {{DropoutProperties(context)}}{{SamplingProperties(context)}}{{GradientFlowEmitter.Property(context)}}/// <summary>Layers, shapes, parameters, memory and operations, as a table.</summary>
            public string Summary() =>
                {{string.Join(" + \"\\n\"\n    + ", ModelDocumentation.Summary(context).Split('\n').Select(l => $"\"{l}\""))}};
            """);
    }

    private static void WriteParameters(ModelContext context)
    {
        string number = context.Number;
        context.Writer.Write($$"""
            /// <summary>All parameters in one buffer, laid out as <see cref="Layout"/> says.</summary>
            public global::System.ReadOnlySpan<{{number}}> Parameters => _rnnParameters;

            /// <summary>Replaces all parameters.</summary>
            /// <param name="parameters">[{{context.Plan.ParameterCount}}] values.</param>
            /// <exception cref="global::System.ArgumentException">The length differs; nothing changed.</exception>
            public void SetParameters(global::System.ReadOnlySpan<{{number}}> parameters)
            {
                {{ModelContext.Runtime}}.Check.Length(parameters.Length, ParameterCount, nameof(parameters), "ParameterCount");
                {{ModelContext.Turn}}
                parameters.CopyTo(_rnnParameters);
                RnnParametersChanged();
            }

            /// <summary>Takes over the parameters of another model.</summary>
            /// <param name="model">The other model.</param>
            public void CopyParametersFrom({{context.Name}} model)
            {
                global::System.ArgumentNullException.ThrowIfNull(model);
                SetParameters(model._rnnParameters);
            }

            {{ModelContext.Optimized}}
            private void RnnParametersChanged() => RnnPack(ref _rnnParameters[0], ref _rnnPacks.First);
            """);
    }

    private static void WriteFiles(ModelContext context)
    {
        string file = $"{ModelContext.Runtime}.ModelFile";
        context.Writer.Write($$"""
            /// <summary>Saves the parameters as safetensors with PyTorch's names; an existing file is replaced only by a whole one.</summary>
            /// <param name="path">The file.</param>
            public void Save(string path) => {{file}}.Save<{{context.Number}}>(Layout, _rnnParameters, path, Metadata);

            /// <summary>Writes the parameters as safetensors with PyTorch's names.</summary>
            /// <param name="stream">Where to; it stays open.</param>
            public void Save(global::System.IO.Stream stream) => {{file}}.Save<{{context.Number}}>(Layout, _rnnParameters, stream, Metadata);
            """);
        WriteLoad(context, "string", "path", "The file.");
        WriteLoad(context, "global::System.IO.Stream", "stream", "A safetensors file; it stays open.");
        WriteLoad(context, "global::System.ReadOnlySpan<byte>", "file", "The bytes of a safetensors file.");
    }

    // From a file, a stream or bytes: a new model, or the parameters of this one; each with options, and with names alone.
    private static void WriteLoad(ModelContext context, string type, string from, string described)
    {
        const string map = "global::System.Collections.Generic.IReadOnlyDictionary<string, string>", options = "global::RnnGen.LoadOptions";
        context.Writer.Write($$"""

            /// <summary>Loads a model from a safetensors file: one saved by <see cref="Save(string)"/>, or a PyTorch state dictionary.</summary>
            /// <param name="{{from}}">{{described}}</param>
            /// <param name="options">Which tensors are the model's, where names and shapes alone do not say it.</param>
            /// <exception cref="global::RnnGen.ModelFileException">The file is damaged or of another model.</exception>
            public static {{context.Name}} Load({{type}} {{from}}, {{options}}? options = null)
            {
                {{context.Name}} model = new(0);
                model.LoadParameters({{from}}, options);
                return model;
            }

            /// <summary>Loads a model, with names of its parameters mapped to the file's: <see cref="global::RnnGen.LoadOptions.Names"/>.</summary>
            /// <param name="{{from}}">{{described}}</param>
            /// <param name="names">From names of this model's parameters to the file's.</param>
            public static {{context.Name}} Load({{type}} {{from}}, {{map}} names) => Load({{from}}, new {{options}} { Names = names });

            /// <summary>Replaces all parameters by those of a safetensors file.</summary>
            /// <param name="{{from}}">{{described}}</param>
            /// <param name="options">Which tensors are the model's, where names and shapes alone do not say it.</param>
            /// <exception cref="global::RnnGen.ModelFileException">The file is damaged or of another model; nothing changed.</exception>
            public void LoadParameters({{type}} {{from}}, {{options}}? options = null)
            {
                {{ModelContext.Turn}}
                {{ModelContext.Runtime}}.ModelFile.Load<{{context.Number}}>(Layout, _rnnParameters, {{from}}, options, Metadata);
                RnnParametersChanged();
            }

            /// <summary>Replaces all parameters, with their names mapped to the file's: <see cref="global::RnnGen.LoadOptions.Names"/>.</summary>
            /// <param name="{{from}}">{{described}}</param>
            /// <param name="names">From names of this model's parameters to the file's.</param>
            public void LoadParameters({{type}} {{from}}, {{map}} names) => LoadParameters({{from}}, new {{options}} { Names = names });
            """);
    }
}
