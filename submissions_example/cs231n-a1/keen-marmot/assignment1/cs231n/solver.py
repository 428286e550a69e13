"""Training of a model that has params and loss(X, y)."""
import numpy as np

from cs231n import optim


class Solver(object):
    """Trains by minibatches and keeps the parameters that did best on the validation set.

    model: has a dictionary params and loss(X, y), as the class of cs231n.classifiers.fc_net
    data: a dictionary of X_train, y_train, X_val, y_val
    """

    def __init__(self, model, data, update_rule='sgd', optim_config=None, lr_decay=1.0,
                 batch_size=100, num_epochs=10, print_every=10, verbose=True):
        self.model = model
        self.data = data
        self.update = getattr(optim, update_rule)
        self.lr_decay = lr_decay
        self.batch_size = batch_size
        self.num_epochs = num_epochs
        self.print_every = print_every
        self.verbose = verbose
        self.configs = {name: dict(optim_config or {}) for name in model.params}
        self.loss_history, self.train_acc_history, self.val_acc_history = [], [], []
        self.best_val_acc, self.best_params = 0.0, {}

    def step(self):
        """Make one update of every parameter."""
        chosen = np.random.choice(len(self.data['X_train']), self.batch_size)
        loss, grads = self.model.loss(self.data['X_train'][chosen], self.data['y_train'][chosen])
        self.loss_history.append(loss)
        for name, w in self.model.params.items():
            w, self.configs[name] = self.update(w, grads[name], self.configs[name])
            self.model.params[name] = w

    def check_accuracy(self, X, y):
        """Return the share of the rows of X whose largest score is that of y."""
        return np.mean(np.argmax(self.model.loss(X), axis=1) == y)

    def end_epoch(self):
        """Record both accuracies, keep the best parameters, decay the learning rate."""
        data = self.data
        self.train_acc_history.append(self.check_accuracy(data['X_train'], data['y_train']))
        self.val_acc_history.append(self.check_accuracy(data['X_val'], data['y_val']))
        if self.val_acc_history[-1] > self.best_val_acc:
            self.best_val_acc = self.val_acc_history[-1]
            self.best_params = {name: w.copy() for name, w in self.model.params.items()}
        for config in self.configs.values():
            if 'learning_rate' in config:
                config['learning_rate'] *= self.lr_decay

    def train(self):
        """Train for num_epochs, then put the best parameters back into the model."""
        per_epoch = max(len(self.data['X_train']) // self.batch_size, 1)
        for iteration in range(1, self.num_epochs * per_epoch + 1):
            self.step()
            if self.verbose and iteration % self.print_every == 0:
                print('iteration %d: loss %f' % (iteration, self.loss_history[-1]))
            if iteration % per_epoch == 0:
                self.end_epoch()
        if self.best_params:
            self.model.params = self.best_params
