using System.Numerics;
using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>
/// The same seed, data and width give the same bits: whatever the number of threads, and whatever else is in the batch.
/// </summary>
public class SameBitsTests
{
    public static TheoryData<string> Models => DeclaredModels.Ordinary;

    [Theory, MemberData(nameof(Models))]
    public void The_same_seed_trains_to_the_same_bits(string model) => DeclaredModels.Run(model, new TrainingCheck());

    [Theory, MemberData(nameof(Models))]
    public void Gradients_do_not_depend_on_the_number_of_threads(string model) => DeclaredModels.Run(model, new ThreadCheck());

    [Theory, MemberData(nameof(Models))]
    public void Predictions_do_not_depend_on_the_number_of_threads(string model) => DeclaredModels.Run(model, new PredictionCheck());

    [Theory, MemberData(nameof(Models))]
    public void A_row_does_not_depend_on_its_batch(string model) => DeclaredModels.Run(model, new RowCheck());

    [Fact]
    public void Another_seed_gives_other_parameters()
    {
        Bytes<float>(new AddingLstm(1).Parameters).ShouldBe(Bytes<float>(new AddingLstm(1).Parameters));
        Bytes<float>(new AddingLstm(2).Parameters).ShouldNotBe(Bytes<float>(new AddingLstm(1).Parameters));
    }

    private static byte[] Bytes<T>(ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    private sealed class TrainingCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(Math.Min(TModel.Layout.BatchSize + 1, 12));
            (byte[] Losses, byte[] Parameters) first = Train(1), again = Train(1), threads = Train(2);
            again.Losses.ShouldBe(first.Losses);
            again.Parameters.ShouldBe(first.Parameters);
            threads.Losses.ShouldBe(first.Losses);
            threads.Parameters.ShouldBe(first.Parameters);
            first.Parameters.ShouldNotBe(Bytes(TModel.Create(3).Parameters));

            (byte[] Losses, byte[] Parameters) Train(int threads)
            {
                TModel model = TModel.Create(3).With(threads: threads);
                Adam optimizer = new(0.01) { ClipNorm = 1 };
                TNumber[] losses = [.. Enumerable.Range(0, 6).Select(_ => model.TrainStep(sample.Inputs, sample.Targets, sample.Count, optimizer))];
                return (Bytes<TNumber>(losses), Bytes(model.Parameters));
            }
        }
    }

    private sealed class ThreadCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            int batch = Math.Min(TModel.Layout.BatchSize, 32);
            foreach (int count in new[] { 1, 2, 3, batch, batch + 3 }.Distinct())
            {
                var sample = Sample<TNumber, TTarget>.Draw<TModel>(count, seed: count);
                TModel model = Sample.Model<TModel, TNumber, TTarget>();
                byte[] gradients = Bytes<TNumber>(model.Gradients(sample)), loss = Bytes<TNumber>([model.Loss(sample)]);
                foreach (int threads in (int[])[2, 3, 4])
                {
                    model.With(threads: threads);
                    Bytes<TNumber>(model.Gradients(sample)).ShouldBe(gradients, $"{threads} threads, count {count}");
                    Bytes<TNumber>([model.Loss(sample)]).ShouldBe(loss, $"{threads} threads, count {count}");
                }
            }
        }
    }

    private sealed class PredictionCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            // Enough for four threads; then with lengths of their own.
            ModelLayout layout = TModel.Layout;
            int count = (int)Math.Min(3000, 5_000_000 / layout.ForwardFlops + 7);
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(count);
            TModel model = Sample.Model<TModel, TNumber, TTarget>();
            int[] lengths = [.. Enumerable.Range(0, count).Select(i => 1 + i * 7 % layout.SequenceLength)];
            byte[] all = Predict(1, []), own = Predict(1, lengths);
            foreach (int threads in (int[])[2, 3, 4])
            {
                Predict(threads, []).ShouldBe(all, $"{threads} threads, {count} sequences");
                Predict(threads, lengths).ShouldBe(own, $"{threads} threads, {count} sequences of different lengths");
            }

            byte[] Predict(int threads, int[] lengths)
            {
                TNumber[] outputs = Golden.NotANumber<TNumber>(count * layout.OutputLength);
                model.With(threads: threads).PredictBatch(sample.Inputs, outputs, count, lengths);
                return Bytes<TNumber>(outputs);
            }
        }
    }

    private sealed class RowCheck : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            foreach (VectorWidth width in Members.Widths.Where(w => w <= VectorWidths.Widest))
            {
                TModel model = Sample.Model<TModel, TNumber, TTarget>().With(width);
                var all = Sample<TNumber, TTarget>.Draw<TModel>(11);
                byte[][] alone = [.. Enumerable.Range(0, all.Count).Select(i => Bytes<TNumber>(model.Outputs(all.Slice(i, 1))))];
                for (int count = 2; count <= all.Count; count++)
                {
                    // The last sequences, so that a row meets every place of a tile.
                    byte[] together = Bytes<TNumber>(model.Outputs(all.Slice(all.Count - count, count)));
                    together.ShouldBe([.. alone.Skip(all.Count - count).SelectMany(b => b)], $"{width}, {count} together");
                }
            }
        }
    }
}
