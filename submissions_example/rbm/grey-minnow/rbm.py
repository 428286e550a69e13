import numpy as np

def log_likelihood(V, W, b, c):
    F = V @ b
   return F.sum()
