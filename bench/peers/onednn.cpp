// oneDNN's recurrent cells behind the line protocol of bench/peers/README.md.
//
// Training here is the cell's forward (training) and backward alone: no head, no optimiser, no clearing of the gradients
// it adds up, and no repacking of weights, all of which a real training step needs.

#include <dnnl.hpp>

#include <time.h>

#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

using dnnl::memory;
using dims = memory::dims;
using tag = memory::format_tag;
using args = std::unordered_map<int, memory>;

namespace {

dnnl::engine &engine() {
    static dnnl::engine value(dnnl::engine::kind::cpu, 0);
    return value;
}

dnnl::stream &stream() {
    static dnnl::stream value(engine());
    return value;
}

memory::desc describe(const dims &shape, tag format) { return {shape, memory::data_type::f32, format}; }

memory allocate(const memory::desc &desc) {
    memory result(desc, engine());
    std::memset(result.get_data_handle(), 0, desc.get_size());
    return result;
}

float *data(const memory &m) { return static_cast<float *>(m.get_data_handle()); }

double now(bool thread_time) {
    timespec time;
    clock_gettime(thread_time ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

memory reorder(memory from, const memory::desc &to) {
    if (from.get_desc() == to) return from;
    memory result = allocate(to);
    dnnl::reorder(from, result).execute(stream(), from, result);
    stream().wait();
    return result;
}

// What a row is: the work, the sizes, and the numbers of its file in the order in which they stand there.
struct Problem {
    std::string kind, cell;
    long B, T, I, H, G, biases;
    std::vector<float> input_weight, recurrent_weight, input_bias, recurrent_bias, head_weight, head_bias, inputs, targets;

    Problem(const std::string &kind, const std::string &cell, long B, long T, long I, long H, const std::string &path)
        : kind(kind), cell(cell), B(B), T(T), I(I), H(H), G(cell == "lstm" ? 4 : cell == "gru" ? 3 : 1), biases(cell == "gru" ? 4 : G) {
        std::ifstream file(path, std::ios::binary);
        auto read = [&](std::vector<float> &to, long count) {
            to.resize(count);
            file.read(reinterpret_cast<char *>(to.data()), count * sizeof(float));
            if (!file) throw std::runtime_error(path + " ends early");
        };
        read(input_weight, G * H * I);
        read(recurrent_weight, G * H * H);
        read(input_bias, G * H);
        read(recurrent_bias, G * H);
        read(head_weight, H);
        read(head_bias, 1);
        read(inputs, B * T * I);
        read(targets, kind == "stream" ? T : B);
    }

    // oneDNN's gates are i, f, g, o as PyTorch's for LSTM; for GRU u, r, o against PyTorch's r, z, n.
    long torch_gate(long gate) const {
        static const long gru[] = {1, 0, 2};
        return cell == "gru" ? gru[gate] : gate;
    }
};

// One cell over T steps: the primitives, which differ by cell, and the memories, which do not.
struct Network {
    Problem p;
    bool training, streaming;
    long steps;
    memory source, weights_layer, weights_iter, bias, output;
    memory hidden[2], carry[2];
    dnnl::primitive forward, backward;
    args forward_args[2], backward_args;
    memory d_weights_layer, d_weights_iter, d_bias, d_output;
    memory::desc wl, wi, dwl, dwi;
    memory::desc bwl, bwi;
    memory::desc workspace;

    explicit Network(Problem problem)
        : p(std::move(problem)), training(p.kind == "train"), streaming(p.kind == "stream"), steps(streaming ? 1 : p.T) {
        const auto any_layer = describe({1, 1, p.I, p.G, p.H}, tag::any), any_iter = describe({1, 1, p.H, p.G, p.H}, tag::any);
        const auto src = describe({steps, p.B, p.I}, tag::tnc), dst = describe({steps, p.B, p.H}, tag::tnc);
        const auto b = describe({1, 1, p.biases, p.H}, tag::ldgo);
        // Training gives a state of zeros and takes the last one: without them oneDNN 2.6 computes wrong gradients of the
        // recurrent weight for LSTM and plain RNN.
        const auto state = streaming || training ? describe({1, 1, p.B, p.H}, tag::ldnc) : memory::desc();
        const auto way = dnnl::rnn_direction::unidirectional_left2right;
        const auto prop = training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        const auto back = dnnl::prop_kind::backward;
        if (p.cell == "lstm") {
            dnnl::lstm_forward::primitive_desc pd({prop, way, src, state, state, any_layer, any_iter, b, dst, state, state}, engine());
            take_forward<dnnl::lstm_forward>(pd);
            if (training)
                take_backward<dnnl::lstm_backward>(dnnl::lstm_backward::primitive_desc(
                    {back, way, src, state, state, any_layer, any_iter, b, dst, state, state, src, state, state, any_layer, any_iter, b, dst, state, state}, engine(), pd));
        } else if (p.cell == "gru") {
            dnnl::lbr_gru_forward::primitive_desc pd({prop, way, src, state, any_layer, any_iter, b, dst, state}, engine());
            take_forward<dnnl::lbr_gru_forward>(pd);
            if (training)
                take_backward<dnnl::lbr_gru_backward>(dnnl::lbr_gru_backward::primitive_desc(
                    {back, way, src, state, any_layer, any_iter, b, dst, state, src, state, any_layer, any_iter, b, dst, state}, engine(), pd));
        } else {
            const auto tanh = dnnl::algorithm::eltwise_tanh;
            dnnl::vanilla_rnn_forward::primitive_desc pd({prop, tanh, way, src, state, any_layer, any_iter, b, dst, state}, engine());
            take_forward<dnnl::vanilla_rnn_forward>(pd);
            if (training)
                take_backward<dnnl::vanilla_rnn_backward>(dnnl::vanilla_rnn_backward::primitive_desc(
                    {back, tanh, way, src, state, any_layer, any_iter, b, dst, state, src, state, any_layer, any_iter, b, dst, state}, engine(), pd));
        }

        source = allocate(src);
        output = allocate(dst);
        bias = allocate(b);
        memory layer = pack(p.input_weight, p.I), iter = pack(p.recurrent_weight, p.H);
        weights_layer = reorder(layer, wl);
        weights_iter = reorder(iter, wi);
        for (long gate = 0; gate < p.G; gate++)
            for (long unit = 0; unit < p.H; unit++) {
                const long from = p.torch_gate(gate) * p.H + unit;
                // GRU's candidate keeps its two biases apart: the recurrent one is under the reset gate.
                const bool apart = p.cell == "gru" && gate == 2;
                data(bias)[gate * p.H + unit] = p.input_bias[from] + (apart ? 0 : p.recurrent_bias[from]);
                if (apart) data(bias)[3 * p.H + unit] = p.recurrent_bias[from];
            }
        if (!streaming)
            for (long row = 0; row < p.B; row++)
                for (long t = 0; t < p.T; t++)
                    std::memcpy(data(source) + (t * p.B + row) * p.I, &p.inputs[(row * p.T + t) * p.I], p.I * sizeof(float));

        for (int side = 0; side < 2; side++) {
            args &a = forward_args[side];
            a = {{DNNL_ARG_SRC_LAYER, source}, {DNNL_ARG_WEIGHTS_LAYER, weights_layer}, {DNNL_ARG_WEIGHTS_ITER, weights_iter},
                 {DNNL_ARG_BIAS, bias}, {DNNL_ARG_DST_LAYER, output}};
            if (streaming || training) {
                if (side == 0)
                    for (int s = 0; s < 2; s++) hidden[s] = allocate(state), carry[s] = allocate(state);
                a[DNNL_ARG_SRC_ITER] = hidden[side];
                a[DNNL_ARG_DST_ITER] = hidden[1 - side];
                if (p.cell == "lstm") a[DNNL_ARG_SRC_ITER_C] = carry[side], a[DNNL_ARG_DST_ITER_C] = carry[1 - side];
            }
        }
        if (training) {
            memory space = allocate(workspace);
            forward_args[0][DNNL_ARG_WORKSPACE] = space;
            d_weights_layer = allocate(dwl);
            d_weights_iter = allocate(dwi);
            d_bias = allocate(b);
            d_output = allocate(dst);
            backward_args = forward_args[0];
            backward_args[DNNL_ARG_WEIGHTS_LAYER] = reorder(layer, bwl);
            backward_args[DNNL_ARG_WEIGHTS_ITER] = reorder(iter, bwi);
            backward_args[DNNL_ARG_DIFF_SRC_LAYER] = allocate(src);
            backward_args[DNNL_ARG_DIFF_WEIGHTS_LAYER] = d_weights_layer;
            backward_args[DNNL_ARG_DIFF_WEIGHTS_ITER] = d_weights_iter;
            backward_args[DNNL_ARG_DIFF_BIAS] = d_bias;
            backward_args[DNNL_ARG_DIFF_DST_LAYER] = d_output;
            backward_args[DNNL_ARG_DIFF_SRC_ITER] = allocate(state);
            backward_args[DNNL_ARG_DIFF_DST_ITER] = allocate(state);
            if (p.cell == "lstm") backward_args[DNNL_ARG_DIFF_SRC_ITER_C] = allocate(state), backward_args[DNNL_ARG_DIFF_DST_ITER_C] = allocate(state);
        }
    }

    template <typename Primitive, typename Desc>
    void take_forward(const Desc &pd) {
        forward = Primitive(pd);
        wl = pd.weights_layer_desc();
        wi = pd.weights_iter_desc();
        if (training) workspace = pd.workspace_desc();
    }

    template <typename Primitive, typename Desc>
    void take_backward(const Desc &pd) {
        backward = Primitive(pd);
        bwl = pd.weights_layer_desc();
        bwi = pd.weights_iter_desc();
        dwl = pd.diff_weights_layer_desc();
        dwi = pd.diff_weights_iter_desc();
    }

    // PyTorch's [gates * H, width] as oneDNN's [width][gates][H].
    memory pack(const std::vector<float> &weight, long width) const {
        memory result = allocate(describe({1, 1, width, p.G, p.H}, tag::ldigo));
        for (long k = 0; k < width; k++)
            for (long gate = 0; gate < p.G; gate++)
                for (long unit = 0; unit < p.H; unit++)
                    data(result)[(k * p.G + gate) * p.H + unit] = weight[(p.torch_gate(gate) * p.H + unit) * width + k];
        return result;
    }

    std::vector<float> unpack(const memory &packed, long width) const {
        memory plain = reorder(packed, describe({1, 1, width, p.G, p.H}, tag::ldigo));
        std::vector<float> result(p.G * p.H * width);
        for (long k = 0; k < width; k++)
            for (long gate = 0; gate < p.G; gate++)
                for (long unit = 0; unit < p.H; unit++)
                    result[(p.torch_gate(gate) * p.H + unit) * width + k] = data(plain)[(k * p.G + gate) * p.H + unit];
        return result;
    }

    void step(long n) {
        if (streaming) {
            std::memcpy(data(source), &p.inputs[n % p.T * p.I], p.I * sizeof(float));
            forward.execute(stream(), forward_args[n & 1]);
        } else {
            forward.execute(stream(), forward_args[0]);
            if (training) backward.execute(stream(), backward_args);
        }
        stream().wait();
    }

    float head(const float *h) const {
        double y = p.head_bias[0];
        for (long unit = 0; unit < p.H; unit++) y += static_cast<double>(p.head_weight[unit]) * h[unit];
        return static_cast<float>(y);
    }

    // Outputs of the head; in training the loss, then the gradient of every parameter, in the file's order.
    std::vector<float> check() {
        std::vector<float> result;
        if (streaming) {
            for (long t = 0; t < p.T; t++) {
                step(t);
                result.push_back(head(data(output)));
            }
            return result;
        }
        forward.execute(stream(), forward_args[0]);
        stream().wait();
        const float *last = data(output) + (p.T - 1) * p.B * p.H;
        if (!training) {
            for (long row = 0; row < p.B; row++) result.push_back(head(last + row * p.H));
            return result;
        }
        double loss = 0, d_head_bias = 0;
        std::vector<double> d_head(p.H);
        for (long row = 0; row < p.B; row++) {
            const double error = head(last + row * p.H) - p.targets[row], d = 2 * error / p.B;
            loss += error * error / p.B;
            d_head_bias += d;
            for (long unit = 0; unit < p.H; unit++) {
                d_head[unit] += d * last[row * p.H + unit];
                data(d_output)[((p.T - 1) * p.B + row) * p.H + unit] = static_cast<float>(d * p.head_weight[unit]);
            }
        }
        for (const memory &m : {d_weights_layer, d_weights_iter, d_bias}) std::memset(m.get_data_handle(), 0, m.get_desc().get_size());
        backward.execute(stream(), backward_args);
        stream().wait();
        auto append = [&](const std::vector<float> &values) { result.insert(result.end(), values.begin(), values.end()); };
        result.push_back(static_cast<float>(loss));
        append(unpack(d_weights_layer, p.I));
        append(unpack(d_weights_iter, p.H));
        std::vector<float> input_bias(p.G * p.H), recurrent_bias(p.G * p.H);
        for (long gate = 0; gate < p.G; gate++)
            for (long unit = 0; unit < p.H; unit++) {
                const long to = p.torch_gate(gate) * p.H + unit;
                const bool apart = p.cell == "gru" && gate == 2;
                input_bias[to] = data(d_bias)[gate * p.H + unit];
                recurrent_bias[to] = data(d_bias)[(apart ? 3 : gate) * p.H + unit];
            }
        append(input_bias);
        append(recurrent_bias);
        for (double d : d_head) result.push_back(static_cast<float>(d));
        result.push_back(static_cast<float>(d_head_bias));
        return result;
    }

    double run(long count, bool thread_time) {
        const double start = now(thread_time);
        for (long n = 0; n < count; n++) step(n);
        return now(thread_time) - start;
    }
};

std::string answer(std::istringstream &words, std::map<std::string, std::unique_ptr<Network>> &networks) {
    std::string verb, key;
    words >> verb >> key;
    if (verb == "version") {
        const dnnl_version_t *v = dnnl_version();
        return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
    }
    if (verb == "prepare") {
        std::string kind, cell, path;
        long B, T, I, H;
        words >> kind >> cell >> B >> T >> I >> H;
        std::getline(words >> std::ws, path);
        networks[key] = std::make_unique<Network>(Problem(kind, cell, B, T, I, H, path));
        return "";
    }
    Network &network = *networks.at(key);
    if (verb == "check") {
        std::string path;
        std::getline(words >> std::ws, path);
        const std::vector<float> values = network.check();
        std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char *>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
        return std::to_string(values.size());
    }
    if (verb == "run") {
        long count;
        std::string clock;
        words >> count >> clock;
        std::ostringstream text;
        text.precision(12);
        text << network.run(count, clock == "thread");
        return text.str();
    }
    throw std::runtime_error("unknown word " + verb);
}

} // namespace

int main() {
    std::map<std::string, std::unique_ptr<Network>> networks;
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::istringstream words(line);
            std::cout << "ok " << answer(words, networks) << std::endl;
        } catch (const std::exception &e) {
            std::cout << "error " << e.what() << std::endl;
        }
    }
}
