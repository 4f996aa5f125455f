using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp;
using RnnGen.Generator.Model;
using RnnGen.Generator.Planning;

namespace RnnGen.Generator.Emitting;

/// <summary>
/// Writes what users call: constants, construction, parameters, files, and between them how they predict, train and stream. What is done stands in the runtime's classes;
/// members pass calls on, and inherit their documentation where it does not name the model's sizes.
/// </summary>
internal static class ModelSurfaceEmitter
{
    public static void Write(ModelContext context)
    {
        WriteConstants(context);
        context.Writer.Line();
        WriteConstruction(context);
        context.Writer.Line();
        PredictionSurfaceEmitter.Write(context);
        context.Writer.Line();
        if (context.Model.InputGradients)
        {
            ExplanationEmitter.Write(context);
            context.Writer.Line();
        }

        TrainingSurfaceEmitter.Write(context);
        context.Writer.Line();
        if (context.Plan.Streaming is not null)
        {
            StateEmitter.Write(context);
            context.Writer.Line();
            StreamsEmitter.Write(context);
            context.Writer.Line();
        }

        WriteFiles(context);
    }

    private static void WriteConstants(ModelContext context)
    {
        ModelPlan plan = context.Plan;
        ModelSpecification model = context.Model;
        List<(string Text, string Name, int Value)> constants =
        [
            (context.ReadsTokens ? "Tokens per time step." : model.Columns is null ? "Features per time step." : "Elements of a time step: numbers, and indices of categories.", "InputSize", model.InputSize),
            ("Time steps per sequence.", "SequenceLength", model.SequenceLength),
            ("Outputs per step.", "OutputSize", model.OutputSize),
        ];
        if (model.Decoder is { } decoder)
        {
            constants.Add(("Steps of a decoded sequence, at most.", "OutputLength", decoder.Length));
            if (decoder.Embedding is not null)
            {
                constants.Add(("The token that is read at the first step.", "StartToken", decoder.StartToken));
                constants.Add(("The token that ends a sequence.", "EndToken", decoder.EndToken));
            }
        }

        constants.Add(("The usual number of sequences in a training step.", "BatchSize", model.BatchSize));
        constants.Add(("Number of parameters.", "ParameterCount", plan.ParameterCount));
        foreach ((string text, string name, int value) in constants)
        {
            context.Writer.Write($"/// <summary>{text}</summary>\npublic const int {name} = {value};");
        }

        context.Writer.Line().Write($"""
            /// <inheritdoc/>
            public static {ModelContext.Library}ModelLayout Layout => RnnShape.Layout;
            """);
        InputEmitter.WritePack(context);
    }

    private static void WriteConstruction(ModelContext context)
    {
        (string core, string decoder) = context.Plan.Decoder is null ? ("ModelCore", "") : ("DecodingCore", ", RnnShape.Decoder");
        context.Writer.Write($$"""
            private readonly {{ModelContext.Runtime}}.{{core}}<{{context.Types}}> _rnn = new(RnnShape.Model, new RnnProgram<RnnV128>(){{decoder}}){{GradientFlowEmitter.Construction(context)}};

            ref int {{ModelContext.Runtime}}.ITurnKeeper.Turn => ref _rnn.Turn;

            {{ModelContext.Runtime}}.ISharedCore {{ModelContext.Runtime}}.ISharedModel.Core => _rnn;

            {{LoadingConstructor(context)}}/// <summary>Creates a model with newly drawn parameters.</summary>
            /// <param name="seed">The same seed draws the same bits.</param>
            public {{context.Name}}(int seed{{(context.Model.Weights is null ? " = 0" : "")}}) => _rnn.Initialize(seed);

            /// <inheritdoc/>
            public static {{context.Name}} Create(int seed) => new(seed);

            /// <summary>Creates a model with the same parameters, which shares nothing with this one.</summary>
            public {{context.Name}} Clone() { {{context.Name}} clone = new(0); clone._rnn.CopyFrom(clone, _rnn); return clone; }

            """);
        WriteProperty(context, "Threads", "int", ModelContext.Core);
        WriteProperty(context, "VectorWidth", $"{ModelContext.Library}VectorWidth", ModelContext.Core);
        if (context.Plan.Training.Draws.Count > 0)
        {
            context.Writer.Write($"""
                /// <inheritdoc cref="{ModelContext.Core}.DropoutRates"/>
                public {ModelContext.Library}DropoutRates DropoutRates => _rnn.DropoutRates;

                """);
            WriteProperty(context, "DropoutSeed", "int", ModelContext.Core);
            WriteProperty(context, "DropoutStep", "long", ModelContext.Core);
        }

        if (context.Plan.Decoder is not null)
        {
            string decoding = $"{ModelContext.Runtime}.DecodingCore{{TNumber, TInput, TTarget}}";
            WriteProperty(context, "ScheduledSampling", "double", decoding);
            WriteProperty(context, "SamplingSeed", "int", decoding);
            WriteProperty(context, "SamplingStep", "long", decoding);
        }

        context.Writer.Write($$"""
            {{GradientFlowEmitter.Property(context)}}/// <summary>Layers, shapes, parameters, memory and operations, as a table.</summary>
            public string Summary() =>
                {{string.Join(" + \"\\n\"\n    + ", ModelDocumentation.Summary(context).Split('\n').Select(l => $"\"{l}\""))}};
            """);
    }

    private static void WriteProperty(ModelContext context, string name, string type, string source) => context.Writer.Write($$"""
        /// <inheritdoc cref="{{source}}.{{name}}"/>
        public {{type}} {{name}} { get => _rnn.{{name}}; set => _rnn.{{name}} = value; }

        """);

    // Ends where the next constructor's documentation goes on.
    private static string LoadingConstructor(ModelContext context) => context.Model.Weights is not { } weights ? "" : $$"""
        /// <summary>Creates the model with the parameters of <c>{{ModelDocumentation.Escape(weights)}}</c>, which is part of this assembly: no file is needed.</summary>
        /// <exception cref="{{ModelContext.Library}}ModelFileException">The file holds a number that is not finite.</exception>
        public {{context.Name}}() => {{ModelContext.Runtime}}.ModelFiles.LoadEmbedded(_rnn, typeof({{context.Name}}).Assembly, {{SymbolDisplay.FormatLiteral("RnnGen.Weights/" + weights, quote: true)}});


        """;

    private static void WriteFiles(ModelContext context)
    {
        string files = $"{ModelContext.Runtime}.ModelFiles", format = $"{ModelContext.Library}WeightFormat";
        string name = context.Name;
        context.Writer.Write($$"""
            // ---- Parameters and files ----

            /// <inheritdoc/>
            public {{ModelContext.Sys}}ReadOnlySpan<{{context.Number}}> Parameters => _rnn.Parameters;

            /// <inheritdoc cref="{{ModelContext.Core}}.Metadata"/>
            public {{ModelContext.Library}}ModelMetadata Metadata => _rnn.Metadata;

            /// <inheritdoc/>
            public void SetParameters({{ModelContext.Sys}}ReadOnlySpan<{{context.Number}}> parameters) => _rnn.SetParameters(this, parameters);

            /// <summary>Copies the parameters of another model.</summary>
            /// <param name="model">The other model.</param>
            public void CopyParametersFrom({{name}} model)
            {
                {{ModelContext.Sys}}ArgumentNullException.ThrowIfNull(model);
                SetParameters(model.Parameters);
            }

            """);
        (string Parameter, string Argument)[] sources =
            [("string path", "path"), ($"{ModelContext.Sys}IO.Stream stream", "stream"), ($"{ModelContext.Sys}ReadOnlySpan<byte> file", "file")];
        string Reference(string method, string parameter) => $"{files}.{method}{{TNumber, TInput, TTarget}}({ModelContext.Core}, {parameter})";
        foreach ((string parameter, string argument) in sources.Take(2))
        {
            context.Writer.Write($"""
                /// <inheritdoc cref="{Reference("Save", parameter.Split(' ')[0])}"/>
                public void Save({parameter}) => {files}.Save(_rnn, {argument});

                /// <inheritdoc cref="{Reference("Save", $"{parameter.Split(' ')[0]}, {format}")}"/>
                public void Save({parameter}, {format} format) => {files}.Save(_rnn, {argument}, format);

                """);
        }

        for (int i = 0; i < sources.Length; i++)
        {
            (string parameter, string argument) = sources[i];
            WriteLoad(context, parameter, argument, Reference("Load", $"object, {parameter.Split(' ')[0].Replace('<', '{').Replace('>', '}')}, {ModelContext.Library}LoadOptions"));
            if (i < sources.Length - 1)
            {
                context.Writer.Line();
            }
        }
    }

    // From a file, a stream or bytes: the parameters of this model, or a new one; each with options, and with names alone.
    private static void WriteLoad(ModelContext context, string parameter, string argument, string reference)
    {
        string options = $"{ModelContext.Library}LoadOptions", names = $"{ModelContext.Sys}Collections.Generic.IReadOnlyDictionary<string, string>";
        string type = parameter.Split(' ')[0].Replace('<', '{').Replace('>', '}');
        string described = argument switch
        {
            "path" => "The file",
            "stream" => "A safetensors file; it stays open",
            "file" => "The bytes of a safetensors file",
            _ => throw new InvalidOperationException($"Models are not loaded from {argument}."),
        };
        context.Writer.Write($$"""
            /// <inheritdoc cref="{{reference}}"/>
            public void LoadParameters({{parameter}}, {{options}}? options = null) => {{ModelContext.Runtime}}.ModelFiles.Load(_rnn, this, {{argument}}, options);

            /// <inheritdoc cref="LoadParameters({{type}}, {{options}})"/>
            /// <param name="{{argument}}">{{described}}.</param>
            /// <param name="names">Maps names of this model's parameters to the file's.</param>
            public void LoadParameters({{parameter}}, {{names}} names) => LoadParameters({{argument}}, new {{options}} { Names = names });

            /// <summary>Loads a model from a safetensors file: one that a model saved, or a PyTorch state dictionary.</summary>
            /// <inheritdoc cref="LoadParameters({{type}}, {{options}})"/>
            public static {{context.Name}} Load({{parameter}}, {{options}}? options = null) { {{context.Name}} model = new(0); model.LoadParameters({{argument}}, options); return model; }

            /// <summary>Loads a model from a safetensors file, with names of its parameters mapped to the file's.</summary>
            /// <inheritdoc cref="LoadParameters({{type}}, {{names.Replace('<', '{').Replace('>', '}')}})"/>
            public static {{context.Name}} Load({{parameter}}, {{names}} names) => Load({{argument}}, new {{options}} { Names = names });
            """);
    }
}
