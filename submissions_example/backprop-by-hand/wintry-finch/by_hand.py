"""Part 2 will follow."""
import numpy as np
