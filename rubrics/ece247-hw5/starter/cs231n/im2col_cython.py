"""The name that this package had in earlier years."""
from utils.im2col_cython import *
