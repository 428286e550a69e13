"""A name that a probe reads is defined whichever way is chosen, or the author is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import dedent, indent

import pytest

from grader.records import Rubric

Load = Callable[[str], Rubric]
Change = Callable[..., str]
Complaints = Callable[[str], list[str]]
CODE = "      from nndl import net\n      loss, grads = net.loss(X, y)\n"
NET = "    code: |\n" + CODE
FIT = "    code: |\n      pred = X_test[:, 0] > 0\n"
GIVEN = "known: N, D, H, X, y, w, reg, np"
DATA = "known: X_train, y_train, X_val, y_val, X_test, np"


def variants(*codes: str) -> str:
    """Return ways of calling with the names a, b, …, one a line from line 11."""
    lines = [f"      - {{name: {name}, code: {code}}}\n" for name, code in zip("abc", codes, strict=False)]  # fmt: skip
    return "    variants:\n" + "".join(lines)


UNKNOWN: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    # where
    "a capital in a block": (
        [("net.loss(X, y)", "net.loss(X, W)")],
        ["12:33: unknown name 'W'; did you mean 'w'?"],
    ),
    "after blank lines and a comment, in a deep indentation": (
        [
            (
                NET,
                "    code: |\n\n          # W\n          if reg:\n              loss = grads = W\n",
            )
        ],
        ["14:30: unknown name 'W'; did you mean 'w'?"],
    ),
    "a block with its own indentation": (
        [(NET, "    code: |2-\n          loss = grads = W\n".replace("          ", "      "))],
        ["11:22: unknown name 'W'; did you mean 'w'?"],
    ),
    "after letters of several bytes": (
        [("net.loss(X, y)", "net.loss('éü€', W)")],
        ["12:37: unknown name 'W'; did you mean 'w'?"],
    ),
    "code without quotes": (
        [(NET, "    code: loss = grads = W\n")],
        ["10:26: unknown name 'W'; did you mean 'w'?"],
    ),
    "code in quotes behind an anchor": (
        [(NET, "    code: &c  'loss = grads = W'\n")],
        ["10:31: unknown name 'W'; did you mean 'w'?"],
    ),
    "code in single quotes with quotes inside": (
        [(NET, "    code: 'loss = grads = {''a'': W}'\n")],
        ["10:35: unknown name 'W'; did you mean 'w'?"],
    ),
    "code in double quotes with escapes and line breaks": (
        [(NET, r"""    code: "loss = '\u00e9\x41\\n'\ngrads = \"\", W" """ + "\n")],
        ["10:50: unknown name 'W'; did you mean 'w'?"],
    ),
    "code over several lines stands where it starts": (
        [(NET, "    code: 'loss = 1;\n      grads = W'\n")],
        ["10:11: unknown name 'W'; did you mean 'w'?"],
    ),
    "folded code stands where it starts": (
        [(NET, "    code: >\n      loss = grads =\n      W\n")],
        ["10:11: unknown name 'W'; did you mean 'w'?"],
    ),
    "an answer without quotes": (
        [("loss: loss,", "loss: loss + W,")],
        ["13:28: unknown name 'W'; did you mean 'w'?"],
    ),
    "an answer in quotes": (
        [("\"grads['W1']\"", "\"grads['W1'] + W\"")],
        ["13:47: unknown name 'W'; did you mean 'w'?"],
    ),
    "an answer in single quotes with quotes inside": (
        [("\"grads['W1']\"", "'grads[''W1''] + W'")],
        ["13:49: unknown name 'W'; did you mean 'w'?"],
    ),
    "code of a variant and of the fallback": (
        [(FIT, FIT + "    fallback: |\n      pred = X_tets\n")],
        ["19:14: unknown name 'X_tets'; did you mean 'X_test'?"],
    ),
    # what
    "an answer that no code defines": (
        [("loss: loss,", "loss: los,")],
        ["13:21: unknown name 'los'; did you mean 'loss'?"],
    ),
    "a name like no other": (
        [("pred = X_test[:, 0] > 0", "pred = clf(X_test)")],
        [f"17:14: unknown name 'clf'; {DATA}, pred"],
    ),
    "an input of another option": (
        [("layout: rows", "layout: columns")],
        ["12:30: unknown name 'X'; did you mean 'XT'?"],
    ),
    "an option of the rubric that renames an input": (
        [("layout: rows", "penalty: half"), ("seed: 7\n", "seed: 7\noptions: {layout: columns}\n")],
        ["13:30: unknown name 'X'; did you mean 'XT'?"],
    ),
    "an input of a problem in a probe with a data set": (
        [("pred = X_test[:, 0] > 0", "pred = X_test @ w")],
        [f"17:23: unknown name 'w'; {DATA}, pred"],
    ),
    "the labels of the test set": (
        [("pred = X_test[:, 0] > 0", "pred = y_test")],
        ["17:14: unknown name 'y_test'; did you mean 'X_test'?"],
    ),
    "a constant misspelt": (
        [(FIT, "    with: {steps: 5}\n    code: pred = step\n")],
        ["17:18: unknown name 'step'; did you mean 'steps'?"],
    ),
    "a name of a function alone": (
        [(NET, "    code: |\n      def f(v): return v\n      loss = grads = f(v)\n")],
        [f"12:24: unknown name 'v'; {GIVEN}, f, grads, loss"],
    ),
    "a name of a comprehension alone in an answer": (
        [("loss: loss,", "loss: '[k for k in loss][k]',")],
        [f"13:40: unknown name 'k'; {GIVEN}, grads, loss, net"],
    ),
    # how often
    "one name many times": (
        [("net.loss(X, y)", "net.loss(W, W) + W"), ("loss: loss,", "loss: loss + W,")],
        ["12:30: unknown name 'W'; did you mean 'w'?"],
    ),
    "several names": (
        [("net.loss(X, y)", "net.loss(W, Y) + W")],
        [
            "12:30: unknown name 'W'; did you mean 'w'?",
            "12:33: unknown name 'Y'; did you mean 'y'?",
        ],
    ),
    "one name in several variants": (
        [(NET, variants("loss = grads = W", "loss = grads = W + X"))],
        ["11:40: unknown name 'W'; did you mean 'w'?"],
    ),
    # variants
    "an answer that one variant does not define": (
        [(NET, variants("loss = grads = X", "los = grads = X"))],
        ["13:21: unknown name 'loss': the variant 'b' does not define it; did you mean 'los'?"],
    ),
    "an answer that two variants do not define": (
        [(NET, variants("loss = grads = X", "grads = X", "grads = 1"))],
        ["14:21: unknown name 'loss': the variants 'b' and 'c' do not define it"],
    ),
    "an answer that no variant defines": (
        [(NET, variants("grads = X", "grads = X"))],
        [f"13:21: unknown name 'loss'; {GIVEN}, grads"],
    ),
    "an answer that the fallback does not define": (
        [(NET, NET + "    fallback: grads = 1\n")],
        ["14:21: unknown name 'loss': the variant 'fallback' does not define it"],
    ),
    "an answer that only the fallback defines": (
        [(NET, NET.replace("loss, grads", "_, grads") + "    fallback: loss = grads = 1\n")],
        ["14:21: unknown name 'loss': the variant 'code' does not define it"],
    ),
    "a variant reads what another defines": (
        [(NET, variants("loss = grads = t = X", "loss = grads = t"))],
        [f"12:40: unknown name 't'; {GIVEN}, grads, loss"],
    ),
    "beside a variant that may define anything": (
        [(NET, variants("from nndl import *", "loss = W"))],
        [
            "12:32: unknown name 'W'; did you mean 'w'?",
            "13:33: unknown name 'grads': the variant 'b' does not define it",
        ],
    ),
    "beside a variant that does not compile": (
        [(NET, variants("loss = (", "loss = W"))],
        [
            "11:32: not Python: '(' was never closed",
            "12:32: unknown name 'W'; did you mean 'w'?",
            "13:33: unknown name 'grads': the variant 'b' does not define it",
        ],
    ),
    # constants
    "a constant with the name of an input": (
        [(NET, "    with: {reg: 1, N: 2, other: 3}\n" + NET)],
        [
            "10:12: 'reg' is an input of problem net: a constant needs another name",
            "10:20: 'N' is an input of problem net: a constant needs another name",
        ],
    ),
    "a constant with the name of a set": (
        [(FIT, "    with: {X_val: 1}\n" + FIT)],
        ["16:12: 'X_val' is an input of the data set: a constant needs another name"],
    ),
}


@pytest.mark.parametrize("mistake", UNKNOWN)
def test_tells_each_unknown_name_at_its_line_and_column(
    mistake: str, change: Change, complaints: Complaints
) -> None:
    pairs, expected = UNKNOWN[mistake]
    text = change(*pairs)

    assert complaints(text) == expected
    if "where it starts" not in mistake:
        for line, column, name in re.findall(r"(\d+):(\d+): unknown name '(\w+)'", str(expected)):
            assert text.split("\n")[int(line) - 1][int(column) - 1 :].startswith(name)


ODD = {
    "what every probe is given": "loss = np.sum(X) + N + D + H + w + reg + len(y); grads = __name__",
    "nested functions": """\
        def f(a, *b, c=reg, **d):
            def g():
                nonlocal a
                a = late + c
                return a, b, d
            late = 1
            return g
        loss = grads = f(X)
        """,
    "a function that reads what comes after it": "def f(): return later\nlater = 1\nloss = grads = f()",
    "recursion": "def f(n): return n and f(n - 1)\nloss = grads = f(N)",
    "comprehensions": """\
        loss = [i * j for i in range(N) for j in range(i) if j != i]
        grads = {k: [k for _ in X] for k in y} | {k for k in X} or (k for k in w)
        """,
    "lambdas with defaults": "loss = (lambda a, b=w, *, c=reg: a + b + c)(X)\ngrads = lambda *a, **k: (a, k)",
    "a walrus": "if (n := N) > 1: pass\nloss = [m := n, m]\ngrads = [t for i in X if (t := i)] + [t]",
    "try, except as, else, finally": """\
        try:
            import nndl.fast as layers
        except (ImportError, AttributeError) as error:
            from nndl import layers
            print(error, file=None)
        else:
            done = 1
        finally:
            loss = grads = layers
        """,
    "del": "t = X\nloss = grads = t\ndel t, y\ny = 1",
    "a class": """\
        class Net(dict):
            size = N
            sizes = [size, *range(size)]
            def __init__(self):
                super().__init__(kind=__class__)
            @property
            def loss(self, X: "Array" = X) -> "Array":
                return self.size
        loss = grads = Net().loss
        """,
    "global": "def f():\n    global loss, grads\n    loss = grads = X\nf()",
    "f-strings": "name = 'loss'\nloss = f'{name!r:>{N}} {X[0]} {{W}} {[W for W in y]}'\ngrads = f\"{loss=}\"",
    "conditional imports": "if hasattr(X, 'T'):\n    import nndl.net as net\nelse:\n    net = None\nloss = grads = net",
    "an import inside a function": "def f():\n    from nndl import net\n    return net\nloss = grads = f()",
    "a package by its parts": "import nndl.deep.net, os.path as p\nloss, grads = nndl.deep.net, p",
    "for, while and with": """\
        for i, (j, *k) in enumerate([X]):
            while i: break
        with open as file, file() as (loss, [grads]):
            pass
        loss = i, j, k
        """,
    "match": """\
        match X:
            case {"loss": loss, **others}: grads = others
            case [loss, *grads] | ([loss] as grads): pass
            case dict(size=loss): grads = loss
        """,
    "several at once": "(loss, *_), grads = net = [X], _\nloss: float = 1",
    "an input changed in place": "X -= 1; reg += 1; w[0], net = 1, X\nnet.T = 2\nloss = grads = X",
    "decorators and coroutines": "import functools\n@functools.cache\ndef f(): pass\nasync def loss(): return await f()\ngrads = loss",
    "annotations that nobody reads": "from __future__ import annotations\ndef f(a: Array) -> Array: pass\nloss: Array = f(X)\ngrads = loss",
    "annotations inside a function": "def f():\n    a: Array = 1\n    return a\nloss = grads = f()",
    "a star": "from nndl.layers import *\nloss, grads = anything(W)",
    "a star inside a branch": "if N:\n    from nndl.layers import *\nout = anything(W)",
    "names from exec": "exec('loss = grads = 1')",
    "names from globals": "import nndl\nglobals().update(vars(nndl))\nloss, grads = anything(W)",
    "private names of a class": "class A:\n    __v = 1\n    def f(self): return self.__v\n    t = __v\nloss = grads = A",
}


@pytest.mark.parametrize("code", ODD)
def test_odd_but_right_code_is_accepted(code: str, change: Change, load: Load) -> None:
    block = indent(dedent(ODD[code]).strip() + "\n", " " * 6)

    assert load(change((CODE, block))).probes["net"].variants[0].code == dedent(block)


@pytest.mark.parametrize(
    "answer",
    [
        "loss",
        "'[k for k in loss if k]'",
        "'(lambda v, n=N: v * n)(loss)'",
        "'[t := loss, t][1]'",
        "\"f'{loss}{X}'\"",
        "np.sum(net.out) + len(y) + reg",
        "max(loss, key=lambda pair: pair[0])",
    ],
)
def test_odd_but_right_answers_are_accepted(answer: str, change: Change, load: Load) -> None:
    load(
        change(("loss: loss,", "loss: " + (answer if answer[0] in "'\"" else f'"{answer}"') + ","))
    )


def test_each_variant_may_define_the_answers_in_its_own_way(change: Change, load: Load) -> None:
    ways = variants("'from a import loss, grads'", "'loss: int = 1; grads = 2'", "from b import *")

    load(change((NET, ways + "    fallback: |\n      for loss in X: grads = loss\n")))


def test_constants_are_known_even_where_their_value_is_a_mistake(
    change: Change, complaints: Complaints
) -> None:
    given = "    with: {lower: tanh, odd: {}}\n    code: pred = lower, odd\n"

    assert complaints(change((FIT, given))) == [
        "16:30: odd must be a number, a text, true, false or a list of them, not a mapping"
    ]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("id: net,", "id: nett,", "8:19"),
        ("layout: rows", "layout: row", "8:32"),
        ("{id: blobs,", "{id: blob,", "15:19"),
        ("    dataset:", "    problem: tanh\n    dataset:", "16:5"),
    ],
)
def test_an_unknown_source_does_not_make_its_inputs_unknown_names(
    old: str, new: str, place: str, change: Change, complaints: Complaints
) -> None:
    (complaint,) = complaints(change((old, new)))

    assert complaint.startswith(place)


SHARED = """\
  first: &first
    problem: {id: net}
    cases: {plain: {reg: 1.0}}
    code: |
      from nndl import f
      loss = f(NAME)
    answers: {loss: loss}
  second:
    <<: *first
    problem: {id: net, layout: LAYOUT}
"""
USES = """\
  - {id: a, title: A, points: 1, check: value, probe: first, answer: loss}
  - {id: b, title: B, points: 1, check: value, probe: second, answer: loss}
"""


@pytest.mark.parametrize(
    ("name", "layout", "expected"),
    [
        ("Reg", "rows", "24:16: unknown name 'Reg'; did you mean 'reg'?"),
        ("Reg", "columns", "24:16: unknown name 'Reg'; did you mean 'reg'?"),
        ("X", "columns", "24:16: unknown name 'X' in the probe 'second'; did you mean 'XT'?"),
    ],
)
def test_code_behind_an_anchor_is_told_once_and_for_one_probe_with_its_name(
    name: str, layout: str, expected: str, good: str, complaints: Complaints
) -> None:
    shared = SHARED.replace("NAME", name).replace("LAYOUT", layout)

    assert complaints(good.replace("items:\n", shared + "items:\n") + USES) == [expected]
