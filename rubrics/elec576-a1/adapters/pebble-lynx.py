from n_layer_neural_network import DeepNet


def fit_n_layers(X, y, sizes):
    net = DeepNet(sizes)
    net.fit(X, y, 0.5, 2000)
    return lambda points: net.forward(points).argmax(axis=1)
