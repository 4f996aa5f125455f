using System.Globalization;

namespace RnnGen.Runtime;

/// <summary>The checkpoints of one training: files named by their step.</summary>
internal sealed class CheckpointFolder(CheckpointOptions options) : IDisposable
{
    private const string Start = "checkpoint-", End = ".rnngen", DamagedEnd = ".damaged";

    private CheckpointLock? _lock;

    /// <summary>Creates the folder if it is missing, and locks it against other trainings until it is disposed of.</summary>
    /// <exception cref="CheckpointException">It cannot be created, or another training uses it.</exception>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(options.Folder);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new CheckpointException($"The folder '{options.Folder}' for checkpoints cannot be created: {e.Message} Use a folder that can be written to.", e);
        }

        _lock = CheckpointLock.Take(options.Folder);
        DeleteRemains();
    }

    /// <summary>Releases the folder.</summary>
    public void Dispose() => _lock?.Dispose();

    /// <summary>The checkpoints, the newest first.</summary>
    /// <exception cref="CheckpointException">The folder cannot be read.</exception>
    public List<(long Step, string Path)> List()
    {
        try
        {
            List<(long Step, string Path)> files = [];
            foreach (string path in Directory.EnumerateFiles(options.Folder, Start + "*" + End))
            {
                string name = Path.GetFileName(path);
                if (long.TryParse(name.AsSpan(Start.Length, name.Length - Start.Length - End.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long step))
                {
                    files.Add((step, path));
                }
            }

            files.Sort((x, y) => y.Step.CompareTo(x.Step));
            return files;
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new CheckpointException($"The folder '{options.Folder}' of checkpoints cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Opens the newest intact checkpoint; newer ones that are damaged get another name.</summary>
    /// <returns>The open file; <see langword="null"/> where there are no checkpoints.</returns>
    /// <exception cref="CheckpointException">There are checkpoints, but none is intact or can be read.</exception>
    public FileStream? OpenNewest()
    {
        List<(long Step, string Path)> files = List();
        foreach ((_, string path) in files)
        {
            FileStream? stream = null;
            try
            {
                stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                if (new CheckpointReader(stream, path).IsWhole())
                {
                    return stream;
                }

                stream.Dispose();
                TrySetAside(path);
            }
            catch (Exception e) when (IsOfFiles(e))
            {
                stream?.Dispose();
                throw new CheckpointException($"The checkpoint '{path}' cannot be read: {e.Message}", e);
            }
        }

        return files.Count == 0 ? null : throw new CheckpointException(
            Invariant($"None of the {files.Count} checkpoints in '{options.Folder}' is intact: their hashes do not match their contents. They were renamed to *{DamagedEnd}; without Resume the training starts from the beginning."));
    }

    /// <summary>Saves a checkpoint, and deletes those that are older than the ones to keep.</summary>
    /// <exception cref="CheckpointException">It cannot be written; those before it are unchanged.</exception>
    public void Save(long step, Action<CheckpointWriter> write)
    {
        string path = Path.Combine(options.Folder, string.Create(CultureInfo.InvariantCulture, $"{Start}{step:D12}{End}"));
        try
        {
            AtomicFile.Write(path, stream =>
            {
                using CheckpointWriter writer = new(stream);
                write(writer);
                writer.Finish();
            });

            // Newer ones are of a training that went further and was damaged: they count for nothing.
            foreach ((_, string old) in List().Where(f => f.Step <= step).Skip(options.Keep))
            {
                AtomicFile.TryDelete(old);
            }

        }
        catch (Exception e) when (IsOfFiles(e))
        {
            throw new CheckpointException(Invariant($"The checkpoint of step {step} cannot be written to '{options.Folder}': {e.Message} The checkpoints before it are unchanged."), e);
        }
    }

    // What a training wrote when it was killed. Nobody else writes here while the folder is locked.
    private void DeleteRemains()
    {
        try
        {
            foreach (string left in Directory.EnumerateFiles(options.Folder, Start + "*" + AtomicFile.TemporaryEnd))
            {
                AtomicFile.TryDelete(left);
            }
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            // A folder that cannot be read is reported where its checkpoints are.
        }
    }

    private static void TrySetAside(string path)
    {
        try
        {
            File.Move(path, path + DamagedEnd, overwrite: true);
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            // A folder that cannot be written to can still be read.
        }
    }

    private static bool IsOfFiles(Exception e) => e is (IOException and not CheckpointException) or UnauthorizedAccessException;
}
