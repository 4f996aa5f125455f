using System.Numerics;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// Sequences of different length in one batch: padding contributes nothing (it is NaN here), a batch says what each
/// sequence says alone and what a state says that is fed its steps, and gradients match a five-point stencil.
/// </summary>
public class LengthTests
{
    public static TheoryData<string> Models => DeclaredModels.Ordinary;

    public static TheoryData<string> Pairs => DeclaredModels.Pairs;

    [Theory, MemberData(nameof(Models))]
    public void A_batch_says_what_each_sequence_says_alone(string model) => DeclaredModels.Run(model, new AloneCheck());

    [Theory, MemberData(nameof(Pairs))]
    public void Gradients_match_a_five_point_stencil(string model) => DeclaredModels.Run(model, new StencilCheck());

    [Theory, MemberData(nameof(Pairs))]
    public void Gradients_do_not_depend_on_padding_threads_or_full_lengths(string model) => DeclaredModels.Run(model, new BitsCheck());

    [Fact]
    public void Bad_lengths_are_named()
    {
        GruEachMae model = new(1);
        double[] inputs = new double[10], targets = new double[10], outputs = new double[10], before = model.Parameters.ToArray();
        foreach ((int[] lengths, string[] words) in ((int[], string[])[])
            [([5, 0], ["lengths[1] is 0", "1 to 5"]), ([-2, 5], ["lengths[0] is -2", "1 to 5"]), ([5, 6], ["lengths[1] is 6", "1 to 5"]), ([5], ["hold 2", "holds 1"])])
        {
            foreach (Action action in (Action[])[
                () => model.TrainStep(inputs, targets, 2, new Sgd(1), lengths),
                () => model.ComputeGradients(inputs, targets, 2, new double[GruEachMae.ParameterCount], lengths),
                () => model.ComputeLoss(inputs, targets, 2, lengths),
                () => model.PredictBatch(inputs, outputs, 2, lengths)])
            {
                string message = Should.Throw<ArgumentException>(action).Message;
                foreach (string word in words)
                    message.ShouldContain(word);
            }
        }

        Should.Throw<ArgumentException>(() => model.Predict(new double[3], new double[5], 4)).Message.ShouldContain("length × InputSize");
        Should.Throw<ArgumentException>(() => model.Predict([], new double[5], 0)).Message.ShouldContain("1 to 5");
        model.Parameters.ToArray().ShouldBe(before);
    }

    private static int[] Draw(int count, int steps) => [.. Enumerable.Range(0, count).Select(i => 1 + (((i * 7) + 3) % steps))];

    private static byte[] Bits<T>(ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>NaN beyond each sequence's length.</summary>
    private static TNumber[] Padded<TModel, TNumber, TTarget>(Sample<TNumber, TTarget> sample, int[] lengths)
        where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
        where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
        where TTarget : unmanaged, INumberBase<TTarget>
    {
        TNumber[] inputs = [.. sample.Inputs];
        int size = TModel.Layout.InputLength / TModel.Layout.SequenceLength;
        for (int i = 0; i < lengths.Length; i++)
            inputs.AsSpan(i * TModel.Layout.InputLength, TModel.Layout.InputLength)[(lengths[i] * size)..].Fill(TNumber.NaN);
        return inputs;
    }

    private sealed class AloneCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            int size = layout.InputLength / layout.SequenceLength, outputSize = layout.OutputLength / layout.OutputSteps;
            double tolerance = typeof(TNumber) == typeof(double) ? 1e-13 : 2e-6;
            foreach (VectorWidth width in Members.Widths.Where(w => w <= VectorWidths.Widest))
            {
                TModel model = Sample.Model<TModel, TNumber, TTarget>().With(width);
                foreach (int count in (int[])[2, 9, layout.BatchSize + 2])
                {
                    var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
                    int[] lengths = Draw(count, layout.SequenceLength);
                    TNumber[] inputs = Padded<TModel, TNumber, TTarget>(sample, lengths), together = Golden.NotANumber<TNumber>(count * layout.OutputLength);
                    model.PredictBatch(inputs, together, count, lengths);
                    for (int i = 0; i < count; i++)
                    {
                        TNumber[] alone = Golden.NotANumber<TNumber>(layout.OutputLength);
                        ReadOnlySpan<TNumber> sequence = inputs.AsSpan(i * layout.InputLength, layout.InputLength);
                        ReadOnlySpan<TNumber> found = together.AsSpan(i * layout.OutputLength, layout.OutputLength);
                        model.PredictBatch(sequence, alone, 1, lengths.AsSpan(i, 1));
                        Bits<TNumber>(alone).ShouldBe(Bits(found), $"{width}, {i} of {count}");

                        if (!Members.Streams(typeof(TModel)))
                            continue;

                        // A state that is fed the sequence's steps.
                        Stream<TNumber> stream = model.CreateStream<TModel, TNumber>();
                        TNumber[] expected = new TNumber[layout.OutputLength];
                        for (int t = 0; t < lengths[i]; t++)
                            stream.Step(sequence.Slice(t * size, size), expected.AsSpan(layout.OutputSteps == 1 ? 0 : t * outputSize, outputSize));
                        Golden.ShouldBeNear(found, Array.ConvertAll(expected, double.CreateChecked), tolerance, $"{width}, {i} of {count}, streamed");
                    }
                }
            }
        }
    }

    private sealed class StencilCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            TModel model = Sample.Model<TModel, TNumber, TTarget>(), probe = TModel.Create(0);
            int count = layout.BatchSize + 1;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count, seed: 100 + count);
            int[] lengths = Draw(count, layout.SequenceLength);
            TNumber[] inputs = Padded<TModel, TNumber, TTarget>(sample, lengths), gradients = Golden.NotANumber<TNumber>(layout.ParameterCount), shifted = model.Parameters.ToArray();
            TNumber loss = model.ComputeGradients(inputs, sample.Targets, count, gradients, lengths);
            loss.ShouldBe(model.ComputeLoss(inputs, sample.Targets, count, lengths));
            foreach (ParameterInfo p in layout.Parameters.Where(p => !p.IsFrozen))
            {
                double Loss(double[] direction, double step)
                {
                    for (int i = 0; i < p.Length; i++)
                        shifted[p.Offset + i] = model.Parameters[p.Offset + i] + TNumber.CreateChecked(step * direction[i]);
                    probe.SetParameters(shifted);
                    return double.CreateChecked(probe.ComputeLoss(inputs, sample.Targets, count, lengths));
                }

                new Stencil(Loss, Layers.HasKinks<TModel>()).CheckDirections(
                    [.. gradients.AsSpan(p.Offset, p.Length).ToArray().Select(double.CreateChecked)], $"{layout.ModelName}, {p.Name}");
                Loss(new double[p.Length], 0);
            }
        }
    }

    private sealed class BitsCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            ModelLayout layout = TModel.Layout;
            int count = layout.BatchSize + 3;
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
            TModel model = Sample.Model<TModel, TNumber, TTarget>();
            int[] lengths = Draw(count, layout.SequenceLength);
            byte[] expected = Of(sample.Inputs, lengths);
            Of(Padded<TModel, TNumber, TTarget>(sample, lengths), lengths).ShouldBe(expected, "padding");
            foreach (int threads in (int[])[2, 3])
            {
                model.With(threads: threads);
                Of(sample.Inputs, lengths).ShouldBe(expected, $"{threads} threads");
            }

            int[] full = new int[count];
            Array.Fill(full, layout.SequenceLength);
            Of(sample.Inputs, full).ShouldBe(Of(sample.Inputs, []), "full lengths are no lengths");

            byte[] Of(TNumber[] inputs, int[] steps)
            {
                TNumber[] gradients = Golden.NotANumber<TNumber>(layout.ParameterCount);
                model.ComputeGradients(inputs, sample.Targets, count, gradients, steps);
                return Bits<TNumber>(gradients);
            }
        }
    }
}
