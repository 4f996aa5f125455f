using System.Numerics;
using System.Reflection.Emit;

namespace RnnGen.Numerics.Tests;

/// <summary>The program that <see cref="JitQualityTests"/> runs under the JIT's log: every model, at every width, trains, predicts and streams once.</summary>
internal static class OneCallOfEach
{
    /// <summary>A method whose IL is beyond the JIT's limit, so that the log shows what falling off looks like.</summary>
    public const string TooLarge = "TooLargeToOptimise";

    public static void Main()
    {
        foreach (string model in DeclaredModels.Names.Concat(DeclaredModels.RowNames))
            DeclaredModels.Run(model, new Calls());

        DynamicMethod method = new(TooLarge, typeof(int), [typeof(int)]);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        for (int i = 0; i < 20_000; i++)
        {
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Add);
        }

        il.Emit(OpCodes.Ret);
        method.CreateDelegate<Func<int, int>>()(1);
    }

    private sealed class Calls : IModelCheck
    {
        public void Run<TModel, TNumber, TTarget>()
            where TModel : IRnnModel<TModel, TNumber, TNumber, TTarget>
            where TNumber : unmanaged, IBinaryFloatingPointIeee754<TNumber>
            where TTarget : unmanaged, INumberBase<TTarget>
        {
            RnnModelAttribute declaration = DeclaredModels.Declaration<TModel>();
            TModel model = TModel.Create(1);
            var sample = Sample<TNumber, TTarget>.Draw<TModel>(2);
            Sgd optimizer = new(1e-6);
            foreach (VectorWidth width in Members.Widths)
            {
                // One thread, then two, which share the weight gradients in another way.
                model.With(width, threads: 1);
                model.TrainStep(sample.Inputs, sample.Targets, sample.Count, optimizer);
                model.With(width, threads: 2);
                model.TrainStep(sample.Inputs, sample.Targets, sample.Count, optimizer);
                model.Loss(sample);
                model.Outputs(sample);
                if (!Members.Streams(typeof(TModel)) || TModel.Layout.InputLength > TModel.Layout.SequenceLength * TModel.Layout.InputStep)
                    continue;

                Stream<TNumber> stream = model.CreateStream<TModel, TNumber>();
                TNumber[] output = new TNumber[declaration.OutputSize], saved = new TNumber[stream.Length];
                for (int t = 0; t < 2; t++)
                    stream.Step(sample.Inputs.AsSpan(0, declaration.InputSize), output);
                stream.Process(sample.Inputs.AsSpan(0, declaration.InputSize), output);
                stream.Save(saved);
                stream.Restore(saved);
                StreamSet<TNumber, TNumber> streams = StreamSet<TNumber, TNumber>.Of(model, 5);
                TNumber[] inputs = [.. Enumerable.Range(0, 5).SelectMany(_ => sample.Inputs[..declaration.InputSize])], outputs = new TNumber[5 * declaration.OutputSize];
                for (int t = 0; t < 2; t++)
                    streams.Step(inputs, outputs);
            }
        }
    }
}
