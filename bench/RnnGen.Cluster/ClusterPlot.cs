using System.Text;
using RnnGen.Scaling;

namespace RnnGen.Cluster;

/// <summary>Draws the efficiency of weak scaling: a panel for each network, a line for each model from the closed form, and points from the simulation.</summary>
internal static class ClusterPlot
{
    private const int Width = 1160, Height = 520, PanelWidth = 440, Top = 100, Bottom = 440;

    private static readonly string[] s_colours = ["#0969da", "#bc4c00", "#1a7f37", "#8250df"];

    public static string Draw(Computed[] models, int[] nodes)
    {
        StringBuilder svg = new();
        Svg.Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" role="img">
            <title>Weak scaling: efficiency against nodes</title>
            {Svg.Style}
            <rect class="page" width="{Width}" height="{Height}"/>
            <text class="heading" x="70" y="34">Weak scaling: {Predicted.Sequences} sequences a node of {Predicted.Cores} cores</text>
            <text x="70" y="58">Lines: the model on paper. Points: the simulation, message by message. Delays of {Predicted.Delay * 100:0.#} % of a step, exponential. Dashed: 90 %.</text>

            """);
        DrawPanel(svg, models, nodes, Network.Ethernet, 70);
        DrawPanel(svg, models, nodes, Network.InfiniBand, 70 + PanelWidth + 70);
        for (int i = 0; i < models.Length; i++)
        {
            double y = Top + 20 + (i * 26);
            Svg.Append(svg, $"""
                <line x1="{Width - 122}" y1="{y:F1}" x2="{Width - 98}" y2="{y:F1}" stroke="{s_colours[i]}" stroke-width="2.2"/>
                <text x="{Width - 90}" y="{y + 5:F1}">{models[i].Name}</text>

                """);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawPanel(StringBuilder svg, Computed[] models, int[] nodes, Network network, int left)
    {
        double first = Math.Log2(nodes[0]), last = Math.Log2(nodes[^1]);
        double X(int count) => left + ((Math.Log2(count) - first) / (last - first) * PanelWidth);
        double Y(double efficiency) => Bottom - ((efficiency - 0.5) * 2 * (Bottom - Top));

        Svg.Append(svg, $"<text class=\"panel\" x=\"{left}\" y=\"{Top - 12}\">{network.Name}</text>\n");
        for (int percent = 50; percent <= 100; percent += 10)
        {
            double y = Y(percent / 100.0);
            Svg.Append(svg, $"""
                <line class="grid" x1="{left}" y1="{y:F1}" x2="{left + PanelWidth}" y2="{y:F1}"/>
                <text x="{left - 8}" y="{y + 5:F1}" text-anchor="end">{percent} %</text>

                """);
        }

        foreach (int count in nodes)
        {
            Svg.Append(svg, $"""
                <line class="grid" x1="{X(count):F1}" y1="{Top}" x2="{X(count):F1}" y2="{Bottom}"/>
                <text x="{X(count):F1}" y="{Bottom + 21}" text-anchor="middle">{count}</text>

                """);
        }

        Svg.Append(svg, $"""
            <line class="axis" x1="{left}" y1="{Bottom}" x2="{left + PanelWidth}" y2="{Bottom}"/>
            <line class="goal" x1="{left}" y1="{Y(0.9):F1}" x2="{left + PanelWidth}" y2="{Y(0.9):F1}"/>
            <text x="{left + PanelWidth}" y="{Bottom + 45}" text-anchor="end">nodes</text>

            """);
        for (int i = 0; i < models.Length; i++)
        {
            Workload work = Predicted.OfNode(models[i]);
            string line = string.Join(' ', nodes.Select(count => FormattableString.Invariant($"{X(count):F1},{Y(StepModel.Efficiency(work, network, count)):F1}")));
            Svg.Append(svg, $"<polyline fill=\"none\" stroke-width=\"2.2\" stroke-linejoin=\"round\" stroke=\"{s_colours[i]}\" points=\"{line}\"/>\n");
            double alone = new Simulation(work, network, 1).Run(2000).Step.Total;
            foreach (int count in nodes)
            {
                double simulated = alone / new Simulation(work, network, count).Run(200).Step.Total;
                Svg.Append(svg, $"<circle fill=\"{s_colours[i]}\" cx=\"{X(count):F1}\" cy=\"{Y(simulated):F1}\" r=\"4\"/>\n");
            }
        }
    }
}
