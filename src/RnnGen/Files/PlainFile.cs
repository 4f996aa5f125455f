namespace RnnGen;

/// <summary>Opens files, with a clear error for the path of a folder: .NET would throw an <see cref="UnauthorizedAccessException"/>, as if a permission were missing.</summary>
internal static class PlainFile
{
    /// <summary>Opens a file to read it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is missing, cannot be opened, or is a folder.</exception>
    public static FileStream OpenToRead(string path)
    {
        RequireNoFolder(path, path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    /// <summary>Rejects the path of a folder.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <param name="target">Where it leads.</param>
    /// <exception cref="IOException">It is the path of a folder.</exception>
    public static void RequireNoFolder(string path, string target)
    {
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(target))
        {
            throw new IOException($"'{path}' is the path of a folder; use the path of a file in it.");
        }
    }
}
