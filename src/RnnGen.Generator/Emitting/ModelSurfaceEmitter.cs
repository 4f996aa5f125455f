using System.Linq;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Parsing;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>Writes what users call: constants, construction, prediction, training, parameters, files.</summary>
internal static class ModelSurfaceEmitter
{
    public static void Write(ModelContext context)
    {
        WriteConstants(context);
        context.Writer.Line();
        WriteConstruction(context);
        context.Writer.Line();
        WritePrediction(context);
        context.Writer.Line();
        WriteTraining(context);
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
                Declaration = "{{context.Declaration}}",
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
                ClassCount = {{(plan.TargetsAreClasses ? model.OutputSize : 0)}},{{(plan.IsCtc ? $"\n    LabelLength = {model.LabelLength}," : "")}}{{(model.Loss == Loss.BinaryCrossEntropy ? "\n    IsBinary = true," : "")}}{{(model.MaskedTargets ? "\n    MaskedTargets = true," : "")}}{{(plan.IsDecoded ? $"\n    IsDecoded = true,\n    EndToken = {(context.DecodesTokens ? $"{model.Decoder!.EndToken}" : "-1")}," : "")}}{{(model.Embedding is { } embedding ? $"\n    VocabularySize = {embedding.VocabularySize}," : "")}}
                BatchSize = BatchSize,
                ModelMemory = {{plan.ModelArrays.Sum(a => a.Bytes)}},
                TrainingMemory = {{plan.TrainingArrays.Sum(a => a.Bytes)}},
                ThreadMemory = {{plan.ThreadArrays.Sum(a => a.Bytes)}},
                PredictionMemory = {{plan.PredictionArrays.Sum(a => a.Bytes)}},
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
            private int _rnnThreads = 1;
            private global::RnnGen.VectorWidth _rnnWidth = global::RnnGen.VectorWidths.Default;

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

    private static void WritePrediction(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        string number = context.Number;
        int inputLength = model.InputLength;
        string input = context.Input;
        int outputLength = plan.OutputSteps * model.OutputSize;
        string beyond = context.DecodesTokens ? "; steps after the end token are 0" : plan is { OutputSteps: > 1, IsDecoded: false } ? "; steps beyond the length are 0" : "";
        string outputs = model.Loss is Loss.CrossEntropy or Loss.BinaryCrossEntropy or Loss.Ctc ? "the logits" : "the outputs";
        context.Writer.Write($$"""
            /// <summary>Computes {{outputs}} of one sequence. It does not allocate, and is safe from many threads at once.</summary>
            /// <param name="input">[length × {{model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="output">[{{context.OutputShape}}] values, written{{beyond}}.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{model.SequenceLength}}.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length, or the sequence has too few or many steps.</exception>
            {{ModelContext.Optimized}}
            public void Predict(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<{{number}}> output, int length = SequenceLength)
            {
                {{ModelContext.Runtime}}.Check.SequenceLength(length, SequenceLength);
                {{ModelContext.Runtime}}.Check.Length(input.Length, length * {{model.InputSize}}, nameof(input), length == SequenceLength ? "SequenceLength × InputSize" : "length × InputSize");
                {{ModelContext.Runtime}}.Check.Length(output.Length, {{outputLength}}, nameof(output), "{{OutputLengthShape(plan)}}");{{TokenCheck(context, "input", "default")}}
                RnnPredict(input, output, 1, new global::System.ReadOnlySpan<int>(in length));
            }

            /// <summary>Computes {{outputs}} of one sequence.</summary>
            /// <param name="input">[length × {{model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{model.SequenceLength}}.</param>
            /// <returns>[{{context.OutputShape}}] values{{beyond}}.</returns>
            public {{number}}[] Predict(global::System.ReadOnlySpan<{{context.Input}}> input, int length = SequenceLength)
            {
                {{number}}[] output = new {{number}}[{{outputLength}}];
                Predict(input, output, length);
                return output;
            }

            /// <inheritdoc cref="Predict(global::System.ReadOnlySpan{{{input}}}, int)"/>
            public {{number}}[] Predict({{input}}[] input, int length = SequenceLength) => Predict(new global::System.ReadOnlySpan<{{input}}>(input), length);

            /// <summary>Computes {{outputs}} of many sequences. It does not allocate, and is safe from many threads at once.</summary>
            /// <param name="inputs">[count × {{context.InputShape}}] {{context.InputNoun}}.</param>
            /// <param name="outputs">[count × {{context.OutputShape}}] values, written{{beyond}}.</param>
            /// <param name="count">Sequences.</param>
            /// <param name="lengths">[count] numbers of steps from 1 to {{model.SequenceLength}}, or none where all sequences have all steps; inputs beyond them are not read.</param>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            {{ModelContext.Optimized}}
            public void PredictBatch(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.Span<{{number}}> outputs, int count, global::System.ReadOnlySpan<int> lengths = default)
            {
                {{ModelContext.Runtime}}.Check.Count(count, 0);
                {{ModelContext.Runtime}}.Check.Lengths(lengths, count, SequenceLength);
                {{ModelContext.Runtime}}.Check.Length(inputs.Length, (long)count * {{inputLength}}, nameof(inputs), "count × SequenceLength × InputSize");
                {{ModelContext.Runtime}}.Check.Length(outputs.Length, (long)count * {{outputLength}}, nameof(outputs), "count × {{OutputLengthShape(plan)}}");{{TokenCheck(context, "inputs", "lengths")}}
                RnnPredict(inputs, outputs, count, lengths);
            }

            """);
        if (plan.IsDecoded)
        {
            DecoderEmitter.WritePrediction(context);
        }
        else
        {
            WriteGroups(context);
        }

        if (model.Loss == Loss.CrossEntropy)
        {
            WriteClasses(context);
        }

        if (model.Loss is Loss.CrossEntropy or Loss.BinaryCrossEntropy or Loss.Ctc)
        {
            WriteProbabilities(context, beyond);
        }

        if (plan.IsCtc)
        {
            WriteLabels(context);
        }
    }

    private static void WriteGroups(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        string number = context.Number;
        string input = context.Input;
        int inputLength = context.Model.InputLength;
        int outputLength = plan.OutputSteps * context.Model.OutputSize;
        context.Writer.Write($$"""
            {{ModelContext.Optimized}}
            private void RnnPredict(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.Span<{{number}}> outputs, int count, global::System.ReadOnlySpan<int> lengths)
            {
                {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> scratch = _rnnScratch.Rent();
                for (int start = 0; start < count; start += BatchSize)
                {
                    int size = global::System.Math.Min(BatchSize, count - start);
                    global::System.ReadOnlySpan<{{input}}> x = inputs.Slice(start * {{inputLength}});
                    global::System.ReadOnlySpan<int> steps = lengths.IsEmpty ? default : lengths.Slice(start, size);
                    ref {{number}} y = ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(outputs.Slice(start * {{outputLength}}));
                    switch (_rnnWidth)
                    {
                        case global::RnnGen.VectorWidth.V512: RnnPredict<RnnV512>(x, ref scratch.First, ref y, size, steps); break;
                        case global::RnnGen.VectorWidth.V256: RnnPredict<RnnV256>(x, ref scratch.First, ref y, size, steps); break;
                        default: RnnPredict<RnnV128>(x, ref scratch.First, ref y, size, steps); break;
                    }
                }

                _rnnScratch.Return(scratch);{{(plan.OutputSteps > 1 ? $"\n    {ModelContext.Runtime}.Rows.ClearBeyond(outputs, SequenceLength, lengths);" : "")}}
            }

            {{ModelContext.Optimized}}
            private void RnnPredict<K>(global::System.ReadOnlySpan<{{context.Input}}> inputs, ref {{number}} a, ref {{number}} y, int size, global::System.ReadOnlySpan<int> lengths) where K : struct, IRnnKernels
            {
                ref {{input}} x = ref global::System.Runtime.InteropServices.MemoryMarshal.GetReference(inputs);
                {{PredictRows(context)}}
            }
            """);
    }

    private static void WriteProbabilities(ModelContext context, string beyond)
    {
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        string number = context.Number;
        string input = context.Input;
        int outputLength = plan.OutputSteps * model.OutputSize;
        string clearProbabilities = plan is { OutputSteps: > 1, IsDecoded: false } ? $"\n    {ModelContext.Runtime}.Rows.ClearBeyond(output, SequenceLength, new global::System.ReadOnlySpan<int>(in length));" : "";
        string function = model.Loss is Loss.CrossEntropy or Loss.Ctc ? $"Softmax<{number}>(output, {model.OutputSize})" : $"Sigmoid<{number}>(output)";
        context.Writer.Line().Write($$"""
                /// <summary>Computes the probabilities of one sequence: the {{(model.Loss == Loss.BinaryCrossEntropy ? "sigmoid" : "softmax")}} of the logits. It does not allocate.</summary>
                /// <param name="input">[length × {{model.InputSize}}] {{context.InputNoun}}.</param>
                /// <param name="output">[{{context.OutputShape}}] values, written{{beyond}}.</param>
                /// <param name="length">Steps of the sequence, from 1 to {{model.SequenceLength}}.</param>
                public void PredictProbabilities(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<{{number}}> output, int length = SequenceLength)
                {
                    Predict(input, output, length);
                    {{ModelContext.Runtime}}.Rows.{{function}};{{clearProbabilities}}
                }

                /// <inheritdoc cref="PredictProbabilities(global::System.ReadOnlySpan{{{input}}}, global::System.Span{{{number}}}, int)"/>
                public {{number}}[] PredictProbabilities(global::System.ReadOnlySpan<{{context.Input}}> input, int length = SequenceLength)
                {
                    {{number}}[] output = new {{number}}[{{outputLength}}];
                    PredictProbabilities(input, output, length);
                    return output;
                }
                """);
    }

    private static string PredictRows(ModelContext context)
    {
        string table = context.ReadsTokens ? "ref _rnnParameters[0], " : "";
        string one = $"RnnPredictOne<K>(ref x, {table}ref _rnnPacks.First, ref a, ref y, lengths.IsEmpty ? SequenceLength : lengths[0]);";
        int inputLength = context.Model.InputLength;
        string single = context.Plan.Unrolled is not null ? "" : $$"""
              if (size == 1)
                  {
                      {{one}}
                      return;
                  }


              """ + "    ";
        return !context.Plan.PredictsBatches
            ? one
            : $$"""
              {{single}}{{ModelContext.Runtime}}.AlignedBuffer<int> memory = _rnnRows.Rent();
                  {{ModelContext.Group}} rows = new(memory.Span, SequenceLength, BatchSize);
                  rows.Fill(lengths, size);
                  if (lengths.IsEmpty)
                  {
                      RnnPredictRows<K>(ref x, {{table}}ref _rnnPacks.First, ref a, ref y, rows, 0, size);
                  }
                  else
                  {
                      {{ModelContext.Runtime}}.AlignedBuffer<{{context.Input}}> sorted = _rnnSorted.Rent();
                      rows.Sort(inputs, {{inputLength}}, sorted.Span);
                      RnnPredictRows<K>(ref sorted.First, {{table}}ref _rnnPacks.First, ref a, ref y, rows, 0, size);
                      _rnnSorted.Return(sorted);
                  }

                  _rnnRows.Return(memory);
              """;
    }

    private static string TokenCheck(ModelContext context, string name, string lengths) => context.Model.Embedding is { } embedding
        ? $"\n    {ModelContext.Runtime}.Check.Tokens({name}, {embedding.VocabularySize}, nameof({name}), {lengths}, SequenceLength);"
        : "";

    private static void WriteClasses(ModelContext context)
    {
        string number = context.Number;
        int outputLength = context.Plan.OutputSteps * context.Model.OutputSize;
        context.Writer.Line();
        if (context.Plan.OutputSteps == 1)
        {
            context.Writer.Write($$"""
                /// <summary>The most probable class of one sequence. It does not allocate.</summary>
                /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
                /// <param name="length">Steps of the sequence, from 1 to {{context.Model.SequenceLength}}.</param>
                /// <returns>The class, from 0.</returns>
                public int PredictClass(global::System.ReadOnlySpan<{{context.Input}}> input, int length = SequenceLength)
                {
                    int result = 0;
                    PredictClasses(input, new global::System.Span<int>(ref result), length);
                    return result;
                }

                """);
        }

        context.Writer.Write($$"""
            /// <summary>The most probable class of each output step of one sequence. It does not allocate.</summary>
            /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="classes">[{{context.Plan.OutputSteps}}] classes from 0, written{{(context.Plan is { OutputSteps: > 1, IsDecoded: false } ? "; 0 at steps beyond the length" : "")}}.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{context.Model.SequenceLength}}.</param>
            public void PredictClasses(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<int> classes, int length = SequenceLength)
            {
                {{ModelContext.Runtime}}.Check.Length(classes.Length, {{context.Plan.OutputSteps}}, nameof(classes), "output steps");
                {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> logits = _rnnLogits.Rent();
                Predict(input, logits.Span, length);
                {{ModelContext.Runtime}}.Rows.ArgMax<{{number}}>(logits.Span, {{context.Model.OutputSize}}, classes);
                _rnnLogits.Return(logits);
            }

            private readonly {{ModelContext.Runtime}}.ScratchPool<{{number}}> _rnnLogits = new({{outputLength}});
            """);
    }

    private static void WriteLabels(ModelContext context)
    {
        string number = context.Number;
        int outputLength = context.Plan.OutputSteps * context.Model.OutputSize;
        context.Writer.Line().Write($$"""
            /// <summary>The labels of one sequence, from the most probable class of each step; a <see cref="global::RnnGen.CtcBeamSearch"/> over the logits finds better ones. It does not allocate.</summary>
            /// <param name="input">[length × {{context.Model.InputSize}}] {{context.InputNoun}}.</param>
            /// <param name="labels">Receives the labels; at least one element a step.</param>
            /// <param name="length">Steps of the sequence, from 1 to {{context.Model.SequenceLength}}.</param>
            /// <returns>The number of labels.</returns>
            public int PredictLabels(global::System.ReadOnlySpan<{{context.Input}}> input, global::System.Span<int> labels, int length = SequenceLength)
            {
                {{ModelContext.Runtime}}.AlignedBuffer<{{number}}> logits = _rnnLogits.Rent();
                Predict(input, logits.Span, length);
                int count = global::RnnGen.CtcDecoder.Greedy<{{number}}>(logits.Span.Slice(0, length * OutputSize), OutputSize, labels);
                _rnnLogits.Return(logits);
                return count;
            }

            private readonly {{ModelContext.Runtime}}.ScratchPool<{{number}}> _rnnLogits = new({{outputLength}});
            """);
    }

    private static string OutputLengthShape(ModelPlan plan) => plan.IsDecoded ? "OutputLength × OutputSize" : plan.OutputSteps == 1 ? "OutputSize" : "SequenceLength × OutputSize";

    private static void WriteTraining(ModelContext context)
    {
        string number = context.Number;
        string target = context.Target;
        string dataset = $"global::RnnGen.SequenceSource<{context.Input}, {target}>";
        string loop = $"<{context.Name}, {number}, {context.Input}, {target}>";
        string doc = $"""
            /// <param name="inputs">[count × {context.InputShape}] {context.InputNoun}.</param>
            /// <param name="targets">[count × {context.TargetShape}] {(context.Plan.TargetsAreClasses ? context.Plan.IsCtc ? $"labels from 1 to {context.Model.OutputSize - 1}, filled up with 0" : $"classes from 0 to {context.Model.OutputSize - 1}" : "values")}{(context.DecodesTokens ? "; each sequence up to its end token, what follows is not read" : context.Model.MaskedTargets ? $"; {(context.Plan.TargetsAreClasses ? "-1" : "NaN")} where there is none, which has no loss" : "")}.</param>
            /// <param name="count">Sequences, at least 1; more than <see cref="BatchSize"/> run in groups.</param>
            """;
        string lengths = $"/// <param name=\"lengths\">[count] numbers of steps from 1 to {context.Model.SequenceLength}, or none where all sequences have all steps; "
            + (context.Plan is { OutputSteps: > 1, IsDecoded: false } ? "steps beyond are not read and have no loss.</param>" : "inputs beyond are not read.</param>");
        string none = context.Plan.CarriesState ? ", null" : "";
        (string Before, string After) applied = GradientFlowEmitter.Update(context, context.Plan.HasFrozen ? "s_rnnLearned" : "default");
        (string Before, string After) trained = GradientFlowEmitter.Update(context, "training.Segments");
        context.Writer.Write($$"""
            /// <summary>Computes the mean loss; nothing changes.</summary>
            {{doc}}
            {{lengths}}
            {{ModelContext.Optimized}}
            public {{number}} ComputeLoss(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.ReadOnlySpan<int> lengths = default)
            {
                RnnCheck(inputs, targets, count, lengths);
                return (_rnnTraining ??= new RnnTraining(this)).ComputeLoss(inputs, targets, count, lengths{{none}});
            }

            /// <summary>Computes the mean loss and its gradient by back-propagation through time. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="gradients">[{{context.Plan.ParameterCount}}] values, overwritten with the gradient of the mean loss.</param>
            {{lengths}}
            /// <returns>The mean loss.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite; the message says where.</exception>
            {{ModelContext.Optimized}}
            public {{number}} ComputeGradients(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.Span<{{number}}> gradients, global::System.ReadOnlySpan<int> lengths = default)
            {
                RnnCheck(inputs, targets, count, lengths);
                {{ModelContext.Runtime}}.Check.Length(gradients.Length, ParameterCount, nameof(gradients), "ParameterCount");
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths{{none}});
                training.Gradients.CopyTo(gradients);
                return loss;
            }

            /// <summary>Clips the gradient and updates the parameters.</summary>
            /// <param name="gradients">[{{context.Plan.ParameterCount}}] values.</param>
            /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
            {{ModelContext.Optimized}}
            public void ApplyGradients(global::System.ReadOnlySpan<{{number}}> gradients, global::RnnGen.Optimizer optimizer)
            {
                global::System.ArgumentNullException.ThrowIfNull(optimizer);
                {{ModelContext.Runtime}}.Check.Length(gradients.Length, ParameterCount, nameof(gradients), "ParameterCount");
                {{applied.Before}}optimizer.Update<{{number}}>(this, _rnnParameters, gradients, Layout{{(context.Plan.HasFrozen ? ", s_rnnLearned" : "")}});{{applied.After}}
                RnnParametersChanged();
            }

            {{Learned(context)}}/// <summary>One step of training: gradients and update at once. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
            {{lengths}}
            /// <returns>The mean loss before the update.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite; nothing was updated.</exception>
            {{ModelContext.Optimized}}
            public {{number}} TrainStep(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::RnnGen.Optimizer optimizer, global::System.ReadOnlySpan<int> lengths = default)
            {
                global::System.ArgumentNullException.ThrowIfNull(optimizer);
                RnnCheck(inputs, targets, count, lengths);
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths{{none}});
                {{trained.Before}}optimizer.Update<{{number}}>(this, _rnnParameters, training.Gradients, Layout, training.Segments);{{trained.After}}
                RnnParametersChanged();
                return loss;
            }

            /// <summary>Trains: shuffles, steps through batches, validates, and reports each epoch.</summary>
            /// <param name="train">What is learned from.</param>
            /// <param name="validation">What each epoch is measured on, if given.</param>
            /// <param name="options">Epochs, optimiser and so on; by default Adam 1e-3 with clip norm 1, and progress lines.</param>
            /// <param name="cancellationToken">Stops the training after the current step.</param>
            public global::RnnGen.TrainingResult Fit({{dataset}} train, {{dataset}}? validation = null, global::RnnGen.FitOptions? options = null, global::System.Threading.CancellationToken cancellationToken = default) =>
                {{ModelContext.Runtime}}.TrainingLoop.Fit{{loop}}(this, train, validation, options, cancellationToken);

            /// <summary>Measures the model on data.</summary>
            /// <param name="data">The data.</param>
            public global::RnnGen.Evaluation Evaluate({{dataset}} data) =>
                {{ModelContext.Runtime}}.TrainingLoop.Evaluate{{loop}}(this, data);

            {{ModelContext.Optimized}}
            private static void RnnCheck(global::System.ReadOnlySpan<{{context.Input}}> inputs, global::System.ReadOnlySpan<{{target}}> targets, int count, global::System.ReadOnlySpan<int> lengths)
            {
                {{ModelContext.Runtime}}.Check.Count(count, 1);
                {{ModelContext.Runtime}}.Check.Lengths(lengths, count, SequenceLength);
                {{ModelContext.Runtime}}.Check.Length(inputs.Length, (long)count * {{context.Model.InputLength}}, nameof(inputs), "count × SequenceLength × InputSize");
                {{ModelContext.Runtime}}.Check.Length(targets.Length, (long)count * {{context.Plan.TargetLength}}, nameof(targets), "{{TargetLengthShape(context)}}");
                {{TargetCheck(context)}}{{TokenCheck(context, "inputs", "lengths")}}
            }
            """);
        if (context.Plan.CarriesState)
        {
            WriteCarriedTraining(context, doc, lengths);
        }
    }

    // The same with states: one window of a longer sequence.
    private static void WriteCarriedTraining(ModelContext context, string doc, string lengths)
    {
        string number = context.Number;
        string spans = $"global::System.ReadOnlySpan<{context.Input}> inputs, global::System.ReadOnlySpan<{context.Target}> targets, int count";
        string state = $"global::RnnGen.BatchState<{number}> state, global::System.ReadOnlySpan<int> lengths = default";
        const string stateDoc = """
            /// <param name="state">What the sequences start from; then what they ended in.</param>
            """;
        const string check = """
            RnnCheck(inputs, targets, count, lengths);
                RnnGen.Runtime.Check.State(state, count, RnnStateLength);
            """;
        string checks = check.Replace("RnnGen.Runtime", ModelContext.Runtime);
        (string Before, string After) trained = GradientFlowEmitter.Update(context, "training.Segments");
        context.Writer.Line().Write($$"""
            private const int RnnStateLength = {{context.Plan.Training.States.Sum(s => s.Layer.Plan.StateSize(s.State))}};{{(context.Model.IsCheckpointed ? $"\n\nprivate const int RnnWindow = {context.Model.CheckpointEvery}; // steps between two kept states" : "")}}

            /// <summary>Creates the states of sequences that begin anew, for windows of sequences longer than <see cref="SequenceLength"/>, or to give states.</summary>
            /// <param name="count">Sequences, at least 1.</param>
            public global::RnnGen.BatchState<{{number}}> CreateBatchState(int count) => new(count, RnnStateLength);

            /// <summary>Computes the mean loss of sequences that start from states; only the states change.</summary>
            {{doc}}
            {{stateDoc}}
            {{lengths}}
            {{ModelContext.Optimized}}
            public {{number}} ComputeLoss({{spans}}, {{state}})
            {
                {{checks}}
                return (_rnnTraining ??= new RnnTraining(this)).ComputeLoss(inputs, targets, count, lengths, state);
            }

            /// <summary>Computes the mean loss and its gradient for sequences that start from states: truncated back-propagation through time. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="gradients">[{{context.Plan.ParameterCount}}] values, overwritten with the gradient of the mean loss.</param>
            {{stateDoc}}
            {{lengths}}
            /// <returns>The mean loss.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite; the message says where. The states did not change.</exception>
            {{ModelContext.Optimized}}
            public {{number}} ComputeGradients({{spans}}, global::System.Span<{{number}}> gradients, {{state}})
            {
                {{checks}}
                {{ModelContext.Runtime}}.Check.Length(gradients.Length, ParameterCount, nameof(gradients), "ParameterCount");
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths, state);
                training.Gradients.CopyTo(gradients);
                return loss;
            }

            /// <summary>One step of truncated back-propagation through time: gradients and update at once. It does not allocate after the first call.</summary>
            {{doc}}
            /// <param name="optimizer">The rule of the update; it belongs to this model from now on.</param>
            {{stateDoc}}
            {{lengths}}
            /// <returns>The mean loss before the update.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            /// <exception cref="global::RnnGen.NonFiniteException">The loss or the gradient is not finite; nothing was updated, and the states did not change.</exception>
            {{ModelContext.Optimized}}
            public {{number}} TrainStep({{spans}}, global::RnnGen.Optimizer optimizer, {{state}})
            {
                global::System.ArgumentNullException.ThrowIfNull(optimizer);
                {{checks}}
                RnnTraining training = _rnnTraining ??= new RnnTraining(this);
                {{number}} loss = training.ComputeGradients(inputs, targets, count, lengths, state);
                {{trained.Before}}optimizer.Update<{{number}}>(this, _rnnParameters, training.Gradients, Layout, training.Segments);{{trained.After}}
                RnnParametersChanged();
                return loss;
            }
            """);
    }

    // Ends where the next member's documentation goes on.
    private static string Learned(ModelContext context) => !context.Plan.HasFrozen ? "" : $$"""
        // All parameters but those of frozen layers.
        private static readonly global::RnnGen.ParameterSegment[] s_rnnLearned = { {{string.Join(", ", context.Plan.LearnedSegments.Select(s => $"new({s.Offset}, {s.Length})"))}} };


        """;

    private static string TargetLengthShape(ModelContext context) =>
        "count" + (context.Plan.IsCtc ? " × LabelLength" : context.Plan.IsDecoded ? " × OutputLength" : context.Plan.OutputSteps == 1 ? "" : " × SequenceLength") + (context.Plan.TargetsAreClasses ? "" : " × OutputSize");

    private static string LiveTargets(ModelContext context) => context.Plan is { OutputSteps: > 1, IsDecoded: false } ? ", lengths, SequenceLength" : "";

    private static string Missing(ModelContext context) => context.Model.MaskedTargets ? ", mayBeMissing: true" : "";

    private static string TargetCheck(ModelContext context) => context.Model.Loss switch
    {
        Loss.Ctc => $"{ModelContext.Runtime}.Check.Labels(targets, OutputSize, {context.Model.LabelLength}, lengths, SequenceLength);",
        Loss.CrossEntropy when context.Plan.IsDecoded => $"{ModelContext.Runtime}.Check.Decoded(targets, OutputSize, OutputLength, EndToken);",
        Loss.CrossEntropy => $"{ModelContext.Runtime}.Check.Classes(targets, OutputSize{LiveTargets(context)}{Missing(context)});",
        Loss.BinaryCrossEntropy => $"{ModelContext.Runtime}.Check.Probabilities<{context.Number}>(targets{LiveTargets(context)}{Missing(context)});",
        _ => "",
    };

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
        string name = context.Name;
        string number = context.Number;
        const string names = "global::System.Collections.Generic.IReadOnlyDictionary<string, string>? names = null";
        string file = $"{ModelContext.Runtime}.ModelFile";
        context.Writer.Write($$"""
            /// <summary>Saves the parameters as safetensors with PyTorch's names; an existing file is replaced only by a whole one.</summary>
            /// <param name="path">The file.</param>
            public void Save(string path) => {{file}}.Save<{{number}}>(Layout, _rnnParameters, path, Metadata);

            /// <summary>Writes the parameters as safetensors with PyTorch's names.</summary>
            /// <param name="stream">Where to; it stays open.</param>
            public void Save(global::System.IO.Stream stream) => {{file}}.Save<{{number}}>(Layout, _rnnParameters, stream, Metadata);

            /// <summary>Loads a model from a safetensors file: one saved by <see cref="Save(string)"/>, or a PyTorch state dictionary.</summary>
            /// <param name="path">The file.</param>
            /// <param name="names">Names of this model to the file's, where they cannot be matched.</param>
            /// <exception cref="global::RnnGen.ModelFileException">The file is damaged or of another model.</exception>
            public static {{name}} Load(string path, {{names}})
            {
                {{name}} model = new(0);
                model.LoadParameters(path, names);
                return model;
            }

            /// <inheritdoc cref="Load(string, global::System.Collections.Generic.IReadOnlyDictionary{string, string})"/>
            /// <param name="stream">A safetensors file.</param>
            /// <param name="names">Names of this model to the file's, where they cannot be matched.</param>
            public static {{name}} Load(global::System.IO.Stream stream, {{names}})
            {
                {{name}} model = new(0);
                model.LoadParameters(stream, names);
                return model;
            }

            /// <inheritdoc cref="Load(string, global::System.Collections.Generic.IReadOnlyDictionary{string, string})"/>
            /// <param name="file">The bytes of a safetensors file.</param>
            /// <param name="names">Names of this model to the file's, where they cannot be matched.</param>
            public static {{name}} Load(global::System.ReadOnlySpan<byte> file, {{names}})
            {
                {{name}} model = new(0);
                model.LoadParameters(file, names);
                return model;
            }

            /// <summary>Replaces all parameters by those of a safetensors file.</summary>
            /// <param name="path">The file.</param>
            /// <param name="names">Names of this model to the file's, where they cannot be matched.</param>
            /// <exception cref="global::RnnGen.ModelFileException">The file is damaged or of another model; nothing changed.</exception>
            public void LoadParameters(string path, {{names}})
            {
                {{file}}.Load<{{number}}>(Layout, _rnnParameters, path, names, Metadata);
                RnnParametersChanged();
            }

            /// <inheritdoc cref="LoadParameters(string, global::System.Collections.Generic.IReadOnlyDictionary{string, string})"/>
            /// <param name="stream">A safetensors file.</param>
            /// <param name="names">Names of this model to the file's, where they cannot be matched.</param>
            public void LoadParameters(global::System.IO.Stream stream, {{names}})
            {
                {{file}}.Load<{{number}}>(Layout, _rnnParameters, stream, names, Metadata);
                RnnParametersChanged();
            }

            /// <inheritdoc cref="LoadParameters(string, global::System.Collections.Generic.IReadOnlyDictionary{string, string})"/>
            /// <param name="file">The bytes of a safetensors file.</param>
            /// <param name="names">Names of this model to the file's, where they cannot be matched.</param>
            public void LoadParameters(global::System.ReadOnlySpan<byte> file, {{names}})
            {
                {{file}}.Load<{{number}}>(Layout, _rnnParameters, file, names, Metadata);
                RnnParametersChanged();
            }
            """);
    }
}
