using System.Text;
using RnnGen.Fuzzing;
using Xunit.Abstractions;

namespace RnnGen.Runtime.Tests;

/// <summary>
/// Damaged model files and tokenisers: what cannot be read is a typed error, in bounded time and memory, and no model is half loaded.
/// <c>RNNGEN_FUZZ=200000 dotnet test -c Release tests/RnnGen.Runtime.Tests --filter Fuzz</c> runs as many for each reader.
/// </summary>
public sealed class FileFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] s_json = ["{", "}", "[", "]", "\"", ",", ":", "\\ud800", "null", "true", "1e999", "-1", "9223372036854775807", "__metadata__", "\"dtype\":\"F64\"", "\"shape\":", "\"data_offsets\":", "head.weight", "BF16", "\"I8\"", "_scale", "_zero_point"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Safetensors(bool isStream)
    {
        ModelMetadata metadata = new() { ["note"] = "a" };
        metadata.SetNormalizer("input", new Normalizer(1, 2));
        metadata.SetTokenizer("input", BytePairTokenizer.Train(["abab abab"]));
        byte[][] seeds = [Saved<double>(metadata, WeightFormat.Float), Saved<float>([], WeightFormat.Float), Saved<float>([], WeightFormat.Int8), Saved<double>([], WeightFormat.BFloat16)];
        double[] before = [7, 8, 9];
        Run(isStream ? "safetensors (stream)" : "safetensors (bytes)", seeds, s_json, bytes =>
        {
            double[] parameters = [.. before];
            ModelMetadata kept = new() { ["old"] = "kept" };
            try
            {
                if (isStream)
                {
                    using MemoryStream stream = new(bytes);
                    ModelFile.Load<double>(LinearModel.Layout, parameters, stream, null, kept);
                }
                else
                {
                    ModelFile.Load<double>(LinearModel.Layout, parameters, bytes, null, kept);
                }
            }
            catch
            {
                parameters.ShouldBe(before);
                (kept.Count, kept["old"]).ShouldBe((1, "kept"));
                throw;
            }

            parameters.All(p => double.IsFinite(p)).ShouldBeTrue();
            kept["old"].ShouldBeNull();
            if (kept.HasNormalizer("input"))
            {
                kept.GetNormalizer("input").Count.ShouldBeGreaterThan(0);
            }

            if (kept["tokenizer.input"] is not null)
            {
                kept.GetTokenizer("input").Encode("abc");
            }
        }, e => e is ModelFileException);
    }

    [Fact]
    public void Tokenizers() => Run(
        "tokenisers",
        [.. new Tokenizer[] { CharacterTokenizer.Train(["grün 🙂"]), WordTokenizer.Train(["ein Wort, zwei"]), BytePairTokenizer.Train(["abab abab aba"]) }.Select(t => Encoding.UTF8.GetBytes(t.ToJson()))],
        [.. s_json, "\"tokens\":", "\"merges\":", "[4,260]", "\"kind\":\"word\"", "\"lowerCase\":false", "259"],
        bytes =>
        {
            Tokenizer tokenizer = Tokenizer.FromJson(Encoding.UTF8.GetString(bytes));
            int[] tokens = tokenizer.Encode("ein grünes 🙂 abab");
            tokens.All(t => t >= 0 && t < tokenizer.VocabularySize).ShouldBeTrue();
            tokenizer.Decode(tokens).ShouldNotBeNull();
        },
        e => e is InvalidDataException);

    [Fact]
    public void Normalizers() => Run("normalisers", [Encoding.UTF8.GetBytes(new FeatureNormalizer([new(1, 2), new(-0.5, 1e-3)]).ToJson())], s_json, bytes => FeatureNormalizer.FromJson(Encoding.UTF8.GetString(bytes)).Count.ShouldBeGreaterThan(0), e => e is ModelFileException);

    private static byte[] Saved<T>(ModelMetadata metadata, WeightFormat format) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using MemoryStream stream = new();
        ModelFile.Save<T>(LinearModel.Layout, new T[3], stream, format, metadata);
        return stream.ToArray();
    }

    private void Run(string reader, byte[][] seeds, string[] fragments, Action<byte[]> read, Func<Exception, bool> isTyped) => output.WriteLine(Fuzzer.Run(reader, seeds, fragments, read, isTyped, 256).ToString());
}
