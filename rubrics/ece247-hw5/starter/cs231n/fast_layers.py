"""The name that this package had in earlier years."""
from utils.fast_layers import *
