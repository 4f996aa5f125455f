using System.Collections.Generic;
using System.Linq;
using RnnGen.Generator.Cells;
using RnnGen.Generator.Losses;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning.Kernels;

namespace RnnGen.Generator.Planning;

/// <summary>
/// How large a model's plan would be, worked out without making it: for the parser, which turns down what does not
/// fit. Memory counts every buffer on its own, as if none shared its place, so a plan is never larger.
/// </summary>
/// <param name="Parameters">Parameters of each layer, an embedding first and the output layer last.</param>
/// <param name="PackedWeights">Values of all layers' forward and reverse packs.</param>
/// <param name="TrainingValues">Values of the training arena.</param>
/// <param name="SumValues">Values of the sums of the gradients.</param>
/// <param name="LargestPack">Values of the largest layer's forward pack.</param>
/// <param name="PredictionValues">Values of the prediction scratch.</param>
/// <param name="Lines">Lines of the generated text, roughly: the unrolled schedules, and what each layer and kernel takes.</param>
internal sealed record ModelSize(
    IReadOnlyList<long> Parameters, long PackedWeights, long TrainingValues, long SumValues, long LargestPack, long PredictionValues, long Lines)
{
    /// <summary>Parameters, and the optimiser's moments beside them, stand in arrays.</summary>
    public const long ParametersLimit = 1L << 30;

    /// <summary>A buffer is one array, addressed by int.</summary>
    public const long BufferLimit = (1L << 31) - (1L << 16);

    /// <summary>About 40 MB of text, which the compiler still takes in its stride.</summary>
    public const long LinesLimit = 250_000;

    /// <summary>
    /// Lines of a main file that each layer adds besides its schedule, of one layer's kernels at three widths, and of each form of a group of blocks
    /// that is streamed to and fro.
    /// </summary>
    private const int LinesPerLayer = 150, LinesPerKernels = 2_500, LinesPerNorm = 20, LinesPerStreamedForm = 800;

    /// <summary>More layers than this are too many whatever they are.</summary>
    public const int LayersLimit = (int)(LinesLimit / LinesPerLayer);

    public static ModelSize Of(ModelSpecification model)
    {
        // The sequences of a group depend on the largest layer.
        int least = Math.Min(TrainingGroups.MinimumGroup, model.BatchSize);
        ModelSize whole = new Sum(model, least).Result();
        int group = TrainingGroups.GroupSize(model.BatchSize, whole.LargestPack * Scalar.Bytes(model.Precision));
        if (group != least)
        {
            whole = new Sum(model, group).Result();
        }

        if (!model.IsRecomputed)
        {
            return whole;
        }

        // Training sees a window; the states that are kept stand in an array of their own.
        ModelSize window = new Sum(model.Window, group).Result();
        return whole with { TrainingValues = Math.Max(window.TrainingValues, model.GradientFlow ? Measured(model) : 0), Lines = window.Lines + (whole.Lines / 2) };
    }

    // What is kept to measure the gradient: a sum for each row, step and state of the whole sequence.
    private static long Measured(ModelSpecification model) =>
        (model.BatchSize + 1L) * model.SequenceLength * model.Layers.Sum(l => l.IsRecurrent ? CellLibrary.Find(l.Cell).States.Count : 0);

    private sealed class Sum(ModelSpecification model, int groupSize)
    {
        private readonly HashSet<LayerShape> _shapes = [];
        private readonly List<long> _parameters = [];
        private readonly long _rows = model.BatchSize;
        private readonly long _group = groupSize;
        private readonly long _decodedRows = Math.Max(model.BatchSize, ModelPlanner.MinimumDecodedRows);
        private long _packs;
        private long _training;
        private long _sums;
        private long _largestPack;
        private long _prediction;
        private long _lines;
        private int _buffers = 1;

        public ModelSize Result()
        {
            IReadOnlyList<LayerSpecification> layers = model.Layers;
            int lastRecurrent = layers.ToList().FindLastIndex(l => l.IsRecurrent);
            bool attends = model.Attends, endsInOne = model.EndsInOne;
            long outputSteps = model.OutputSteps;
            _training = _group * outputSteps + (model.Loss.Definition.Targets == LossTargets.Labels ? _group * model.SequenceLength * (2L * model.LabelLength + 4) * 2 : 0);
            _lines = 3 * outputSteps;
            AddInput(model.Embedding, model.FeatureSize, model.SequenceLength, isDecoders: false);
            long width = model.FeatureSize;
            for (int i = 0; i < layers.Count; i++)
            {
                bool atEnd = model.ReadsVector || (endsInOne && i > lastRecurrent);
                AddLayer(layers[i], width, atEnd ? 1 : model.SequenceLength, i > 0 || model.Embedding is not null, isDecoders: false);
                width = layers[i].Width;
                if (layers[i].Bidirectional)
                {
                    AddJoint(width, model.SequenceLength, isDecoders: false);
                }

                if (model.IsPooled && i == lastRecurrent)
                {
                    AddJoint(width, 1, isDecoders: false);
                    AddJoint(width, 1, isDecoders: false);
                    _lines += model.SequenceLength;
                }
            }

            long rest = 0;
            if (model.Decoder is { } decoder)
            {
                width = AddDecoder(decoder, width, attends);
                rest = _parameters[_parameters.Count - 1];
                _parameters.RemoveAt(_parameters.Count - 1);
            }

            AddLayer(model.Output, width, outputSteps, true, isDecoders: model.Decoder is not null);
            _parameters[_parameters.Count - 1] += rest;

            // Each buffer begins at a whole block.
            long padding = 16L * 8 * (_buffers + 1);
            return new ModelSize(_parameters, _packs, _training + padding, TrainingGroups.SumCount(model.BatchSize, groupSize) * (_sums + padding), _largestPack, _prediction + padding, _lines);
        }

        // Bridges and attention are none of the declared layers; their parameters come last.
        private long AddDecoder(DecoderSpecification decoder, long encoded, bool attends)
        {
            long features = decoder.FeatureSize(model.OutputSize);
            AddInput(decoder.Embedding, (int)features, decoder.Length, isDecoders: true);
            long width = features, rest = 0, recurrent = 0;
            for (int i = 0; i < decoder.Layers.Count; i++)
            {
                LayerSpecification layer = decoder.Layers[i];
                AddLayer(layer, width, decoder.Length, i > 0 || decoder.Embedding is not null, isDecoders: true);
                width = layer.Width;
                recurrent = layer.IsRecurrent ? width : recurrent;
            }

            int declared = _parameters.Count;
            foreach (LayerSpecification layer in decoder.Layers)
            {
                foreach (CellState state in layer.IsOp ? [] : layer.Cell.Definition.States)
                {
                    AddLayer(new("dense", layer.StateSize(state.Name), Activation.Tanh, Initializer.Default), encoded, 1, true, isDecoders: false);
                }
            }

            if (attends)
            {
                long size = Math.Max(recurrent, encoded);
                AddLayer(new("dense", (int)size, Activation.Identity, Initializer.Default), recurrent, decoder.Length, true, isDecoders: true);
                AddLayer(new("linear", (int)size, Activation.Identity, Initializer.Default), encoded, model.SequenceLength, true, isDecoders: false);
                AddLayer(new("dense", (int)recurrent, Activation.Tanh, Initializer.Default), encoded + recurrent, decoder.Length, true, isDecoders: true);
                AddJoint(encoded, decoder.Length, isDecoders: true);
                AddJoint(encoded + recurrent, decoder.Length, isDecoders: true);
                AddJoint(model.SequenceLength, decoder.Length, isDecoders: true);
                AddJoint(size, 3, isDecoders: false);
                _packs += Row(size);
                rest += size;
            }

            rest += _parameters.Skip(declared).Sum();
            _parameters.RemoveRange(declared, _parameters.Count - declared);
            _parameters.Add(rest);
            return width;
        }

        private long Row(long width) => width > int.MaxValue / 2 ? width : Scalar.PaddedRow((int)width, model.Precision);

        private void AddInput(EmbeddingSpecification? table, int features, long steps, bool isDecoders)
        {
            long row = Scalar.InputRow(features, model.Precision);
            _training += _group * steps * row;
            _prediction += isDecoders ? _decodedRows * row : 0;
            if (table is null)
            {
                return;
            }

            // The adjoints of the embedded values; one step of them when predicting, or all where layers follow each other, and a line for each.
            _parameters.Add((long)table.VocabularySize * table.Size);
            _training += _group * steps * Row(features);
            _prediction += isDecoders ? 0 : _rows * row * (model.IsCausal ? 1 : steps);
            _lines += steps;
        }

        private void AddJoint(long width, long steps, bool isDecoders)
        {
            _buffers++;
            _training += 2 * _group * steps * Row(width);
            _prediction += (isDecoders ? _decodedRows : _rows * (model.IsCausal ? 1 : steps)) * Row(width);
            _lines += 4;
        }

        private void AddLayer(LayerSpecification layer, long inputSize, long steps, bool needsInputAdjoint, bool isDecoders)
        {
            if (layer.Residual || (layer.IsRecurrent && !layer.OutputIsState))
            {
                AddJoint(layer.Width, steps, isDecoders);
                AddJoint(layer.Width, 1, isDecoders);
            }

            if (layer.IsOp)
            {
                AddJoint(inputSize, layer.Dropout > 0 ? 2 * steps : steps, isDecoders);
                AddJoint(inputSize, 1, isDecoders);
                _parameters.Add(2 * inputSize);
                _packs += 2 * Row(inputSize);
                _sums += 2 * Row(inputSize);
                _training += _group * 2 * Row(inputSize);
                _lines += LinesPerNorm;
                return;
            }

            LayerShape shape = new(layer.Cell, layer.Activation, (int)inputSize, layer.Size, model.Precision, model.Accuracy, HasReverse: true, HasOutputAdjoint: true, needsInputAdjoint, layer.RecurrentDropout > 0);
            LayerPlan plan = LayerPlan.Create(shape);
            if (layer.Dropout > 0)
            {
                AddJoint(inputSize, steps + 1, isDecoders);
            }

            long directions = layer.Bidirectional ? 2 : 1;
            long widest = plan.RowOf(plan.WidestSize), row = _rows * widest, trainedRow = _group * widest;
            long slots = plan.Blocks * _rows * plan.SlotRow, trainedSlots = plan.Blocks * _group * plan.SlotRow;
            long states = plan.States.Count;
            long outputs = plan.Program.OutputIsState ? 0 : 1;
            long forwardPack = (long)plan.Blocks * plan.PackBlock;

            _parameters.Add(directions * (Enumerable.Range(plan.Lanes, plan.Program.Vectors.Count).Sum(p => (long)plan.PanelSize(p)) + Enumerable.Range(0, plan.Lanes).Sum(l =>
                plan.PanelSize(l) * (plan.Sources.Where(s => plan.Feeds(s, l)).Sum(s => (long)s.Columns) + plan.BiasesOf(l).Count))));
            _packs += directions * (forwardPack + plan.ReverseSources.Sum(s => (long)plan.BlocksOf(s.Columns) * plan.ReversePanel(s)));
            _training += directions * (steps * trainedSlots + (steps + 1) * states * trainedRow + (outputs + 1) * steps * trainedRow + states * trainedRow + _group * plan.InputRowStride);
            _sums += directions * forwardPack;
            _largestPack = Math.Max(_largestPack, forwardPack);
            _prediction += directions * (isDecoders ? _decodedRows * (plan.Blocks * plan.SlotRow + (2 * states + outputs) * widest)
                : model.IsCausal ? slots + (2 * states + outputs) * row
                : slots + (states * (steps + 1) + outputs * steps) * row);
            _buffers += (int)directions;
            if (plan.Program.Made.Count > 0)
            {
                // What the step makes for its own products, and its adjoint.
                long made = directions * plan.Program.Made.Count;
                _training += made * (steps + 1) * trainedRow;
                _prediction += made * (isDecoders ? _decodedRows * widest : row);
                _buffers += (int)(2 * made);
            }

            if (layer.RecurrentDropout > 0)
            {
                _training += directions * states * trainedRow * (steps + 3);
                _lines += directions * states * 2 * steps;
                _buffers += (int)(3 * directions * states);
            }

            if (model.LearnsStates && !isDecoders)
            {
                _parameters[_parameters.Count - 1] += directions * plan.States.Sum(s => (long)plan.StateSize(s));
                _packs += directions * states * widest;
                _sums += directions * states * widest;
                _buffers += (int)(directions * states);
            }

            // Forward, prediction of several and of one, the step back and its products, the gradients of each chunk.
            long chunk = TrainingGroups.ChunkSteps(groupSize);
            _lines += directions * (steps * (4 + plan.ReverseSources.Count + (layer.Bidirectional ? 4 : 0) + (model.GradientFlow ? 1 : 0)) + (steps + chunk - 1) / chunk * (plan.Sources.Count + 1) + LinesPerLayer);
            _lines += _shapes.Add(shape) ? LinesPerKernels + (plan.StreamsToAndFro ? LinesPerStreamedForm * StreamedGroup.FormsOf(plan) : 0) : 0;
        }
    }
}
