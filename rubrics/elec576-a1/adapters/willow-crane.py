from n_layer_neural_network import DeepNeuralNetwork


def fit_n_layers(X, y, sizes):
    net = DeepNeuralNetwork(sizes, actFun_type="tanh", reg_lambda=0.0)
    net.fit_model(X, y, epsilon=0.5, num_passes=2000)
    return net.predict
