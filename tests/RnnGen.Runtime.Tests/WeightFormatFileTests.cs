using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using RnnGen.Trainee;

namespace RnnGen.Runtime.Tests;

/// <summary>Matrices in 8-bit integers and in bfloat16, through a file and back: what was rounded once comes back as it was saved.</summary>
public sealed class WeightFormatFileTests : IDisposable
{
    private static readonly ModelLayout s_layout = Layouts.Of(
        ("embedding.weight", [5, 3]), ("rnn.weight_ih_l0", [8, 1]), ("rnn.weight_hh_l0", [8, 2]), ("rnn.bias_ih_l0", [8]), ("head.weight", [1, 2]), ("head.bias", [1]));

    private static readonly ModelLayout s_pair = Layouts.Of(("head.weight", [2, 2]), ("head.bias", [1]));

    // Any finite number, numbers of one magnitude, subnormal ones and zeros.
    private static readonly Gen<float[]> s_values = Gen.OneOf(
        Gen.OneOf(Gen.UInt.Select(BitConverter.UInt32BitsToSingle).Where(w => MathF.Abs(w) < 3e38f), Gen.Const(0f), Gen.Int[-400, 400].Select(i => i * float.Epsilon)).Array[s_layout.ParameterCount],
        Gen.Select(Gen.Float[-1, 1].Array[s_layout.ParameterCount], Gen.Int[-149, 120], (values, exponent) => Array.ConvertAll(values, w => MathF.ScaleB(w, exponent))));

    private readonly string _folder = Directory.CreateTempSubdirectory("rnngen").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Int8IsSafetensorsWithAScaleForEachRow()
    {
        byte[] file = Saved<float>(s_pair, [127, -63.5f, 0, 0, 0.1f], WeightFormat.Int8);
        (string header, byte[] data) = Parts(file);
        header.ShouldEndWith(
            """ "head.weight_scale":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"head.bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"head.weight":{"dtype":"I8","shape":[2,2],"data_offsets":[12,16]}}""".TrimStart());
        data.ShouldBe([.. Bytes(1, 1.17549435e-38f, 0.1f), 127, unchecked((byte)-64), 0, 0]);
        Loaded<float>(s_pair, file).ShouldBe([127, -64, 0, 0, 0.1f]);
    }

    [Fact]
    public void BFloat16IsSafetensorsWithVectorsInTheModelsPrecision()
    {
        (string header, byte[] data) = Parts(Saved<double>(s_pair, [1, -2, 1.01, 0, 0.1], WeightFormat.BFloat16));
        header.ShouldEndWith(""" "head.bias":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"head.weight":{"dtype":"BF16","shape":[2,2],"data_offsets":[8,16]}}""".TrimStart());
        data.ShouldBe([.. BitConverter.GetBytes(0.1), 0x80, 0x3F, 0x00, 0xC0, 0x81, 0x3F, 0, 0]);
    }

    [Fact]
    public void FloatIsTheFileAsBefore() => Saved<float>(s_pair, [1, 2, 3, 4, 5], WeightFormat.Float).ShouldBe(Saved<float>(s_pair, [1, 2, 3, 4, 5]));

    /// <summary>A model that computes in fewer bits rounds what it loads; it must be what was saved, whatever the scale.</summary>
    [Fact]
    public void WhatIsLoadedRoundsToWhatWasSaved() => s_values.Sample(static values =>
    {
        RoundTrip<float>(values);
        RoundTrip<double>([.. values.Select(w => w / 3.0)]);
    }, iter: 3000);

    [Fact]
    public void VectorsAndMatricesOfOneColumnAreExact()
    {
        float[] values = [.. Enumerable.Range(0, s_layout.ParameterCount).Select(i => MathF.Sin(i) / 3)];
        foreach (WeightFormat format in (WeightFormat[])[WeightFormat.BFloat16, WeightFormat.Int8])
        {
            float[] loaded = Loaded<float>(s_layout, Saved(s_layout, values, format));
            foreach (ParameterInfo parameter in s_layout.Parameters)
            {
                bool isExact = parameter.Shape.Count == 1 || (format == WeightFormat.Int8 && parameter.Shape[1] == 1);
                loaded.AsSpan(parameter.Offset, parameter.Length).SequenceEqual(values.AsSpan(parameter.Offset, parameter.Length)).ShouldBe(isExact, parameter.Name);
            }
        }
    }

    [Theory]
    [InlineData(WeightFormat.BFloat16, 0.5)]
    [InlineData(WeightFormat.Int8, 0.25)]
    public void TheFileIsSmaller(WeightFormat format, double part)
    {
        ModelLayout layout = Layouts.Of(("rnn.weight_ih_l0", [512, 64]), ("rnn.weight_hh_l0", [512, 128]), ("rnn.bias_ih_l0", [512]), ("rnn.bias_hh_l0", [512]));
        float[] values = new float[layout.ParameterCount];
        (Saved(layout, values, format).Length / (double)Saved(layout, values).Length).ShouldBeInRange(part, part + 0.03);
    }

    [Fact]
    public void PathStreamAndBytesGiveTheSameBack()
    {
        // More than one piece of a mebibyte in a matrix, and no whole number of rows in one.
        ModelLayout layout = Layouts.Of(("a.weight", [1201, 1001]), ("b.weight", [7, 3]), ("b.bias", [7]));
        float[] values = [.. Enumerable.Range(0, layout.ParameterCount).Select(i => MathF.Sin(i * 0.7f))];
        foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
        {
            string path = Path.Combine(_folder, "m.safetensors");
            ModelFile.Save<float>(layout, values, path, format);
            byte[] file = File.ReadAllBytes(path);
            file.ShouldBe(Saved(layout, values, format));
            float[] loaded = Loaded<float>(layout, file);
            for (int i = 0; i < values.Length; i++)
            {
                Math.Abs(loaded[i] - values[i]).ShouldBeLessThan(0.005f);
            }

            float[] again = new float[values.Length];
            ModelFile.Load<float>(layout, again, path);
            again.ShouldBe(loaded);
            foreach (bool canSeek in (bool[])[true, false])
            {
                Array.Clear(again);
                using Pipe stream = new([.. file, 77], canSeek);
                ModelFile.Load<float>(layout, again, stream);
                again.ShouldBe(loaded);
                stream.ReadByte().ShouldBe(77);
            }
        }
    }

    /// <summary>A generated model saves in each format, and one of it loads each.</summary>
    [Fact]
    public void GeneratedModelsSaveAndLoadEachFormat()
    {
        TraineeModel model = new(seed: 3);
        model.Metadata["note"] = "kept";
        string path = Path.Combine(_folder, "m.safetensors");
        foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
        {
            model.Save(path, format);
            using MemoryStream stream = new();
            model.Save(stream, format);
            stream.ToArray().ShouldBe(File.ReadAllBytes(path));
            Parts(stream.ToArray()).Header.ShouldContain("\"rnngen.specification\":");
            var loaded = TraineeModel.Load(path);
            loaded.Metadata["note"].ShouldBe("kept");
            using MemoryStream again = new();
            loaded.Save(again, format);
            again.ToArray().ShouldBe(stream.ToArray());
            loaded.LoadParameters(stream.ToArray());
            double worst = loaded.Parameters.ToArray().Zip(model.Parameters.ToArray(), (a, b) => Math.Abs((double)a - b)).Max();
            worst.ShouldBeInRange(format == WeightFormat.Float ? 0 : 1e-9, format switch { WeightFormat.Float => 0, WeightFormat.BFloat16 => 0.005, _ => 0.01 });
        }

        Should.Throw<ArgumentOutOfRangeException>(() => model.Save(path, (WeightFormat)3)).ParamName.ShouldBe("format");
        Directory.GetFiles(_folder).ShouldBe([path]);
    }

    /// <summary>A model whose layers all predict with rounded weights predicts the same bits after it was saved in that format and loaded: its rounded weights are those that were saved.</summary>
    [Fact]
    public void AModelThatPredictsInTheFormatOfItsFilePredictsTheSame()
    {
        float[] inputs = [.. Enumerable.Range(0, EightBitModel.SequenceLength * EightBitModel.InputSize).Select(i => MathF.Sin(i))];
        EightBitModel eight = new(seed: 5);
        BFloat16Model half = new(seed: 5);
        using MemoryStream eightFile = new(), halfFile = new();
        eight.Save(eightFile, WeightFormat.Int8);
        half.Save(halfFile, WeightFormat.BFloat16);
        var eightAgain = EightBitModel.Load(eightFile.ToArray());
        var halfAgain = BFloat16Model.Load(halfFile.ToArray());
        eightAgain.Parameters.SequenceEqual(eight.Parameters).ShouldBeFalse();
        eightAgain.Predict(inputs).ShouldBe(eight.Predict(inputs));
        halfAgain.Predict(inputs).ShouldBe(half.Predict(inputs));

        // Either kind of model loads either kind of file.
        using MemoryStream floats = new();
        eight.Save(floats);
        EightBitModel.Load(floats.ToArray()).Predict(inputs).ShouldBe(eight.Predict(inputs));
        BFloat16Model.Load(eightFile.ToArray()).Parameters.SequenceEqual(eightAgain.Parameters).ShouldBeTrue();
    }

    [Fact]
    public void NamesPrefixesAndIgnoredTensorsNameTheTensorAlone()
    {
        ModelLayout theirs = Layouts.Of(("encoder.fc.weight", [2, 2]), ("encoder.fc.bias", [2]), ("encoder.projection.weight", [2, 2]), ("decoder.fc.weight", [2, 2])), ours = Layouts.Of(("head.weight", [2, 2]), ("head.bias", [2]));
        byte[] file = Saved<float>(theirs, [127, 2, 3, 127, 5, 6, 127, 8, 9, 127, 127, 12, 13, 127], WeightFormat.Int8);
        float[] loaded = new float[6];
        ModelFile.Load<float>(ours, loaded, file, new LoadOptions { Prefix = "encoder.", Ignore = ["projection.weight"] });
        loaded.ShouldBe([127, 2, 3, 127, 5, 6]);
        ModelFile.Load<float>(ours, loaded, file, new LoadOptions { Ignore = ["encoder.projection.*", "decoder.fc.weight"] });
        loaded.ShouldBe([127, 2, 3, 127, 5, 6]);
        ModelFile.Load<float>(ours, loaded, file, new LoadOptions { Ignore = ["encoder.fc.weight", "encoder.projection.weight"], Names = new Dictionary<string, string> { ["head.weight"] = "decoder.fc.weight" } });
        loaded.ShouldBe([127, 12, 13, 127, 5, 6]);
        Should.Throw<ModelFileException>(() => ModelFile.Load<float>(ours, loaded, file, new LoadOptions { Prefix = "encoder." })).Message.ShouldContain("head.weight [2, 2] may be 'fc.weight' or 'projection.weight'");
        ModelFile.Load<float>(ours, loaded, file, new LoadOptions { Names = new Dictionary<string, string> { ["head.weight"] = "encoder.projection.weight" } });
        loaded.ShouldBe([127, 8, 9, 127, 5, 6]);
        Should.Throw<ModelFileException>(() => ModelFile.Load<float>(Layouts.Of(("head.bias", [2])), loaded.AsSpan(0, 2), file, new LoadOptions { Ignore = ["decoder.*", "encoder.fc.weight"] }))
            .Message.ShouldContain("not of this model: 'encoder.projection.weight' [2, 2].");
    }

    /// <summary>Scales of others: before or after the integers, as a vector, in another floating-point type; -128 is read.</summary>
    [Theory]
    [InlineData("[2, 1]", "F32", 4)]
    [InlineData("[2]", "F32", 4)]
    [InlineData("[2, 1, 1]", "F64", 8)]
    [InlineData("[2, 1]", "BF16", 2)]
    [InlineData("[2, 1]", "F16", 2)]
    public void ScalesOfOthersAreRead(string shape, string type, int size)
    {
        byte[] integers = [127, unchecked((byte)-128), 3, 0];
        byte[] scales = type switch
        {
            "F64" => [.. BitConverter.GetBytes(0.5), .. BitConverter.GetBytes(2.0)],
            "BF16" => [0x00, 0x3F, 0x00, 0x40],
            "F16" => [0x00, 0x38, 0x00, 0x40],
            _ => Bytes(0.5f, 2),
        };
        string Header(int integersAt, int scalesAt) => $$$"""
            {"a.weight":{"dtype":"I8","shape":[2,2],"data_offsets":[{{{integersAt}}},{{{integersAt + 4}}}]},"a.weight_scale":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":[{{{scalesAt}}},{{{scalesAt + (2 * size)}}}]}}
            """;
        ModelLayout layout = Layouts.Of(("head.weight", [2, 2]));
        Loaded<float>(layout, Raw(Header(0, 4), [.. integers, .. scales])).ShouldBe([63.5f, -64, 6, 0]);
        Loaded<double>(layout, Raw(Header(2 * size, 0), [.. scales, .. integers])).ShouldBe([63.5, -64, 6, 0]);
    }

    [Theory]
    [InlineData("", "'head.weight' has the dtype 'I8' without scales: add 'head.weight_scale', F32, a scale for each row, [2, 1], or save the tensor as F32")]
    [InlineData("I32 [2,1] 8", "'head.weight' has the dtype 'I8', but its scales 'head.weight_scale' have 'I32': save them as F32")]
    [InlineData("I8 [2,1] 2", "'head.weight' has the dtype 'I8', but its scales 'head.weight_scale' have 'I8': save them as F32")]
    [InlineData("F32 [] 4", "'head.weight' has the dtype 'I8', but its scales 'head.weight_scale' are []: save a scale for each row, [2, 1]")]
    [InlineData("F32 [1] 4", "'head.weight_scale' are [1]: save a scale for each row, [2, 1]")]
    [InlineData("F32 [1,2] 8", "'head.weight_scale' are [1, 2]: save a scale for each row, [2, 1]")]
    [InlineData("F32 [2,2] 16", "'head.weight_scale' are [2, 2]: save a scale for each row, [2, 1]")]
    [InlineData("F32 [3,1] 12", "'head.weight_scale' are [3, 1]: save a scale for each row, [2, 1]")]
    public void ScalesThatDoNotFitAreNamed(string scales, string message) => Failure(s_pair, Quantized(scales)).ShouldContain(message);

    [Fact]
    public void ZeroPointsAreRejected() =>
        Failure(s_pair, Quantized("F32 [2,1] 8", "head.weight_zero_point")).ShouldContain("'head.weight' has the dtype 'I8' with zero points, but only symmetric integers are read: save it without 'head.weight_zero_point', or as F32");

    [Theory]
    [InlineData(float.NaN, "Tensor 'head.weight_scale' holds a value at index 1 that is not a finite Single")]
    [InlineData(float.PositiveInfinity, "Tensor 'head.weight_scale' holds a value at index 1 that is not a finite Single")]
    [InlineData(-1f, "Tensor 'head.weight_scale' holds a negative scale at index 1")]
    [InlineData(float.MaxValue, "Tensor 'head.weight' holds a weight in row 1 that is not a finite Single: its scale in 'head.weight_scale' is too large")]
    public void ScalesThatAreNoScalesAreNamed(float scale, string message)
    {
        byte[] file = Saved<float>(s_pair, [1, 2, 3, 4, 5], WeightFormat.Int8);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(file.Length - 12), scale);
        Failure(s_pair, file).ShouldContain(message);
    }

    /// <summary>Integers that no parameter asks for are passed over with their scales where the scales do not fit, and are another model's parameter where they do.</summary>
    [Fact]
    public void IntegersThatNobodyAsksForArePassedOverWithTheirScales()
    {
        ModelLayout bias = Layouts.Of(("head.bias", [1]));
        Loaded<float>(bias, Quantized("")).ShouldBe([0]);
        Loaded<float>(bias, Quantized("F32 [3,1] 12")).ShouldBe([0]);
        Failure(bias, Quantized("F32 [2,1] 8")).ShouldContain("not of this model: 'head.weight' [2, 2].");

        // A tensor of that name beside floating-point numbers holds no scales.
        Failure(s_pair, Saved<float>(Layouts.Of(("head.weight", [2, 2]), ("head.weight_scale", [2, 1]), ("head.bias", [1])), new float[7])).ShouldContain("not of this model: 'head.weight_scale' [2, 1].");
    }

    [Theory]
    [InlineData(float.NaN, WeightFormat.BFloat16, "head.weight[1] is NaN.")]
    [InlineData(float.NegativeInfinity, WeightFormat.Int8, "head.weight[1] is -Infinity.")]
    [InlineData(float.MaxValue, WeightFormat.BFloat16, "head.weight[1] is 3.4028235E+38, which is too large for BFloat16; save it with WeightFormat.Float.")]
    public void WhatIsNotFiniteIsNotSaved(float weight, WeightFormat format, string message) => NotSaved<float>([1, weight, 3, 4, 5], format, message);

    [Fact]
    public void ADoubleBeyondTheFormatIsNotSaved()
    {
        NotSaved<double>([1, 2, 3, -1e42, 5], WeightFormat.Int8, "head.weight[3] is -1E+42, which is too large for Int8; save it with WeightFormat.Float.");
        NotSaved<double>([1, 2, 3, 1e39, 5], WeightFormat.BFloat16, "head.weight[3] is 1E+39, which is too large for BFloat16");
        Loaded<float>(s_pair, Saved<float>(s_pair, [float.MaxValue, 1, 2, 3, 4], WeightFormat.Int8))[0].ShouldBeInRange(3.4027e38f, float.MaxValue);
    }

    private static void RoundTrip<T>(T[] values) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (WeightFormat format in Enum.GetValues<WeightFormat>())
        {
            byte[] file = Saved(s_layout, values, format);
            T[] loaded = Loaded<T>(s_layout, file);
            Saved(s_layout, loaded, format).ShouldBe(file);
            ParameterInfo matrix = s_layout.Parameters.Single(p => p.Name == "rnn.weight_hh_l0");
            for (int row = 0; row < matrix.Shape[0]; row++)
            {
                ReadOnlySpan<T> before = values.AsSpan(matrix.Offset + (2 * row), 2), after = loaded.AsSpan(matrix.Offset + (2 * row), 2);
                float scale = WeightRounding.Scale(before);
                for (int column = 0; column < 2; column++)
                {
                    T expected = format switch
                    {
                        WeightFormat.Float => before[column],
                        WeightFormat.BFloat16 => T.CreateTruncating(WeightRounding.FromBFloat16(WeightRounding.ToBFloat16(float.CreateTruncating(before[column])))),
                        _ => WeightRounding.FromInt8(WeightRounding.ToInt8(before[column], scale), T.CreateTruncating(scale)),
                    };
                    after[column].ShouldBe(expected);
                }

                if (format == WeightFormat.Int8)
                {
                    WeightRounding.Scale(after).ShouldBe(scale);
                    (WeightRounding.ToInt8(after[0], scale), WeightRounding.ToInt8(after[1], scale)).ShouldBe((WeightRounding.ToInt8(before[0], scale), WeightRounding.ToInt8(before[1], scale)));
                }
            }
        }
    }

    private void NotSaved<T>(T[] values, WeightFormat format, string message) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string path = Path.Combine(_folder, "m.safetensors");
        Should.Throw<NonFiniteException>(() => ModelFile.Save<T>(s_pair, values, path, format)).Message.ShouldContain(message);
        Directory.GetFiles(_folder).ShouldBeEmpty();
        using MemoryStream stream = new();
        Should.Throw<NonFiniteException>(() => ModelFile.Save<T>(s_pair, values, stream, format)).Message.ShouldContain(message);
        stream.Length.ShouldBe(0);
    }

    private static byte[] Saved<T>(ModelLayout layout, T[] values, WeightFormat? format = null) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using MemoryStream stream = new();
        if (format is { } chosen)
        {
            ModelFile.Save<T>(layout, values, stream, chosen);
        }
        else
        {
            ModelFile.Save<T>(layout, values, stream);
        }

        return stream.ToArray();
    }

    private static T[] Loaded<T>(ModelLayout layout, byte[] file) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] loaded = new T[layout.ParameterCount];
        ModelFile.Load<T>(layout, loaded, file);
        return loaded;
    }

    private static string Failure(ModelLayout layout, byte[] file)
    {
        float[] loaded = new float[layout.ParameterCount];
        Array.Fill(loaded, 7);
        string message = Should.Throw<ModelFileException>(() => ModelFile.Load<float>(layout, loaded, file)).Message;
        loaded.ShouldAllBe(w => w == 7);
        return message;
    }

    /// <summary>A weight of 2 × 2 integers with scales of this type, shape and number of bytes, perhaps another tensor, and a bias of 0.</summary>
    private static byte[] Quantized(string scales, string? other = null)
    {
        string[] parts = scales.Split(' ');
        int end = 4 + (parts.Length == 3 ? int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture) : 0);
        string scale = parts.Length == 3 ? $$$""","head.weight_scale":{"dtype":"{{{parts[0]}}}","shape":{{{parts[1]}}},"data_offsets":[4,{{{end}}}]}""" : "";
        string more = other is null ? "" : $$$""","{{{other}}}":{"dtype":"I8","shape":[0],"data_offsets":[{{{end}}},{{{end}}}]}""";
        return Raw($$$"""{"head.weight":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}{{{scale}}}{{{more}}},"head.bias":{"dtype":"F32","shape":[1],"data_offsets":[{{{end}}},{{{end + 4}}}]}}""", new byte[end + 4]);
    }

    private static (string Header, byte[] Data) Parts(byte[] file)
    {
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return (Encoding.UTF8.GetString(file, 8, header).TrimEnd(), file[(8 + header)..]);
    }

    private static byte[] Raw(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. data];
    }

    private static byte[] Bytes(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private sealed class Pipe(byte[] bytes, bool canSeek) : MemoryStream(bytes)
    {
        public override bool CanSeek => canSeek;
    }
}
