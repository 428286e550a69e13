"""The two-layer ReLU net with softmax cross-entropy and weight decay.

ECE C147/C247 homework 3, question 4, and CS231n assignment 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.losses import draw_labels, log_softmax, softmax
from reference.problem import Answers, Array, Gradient, Inputs, Options, Problem, Shape, Sizes
