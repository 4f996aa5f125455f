using RnnGen.Exchange.Files;

namespace RnnGen.Exchange;

/// <summary>How the class of an imported model is written.</summary>
public sealed class DeclarationOptions
{
    /// <summary>The length of sequences where neither the file nor <see cref="Steps"/> says it.</summary>
    public const int DefaultSteps = 64;

    /// <summary>The class's name: letters, digits and underscores.</summary>
    /// <exception cref="ArgumentException">It is another text.</exception>
    public required string Name
    {
        get;
        init => field = ForeignText.IsName(value) ? value : throw new ArgumentException(Invariant($"{ForeignText.Shown(value ?? "")} is not a name of a class; use letters, digits and underscores."), nameof(Name));
    }

    /// <summary>Its namespace. Default: <see langword="null"/>, the global one.</summary>
    /// <exception cref="ArgumentException">It is not names with dots between.</exception>
    public string? Namespace
    {
        get;
        init => field = value is null || Array.TrueForAll(value.Split('.'), ForeignText.IsName)
            ? value
            : throw new ArgumentException(Invariant($"{ForeignText.Shown(value)} is not a namespace; use names with dots between them."), nameof(Namespace));
    }

    /// <summary>Steps of a sequence, from 1 to 65,536. Default: <see langword="null"/>, which is what the file says, else <see cref="DefaultSteps"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of that.</exception>
    public int? Steps
    {
        get;
        init => field = value is null or (>= 1 and <= 65_536) ? value : throw new ArgumentOutOfRangeException(nameof(Steps), Invariant($"{value}"), "Steps must be from 1 to 65536.");
    }

    /// <summary>What the file is called, for the comment above the class. Default: empty.</summary>
    public string FileName { get; init; } = "";
}
