"""Two-layer network; W1 is (D, H) and W2 is (H, C). Biases are kept as they come: (H,) and (C,)."""
import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        def draw(*shape):
            return np.random.normal(scale=std, size=shape)

        self.params = dict(W1=draw(input_size, hidden_size), b1=np.zeros(hidden_size),
                           W2=draw(hidden_size, output_size), b2=np.zeros(output_size))

    def forward(self, X):
        pre = np.einsum('nd,dh->nh', X, self.params['W1']) + self.params['b1']
        gate = np.heaviside(pre, 0)
        return gate, pre * gate, np.einsum('nh,hc->nc', pre * gate, self.params['W2']) + self.params['b2']

    def loss(self, X, y=None, reg=0.0):
        gate, hidden, scores = self.forward(X)
        if y is None:
            return scores
        W1, W2 = self.params['W1'], self.params['W2']
        onehot = np.eye(scores.shape[1])[y]
        lse = np.logaddexp.reduce(scores, axis=1)
        loss = np.mean(lse - np.einsum('nc,nc->n', scores, onehot))
        loss += reg * (np.einsum('dh,dh->', W1, W1) + np.einsum('hc,hc->', W2, W2))
        delta = (np.exp(scores - lse[:, None]) - onehot) / len(X)
        back = np.einsum('nc,hc,nh->nh', delta, W2, gate)
        return loss, {
            'W2': np.einsum('nh,nc->hc', hidden, delta) + 2 * reg * W2,
            'b2': delta.sum(axis=0, keepdims=True),
            'W1': np.einsum('nd,nh->dh', X, back) + 2 * reg * W1,
            'b1': back.sum(axis=0, keepdims=True),
        }

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=5e-6, num_iters=100, batch_size=200, verbose=False):
        losses, train_accs, val_accs = [], [], []
        for it in range(num_iters):
            batch = np.random.permutation(len(X))[:batch_size]
            loss, grads = self.loss(X[batch], y[batch], reg)
            losses.append(loss)
            self.params = {k: p - learning_rate * grads[k].reshape(p.shape)
                           for k, p in self.params.items()}
            if it % max(len(X) // batch_size, 1) == 0:
                train_accs.append(np.mean(self.predict(X[batch]) == y[batch]))
                val_accs.append(np.mean(self.predict(X_val) == y_val))
                learning_rate *= learning_rate_decay
                if verbose:
                    print(it, loss, val_accs[-1])
        return dict(loss_history=losses, train_acc_history=train_accs, val_acc_history=val_accs)

    def predict(self, X):
        return np.argmax(self.forward(X)[-1], axis=-1)
