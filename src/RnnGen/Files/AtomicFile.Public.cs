using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>Writes files atomically: a file is replaced by a complete one or not at all, whatever happens while it is written.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class AtomicFile;
