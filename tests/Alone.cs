using Xunit;

namespace RnnGen.Tests;

/// <summary>Tests that measure or set what belongs to the whole process (memory, settings, threads) run while no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
