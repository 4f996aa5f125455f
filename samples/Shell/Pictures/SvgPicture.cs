using System.Globalization;
using System.Security;
using System.Text;

namespace RnnGen.Samples;

/// <summary>
/// An SVG picture that needs no other file and is readable on light and dark pages. Its classes: <c>heading</c>, <c>panel</c>, <c>small</c> and <c>code</c> for text; <c>grid</c>,
/// <c>axis</c> and <c>frame</c>; <c>line</c> with a colour <c>s0</c> to <c>s5</c>, of which <c>s0</c> is the quiet one; <c>f0</c> to <c>f5</c> to fill with these colours;
/// <c>right</c> and <c>wrong</c> to fill what is judged; <c>dashed</c> and <c>wide</c> for lines.
/// </summary>
/// <param name="title">What it shows, for those who cannot see it.</param>
/// <param name="width">Pixels.</param>
public sealed class SvgPicture(string title, int width)
{
    private readonly StringBuilder _body = new();

    /// <summary>Pixels; may be set when everything is drawn.</summary>
    public int Height { get; set; }

    /// <summary>Pixels.</summary>
    public int Width { get; } = width;

    /// <summary>Adds elements; numbers are written in the invariant culture.</summary>
    public SvgPicture Add(FormattableString elements)
    {
        _body.Append(elements.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>Adds a text.</summary>
    /// <param name="x">Where it begins, is centred or ends, by its anchor.</param>
    /// <param name="y">Its base line.</param>
    /// <param name="text">Any text.</param>
    /// <param name="style">Classes.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    public SvgPicture Text(double x, double y, string text, string style = "", string anchor = "start") =>
        Add($"<text x=\"{x:0.#}\" y=\"{y:0.#}\"{(style.Length > 0 ? $" class=\"{style}\"" : "")}{(anchor == "start" ? "" : $" text-anchor=\"{anchor}\"")}>{SecurityElement.Escape(text)}</text>");

    /// <summary>Adds an image whose pixels become rectangles.</summary>
    /// <param name="x">Its left side.</param>
    /// <param name="y">Its top.</param>
    /// <param name="width">Its width in this picture.</param>
    /// <param name="height">Its height in this picture.</param>
    /// <param name="columns">Pixels of a row.</param>
    /// <param name="pixels">[row, column, 3] red, green and blue, the top row first.</param>
    public SvgPicture Image(double x, double y, double width, double height, int columns, ReadOnlySpan<byte> pixels)
    {
        string image = Convert.ToBase64String(PngFile.Write(columns, pixels));
        return Add($"<image x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" preserveAspectRatio=\"none\" style=\"image-rendering: pixelated\" href=\"data:image/png;base64,{image}\"/>");
    }

    /// <summary>The picture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $$"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{Height}}" width="{{Width}}" height="{{Height}}" role="img">
        <title>{{SecurityElement.Escape(title)}}</title>
        <style>
          .page { fill: #ffffff; } text { font: 14px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; }
          .heading { font-size: 19px; font-weight: 600; } .panel { font-size: 15px; font-weight: 600; } .small { font-size: 12px; fill: #57606a; }
          .code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; }
          .grid { stroke: #d8dee4; } .axis { stroke: #6e7781; } .frame { fill: none; stroke: #8c959f; }
          .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; } .dashed { stroke-dasharray: 6 4; } .wide { stroke-width: 4; opacity: 0.6; }
          .s0 { stroke: #8c959f; } .s1 { stroke: #0969da; } .s2 { stroke: #bc4c00; } .s3 { stroke: #8250df; } .s4 { stroke: #1a7f37; } .s5 { stroke: #cf222e; }
          .f0 { fill: #6e7781; } .f1 { fill: #0969da; } .f2 { fill: #bc4c00; } .f3 { fill: #8250df; } .f4, .right { fill: #1a7f37; } .f5, .wrong { fill: #cf222e; }
          @media (prefers-color-scheme: dark) {
            .page { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9198a1; } .grid { stroke: #2b323b; } .frame { stroke: #57606a; }
            .s1 { stroke: #58a6ff; } .s2 { stroke: #f0883e; } .s3 { stroke: #bc8cff; } .s4 { stroke: #3fb950; } .s5 { stroke: #ff7b72; }
            .f0 { fill: #9198a1; } .f1 { fill: #58a6ff; } .f2 { fill: #f0883e; } .f3 { fill: #bc8cff; } .f4, .right { fill: #3fb950; } .f5, .wrong { fill: #ff7b72; }
          }
        </style>
        <rect class="page" width="{{Width}}" height="{{Height}}"/>
        {{_body}}</svg>

        """);
}
