// Plays a .nam file in NeuralAmpModelerCore, from the states of the file: play_nam FILE [fast] reads samples from standard input and prints those that come out. With "fast", the functions of a player's default are
// approximations.
#include <NAM/activations.h>
#include <NAM/get_dsp.h>
#include <cstdio>
#include <vector>

int main(int count, char** arguments)
{
    if (count > 2)
        nam::activations::Activation::enable_fast_tanh();
    else
        nam::activations::Activation::disable_fast_tanh();
    // Before a sound, players feed half a second of silence; the states of the file are those before it.
    nam::DspLoadOptions options;
    options.prewarm = false;
    auto model = nam::get_dsp(std::filesystem::path(arguments[1]), options);
    double sample = 0, played = 0;
    double *input = &sample, *output = &played;
    while (std::scanf("%lf", &sample) == 1)
    {
        model->process(&input, &output, 1);
        std::printf("%.9g\n", played);
    }
}
