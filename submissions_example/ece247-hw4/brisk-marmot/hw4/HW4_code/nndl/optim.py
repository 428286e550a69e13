# ECE 247 homework 4
import numpy as np
from past.builtins import xrange


def sgd(w, dw, config=None):
  if config is None: config = {}
  config.setdefault('learning_rate', 1e-2)
  return w - config['learning_rate'] * dw, config


def sgd_momentum(w, dw, config=None):
  if config is None: config = {}
  config.setdefault('learning_rate', 1e-2)
  config.setdefault('momentum', 0.9)
  v = config.get('velocity')
  if v is None:
    v = np.zeros(w.shape)
  lr, alpha = config['learning_rate'], config['momentum']
  # in place, as on the slides
  v = alpha * v
  v -= lr * dw
  w += v
  config['velocity'] = v
  return w, config


def sgd_nesterov_momentum(w, dw, config=None):
  if config is None: config = {}
  config.setdefault('learning_rate', 1e-2)
  config.setdefault('momentum', 0.9)
  v = config.get('velocity', np.zeros_like(w))
  lr, alpha = config['learning_rate'], config['momentum']
  v_new = alpha * v - lr * dw
  # w + v_new + alpha*(v_new - v)  ==  w - alpha*v + (1+alpha)*v_new
  next_w = w - alpha * v + (1 + alpha) * v_new
  config['velocity'] = v_new
  return next_w, config


def rmsprop(w, dw, config=None):
  if config is None: config = {}
  config.setdefault('learning_rate', 1e-2)
  config.setdefault('decay_rate', 0.99)
  config.setdefault('epsilon', 1e-8)
  config.setdefault('a', np.zeros_like(w))
  a = config['a']
  rate = config['decay_rate']
  next_w = np.zeros(w.shape)
  for i in xrange(w.shape[0]):
    for j in xrange(w.shape[1]):
      a[i, j] = rate * a[i, j] + (1 - rate) * dw[i, j] ** 2
      next_w[i, j] = w[i, j] - config['learning_rate'] * dw[i, j] / (a[i, j] + config['epsilon'])
  config['a'] = a
  return next_w, config


def adam(w, dw, config=None):
  if config is None: config = {}
  config.setdefault('learning_rate', 1e-3)
  config.setdefault('beta1', 0.9)
  config.setdefault('beta2', 0.999)
  config.setdefault('epsilon', 1e-8)
  config.setdefault('v', np.zeros_like(w))
  config.setdefault('a', np.zeros_like(w))
  config.setdefault('t', 0)
  v, a, t = config['v'], config['a'], config['t']
  b1, b2, lr, eps = config['beta1'], config['beta2'], config['learning_rate'], config['epsilon']
  t = t + 1
  v = b1 * v + (1 - b1) * dw
  a = b2 * a + (1 - b2) * (dw * dw)
  # one step size for both corrections; eps has to grow with it
  step = lr * np.sqrt(1 - b2 ** t) / (1 - b1 ** t)
  next_w = w - step * v / (np.sqrt(a) + eps * np.sqrt(1 - b2 ** t))
  config['v'], config['a'] = v, a
  return next_w, config
