using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Frozen layers, against twins that learn everything, and output layers that share their embedding.</summary>
public class FreezingTests
{
    private const int Count = 7;

    private static readonly int[] s_lengths = [5, 2, 4, 5, 1, 3, 5];

    [Fact]
    public void What_is_learned_has_the_gradient_that_it_has_where_nothing_is_frozen()
    {
        Check<FrozenBelow, FrozenBelowTwin, double, double>();
        Check<FrozenAbove, FrozenAboveTwin, double, double>();
        Check<FrozenBody, FrozenBodyTwin, double, double>();
        Check<FrozenEncoder, FrozenEncoderTwin, int, int>();
        Check<FrozenDecoder, FrozenDecoderTwin, int, int>();
    }

    private static (TInput[] Inputs, TTarget[] Targets) Draw<TInput, TTarget>(ModelLayout layout)
    {
        Random random = new(3);
        T[] Values<T>(int count, int below) => [.. Enumerable.Range(0, count).Select(_ => typeof(T) == typeof(int) ? (T)(object)random.Next(below) : (T)(object)(2 * random.NextDouble() - 1))];
        return (Values<TInput>(Count * layout.InputLength, Math.Max(1, layout.VocabularySize)), Values<TTarget>(Count * layout.TargetLength, Math.Max(1, layout.ClassCount)));
    }

    private static void Check<TModel, TTwin, TInput, TTarget>()
        where TModel : IRnnModel<TModel, double, TInput, TTarget>
        where TTwin : IRnnModel<TTwin, double, TInput, TTarget>
        where TInput : unmanaged
        where TTarget : unmanaged
    {
        ModelLayout layout = TModel.Layout;
        layout.ParameterCount.ShouldBe(TTwin.Layout.ParameterCount);
        (TInput[] inputs, TTarget[] targets) = Draw<TInput, TTarget>(layout);
        TTwin twin = TTwin.Create(1);
        double[] expected = new double[layout.ParameterCount];
        twin.ComputeGradients(inputs, targets, Count, expected, s_lengths);
        foreach (int threads in (int[])[1, 3])
        {
            TModel model = TModel.Create(2).With(threads: threads);
            model.SetParameters(twin.Parameters);
            double[] gradients = Golden.NotANumber<double>(layout.ParameterCount);
            model.ComputeGradients(inputs, targets, Count, gradients, s_lengths);
            layout.Parameters.ShouldContain(p => p.IsFrozen);
            foreach (ParameterInfo p in layout.Parameters)
            {
                for (int i = p.Offset; i < p.Offset + p.Length; i++)
                    gradients[i].ShouldBe(p.IsFrozen ? 0 : expected[i], 1e-14, $"{layout.ModelName} {p.Name}");
            }

            // Neither way of updating touches them, whatever it adds to a gradient.
            AdamW optimizer = new(1e-2) { WeightDecay = 0.1 };
            double[] before = model.Parameters.ToArray();
            model.TrainStep(inputs, targets, Count, optimizer, s_lengths);
            model.ApplyGradients(expected, optimizer);
            foreach (ParameterInfo p in layout.Parameters)
                model.Parameters.Slice(p.Offset, p.Length).SequenceEqual(before.AsSpan(p.Offset, p.Length)).ShouldBe(p.IsFrozen, $"{layout.ModelName} {p.Name}");
        }
    }

    [Fact]
    public void Nothing_flows_below_the_lowest_layer_that_is_learned()
    {
        // Two directions of a recurrent layer, a normalisation and a table cost no gradient of theirs.
        FrozenEncoder.Layout.TrainingMemory.ShouldBeLessThan(FrozenEncoderTwin.Layout.TrainingMemory);
        FrozenBody.Layout.TrainingMemory.ShouldBeLessThan(FrozenBodyTwin.Layout.TrainingMemory);
    }

    [Fact]
    public void Tied_weights_have_both_gradients()
    {
        TiedWriter.Layout.Parameters.Select(p => p.Name).ShouldNotContain("head.weight");
        TiedDecoder.Layout.Parameters.Select(p => p.Name).ShouldNotContain("head.weight");
        CheckStencil<TiedWriter>();
        CheckStencil<TiedDecoder>();
    }

    private static void CheckStencil<TModel>() where TModel : IRnnModel<TModel, double, int, int>
    {
        (int[] inputs, int[] targets) = Draw<int, int>(TModel.Layout);
        TModel model = TModel.Create(1), probe = TModel.Create(0);
        double[] gradients = new double[TModel.Layout.ParameterCount], shifted = model.Parameters.ToArray();

        // Twice: the second time there is a gradient to be cleared.
        model.ComputeGradients(inputs, targets, Count, gradients, s_lengths);
        model.ComputeGradients(inputs, targets, Count, gradients, s_lengths);
        foreach (ParameterInfo p in TModel.Layout.Parameters)
        {
            new Stencil((direction, step) =>
            {
                for (int i = 0; i < p.Length; i++)
                    shifted[p.Offset + i] = model.Parameters[p.Offset + i] + step * direction[i];
                probe.SetParameters(shifted);
                return probe.ComputeLoss(inputs, targets, Count, s_lengths);
            }, hasKinks: false).CheckEntries(gradients[p.Offset..(p.Offset + p.Length)], model.Parameters.Slice(p.Offset, p.Length).ToArray(), hasNoEffect: false, $"{TModel.Layout.ModelName} {p.Name}");
            model.Parameters.CopyTo(shifted);
        }
    }

    [Fact]
    public void Tied_training_has_the_same_bits_with_any_threads_and_prediction_reads_the_same_table()
    {
        (int[] inputs, int[] targets) = Draw<int, int>(TiedWriter.Layout);
        byte[] Train(int threads)
        {
            TiedWriter model = new(1) { Threads = threads };
            Adam adam = new(1e-2);
            for (int i = 0; i < 4; i++)
                model.TrainStep(inputs, targets, Count, adam, s_lengths);
            return MemoryMarshal.AsBytes(model.Parameters).ToArray();
        }

        Train(2).ShouldBe(Train(1));
        TiedWriter trained = new(1);
        Adam optimizer = new(2e-2);
        int[] cycle = [.. Enumerable.Range(0, Count * 5).Select(i => (i / 5 + i % 5) % 9)], next = [.. cycle.Select(c => (c + 1) % 9)];
        for (int i = 0; i < 300; i++)
            trained.TrainStep(cycle, next, Count, optimizer);
        int[] classes = new int[5];
        trained.PredictClasses(cycle.AsSpan(0, 5), classes);
        classes.ShouldBe(next[..5]);
        using MemoryStream file = new();
        trained.Save(file);
        TiedWriter.Load(file.ToArray()).Parameters.SequenceEqual(trained.Parameters).ShouldBeTrue();
    }
}
