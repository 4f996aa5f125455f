using System.Text;

namespace RnnGen.Display;

/// <summary>A picture or table that is added to a <see cref="TrainingReport"/>.</summary>
public abstract class ReportSection
{
    private protected ReportSection(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        Title = title;
    }

    /// <summary>The heading.</summary>
    public string Title { get; }

    /// <summary>Appends what stands below the heading.</summary>
    internal abstract void Write(StringBuilder html);
}
