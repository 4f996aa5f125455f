using System.Globalization;
using System.Text;

namespace RnnGen.Display;

/// <summary>The layers of a model with their tensors and sizes, as PyTorch names them.</summary>
internal static class LayerTable
{
    /// <summary>Appends the table.</summary>
    public static void Write(StringBuilder html, ModelLayout layout)
    {
        var layers = layout.Parameters.GroupBy(p => LayerOf(p.Name)).Select(g => (Name: g.Key, Tensors: g.ToList(), Count: g.Sum(p => (long)p.Length))).ToList();
        long largest = Math.Max(1, layers.Count == 0 ? 1 : layers.Max(l => l.Count));
        html.Append("<div class=\"scroll\"><table class=\"wide\"><thead><tr><th>layer</th><th>tensors</th>")
            .Append("<th class=\"n\">parameters</th><th class=\"n\">share</th><th style=\"width:22%\"></th></tr></thead><tbody>\n");
        foreach (var (name, tensors, count) in layers)
        {
            string frozen = tensors.TrueForAll(t => t.IsFrozen) ? " <span class=\"note\">frozen</span>" : "";
            html.Add($"<tr><td class=\"name\">{Html.Text(name)}{frozen}</td><td>");
            foreach (ParameterInfo tensor in tensors)
            {
                html.Add($"<span class=\"tensor\"><code>{Html.Text(tensor.Name[(tensor.Name.LastIndexOf('.') + 1)..])}</code> {string.Join(" × ", tensor.Shape)}</span>");
            }

            html.Add($"</td><td class=\"n\">{Html.Count(count)}</td><td class=\"n\">{Html.Percent((double)count / layout.ParameterCount)}</td>")
                .Add($"<td><span class=\"bar\" style=\"width:{100.0 * count / largest:0.#}%\"></span></td></tr>\n");
        }

        html.Add($"<tr class=\"total\"><td>all</td><td></td><td class=\"n\">{Html.Count(layout.ParameterCount)}</td><td></td><td></td></tr></tbody></table></div>\n")
            .Add($"<p class=\"note\">Batches of {Html.Count(layout.BatchSize)}; {Bytes(layout.ModelMemory)} for the model, {Bytes(layout.TrainingMemory)} more to train, {Bytes(layout.PredictionMemory)} more to predict; ")
            .Add($"{Html.Count(layout.ForwardFlops)} floating-point operations in the matrix products of a sequence's forward pass.</p>\n");
    }

    /// <summary>The layer that a tensor belongs to: both directions of a recurrent layer are one.</summary>
    internal static string LayerOf(string name)
    {
        string trimmed = name.EndsWith("_reverse", StringComparison.Ordinal) ? name[..^"_reverse".Length] : name;
        int dot = trimmed.LastIndexOf('.'), number = trimmed.LastIndexOf("_l", StringComparison.Ordinal);
        string module = dot < 0 ? trimmed : trimmed[..dot];
        return number > dot && int.TryParse(trimmed.AsSpan(number + 2), NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            ? string.Create(CultureInfo.InvariantCulture, $"{module} {layer}")
            : module;
    }

    private static string Bytes(long bytes) => bytes switch
    {
        < 10 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes"),
        < 10 * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:N0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024 / 1024:N0} MiB"),
    };
}
