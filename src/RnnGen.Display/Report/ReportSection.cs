using System.Text;

namespace RnnGen.Display;

/// <summary>A picture or table for <see cref="TrainingReport.Add(ReportSection)"/>.</summary>
public abstract class ReportSection
{
    private protected ReportSection(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        Title = title;
    }

    /// <summary>The heading.</summary>
    public string Title { get; }

    /// <summary>Appends the HTML below the heading.</summary>
    internal abstract void Write(StringBuilder html);
}
