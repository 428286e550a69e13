import numpy as np
import matplotlib.pyplot as plt

plt.rcParams['figure.figsize'] = (10.0, 8.0)


class TwoLayerNet(object):

  def __init__(self, input_size, hidden_size, output_size, std=1e-4):
    self.params = {}
    self.params['W1'] = std * np.random.randn(input_size, hidden_size)
    self.params['b1'] = np.zeros(hidden_size)
    self.params['W2'] = std * np.random.randn(hidden_size, output_size)
    self.params['b2'] = np.zeros(output_size)

  def loss(self, X, y=None, reg=0.0):
    W1, b1 = self.params['W1'], self.params['b1']
    W2, b2 = self.params['W2'], self.params['b2']
    N, D = X.shape
    z1 = X.dot(W1) + b1
    a1 = z1 * (z1 > 0)
    scores = a1.dot(W2) + b2
    if y is None:
      return scores
    exp_scores = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    p = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
    data_loss = np.sum(-np.log(p[range(N), y])) / N
    reg_loss = 0.5*reg*np.sum(W1*W1) + 0.5*reg*np.sum(W2*W2)
    loss = data_loss + reg_loss
    grads = {}
    dscores = p
    dscores[range(N), y] -= 1
    dscores /= N
    grads['W2'] = np.dot(a1.T, dscores) + reg*W2
    grads['b2'] = np.sum(dscores, axis=0)
    da1 = np.dot(dscores, W2.T)
    dz1 = da1 * (z1 > 0)
    grads['W1'] = np.dot(X.T, dz1) + reg*W1
    grads['b1'] = np.sum(dz1, axis=0)
    return loss, grads

  def train(self, X, y, X_val, y_val,
            learning_rate=1e-3, learning_rate_decay=0.95,
            reg=1e-5, num_iters=100,
            batch_size=200, verbose=False):
    num_train = X.shape[0]
    iterations_per_epoch = max(num_train / batch_size, 1)
    loss_history = []
    train_acc_history = []
    val_acc_history = []
    for it in range(num_iters):
      pick = np.random.choice(num_train, batch_size)
      X_batch = X[pick,:]
      y_batch = y[pick]
      loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
      loss_history.append(loss)
      self.params['W1'] += -learning_rate*grads['W1']
      self.params['b1'] += -learning_rate*grads['b1']
      self.params['W2'] += -learning_rate*grads['W2']
      self.params['b2'] += -learning_rate*grads['b2']
      if it % iterations_per_epoch == 0:
        train_acc_history.append((self.predict(X_batch) == y_batch).mean())
        val_acc_history.append((self.predict(X_val) == y_val).mean())
        learning_rate *= learning_rate_decay
    return {
      'loss_history': loss_history,
      'train_acc_history': train_acc_history,
      'val_acc_history': val_acc_history,
    }

  def predict(self, X):
    a1 = np.maximum(0, X.dot(self.params['W1']) + self.params['b1'])
    y_pred = np.argmax(a1.dot(self.params['W2']) + self.params['b2'], axis=1)
    return y_pred


net = TwoLayerNet(32 * 32 * 3, 50, 10)
plt.imshow(net.params['W1'][:, 0].reshape(32, 32, 3))
plt.show()
