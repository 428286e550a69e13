"""CIFAR-10 from the folder of pickled batches that its authors publish."""
import os
import pickle

import numpy as np


def load_CIFAR_batch(filename):
    """Return one batch: images (10000, 32, 32, 3) as floats, and labels (10000,)."""
    with open(filename, 'rb') as f:
        batch = pickle.load(f, encoding='latin1')
    images = batch['data'].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).astype(float)
    return images, np.array(batch['labels'])


def load_CIFAR10(root):
    """Return the training and the test images and labels."""
    names = ['data_batch_%d' % number for number in range(1, 6)]
    batches = [load_CIFAR_batch(os.path.join(root, name)) for name in names]
    X_train = np.concatenate([images for images, _ in batches])
    y_train = np.concatenate([labels for _, labels in batches])
    X_test, y_test = load_CIFAR_batch(os.path.join(root, 'test_batch'))
    return X_train, y_train, X_test, y_test


def get_CIFAR10_data(root='cifar-10-batches-py', num_training=49000, num_validation=1000,
                     num_test=1000):
    """Return a dictionary of splits, the mean training image subtracted from each."""
    X_train, y_train, X_test, y_test = load_CIFAR10(root)
    last = num_training + num_validation
    mean = X_train[:num_training].mean(axis=0)
    return {
        'X_train': X_train[:num_training] - mean, 'y_train': y_train[:num_training],
        'X_val': X_train[num_training:last] - mean, 'y_val': y_train[num_training:last],
        'X_test': X_test[:num_test] - mean, 'y_test': y_test[:num_test],
    }
