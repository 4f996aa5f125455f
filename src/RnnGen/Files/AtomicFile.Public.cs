using System.ComponentModel;

namespace RnnGen.Runtime;

/// <summary>Writes files that appear whole or not at all, whatever happens while they are written.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class AtomicFile;
