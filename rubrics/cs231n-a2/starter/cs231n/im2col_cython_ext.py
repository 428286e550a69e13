"""Another name of im2col_cython, under which some years compile it."""
from .im2col_cython import *
