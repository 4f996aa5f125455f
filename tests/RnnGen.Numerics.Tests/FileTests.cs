using System.Runtime.InteropServices;
using Shouldly;
using Xunit;

namespace RnnGen.Numerics.Tests;

/// <summary>Saving and loading keep every bit and every output; PyTorch's files load; what is not this model's leaves it unchanged.</summary>
public sealed class FileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen-tests-").FullName;

    private string FilePath => Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_path_a_stream_and_bytes_give_the_model_back()
    {
        StackLastMseFloat model = Trained();
        model.Save(FilePath);
        using MemoryStream stream = new();
        model.Save(stream);
        byte[] bytes = stream.ToArray();
        bytes.ShouldBe(File.ReadAllBytes(FilePath));
        Directory.GetFiles(_folder).ShouldBe([FilePath]);

        stream.Position = 0;
        float[] inputs = Sample<float, float>.Draw<StackLastMseFloat>(1).Inputs, expected = model.Predict(inputs);
        foreach (StackLastMseFloat again in (StackLastMseFloat[])
            [StackLastMseFloat.Load(FilePath), StackLastMseFloat.Load(stream), StackLastMseFloat.Load(bytes)])
        {
            Same(again.Parameters, model.Parameters);
            again.Predict(inputs).ShouldBe(expected);
        }

        // Into a model that has already predicted: the packed weights follow.
        StackLastMseFloat other = new(5);
        other.Predict(inputs).ShouldNotBe(expected);
        other.LoadParameters(FilePath);
        other.Predict(inputs).ShouldBe(expected);
    }

    [Fact]
    public void The_other_precision_loads()
    {
        StackLastMseFloat model = Trained();
        model.Save(FilePath);
        StackLastMse.Load(FilePath).Parameters.ToArray().ShouldBe(Array.ConvertAll(model.Parameters.ToArray(), v => (double)v));
    }

    [Fact]
    public void A_file_of_PyTorchs_names_loads_and_predicts_PyTorchs_outputs()
    {
        GoldenFile golden = GoldenFile.Open("models", "stack_last_mse");
        // The golden files hold inputs and gradients too; what PyTorch saves is the parameters alone, without metadata.
        Safetensors.Write(FilePath, StackLastMse.Layout.Parameters.Select(p => ($"network.{p.Name}", (IReadOnlyList<int>)golden.Shape(p.Name), golden[p.Name])));
        StackLastMse model = StackLastMse.Load(FilePath);
        int count = golden.Shape("inputs")[0];
        double[] outputs = new double[count];
        model.PredictBatch(golden["inputs"], outputs, count);
        Golden.ShouldBeNear<double>(outputs, golden["outputs"], 1e-12, "outputs");
    }

    [Fact]
    public void A_file_of_another_model_is_refused()
    {
        new LstmLastMseFloat(1).Save(FilePath);
        ModelFileException error = ShouldLeaveUnchanged<ModelFileException>(m => m.LoadParameters(FilePath));
        error.Message.ShouldContain(FilePath);
        error.Message.ShouldContain("rnn.weight_ih_l0");
    }

    [Theory]
    [InlineData(0, "it has 0 bytes")]
    [InlineData(7, "it has 7 bytes")]
    [InlineData(100, "truncated")]
    [InlineData(-1, "truncated")]
    public void A_truncated_file_is_refused(int length, string message)
    {
        Trained().Save(FilePath);
        byte[] whole = File.ReadAllBytes(FilePath);
        byte[] part = whole[..(length < 0 ? whole.Length + length : length)];
        File.WriteAllBytes(FilePath, part);
        ShouldLeaveUnchanged<ModelFileException>(m => m.LoadParameters(FilePath)).Message.ShouldContain(message);
        ShouldLeaveUnchanged<ModelFileException>(m => m.LoadParameters(part)).Message.ShouldContain(message);
        ShouldLeaveUnchanged<ModelFileException>(m => m.LoadParameters(new MemoryStream(part))).Message.ShouldContain(message);
    }

    [Fact]
    public void What_is_not_safetensors_is_refused()
    {
        File.WriteAllText(FilePath, "month,value\n1749-01,96.7\n1749-02,104.3\n");
        ShouldLeaveUnchanged<ModelFileException>(m => m.LoadParameters(FilePath)).Message.ShouldContain("safetensors");
        ShouldLeaveUnchanged<FileNotFoundException>(m => m.LoadParameters(Path.Combine(_folder, "missing.safetensors")));
    }

    private static StackLastMseFloat Trained()
    {
        StackLastMseFloat model = new(1);
        var sample = Sample<float, float>.Draw<StackLastMseFloat>(4);
        Adam optimizer = new(0.01);
        for (int i = 0; i < 3; i++)
            model.TrainStep(sample.Inputs, sample.Targets, sample.Count, optimizer);
        return model;
    }

    private static TException ShouldLeaveUnchanged<TException>(Action<StackLastMseFloat> load) where TException : Exception
    {
        StackLastMseFloat model = Trained();
        float[] inputs = Sample<float, float>.Draw<StackLastMseFloat>(1).Inputs, parameters = model.Parameters.ToArray(), outputs = model.Predict(inputs);
        TException error = Should.Throw<TException>(() => load(model));
        Same(model.Parameters, parameters);
        model.Predict(inputs).ShouldBe(outputs);
        return error;
    }

    private static void Same(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected) =>
        MemoryMarshal.AsBytes(actual).ToArray().ShouldBe(MemoryMarshal.AsBytes(expected).ToArray());
}
