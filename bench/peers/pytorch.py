"""PyTorch's own cells behind the line protocol of bench/peers/README.md. The argument is the number of threads."""

from torch import nn

import harness

CELLS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


class Network(harness.Network):
    def __init__(self, kind, cell, batch, steps, inputs, units, path):
        super().__init__(kind, CELLS[cell](inputs, units, batch_first=True), batch, steps, inputs, units, path)

    def hidden(self):
        output, _ = self.rnn(self.inputs)
        return output[:, -1]


harness.serve(Network)
