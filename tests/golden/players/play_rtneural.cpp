// Plays a model of RTNeural's or GuitarML's JSON in RTNeural: play_rtneural FILE reads the samples of each step from standard input and prints the outputs of each step.
// A host adds the input to the output where the file says so; RTNeural has no such layer, so it is added here.
#include <RTNeural/RTNeural.h>
#include <RTNeural/torch_helpers.h>
#include <cstdio>
#include <fstream>

using nlohmann::json;

// GuitarML's files are PyTorch's state dicts, which RTNeural reads by its helpers, layer by layer.
static std::unique_ptr<RTNeural::Model<float>> of_guitarml(const json& file)
{
    const json &data = file["model_data"], &state = file["state_dict"];
    const int inputs = data["input_size"], hidden = data["hidden_size"], layers = data["num_layers"], outputs = data["output_size"];
    auto model = std::make_unique<RTNeural::Model<float>>(inputs);
    for(int k = 0; k < layers; ++k)
    {
        const int width = k == 0 ? inputs : hidden;
        if(data["unit_type"] == "LSTM")
        {
            auto* layer = new RTNeural::LSTMLayer<float>(width, hidden);
            RTNeural::torch_helpers::loadLSTM<float>(state, "rec.", *layer, true, k);
            model->addLayer(layer);
        }
        else
        {
            auto* layer = new RTNeural::GRULayer<float>(width, hidden);
            RTNeural::torch_helpers::loadGRU<float>(state, "rec.", *layer, true, k);
            model->addLayer(layer);
        }
    }

    auto* dense = new RTNeural::Dense<float>(hidden, outputs);
    RTNeural::torch_helpers::loadDense<float>(state, "lin.", *dense);
    model->addLayer(dense);
    return model;
}

int main(int, char** arguments)
{
    std::ifstream stream(arguments[1]);
    const json file = json::parse(stream);
    const bool is_guitarml = file.contains("model_data");
    auto model = is_guitarml ? of_guitarml(file) : RTNeural::json_parser::parseJson<float>(file);
    const int skip = is_guitarml ? file["model_data"].value("skip", 0) : file.value("in_skip", 0);
    model->reset();
    alignas(64) float input[64] = {};
    for(int k = 0; std::scanf("%f", &input[k]) == 1;)
    {
        if(++k < model->getInSize())
            continue;
        k = 0;
        model->forward(input);
        for(int j = 0; j < model->getOutSize(); ++j)
            std::printf("%.9g\n", static_cast<double>(model->getOutputs()[j] + (skip ? input[j] : 0.0f)));
    }
}
