"""The text that a student reads for every family of diagnoses, word by word."""

from __future__ import annotations

import numpy as np
import pytest

from tests.checks import students
from tests.checks.trial import Exercise
from tests.grading.told import told_of_function

NET = ("plain", "decay", "single")
DECAY = (("decay", (("reg", 0.3),)),)
EXERCISES = {
    "net": Exercise(problem="two_layer_net", answers=("dW1",), cases=NET, settings=DECAY),
    "own_loss": Exercise(
        problem="two_layer_net",
        answers=("dW1",),
        cases=("plain", "single"),
        has_loss=True,
        carried="0.5",
    ),
    "autoencoder": Exercise(problem="autoencoder", answers=("dW",), cases=("plain", "square")),
    "softmax": Exercise(
        problem="softmax_loss", answers=("loss",), check="value", cases=("plain", "large")
    ),
}


def only_the_first_example(X, y, N, **others):
    return students.vectorised(X=X[:1], y=y[:1], N=1, **others)


def without_the_one_hot(X, W1, b1, W2, b2, reg, N, **others):
    hidden = np.maximum(0, X @ W1 + b1)
    probs = students.probabilities(X, W1, b1, W2, b2)
    return {"dW1": X.T @ (probs / N @ W2.T * (hidden > 0)) + reg * W1}


def the_decoder_alone(W, x, **others):
    code = W @ x
    return {"dW": np.outer(code, W.T @ code - x)}


def without_the_shift(x, y, N, **others):
    with np.errstate(all="ignore"):
        probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        return {"loss": -np.log(probs[range(N), y]).mean()}


def summed(N, **given):
    return {name: N * np.asarray(v) for name, v in students.vectorised(N=N, **given).items()}


FAMILIES = {
    "the mean is missing": (
        "net",
        students.changed("dW1", lambda dW1, given: given["N"] * dW1),
        """\
item: wrong, 0 of 10
dW1 is 7.00 times the right gradient where N was 7 and 11.00 times where N was 11: the mean over the batch is missing.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [3, 0]: -2.14626, where -0.306608 is right.
Not right either: in decay.
Right: in single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
     0.09194     0.1465   -0.08557 …     0.008358    0.01332  -0.007779 …
     -0.1009     0.6805    -0.3171 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "the penalty is missing": (
        "net",
        students.changed("dW1", lambda dW1, given: dW1 - given["reg"] * given["W1"]),
        """\
item: wrong, 0 of 10
dW1 is exactly what comes out on all 4 draws by one of these: if the penalty is left out; or if the weights of the first layer are not penalised.
In case decay (N=7, D=5, H=11, C=3, reg=0.3): dW1 differs in 55 of 55 entries, most at [3, 10]: 0.00799113, where -0.247762 is right.
Right: in plain, single.
Asked on probe/decay/0 (N=7, D=5, H=11, C=3, reg=0.3).
dW1 came back with shape (5, 11) and type float64; the right one has shape (5, 11).
  yours                                right
      -0.107   -0.03677          0 …      -0.1691    -0.1721    0.08296 …
      0.1076   0.005137          0 …       0.1492    -0.2397   -0.05253 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "the sign is wrong": (
        "net",
        students.changed("dW1", lambda dW1, given: -dW1),
        """\
item: wrong, 0 of 10
dW1 is -1.00 times the right gradient on all 4 draws: its sign is the wrong way round.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [3, 0]: 0.306608, where -0.306608 is right.
Not right either: in decay, single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
   -0.008358   -0.01332   0.007779 …     0.008358    0.01332  -0.007779 …
    0.009174   -0.06186    0.02883 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "transposed": (
        "net",
        students.changed("dW1", lambda dW1, given: dW1.T),
        """\
item: wrong, 0 of 10
dW1 is exactly what comes out on all 4 draws if it is transposed.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 has shape (11, 5), (5, 11) is right.
Not right either: in decay, single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (5, 3) and type float64; the right one has shape (3, 5).
  yours                              right
    0.008358  -0.009174   -0.02884     0.008358    0.01332  -0.007779 …
     0.01332    0.06186   0.007397    -0.009174    0.06186   -0.02883 …
  …                                  …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "a mask without the bias": (
        "net",
        students.mask_without_the_bias,
        """\
item: wrong, 0 of 10
dW1 is exactly what comes out on all 4 draws if the activation's derivative is taken without the bias.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 30 of 55 entries, most at [4, 2]: -0.122315, where -0.283028 is right.
Not right either: in decay.
Right: in single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
     -0.1176   0.002401   -0.02472 …     0.008358    0.01332  -0.007779 …
    -0.02661    0.07048   -0.04678 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "a one-hot label that is not subtracted": (
        "net",
        without_the_one_hot,
        """\
item: wrong, 0 of 10
dW1 is exactly what comes out on all 4 draws if 1 is not taken from the right class's probability.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [4, 8]: -0.38403, where 0.20566 is right.
Not right either: in decay, single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
    -0.07533    0.04697    0.01549 …     0.008358    0.01332  -0.007779 …
   -0.001973   -0.06235    0.05742 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "one example alone": (
        "net",
        only_the_first_example,
        """\
item: wrong, 0 of 10
dW1 is exactly what comes out on all 4 draws if only the first example counts.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [0, 0]: 0.58762, where 0.071311 is right.
Not right either: in decay.
Right: in single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
           0          0          0 …     0.008358    0.01332  -0.007779 …
           0          0          0 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "two mistakes at once": (
        "net",
        students.changed("dW1", lambda dW1, given: given["N"] * (dW1 - given["reg"] * given["W1"])),
        """\
item: wrong, 0 of 10
dW1 is exactly what comes out on all 4 draws by one of these: if the mean over the batch is missing in the part from the data and the penalty is left out; or if the weights of the first layer are not penalised and the mean over the batch is missing.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [3, 0]: -2.14626, where -0.306608 is right.
Not right either: in decay.
Right: in single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
     0.09194     0.1465   -0.08557 …     0.008358    0.01332  -0.007779 …
     -0.1009     0.6805    -0.3171 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "whole numbers": (
        "net",
        students.changed("dW1", lambda dW1, given: np.trunc(dW1)),
        """\
item: wrong, 0 of 10
dW1 is exactly what comes out on all 4 draws if its decimals are cut off.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [3, 0]: -0, where -0.306608 is right.
Not right either: in decay, single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
           0          0          0 …     0.008358    0.01332  -0.007779 …
           0          0          0 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "one number everywhere": (
        "net",
        students.changed("dW1", lambda dW1, given: np.ones_like(dW1)),
        """\
item: wrong, 0 of 10
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 55 of 55 entries, most at [3, 0]: 1, where -0.306608 is right.
Not right either: in decay, single.
dW1 is 1 in every entry on all 4 draws, whatever it is given.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
           1          1          1 …     0.008358    0.01332  -0.007779 …
           1          1          1 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "0 throughout": (
        "net",
        students.changed("dW1", lambda dW1, given: 0 * dW1),
        """\
item: wrong, 0 of 10
dW1 is 0 throughout on all 4 draws.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [3, 0]: -0, where -0.306608 is right.
Not right either: in decay, single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
           0          0          0 …     0.008358    0.01332  -0.007779 …
           0          0          0 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "one entry": (
        "net",
        students.changed(
            "dW1", lambda dW1, given: dW1 + 0.5 * (np.arange(dW1.size).reshape(dW1.shape) == 1)
        ),
        """\
item: wrong, 0 of 10
dW1 is wrong on 4 of 4 draws; where N=11, D=3, H=5, C=7, 1 of 15 entries differs, all in row 0.
All others are right.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 1 of 55 entries, most at [0, 1]: 0.450865, where -0.0491349 is right.
Not right either: in decay, single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
    0.008358     0.5133  -0.007779 …     0.008358    0.01332  -0.007779 …
   -0.009174    0.06186   -0.02883 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "rows in another order": (
        "net",
        students.changed("dW1", lambda dW1, given: dW1[np.arange(len(dW1)) - 2]),
        """\
item: wrong, 0 of 10
dW1 holds the right entries, but its rows are in another order.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [0, 0]: -0.306608, where 0.071311 is right.
Not right either: in decay, single.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
   -0.009174    0.06186   -0.02883 …     0.008358    0.01332  -0.007779 …
    -0.02884   0.007397  -0.006718 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "nothing that is known": (
        "net",
        students.changed("dW1", lambda dW1, given: dW1 + np.sin(7 * given["W1"])),
        """\
item: wrong, 0 of 10
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 55 of 55 entries, most at [2, 6]: 0.990362, where -0.00938897 is right.
Not right either: in decay, single.
dW1 is wrong on 4 of 4 draws, in every entry.
Its cosine to the right gradient is 0.188, and it is 15.11 times as long.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
     -0.8649     0.8843     0.8478 …     0.008358    0.01332  -0.007779 …
      0.2219    -0.6278    0.02459 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "NaN": (
        "net",
        students.changed("dW1", lambda dW1, given: dW1 * np.nan),
        """\
item: wrong, 0 of 10
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 has 55 of 55 entries that are NaN or infinite.
Not right either: in decay, single.
15 of 15 entries of dW1 are NaN or infinite in case plain (N=11, D=3, H=5, C=7), and some on every other draw.
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
         nan        nan        nan …     0.008358    0.01332  -0.007779 …
         nan        nan        nan …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "one of two paths": (
        "autoencoder",
        the_decoder_alone,
        """\
item: wrong, 0 of 10
dW is exactly what comes out on all 3 draws if the encoder path is left out.
In case plain (n=7, m=5, N=3): dW differs in 35 of 35 entries, most at [4, 2]: -0.648188, where -2.51341 is right.
Not right either: in square.
Asked on probe/square/0 (n=5, m=5, N=5).
dW came back with shape (5, 5) and type float64; the right one has shape (5, 5).
  yours                                right
      0.4724    0.02869     0.1206 …      -0.3045     0.3919    -0.3053 …
     -0.1651   -0.01002   -0.04213 …      -0.7292     0.2537    -0.3514 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "the exponential overflows": (
        "softmax",
        without_the_shift,
        """\
item: wrong, 0 of 10
loss is exactly what comes out on all 3 draws if the softmax takes exponentials of large scores, from which their maximum was not taken.
In case large (N=7, C=5): loss has 1 of 1 entries that are NaN or infinite.
Right: in plain.
Asked on probe/large/0 (N=7, C=5).
loss came back with shape () and type float64; the right one has shape ().
  yours        right
         inf        478.4
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
    "it follows from the own loss": (
        "own_loss",
        summed,
        """\
item: partial, 5 of 10
dW1 is 7.00 times the right gradient where N was 7 and 11.00 times where N was 11: the mean over the batch is missing.
In case plain (N=7, D=5, H=11, C=3, reg=0): dW1 differs in 50 of 55 entries, most at [3, 0]: -2.14626, where -0.306608 is right.
Right: in single.
Carried forward: dW1 is the derivative of your own loss, which is wrong itself (11.9235, where 1.70336 is right).
Asked on probe/plain/1 (N=11, D=3, H=5, C=7, reg=0).
dW1 came back with shape (3, 5) and type float64; the right one has shape (3, 5).
  yours                                right
     0.09194     0.1465   -0.08557 …     0.008358    0.01332  -0.007779 …
     -0.1009     0.6805    -0.3171 …    -0.009174    0.06186   -0.02883 …
  …                                    …
To see it again: grader check YOUR_FILES --rubric trial --only item (a TA: grader replay RUN amber-fox item)""",
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_told_of_a_wrong_answer(family: str) -> None:
    exercise, function, text = FAMILIES[family]
    assert told_of_function(function, EXERCISES[exercise]) == text
