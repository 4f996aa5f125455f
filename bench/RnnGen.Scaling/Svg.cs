using System.Globalization;
using System.Text;

namespace RnnGen.Scaling;

/// <summary>What the pictures share.</summary>
internal static class Svg
{
    /// <summary>Colours and fonts, in light and in dark.</summary>
    public const string Style = """
        <style>
          .page { fill: #ffffff; }
          text { font: 14px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; }
          .heading { font-size: 20px; font-weight: 600; }
          .panel { font-size: 15px; font-weight: 600; }
          .grid { stroke: #d8dee4; stroke-width: 1; }
          .axis { stroke: #6e7781; stroke-width: 1; }
          .goal { stroke: #8c959f; stroke-width: 1.6; stroke-dasharray: 7 5; }
          .line { fill: none; stroke: #0969da; stroke-width: 2.2; stroke-linejoin: round; }
          .point { fill: #0969da; }
          .second.line { stroke: #bc4c00; }
          .second.point { fill: #bc4c00; }
          @media (prefers-color-scheme: dark) {
            .page { fill: #0d1117; }
            text { fill: #e6edf3; }
            .grid { stroke: #2b323b; }
            .line { stroke: #58a6ff; }
            .second.line { stroke: #f0883e; }
            .point { fill: #58a6ff; }
          }
        </style>
        """;

    /// <summary>Adds text, with numbers as SVG writes them.</summary>
    public static void Append(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
