from __future__ import print_function
import math
import numpy as np
from past.builtins import xrange
from sklearn import datasets, linear_model
import matplotlib.pyplot as plt

# indented with tabs, sorry

def generate_data():
	np.random.seed(0)
	X, y = datasets.make_moons(200, noise=0.20)
	return X, y

class NeuralNetwork(object):
	def __init__(self, nn_input_dim, nn_hidden_dim, nn_output_dim, actFun_type='tanh', reg_lambda=0.01, seed=0):
		self.nn_input_dim, self.nn_hidden_dim, self.nn_output_dim = nn_input_dim, nn_hidden_dim, nn_output_dim
		self.actFun_type = actFun_type
		self.reg_lambda = reg_lambda
		np.random.seed(seed)
		self.W1 = np.random.randn(nn_input_dim, nn_hidden_dim) / np.sqrt(nn_input_dim)
		self.b1 = np.zeros((1, nn_hidden_dim))
		self.W2 = np.random.randn(nn_hidden_dim, nn_output_dim) / np.sqrt(nn_hidden_dim)
		self.b2 = np.zeros((1, nn_output_dim))

	def actFun(self, z, type):
		if type == 'tanh':
			return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
		if type == 'sigmoid':
			return 1.0 / (1.0 + np.exp(-z))
		if type == 'relu':
			a = np.array(z)
			for i in xrange(a.shape[0]):
				for j in xrange(a.shape[1]):
					if a[i, j] < 0:
						a[i, j] = 0
			return a
		print('unknown activation', type)

	def diff_actFun(self, z, type):
		if type == 'tanh':
			a = self.actFun(z, type)
			return 1 - a * a
		if type == 'sigmoid':
			a = self.actFun(z, type)
			return a * (1 - a)
		if type == 'relu':
			d = np.zeros(z.shape)
			for i in xrange(z.shape[0]):
				for j in xrange(z.shape[1]):
					if z[i, j] > 0:
						d[i, j] = 1
			return d
		print('unknown activation', type)

	def feedforward(self, X, actFun):
		self.z1 = np.dot(X, self.W1) + self.b1
		self.a1 = actFun(self.z1)
		self.z2 = np.dot(self.a1, self.W2) + self.b2
		self.probs = np.zeros(self.z2.shape)
		total = 0
		for k in xrange(self.z2.shape[1]):
			self.probs[:, k] = np.exp(self.z2[:, k])
			total = total + self.probs[:, k]
		for k in xrange(self.z2.shape[1]):
			self.probs[:, k] /= total

	def calculate_loss(self, X, y):
		self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
		loss = 0.0
		for n in xrange(len(X)):
			loss -= math.log(self.probs[n, y[n]])
		for W in (self.W1, self.W2):
			for row in W:
				for w in row:
					loss += self.reg_lambda / 2 * w ** 2
		return loss / len(X)

	def predict(self, X):
		self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
		return np.argmax(self.probs, axis=1)

	def backprop(self, X, y):
		delta3 = self.probs.copy()
		for n in xrange(len(X)):
			delta3[n, y[n]] -= 1
		dW1, db1 = np.zeros(self.W1.shape), np.zeros(self.b1.shape)
		dW2, db2 = np.zeros(self.W2.shape), np.zeros(self.b2.shape)
		for k in xrange(self.W2.shape[1]):
			db2[0, k] = delta3[:, k].sum()
			for h in xrange(self.W2.shape[0]):
				dW2[h, k] = np.dot(self.a1[:, h], delta3[:, k])
		slope = self.diff_actFun(self.z1, self.actFun_type)
		for h in xrange(self.W1.shape[1]):
			back = 0
			for k in xrange(self.W2.shape[1]):
				back = back + delta3[:, k] * self.W2[h, k]
			back = back * slope[:, h]
			db1[0, h] = back.sum()
			for d in xrange(self.W1.shape[0]):
				dW1[d, h] = np.dot(X[:, d], back)
		return dW1, dW2, db1, db2

	def fit_model(self, X, y, epsilon=0.01, num_passes=20000, print_loss=True):
		for i in xrange(num_passes):
			self.feedforward(X, lambda z: self.actFun(z, self.actFun_type))
			dW1, dW2, db1, db2 = self.backprop(X, y)
			self.W1 += -epsilon * (dW1 + self.reg_lambda * self.W1)
			self.b1 += -epsilon * db1
			self.W2 += -epsilon * (dW2 + self.reg_lambda * self.W2)
			self.b2 += -epsilon * db2
			if print_loss and i % 1000 == 0:
				print('Loss', i, self.calculate_loss(X, y))

if __name__ == "__main__":
	X, y = generate_data()
	model = NeuralNetwork(2, 3, 2)
	model.fit_model(X, y)
