using System.IO.Compression;
using RnnGen.Exchange.Files;
using RnnGen.Exchange.StateDicts;
using RnnGen.Runtime;

namespace RnnGen.Exchange.PyTorch;

/// <summary>
/// The zip archive that torch.save writes since PyTorch 1.6: <c>name/data.pkl</c>, a pickle of the tensors' names and shapes, and <c>name/data/0</c> and so on, their numbers. Entries are stored, not
/// compressed, so an archive never unpacks to more than it has.
/// </summary>
internal static class TorchArchive
{
    private const string Pickle = "data.pkl", KerasConfig = "config.json";

    // Views may share numbers; more than this many times the file's size is no model.
    private const int MaximumShare = 8;

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith("PK\x03\x04"u8);

    public static StateDict Read(byte[] file)
    {
        try
        {
            using ZipArchive archive = new(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
            return Read(archive, file.Length);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new ForeignFileException(Invariant($"The file begins as a zip archive, but is none that can be read. {e.Message}"), e);
        }
    }

    private static StateDict Read(ZipArchive archive, long fileLength)
    {
        ZipArchiveEntry pickle = archive.Entries.FirstOrDefault(static e => e.Name == Pickle && e.FullName.Count(static letter => letter == '/') <= 1)
            ?? throw new ForeignFileException(archive.GetEntry(KerasConfig) is null
                ? Invariant($"The file is a zip archive without {Pickle}, so it is not of torch.save.")
                : Invariant($"The file is a zip archive with {KerasConfig}, as Keras writes it: KerasFile of the package RnnGen.Exchange.Keras reads it."));
        string folder = pickle.FullName[..^Pickle.Length];
        if (archive.GetEntry(folder + "constants.pkl") is not null)
        {
            throw new ForeignFileException("The file is a TorchScript program, not a state dict: load it with torch.jit.load and save model.state_dict() with torch.save.");
        }

        if (archive.GetEntry(folder + "byteorder") is { } order && !Content(order, fileLength).AsSpan().SequenceEqual("little"u8))
        {
            throw new ForeignFileException("The file was written by a machine with big-endian numbers, which are not read: save it on another one.");
        }

        List<string> notes = [];
        PickleDict dict = Tensors(PickleReader.Read(Content(pickle, fileLength)), notes.Add);
        StorageReader storages = new(archive, folder, fileLength);
        List<StateDictEntry> entries = [];
        long budget = (MaximumShare * fileLength) + 1024;
        foreach ((string name, object? value) in dict.Items)
        {
            if (value is PickleTensor tensor)
            {
                budget -= sizeof(double) * tensor.Shape.Aggregate(1L, static (product, length) => product * length);
                NumberType type = budget < 0
                    ? throw new ForeignFileException("The file's tensors hold many times as many numbers as the file has: it is damaged.")
                    : tensor.Storage.Type ?? throw new ForeignFileException(Invariant($"{ForeignText.Shown(name)} holds numbers of {tensor.Storage.TypeName}, which are not read: save the model before it is quantised."));
                entries.Add(new StateDictEntry(name, tensor.Shape, type, storages.Read(tensor, type)));
            }
        }

        return new StateDict("a PyTorch state dict", entries, isOrdered: true) { Notes = notes };
    }

    // The dictionary of tensors: the whole value, or the one in a checkpoint.
    private static PickleDict Tensors(object? value, Action<string> note)
    {
        if (value is not PickleDict whole)
        {
            throw new ForeignFileException("The file holds no dictionary of tensors: save model.state_dict() with torch.save.");
        }

        if (IsOfTensors(whole))
        {
            return whole;
        }

        List<KeyValuePair<string, object?>> found = whole.Items.FindAll(static item => item.Value is PickleDict inner && IsOfTensors(inner));
        KeyValuePair<string, object?>[] named = [.. found.Where(static item => item.Key is "state_dict" or "model_state_dict" or "model")];
        if (found.Count > 1 && named.Length == 1)
        {
            note(Invariant($"The file holds tensors under {TensorLimits.Join(" and ", found.ConvertAll(static item => ForeignText.Shown(item.Key)))}; those under {ForeignText.Shown(named[0].Key)} were taken. For others, save that state dict alone."));
        }

        return (found, named) switch
        {
            ([{ Value: PickleDict only }], _) => only,
            (_, [{ Value: PickleDict model }]) => model,
            ([], _) => throw new ForeignFileException("The file holds a dictionary, but none of tensors under 'state_dict', 'model_state_dict' or another name: save model.state_dict() with torch.save."),
            _ => throw new ForeignFileException(Invariant($"The file holds tensors under {TensorLimits.Join(" and ", found.ConvertAll(static item => ForeignText.Shown(item.Key)))}: save the one that is the model's.")),
        };
    }

    private static bool IsOfTensors(PickleDict dict) => dict.OtherKeys == 0 && dict.Items.Count > 0 && dict.Items.TrueForAll(static item => item.Value is PickleTensor);

    private static byte[] Content(ZipArchiveEntry entry, long fileLength)
    {
        if (entry.Length > fileLength)
        {
            throw new ForeignFileException(Invariant($"The archive's entry {ForeignText.Shown(entry.FullName)} claims {entry.Length} bytes, but the file has {fileLength}: it is damaged."));
        }

        if (entry.CompressedLength != entry.Length)
        {
            throw new ForeignFileException(Invariant($"The archive's entry {ForeignText.Shown(entry.FullName)} is compressed, which torch.save never does: unpack the archive and pack it without compression."));
        }

        byte[] content = new byte[entry.Length];
        using Stream stream = entry.Open();
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>Reads storages, each once.</summary>
    private sealed class StorageReader(ZipArchive archive, string folder, long fileLength)
    {
        private readonly Dictionary<string, byte[]> _read = new(StringComparer.Ordinal);
        private long _taken;

        public double[] Read(PickleTensor tensor, NumberType type)
        {
            ReadOnlySpan<byte> bytes = Bytes(tensor.Storage, type);
            int size = Numbers.Size(type);
            double[] values = new double[tensor.Shape.Aggregate(1, static (product, length) => product * length)];
            int[] index = new int[tensor.Shape.Length];
            long at = tensor.Offset;
            for (int k = 0; k < values.Length; k++)
            {
                values[k] = Numbers.Read(type, bytes[(int)(at * size)..]);
                for (int d = index.Length - 1; d >= 0; d--)
                {
                    at += tensor.Strides[d];
                    if (++index[d] < tensor.Shape[d])
                    {
                        break;
                    }

                    at -= tensor.Strides[d] * tensor.Shape[d];
                    index[d] = 0;
                }
            }

            return values;
        }

        private byte[] Bytes(PickleStorage storage, NumberType type)
        {
            if (_read.TryGetValue(storage.Key, out byte[]? known) && known.Length >= storage.Count * Numbers.Size(type))
            {
                return known;
            }

            ZipArchiveEntry entry = archive.GetEntry(Invariant($"{folder}data/{storage.Key}")) ?? throw new ForeignFileException(Invariant($"The archive has no entry for the storage {ForeignText.Shown(storage.Key)}: it is damaged."));
            if (entry.Length < storage.Count * Numbers.Size(type) || (_taken += entry.Length) > fileLength)
            {
                throw new ForeignFileException(Invariant($"The storage {ForeignText.Shown(storage.Key)} should hold {storage.Count} numbers of {type}, but has {entry.Length} bytes, or the archive's entries overlap: it is damaged."));
            }

            return _read[storage.Key] = Content(entry, fileLength);
        }
    }
}
