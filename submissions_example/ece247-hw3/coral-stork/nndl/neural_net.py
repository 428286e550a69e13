"""Two-layer network; W1 is (H, D) and W2 is (C, H)."""
import numpy as np


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        def draw(*shape):
            return np.random.normal(scale=std, size=shape)

        self.params = dict(W1=draw(hidden_size, input_size), b1=np.zeros(hidden_size),
                           W2=draw(output_size, hidden_size), b2=np.zeros(output_size))

    def forward(self, X):
        pre = np.einsum('nd,hd->nh', X, self.params['W1']) + self.params['b1']
        open_ = (pre > 0).astype(X.dtype)
        hidden = pre * open_
        return open_, hidden, np.einsum('nh,ch->nc', hidden, self.params['W2']) + self.params['b2']

    def loss(self, X, y=None, reg=0.0):
        open_, hidden, scores = self.forward(X)
        if y is None:
            return scores
        W1, W2 = self.params['W1'], self.params['W2']
        onehot = np.eye(scores.shape[1])[y]
        lse = np.logaddexp.reduce(scores, axis=1)
        loss = np.mean(lse - np.einsum('nc,nc->n', scores, onehot))
        loss += reg / 2 * (np.einsum('hd,hd->', W1, W1) + np.einsum('ch,ch->', W2, W2))

        delta = (np.exp(scores - lse[:, None]) - onehot) / len(X)
        back = np.einsum('nc,ch,nh->nh', delta, W2, open_)
        return loss, {
            'W2': np.einsum('nc,nh->ch', delta, hidden) + reg * W2,
            'b2': np.einsum('nc->c', delta),
            'W1': np.einsum('nh,nd->hd', back, X) + reg * W1,
            'b1': np.einsum('nh->h', back),
        }

    def train(self, X, y, X_val, y_val, learning_rate=1e-3, learning_rate_decay=0.95,
              reg=1e-5, num_iters=100, batch_size=200, verbose=False):
        losses, train_accs, val_accs = [], [], []
        order = np.random.permutation(len(X))
        for it in range(num_iters):
            # walk through a shuffled training set, batch by batch
            if len(order) < batch_size:
                order = np.random.permutation(len(X))
            batch, order = order[:batch_size], order[batch_size:]
            loss, grads = self.loss(X[batch], y[batch], reg)
            losses.append(loss)
            self.params = {k: p - learning_rate * grads[k] for k, p in self.params.items()}
            if it % max(len(X) // batch_size, 1) == 0:
                train_accs.append(np.mean(self.predict(X[batch]) == y[batch]))
                val_accs.append(np.mean(self.predict(X_val) == y_val))
                learning_rate *= learning_rate_decay
                if verbose:
                    print(it, loss, val_accs[-1])
        return dict(loss_history=losses, train_acc_history=train_accs, val_acc_history=val_accs)

    def predict(self, X):
        return np.argmax(self.forward(X)[-1], axis=-1)
