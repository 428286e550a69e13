"""Each mistake of an author is told at its line and column, and says what was meant."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.records import Rubric

GROUP = ("items:\n", "groups:\n  g: {accept: {scaling: [sum, mean]}}\nitems:\n")
SEED = "seed: 7\n"
BODY = "    code: |\n      pred = X_test[:, 0] > 0\n"
NET = "{id: net, layout: rows}"
WEIGHTS = "{plain: 0.7, decay: 0.3}"
DATASET = "{id: blobs, train: 10, test: 5, D: 6}"

MISTAKES: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    # written items and waivers
    "a written item with a probe": (
        [
            (
                "items:\n",
                "items:\n  - {id: why, title: Why, points: 2, check: written, probe: net}\n",
            )
        ],
        ["20:54: an item with the check 'written' cannot have 'probe'"],
    ),
    "a waiver of an item that is not there": (
        [("items:\n", "waivers: {other: {phrase: Not mine, items: [los, f*]}}\nitems:\n")],
        ["19:45: no item is 'los'; did you mean 'loss'?"],
    ),
    "a waiver without its phrase": (
        [("items:\n", "waivers: {other: {items: loss}}\nitems:\n")],
        ["19:18: missing key 'phrase'"],
    ),
    "a curve that begins at all": (
        [("accuracy: 0.9}", "accuracy: 0.9, zero_at: 1}")],
        ["28:110: zero_at must be at least 0 and less than 1, not 1"],
    ),
    # the leaderboard
    "a hidden item on the leaderboard": (
        [("accuracy: 0.9}", "accuracy: 0.9, visibility: hidden, leaderboard: Best}")],
        ["28:134: everybody sees the leaderboard, and this item is 'hidden'"],
    ),
    "an accuracy of what has none": (
        [("answer: dW1}", "answer: dW1, leaderboard: {name: Best, of: accuracy}}")],
        ["27:100: only an item with the check 'recorded' or 'training' has an accuracy"],
    ),
    "a name that is twice on the leaderboard": (
        [
            ("answer: dW1}", "answer: dW1, leaderboard: Best}"),
            ("accuracy: 0.9}", "accuracy: 0.9, leaderboard: {name: Best}}"),
        ],
        ["28:114: the leaderboard has 'Best' already"],
    ),
    "a place on the leaderboard without a name, or of no order": (
        [
            ("answer: dW1}", "answer: dW1, leaderboard: {of: points}}"),
            ("accuracy: 0.9}", "accuracy: 0.9, leaderboard: {name: Best, order: up}}"),
        ],
        ["27:100: missing key 'name'", "28:134: order cannot be 'up'; known: desc, asc"],
    ),
    "a place on the leaderboard that is no text": (
        [("answer: dW1}", "answer: dW1, leaderboard: true}")],
        [
            "27:100: leaderboard must be a name, or a mapping with name, of and order, not true; "
            'write "true" in quotes for the word'
        ],
    ),
    # how it is isolated
    "a level that is less than safe": (
        [(SEED, SEED + "isolation: {level: 1}\n")],
        ["5:20: level must be a whole number from 2 to 3, not 1"],
    ),
    "an isolation of no level": (
        [(SEED, SEED + "isolation: {}\n")],
        ["5:12: missing key 'level'"],
    ),
    "readable files that lie elsewhere or nowhere": (
        [("[nndl/net.py]}", "[nndl/net.py], readable: [/etc/passwd, ../x, data, rubric.yml]}")],
        [
            "5:47: the readable '/etc/passwd' must be relative to the rubric",
            "5:60: the readable '../x' must not lead out of its folder ('..')",
            "5:66: the readable 'data' is no file, and no folder that holds one, beside this file",
            "5:72: the readable 'rubric.yml' is no file, and no folder that holds one, beside this file",
        ],
    ),
    # what follows from earlier mistakes
    "a carried share of a gradient without any loss": (
        [("answer: dW1}", "answer: dW1, credit: {carried: 0.5}}")],
        [
            "27:105: nothing to carry forward from: name answers in 'given', or for a gradient a 'loss' of the probe 'net' (a layer's is np.sum(dout * out))"
        ],
    ),
    "a carried share of a value with nothing given": (
        [("decay: 0.3}}", "decay: 0.3}, carried: 0.5}")],
        [
            "26:56: nothing to carry forward from: name answers in 'given', or for a gradient a 'loss' of the probe 'net' (a layer's is np.sum(dout * out))"
        ],
    ),
    "a given answer without a carried share": (
        [
            ("answers: {loss: loss,", "answers: {scores: grads, loss: loss,"),
            ("decay: 0.3}}\n  - {id", "decay: 0.3}, given: scores}\n  - {id"),
        ],
        ["26:54: 'given' without a 'carried' share earns nothing"],
    ),
    "a given answer that the probe has not": (
        [("decay: 0.3}}\n  - {id", "decay: 0.3}, carried: 0.5, given: scors}\n  - {id")],
        ["26:68: probe 'net' has no answer 'scors'; known: loss, dW1"],
    ),
    "a given answer from which nothing follows": (
        [("decay: 0.3}}\n  - {id", "decay: 0.3}, carried: 0.5, given: dW1}\n  - {id")],
        ["26:68: problem net cannot go on from 'dW1'; known: scores"],
    ),
    "a carried share of more than all": (
        [("answer: dW1}", "answer: dW1, credit: {carried: 1.5}}")],
        ["27:105: carried must be from 0 to 1, not 1.5"],
    ),
    "a carried share of a training": (
        [("accuracy: 0.9}", "accuracy: 0.9, credit: {carried: 0.5}}")],
        ["28:110: an item with the check 'training' cannot have 'carried'"],
    ),
    "a numeric method without a loss": (
        [("answer: dW1}", "answer: dW1, method: numeric}")],
        ["27:95: the method 'numeric' needs a 'loss' of the probe 'net'"],
    ),
    "an unknown method": (
        [("answer: dW1}", "answer: dW1, method: numerical}")],
        ["27:95: method cannot be 'numerical'; did you mean 'numeric'?"],
    ),
    "a word where true or false belongs": (
        [("    answer: loss\n", "    answer: loss\n    stabilised: never\n")],
        ["26:17: stabilised must be true or false, not the text 'never'"],
    ),
    "a loss that is no expression": (
        [("    answers: {loss", "    loss: loss +\n    answers: {loss")],
        ["13:11: not a Python expression: invalid syntax"],
    ),
    "a loss of a name that nobody defines": (
        [("    answers: {loss", "    loss: lss\n    answers: {loss")],
        ["13:11: unknown name 'lss'; did you mean 'loss'?"],
    ),
    "a second call of a name that nobody defines": (
        [("    answers: {loss", "    again: loss, grads = nt.loss(X, y)\n    answers: {loss")],
        ["13:26: unknown name 'nt'; did you mean 'net'?"],
    ),
    # keys
    "an unknown key of an item": (
        [("points: 2", "points: 2\n    hnt: x")],
        ["23:5: unknown key 'hnt'; did you mean 'hint'?"],
    ),
    "a misspelt key is missing too": (
        [("points: 2", "pionts: 2")],
        ["20:5: missing key 'points'", "22:5: unknown key 'pionts'; did you mean 'points'?"],
    ),
    "an unknown key at the top": (
        [(SEED, SEED + "limitz: {}\n")],
        ["5:1: unknown key 'limitz'; did you mean 'limits'?"],
    ),
    "an unknown key of a probe": (
        [(BODY, BODY + "    anwsers: {}\n")],
        ["18:5: unknown key 'anwsers'; did you mean 'answers'?"],
    ),
    "an unknown key like no other": (
        [(BODY, BODY + "    limits: {wait: 5}\n")],
        ["18:14: unknown key 'wait'; known: cpu_s, wall_s, memory_mb, output_kb"],
    ),
    "a missing key stands at the mapping that lacks it": (
        [("    points: 2\n", "")],
        ["20:5: missing key 'points'"],
    ),
    "a missing key at the top": ([(SEED, "")], ["1:1: missing key 'seed'"]),
    "a missing key of a data set": (
        [("train: 10, ", "")],
        ["15:14: missing key 'train'"],
    ),
    "no size of the hidden set": ([(", test: 5", "")], ["15:14: missing key 'test'"]),
    "a hidden set where nothing is held back": (
        [("test: 5", "mode: overfit, test: 5"), ("X_test", "X_train")],
        ["15:52: nothing is held back with 'mode: overfit': leave 'test' out"],
    ),
    "hidden examples where nothing is held back": (
        [("test: 5", "mode: overfit")],
        ["17:14: unknown name 'X_test'; known: X_train, y_train, X_val, y_val, np, pred"],
    ),
    "an unknown mode": (
        [("test: 5", "mode: overfitt, test: 5")],
        ["15:43: mode cannot be 'overfitt'; did you mean 'overfit'?"],
    ),
    "neither code nor variants": (
        [(BODY, "")],
        ["15:5: missing key 'code' (or 'variants')"],
    ),
    "both code and variants": (
        [(BODY, "    variants: [{name: a, code: pred = 1}]\n" + BODY)],
        ["16:5: either 'code' or 'variants', not both"],
    ),
    "both a problem and a data set": (
        [("    dataset:", "    problem: tanh\n    dataset:")],
        ["16:5: either 'problem' or 'dataset', not both"],
    ),
    "no items": (
        [("items:", "itmes:")],
        [
            "1:1: missing key 'items' (or 'sections')",
            "19:1: unknown key 'itmes'; did you mean 'items'?",
        ],
    ),
    # values
    "a word for a number": (
        [("points: 2", "points: five")],
        ["22:13: points must be a number, not the text 'five'"],
    ),
    "an empty value": ([("points: 2", "points:")], ["22:12: points must be a number, not nothing"]),
    "no points": ([("points: 2", "points: 0")], ["22:13: points must be more than 0, not 0"]),
    "negative points": (
        [("points: 2", "points: -1.50")],
        ["22:13: points must be more than 0, not -1.50"],
    ),
    "points beyond all sense": (
        [("points: 2", "points: 1e9")],
        ["22:13: points must be at most 10000, with at most 4 decimals, not 1E+9"],
    ),
    "a number for a text": (
        [("title: Loss", "title: 5")],
        ['21:12: title must be a text, not the number 5; write "5" in quotes'],
    ),
    "a boolean for a text": (
        [("title: Loss", "title: true")],
        ['21:12: title must be a text, not true; write "true" in quotes for the word'],
    ),
    "a blank text": ([("title: Loss", 'title: " "')], ["21:12: title must not be blank"]),
    "a list for a mapping": (
        [("modules: {expected: [nndl/net.py]}", "modules: [nndl/net.py]")],
        ["5:10: modules must be a mapping, not a list"],
    ),
    "a mapping for a list": (
        [("[nndl/net.py]", "[nndl/net.py], flag: {torch: 1}")],
        ["5:42: flag must be a list, not a mapping"],
    ),
    "an item that is no mapping": (
        [("items:\n", "items:\n  - loss\n")],
        ["20:5: an entry of items must be a mapping, not the text 'loss'"],
    ),
    "a word that is no choice": (
        [("answer: loss", "answer: loss\n    visibility: hiden")],
        ["26:17: visibility cannot be 'hiden'; did you mean 'hidden'?"],
    ),
    "an unknown check": (
        [("check: value", "check: valu")],
        ["23:12: check cannot be 'valu'; did you mean 'value'?"],
    ),
    "another version of the language": (
        [("schema: 1", "schema: 2")],
        ["1:9: schema must be 1, the version that is read here, not the number 2"],
    ),
    "a seed with decimals": (
        [(SEED, "seed: 1.5\n")],
        ["4:7: seed must be a whole number of at least 0, not the number 1.5"],
    ),
    "an id that is no file name": (
        [("id: loss\n", "id: ../loss\n")],
        [
            "20:9: id must be a letter or digit, then letters, digits, '_', '-' and '.', "
            "not the text '../loss'"
        ],
    ),
    "a probe's name that is no id": (
        [("  fit:\n", "  fit it:\n"), ("probe: fit", "probe: fit it")],
        ["14:3: a probe's name must be a letter or digit, then letters, digits, '_', '-' and '.'"],
    ),
    "an id that differs from the folder's name": (
        [("id: demo", "id: dmeo")],
        ["2:5: the id 'dmeo' differs from the name of its folder, 'demo'"],
    ),
    "a constant that is no Python name": (
        [(BODY, BODY + "    with: {class: 1, x: {}}\n")],
        [
            "18:12: 'class' cannot be the name of a Python variable",
            "18:25: x must be a number, a text, true, false or a list of them, not a mapping",
        ],
    ),
    "limits out of range": (
        [(SEED, SEED + "limits: {cpu_s: 0, memory_mb: 1, output_kb: 1.5, wall_s: x}\n")],
        [
            "5:17: cpu_s must be from 0.01 to 3600 seconds, not 0",
            "5:31: memory_mb must be a whole number from 256 to 1048576, not 1",
            "5:45: output_kb must be a whole number from 1 to 1048576, not the number 1.5",
            "5:58: wall_s must be a number, not the text 'x'",
        ],
    ),
    "less memory than NumPy needs": (
        [(SEED, SEED + "limits: {memory_mb: 255}\n")],
        ["5:21: memory_mb must be a whole number from 256 to 1048576, not 255"],
    ),
    "less wall time than CPU time": (
        [(SEED, SEED + "limits: {cpu_s: 3, wall_s: 2.5}\n")],
        ["5:28: wall_s is 2.5 seconds, less than the 3 of cpu_s"],
    ),
    "less wall time than the CPU time that is there without a word": (
        [(SEED, SEED + "limits: {wall_s: 5}\n")],
        ["5:18: wall_s is 5 seconds, less than the 10 of cpu_s"],
    ),
    "more CPU time in a probe than wall time in the rubric": (
        [
            (SEED, SEED + "limits: {cpu_s: 3, wall_s: 5}\n"),
            (BODY, BODY + "    limits: {cpu_s: 8}\n"),
        ],
        ["19:21: wall_s is 5 seconds, less than the 8 of cpu_s"],
    ),
    "less wall time in a probe than CPU time in the rubric": (
        [(SEED, SEED + "limits: {cpu_s: 3}\n"), (BODY, BODY + "    limits: {wall_s: 2}\n")],
        ["19:22: wall_s is 2 seconds, less than the 3 of cpu_s"],
    ),
    "limits of a submission in a probe": (
        [(BODY, BODY + "    limits: {total_s: 5}\n")],
        ["18:14: unknown key 'total_s'; known: cpu_s, wall_s, memory_mb, output_kb"],
    ),
    # items and what they name
    "an item id twice": (
        [("id: dW1,", "id: loss,")],
        ["27:10: the item id 'loss' is taken: it is in line 20 too"],
    ),
    "an unknown probe": (
        [("probe: net\n", "probe: ned\n")],
        ["24:12: unknown probe 'ned'; did you mean 'net'?"],
    ),
    "an unknown answer": (
        [("answer: loss", "answer: [loss, lost]")],
        ["25:20: probe 'net' has no answer 'lost'; did you mean 'loss'?"],
    ),
    "an answer twice": (
        [("answer: loss", "answer: [loss, loss]")],
        ["25:20: 'loss' stands here twice"],
    ),
    "an unknown group": (
        [
            ("answer: dW1", "answer: dW1, group: h"),
            ("answer: loss", "answer: loss\n    group: g"),
            GROUP,
        ],
        ["30:94: unknown group 'h'; known: g"],
    ),
    "weights that do not sum to 1": (
        [(WEIGHTS, "{plain: 0.7, decay: 0.2}")],
        ["26:21: the weights sum to 0.9, not 1"],
    ),
    "a weight for a case that is not there": (
        [(WEIGHTS, "{plain: 0.7, dekay: 0.3}")],
        [
            "26:34: a weight for 'dekay': probe 'net' has no case of that name; "
            "did you mean 'decay'?"
        ],
    ),
    "a weight for an answer that is not there": (
        [("{cases: " + WEIGHTS + "}", "{answers: {dW1: 1}}")],
        [
            "26:23: no weight for the answer 'loss'",
            "26:24: a weight for 'dW1': this item has no answer of that name; known: loss",
        ],
    ),
    "a weight of nothing": (
        [(WEIGHTS, "{plain: 1, decay: 0}")],
        ["26:39: decay must be a weight, more than 0 and at most 1, not 0"],
    ),
    "a training check without a data set": (
        [("check: value", "check: training\n    accuracy: 0.5")],
        ["23:12: the check 'training' needs a probe with a 'dataset'; 'net' has a 'problem'"],
    ),
    "a data set without a training check": (
        [("check: training", "check: value"), (", accuracy: 0.9", "")],
        ["28:50: the check 'value' needs a probe with a 'problem'; 'fit' has a 'dataset'"],
    ),
    "a training item in a group": (
        [("answer: pred,", "answer: pred, group: g,"), GROUP],
        ["30:93: an item with the check 'training' cannot be in a group"],
    ),
    "a missing parameter of a check": (
        [(", accuracy: 0.9", "")],
        ["28:5: missing key 'accuracy'"],
    ),
    "a parameter out of range": (
        [("accuracy: 0.9", "accuracy: 90")],
        ["28:96: accuracy must be more than 0 and at most 1, not 90"],
    ),
    "a parameter of another check": (
        [("answer: dW1}", "answer: dW1, accuracy: 0.5}")],
        [
            "27:87: unknown key 'accuracy'; known: check, probe, answer, group, credit, "
            "id, title, points, any_of, hint, visibility, leaderboard, only, method, precision"
        ],
    ),
    "a gradient that is a value": (
        [("probe: net, answer: dW1", "probe: net, answer: loss")],
        ["27:82: 'loss' is no gradient of problem net: use the check 'value'"],
    ),
    "a probe without items": (
        [
            (
                "items:\n",
                "  more:\n    problem: tanh\n    code: x = 1\n    answers: {out: x}\nitems:\n",
            )
        ],
        ["19:3: no item uses the probe 'more'"],
    ),
    "a group without items": ([GROUP], ["20:3: no item uses the group 'g'"]),
    "a group of options that are not there": (
        [
            ("answer: loss", "answer: loss\n    group: g"),
            (
                "items:\n",
                "groups:\n  g: {accept: {scalng: [sum], scaling: [mean, summ]}}\nitems:\n",
            ),
        ],
        [
            "20:16: problem net has no option 'scalng'; did you mean 'scaling'?",
            "20:47: problem net: scaling cannot be 'summ'; did you mean 'sum'?",
        ],
    ),
    "a section id twice": (
        [
            (
                "items:\n",
                "sections:\n- {id: a, title: A, items: []}\n- {id: a, title: B, items: []}\nitems:\n",
            )
        ],
        [
            "20:28: items must not be empty",
            "21:8: the section id 'a' is taken: it is in line 20 too",
            "21:28: items must not be empty",
        ],
    ),
    # problems and data sets
    "an unknown problem": (
        [("id: net,", "id: nett,")],
        ["8:19: unknown problem 'nett'; did you mean 'net'?"],
    ),
    "an unknown problem, in short": (
        [(NET, "nett")],
        ["8:14: unknown problem 'nett'; did you mean 'net'?"],
    ),
    "a problem that is a number": (
        [(NET, "5")],
        [
            "8:14: problem must be a problem's id, or a mapping with id and options, not the number 5"
        ],
    ),
    "an unknown option": (
        [("layout: rows", "layuot: rows")],
        ["8:24: problem net has no option 'layuot'; did you mean 'layout'?"],
    ),
    "an unknown value of an option": (
        [("layout: rows", "layout: row")],
        ["8:32: problem net: layout cannot be 'row'; did you mean 'rows'?"],
    ),
    "an option that is a number": (
        [("layout: rows", "layout: 3")],
        ['8:32: layout must be a text, not the number 3; write "3" in quotes'],
    ),
    "options of the rubric": (
        [(SEED, SEED + "options: {penalty: haf, x: y}\n")],
        [
            "5:20: problem net: penalty cannot be 'haf'; did you mean 'half'?",
            "5:25: no problem of this rubric has an option 'x'; known: layout, penalty, scaling",
        ],
    ),
    "an override that the problem has not": (
        [("decay: {reg: 0.3}", "decay: {rge: 0.3, N: 1.5}")],
        [
            "9:50: problem net has no size or setting 'rge'; did you mean 'reg'?",
            "9:63: N is a size: it must be a whole number of at least 1, not 1.5",
        ],
    ),
    "a case that is the plain one again": (
        [("decay: {reg: 0.3}", "decay: {reg: 0.3}, sngle: {reg: 0.0}")],
        [
            "9:61: the case 'sngle' draws what 'plain' draws: problem net has no such regime; "
            "did you mean 'single'?"
        ],
    ),
    "an answer that the problem has not": (
        [("dW1: \"grads['W1']\"", "dW1: \"grads['W1']\", dW3: 1 + 1")],
        ["13:47: problem net has no answer 'dW3'; did you mean 'dW1'?"],
    ),
    "an unknown data set": (
        [(DATASET, "{id: blob, train: 10, test: 5}")],
        ["15:19: unknown data set 'blob'; did you mean 'blobs'?"],
    ),
    "an unknown parameter of a data set": (
        [("D: 6", "E: 6")],
        ["15:46: the data set blobs has no parameter 'E'; known: D, C"],
    ),
    "a data set that is too small": (
        [("train: 10", "train: 0")],
        ["15:33: train must be a whole number from 1 to 1000000, not 0"],
    ),
    # Python
    "code that does not compile": (
        [("loss, grads = net.loss(X, y)", "loss, grads = = net.loss(X, y)")],
        ["12:21: not Python: invalid syntax"],
    ),
    "code that does not compile after blank lines": (
        [("      from nndl import net\n", "\n\n      net = Net(D, H\n")],
        ["13:16: not Python: '(' was never closed"],
    ),
    "a return outside of a function": (
        [("      pred = X_test[:, 0] > 0", "      if True:\n          return 1")],
        ["18:11: not Python: 'return' outside function"],
    ),
    "a quoted expression that does not compile": (
        [("grads['W1']", "grads['W1'")],
        ["13:38: not a Python expression: '[' was never closed"],
    ),
    "a plain expression that does not compile": (
        [("loss: loss,", "loss: a b,")],
        ["13:23: not a Python expression: invalid syntax"],
    ),
    "a statement for an expression": (
        [("pred: pred}", "pred: pred = 1}")],
        ["18:26: not a Python expression: invalid syntax"],
    ),
    "code in quotes that does not compile, in the second of its lines": (
        [(BODY, "    code: \"pred = '\\u00e9'\\nx = )\"\n")],
        ["16:33: not Python: unmatched ')'"],
    ),
    "an expression in single quotes that does not compile": (
        [("\"grads['W1']\"", "'grads[''W1'''")],
        ["13:38: not a Python expression: '[' was never closed"],
    ),
    "a fallback that does not compile": (
        [(BODY, BODY + "    fallback: x = )\n")],
        ["18:19: not Python: unmatched ')'"],
    ),
    "a variant's name twice": (
        [(BODY, "    variants: [{name: a, code: pred = 1}, {name: a, code: pred = 2}]\n")],
        ["16:50: the variant name 'a' is taken"],
    ),
    "a variant that does not compile": (
        [
            (
                BODY,
                "    variants:\n      - name: a\n        code: |\n          x = 1\n          y = (\n",
            )
        ],
        ["20:15: not Python: '(' was never closed"],
    ),
    # paths
    "a starter that is not there": (
        [(SEED, SEED + "starter: none/\n")],
        ["5:10: the starter 'none/' is no folder beside this file"],
    ),
    "a starter outside": (
        [(SEED, SEED + "starter: ../demo\n")],
        ["5:10: the starter '../demo' must not lead out of its folder ('..')"],
    ),
    "expected modules outside": (
        [("nndl/net.py", r"/net.py, nndl/../../net.py, 'C:\net.py', 'nndl\net.py', net")],
        [
            "5:22: '/net.py' must be relative to the rubric",
            "5:31: 'nndl/../../net.py' must not lead out of its folder ('..')",
            r"5:50: 'C:\\net.py' must be relative to the rubric",
            r"5:63: 'nndl\\net.py' must be written with forward slashes",
            "5:78: 'net' must end in .py or .ipynb",
        ],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_tells_each_mistake_at_its_line_and_column(
    mistake: str, change: Callable[..., str], complaints: Callable[[str], list[str]]
) -> None:
    pairs, expected = MISTAKES[mistake]

    assert complaints(change(*pairs)) == expected


def test_tells_all_mistakes_at_once_in_the_order_of_their_lines(
    change: Callable[..., str], complaints: Callable[[str], list[str]]
) -> None:
    text = change(
        ("points: 1.5", "points: no"),
        ("answer: pred,", "answer: prd,"),
        ("seed: 7", "seed: 7\nseed: 010"),
        ("loss, grads =", "loss, grads = ="),
        ("reg: 0.3", "rge: 0.3"),
        ("decay: 0.3}", "decay: 0.4}"),
        ("title: Loss", "titel: Loss"),
    )

    assert complaints(text) == [
        "5:1: the key 'seed' is repeated: it is in line 4 too",
        "10:50: problem net has no size or setting 'rge'; did you mean 'reg'?",
        "13:21: not Python: invalid syntax",
        "21:5: missing key 'title'",
        "22:5: unknown key 'titel'; did you mean 'title'?",
        "27:21: the weights sum to 1.1, not 1",
        "28:40: points must be a number, not the text 'no'",
        "29:80: probe 'fit' has no answer 'prd'; did you mean 'pred'?",
    ]


def test_an_item_with_two_mistakes_shows_both(
    change: Callable[..., str], complaints: Callable[[str], list[str]]
) -> None:
    assert complaints(change(("points: 2", "points: -2"), ("probe: net\n", "probe: nat\n"))) == [
        "22:13: points must be more than 0, not -2",
        "24:12: unknown probe 'nat'; did you mean 'net'?",
    ]


def test_a_mistake_behind_an_anchor_is_told_once(
    change: Callable[..., str], complaints: Callable[[str], list[str]]
) -> None:
    text = change(
        (f"credit: {{cases: {WEIGHTS}}}", "credit: &parts {cases: {plain: 0.7, decay: 0.2}}"),
        ("answer: dW1}", "answer: dW1, credit: *parts}"),
    )

    assert complaints(text) == ["26:28: the weights sum to 0.9, not 1"]


def test_weights_are_summed_exactly(
    change: Callable[..., str],
    load: Callable[[str], Rubric],
    complaints: Callable[[str], list[str]],
) -> None:
    ten = ", ".join(f"c{i}: {{reg: 1.{i}}}" for i in range(10))
    cases = ("decay: {reg: 0.3}", ten)

    tenths = ", ".join(f"c{i}: 0.1" for i in range(10))
    load(change(cases, (WEIGHTS, f"{{{tenths}}}")))

    nearly = tenths.replace("c9: 0.1", "c9: 0.100000000000000001")
    assert complaints(change(cases, (WEIGHTS, f"{{{nearly}}}"))) == [
        "26:21: the weights sum to 1.000000000000000001, not 1"
    ]


def test_messages_start_with_the_path_that_the_author_gave(
    folder: Path, change: Callable[..., str]
) -> None:
    (folder / "rubric.yaml").write_text(change((SEED, "")))
    program = "from grader.rubric import load_rubric; load_rubric('demo')"

    process = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder.parent,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "demo/rubric.yaml:1:1: missing key 'seed'" in process.stderr
