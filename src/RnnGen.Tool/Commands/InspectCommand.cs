using System.CommandLine;
using System.Text;
using System.Text.Json;
using RnnGen.Exchange;

namespace RnnGen.Tool.Commands;

/// <summary><c>rnngen inspect</c>: what is in a file, as text or as JSON.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        SourceOptions source = new();
        Option<bool> json = new("--json") { Description = "Write JSON: format, architecture, precision, layers, parameters, metadata and notes." };
        Command command = new("inspect", "Shows the layers, shapes, parameters and metadata of a model's file, of RnnGen's own ones too, and what an import would note.");
        source.AddTo(command);
        command.Add(json);
        command.SetAction(parsed => Root.Guarded(parsed, () =>
        {
            Inspected model = DeclaredModel.TryRead(parsed.GetValue(source.File)!) is { } own ? Inspected.Of(own) : Inspected.Of(source.Read(parsed));
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                output.WriteLine(Json(model));
            }
            else
            {
                Text(model, output);
            }

            return Root.Done;
        }));
        return command;
    }

    private static void Text(Inspected model, TextWriter output)
    {
        output.WriteLine(Invariant($"{model.Format}, {model.Architecture}, {model.Precision}, {model.ParameterCount} parameters"));
        foreach (InspectedLayer layer in model.Layers)
        {
            output.WriteLine(Invariant($"  {layer.Line()}"));
        }

        foreach (InspectedParameter parameter in model.Parameters.Where(static parameter => parameter.Source.Length > 0))
        {
            output.WriteLine(Invariant($"  {Root.Line(parameter.Source)} [{string.Join(", ", parameter.Shape)}]"));
        }

        foreach ((string key, string value) in model.Metadata)
        {
            output.WriteLine(Invariant($"  {Root.Line(key)}: {Root.Line(value)}"));
        }

        foreach (string note in model.Notes)
        {
            output.WriteLine(Invariant($"  {note}"));
        }
    }

    private static string Json(Inspected model)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("format", model.Format);
            writer.WriteString("architecture", Invariant($"{model.Architecture}"));
            writer.WriteString("precision", Invariant($"{model.Precision}"));
            writer.WriteNumber("parameterCount", model.ParameterCount);
            WriteNumber(writer, "sequenceLength", model.SequenceLength);
            writer.WriteString("pooling", Invariant($"{model.Pooling}"));
            writer.WriteBoolean("outputSkip", model.OutputSkip);
            writer.WriteBoolean("learnedInitialState", model.LearnedInitialState);
            WriteNumber(writer, "maskedValue", model.MaskedValue);
            writer.WriteStartArray("layers");
            foreach (InspectedLayer layer in model.Layers)
            {
                Write(writer, layer);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("parameters");
            foreach (InspectedParameter tensor in model.Parameters)
            {
                writer.WriteStartObject();
                writer.WriteString("name", tensor.Name);
                writer.WriteString("source", tensor.Source);
                writer.WriteStartArray("shape");
                foreach (int length in tensor.Shape)
                {
                    writer.WriteNumberValue(length);
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartObject("metadata");
            foreach ((string key, string value) in model.Metadata)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("notes");
            foreach (string note in model.Notes)
            {
                writer.WriteStringValue(note);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter writer, InspectedLayer layer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", layer.Kind);
        writer.WriteString("source", layer.Source);
        writer.WriteNumber("inputSize", layer.InputSize);
        writer.WriteNumber("size", layer.Size);
        writer.WriteNumber("outputSize", layer.OutputSize);
        writer.WriteString("activation", Invariant($"{layer.Activation}"));
        writer.WriteStartObject("functions");
        foreach ((string role, string function) in layer.Functions)
        {
            writer.WriteString(role, function);
        }

        writer.WriteEndObject();
        writer.WriteString("equations", layer.Equations);
        writer.WriteBoolean("bidirectional", layer.IsBidirectional);
        writer.WriteBoolean("residual", layer.IsResidual);
        writer.WriteEndObject();
    }
}
