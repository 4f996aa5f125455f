using System.IO.Compression;
using RnnGen.Exchange.Files;

namespace RnnGen.Exchange.Keras.Reading;

/// <summary>A <c>.keras</c> file: a zip archive of its configuration and its weights. Keras stores its entries uncompressed, so an archive never unpacks to more than it has.</summary>
internal sealed class KerasArchive
{
    public const string Config = "config.json", Metadata = "metadata.json", Weights = "model.weights.h5";

    private const string NumPyWeights = "model.weights.npz", ShardedWeights = "model.weights.json";

    private KerasArchive(byte[] config, byte[]? metadata, byte[] weights) => (ConfigText, MetadataText, WeightsFile) = (config, metadata, weights);

    public byte[] ConfigText { get; }

    public byte[]? MetadataText { get; }

    public byte[] WeightsFile { get; }

    /// <summary>Reads an archive.</summary>
    /// <param name="file">All of its bytes.</param>
    /// <returns>What is in it, or <see langword="null"/> where it is not an archive or has no Keras configuration.</returns>
    public static KerasArchive? TryRead(byte[] file)
    {
        if (!file.AsSpan().StartsWith("PK\x03\x04"u8))
        {
            return null;
        }

        bool isOfKeras = false;
        try
        {
            using ZipArchive archive = new(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
            isOfKeras = archive.GetEntry(Config) is not null && archive.Entries.Any(static e => e.FullName is Metadata or Weights or NumPyWeights or ShardedWeights);
            return isOfKeras ? Read(archive, archive.GetEntry(Config)!, file.Length) : null;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException)
        {
            return isOfKeras ? throw new ForeignFileException(Invariant($"The .keras file cannot be unpacked: it is damaged. {e.Message}"), e) : null;
        }
    }

    private static KerasArchive Read(ZipArchive archive, ZipArchiveEntry config, long fileLength)
    {
        foreach (string name in (string[])[Config, Metadata, Weights])
        {
            if (archive.Entries.Count(entry => entry.FullName == name) > 1)
            {
                throw new ForeignFileException(Invariant($"The .keras file has several entries {ForeignText.Shown(name)}: it is damaged."));
            }
        }

        if (archive.GetEntry(Weights) is not { } weights)
        {
            throw new ForeignFileException(archive.GetEntry(NumPyWeights) is not null
                ? Invariant($"The .keras file has its weights as {NumPyWeights}, whose arrays are pickles: load it in Keras and save it with model.save(path), which writes {Weights}.")
                : Invariant($"The .keras file has no {Weights}: save the model with model.save(path)."));
        }

        return new KerasArchive(Content(config, fileLength), archive.GetEntry(Metadata) is { } metadata ? Content(metadata, fileLength) : null, Content(weights, fileLength));
    }

    private static byte[] Content(ZipArchiveEntry entry, long fileLength)
    {
        if (entry.Length > fileLength || entry.CompressedLength != entry.Length)
        {
            throw new ForeignFileException(Invariant($"The archive's entry {ForeignText.Shown(entry.FullName)} is compressed, or claims more than the file has, which Keras never writes: unpack the archive and pack it without compression."));
        }

        if (entry.IsEncrypted)
        {
            throw new ForeignFileException(Invariant($"The archive's entry {ForeignText.Shown(entry.FullName)} is encrypted, which Keras never does: unpack the archive and pack it without a password and without compression."));
        }

        byte[] content = new byte[entry.Length];
        try
        {
            using Stream stream = entry.Open();
            stream.ReadExactly(content);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new ForeignFileException(Invariant($"The archive's entry {ForeignText.Shown(entry.FullName)} cannot be unpacked: the file is damaged. {e.Message}"), e);
        }

        return Crc32.Of(content) == entry.Crc32 ? content
            : throw new ForeignFileException(Invariant($"The archive's entry {ForeignText.Shown(entry.FullName)} does not have the checksum that the archive says: the file is damaged."));
    }
}
