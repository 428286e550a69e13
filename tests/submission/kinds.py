"""What students really hand in, a kind a row: all of it right, and all of it must load and answer.

The homework is a package of two modules: ``nndl/layers.py`` defines ``squash``, which is tanh, and
``nndl/neural_net.py`` defines ``net``, which leans on it.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.submission.packed import entries, tarred, zipped

EXPECTED = ("nndl/neural_net.py", "nndl/layers.py")
LAYERS = "import numpy as np\n\ndef squash(x):\n    return np.tanh(x)\n"
NET = "from .layers import *\n\ndef net(x):\n    return squash(x)\n"
STARTER = {
    "nndl/__init__.py": "from .layers import *\nfrom .neural_net import *\n",
    "nndl/layers.py": "def squash(x):\n    pass\n",
    "nndl/neural_net.py": "from .layers import *\n\ndef net(x):\n    pass\n",
    "utils/data_utils.py": "def load():\n    return open('data')\n",
}

Files = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way of handing in; ``files`` lie in the folder of the student ``fox``."""

    files: Files
    numpy_compat: bool = False


def package(root: str = "", layers: str = LAYERS, net: str = NET) -> dict[str, str | bytes]:
    """Return the package under a folder."""
    return {f"{root}nndl/layers.py": layers, f"{root}nndl/neural_net.py": net}


def headed(line: str) -> Kind:
    """Return the package with lines at the head of both modules."""
    return Kind(files=package(layers=f"{line}\n{LAYERS}", net=f"{line}\n{NET}"))


def notebook(*cells: str) -> str:
    """Return a notebook with these code cells."""
    shown = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell.splitlines(keepends=True),
        }
        for cell in cells
    ]
    return json.dumps({"cells": shown, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def _packed() -> bytes:
    return zipped(entries({**package("hw3/"), "__MACOSX/hw3/._nndl": b"x", ".DS_Store": b"x"}))


_NOISE = {
    "__MACOSX/nndl/._layers.py": b"\0\5\26\7",
    "nndl/._layers.py": b"\0\5\26\7",
    ".DS_Store": b"\0",
    "nndl/__pycache__/layers.cpython-39.pyc": b"\0",
    "nndl/.ipynb_checkpoints/layers-checkpoint.py": "def squash(x):\n    return 0 * x\n",
}
_OLD = "def squash(x):\n    return 0 * x\n"
_NET_ALONE = "def net(x):\n    return squash(x)\n"


def _aged(files: Mapping[str, tuple[str, int]]) -> bytes:
    """Return a zip file whose entries were changed in the years that are told."""
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, (text, year) in files.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


KINDS: dict[str, Kind] = {
    # --- where it lies -----------------------------------------------------------------------
    "package at the top": Kind(files=package()),
    "package three folders down": Kind(files=package("hw3/HW 3 - code/final (2)/")),
    "folder names with umlauts and quotes": Kind(files=package('Übung/student\'s "hw"/')),
    "zip file": Kind(files={"hw3.zip": _packed()}),
    "tar.gz file": Kind(files={"hw3.tar.gz": tarred(entries(package("hw3/")))}),
    "zip file in a zip file": Kind(files={"upload.zip": zipped([("x/hw3.zip", _packed())])}),
    "zip file beside a report": Kind(files={"hw3.zip": _packed(), "report.pdf": b"%PDF"}),
    "zip file beside a notebook": Kind(
        files={"hw3.zip": _packed(), "run.ipynb": notebook("from nndl.layers import squash")}
    ),
    "zip file beside what was unpacked from it": Kind(
        files={**package("hw3/"), "hw3.zip": zipped(entries(package("", _OLD)))}
    ),
    "noise of a Mac, Python and Jupyter": Kind(files={**package("hw3/"), **_NOISE}),
    "modules without their package": Kind(files={"layers.py": LAYERS, "neural_net.py": NET}),
    "zip file of the package's own folder, with helpers": Kind(
        files={
            "nndl.zip": zipped(
                entries(
                    {
                        "__init__.py": "from .layers import *\n",
                        "layers.py": "from .mine import *\n\ndef squash(x):\n    return tanh(x)\n",
                        "mine.py": "from nndl.more import *\n",
                        "more/__init__.py": "from ..most import tanh\n",
                        "most.py": "from numpy import tanh\n",
                        "neural_net.py": NET,
                    }
                )
            )
        }
    ),
    "package of another name, with helpers": Kind(
        files={
            "hw/my_nndl/layers.py": "from my_nndl.mine import *\nfrom .mine import squash\n",
            "hw/my_nndl/mine.py": LAYERS,
            "hw/my_nndl/neural_net.py": NET,
        }
    ),
    "package of another name": Kind(
        files={"my_nndl/layers.py": LAYERS, "my_nndl/neural_net.py": NET}
    ),
    # --- several versions --------------------------------------------------------------------
    "old version in another folder, changed earlier": Kind(
        files={
            "hw3.zip": _aged(
                {
                    "a/nndl/layers.py": (_OLD, 2024),
                    "a/nndl/neural_net.py": (NET, 2024),
                    "b/nndl/layers.py": (LAYERS, 2025),
                    "b/nndl/neural_net.py": (NET, 2025),
                }
            )
        }
    ),
    "template beside the work": Kind(
        files={
            **package("hw3/"),
            "a/nndl/layers.py": STARTER["nndl/layers.py"],
            "a/nndl/neural_net.py": STARTER["nndl/neural_net.py"],
        }
    ),
    "file saved once more by the browser": Kind(
        files={**package(layers=_OLD), "nndl/layers (1).py": LAYERS}
    ),
    "untouched template beside a renamed file": Kind(
        files={**package(layers=STARTER["nndl/layers.py"]), "nndl/layers_final.py": LAYERS}
    ),
    "file twice in the archive": Kind(
        files={"hw.zip": zipped([*entries(package(layers=_OLD)), *entries(package())])}
    ),
    "renamed modules": Kind(files={"nndl/layers-2.py": LAYERS, "nndl/Neural_Net.py": NET}),
    # --- notebooks ---------------------------------------------------------------------------
    "all in one notebook": Kind(files={"hw3.ipynb": notebook(LAYERS, _NET_ALONE)}),
    "renamed notebook": Kind(files={"Copy of HW3 (1).ipynb": notebook(LAYERS + _NET_ALONE)}),
    "notebook beside untouched templates": Kind(
        files={
            "hw3.ipynb": notebook("from nndl.layers import *", LAYERS, _NET_ALONE),
            **{path: text for path, text in STARTER.items() if "utils" not in path},
        }
    ),
    "notebook that writes its modules": Kind(
        files={
            "hw.ipynb": notebook(
                "%mkdir nndl",
                f"%%writefile nndl/layers.py\n{LAYERS}",
                "%%writefile '/content/drive/My Drive/hw/nndl/neural_net.py'\nfrom .layers import *",
                "%%writefile -a nndl/neural_net.py\n\ndef net(x):\n    return squash(x)\n",
                "from nndl.neural_net import net",
            )
        }
    ),
    "notebook that runs a module": Kind(
        files={
            "nndl/layers.py": LAYERS,
            "hw.ipynb": notebook("%run -i './nndl/layers.py' --fast", _NET_ALONE),
        }
    ),
    "notebook that runs another notebook": Kind(
        files={
            "work/Part 1.ipynb": notebook(LAYERS),
            "work/Part 2.ipynb": notebook('%run "Part 1.ipynb"', _NET_ALONE),
        }
    ),
    "notebook that imports another notebook": Kind(
        files={
            "part1.ipynb": notebook(LAYERS),
            "part2.ipynb": notebook("import import_ipynb\nfrom part1 import squash", _NET_ALONE),
        }
    ),
    "notebook that writes over the template": Kind(
        files={
            "work/hw.ipynb": notebook(
                f"%%writefile nndl/layers.py\n{LAYERS}", f"%%file nndl/neural_net.py\n{NET}"
            ),
            **{f"work/{p}": text for p, text in STARTER.items() if "nndl" in p},
        }
    ),
    "notebook with magics": Kind(
        files={
            "hw3.ipynb": notebook(
                "%load_ext autoreload\n%autoreload 2\n%cd /content/drive/My Drive/hw3\n"
                "!bash get_datasets.sh\n%matplotlib inline",
                "files = !ls\nfrom google.colab import drive\ndrive.mount('/content/drive')",
                f"%%time\n{LAYERS}",
                _NET_ALONE,
                "squash?",
            )
        }
    ),
    "notebook whose cells fail": Kind(
        files={"hw3.ipynb": notebook("import cifar", "x = undefined", LAYERS, _NET_ALONE, "1/0")}
    ),
    # --- bytes -------------------------------------------------------------------------------
    "byte order mark": Kind(
        files={path: codecs.BOM_UTF8 + str(text).encode() for path, text in package().items()}
    ),
    "CRLF": Kind(files={p: str(t).replace("\n", "\r\n").encode() for p, t in package().items()}),
    "CR alone": Kind(files={p: str(t).replace("\n", "\r").encode() for p, t in package().items()}),
    "tabs": Kind(files={p: str(t).replace("    ", "\t") for p, t in package().items()}),
    "comments in Latin-1 with a cookie": Kind(
        files={
            path: b"# -*- coding: latin-1 -*-\n# gr\xfc\xdfe\n" + str(text).encode()
            for path, text in package().items()
        }
    ),
    "comments in UTF-8": headed("# größe ∂L/∂W 学生"),
    "no line end at the end": Kind(files={p: str(t).rstrip() for p, t in package().items()}),
    "module with a further suffix": Kind(
        files={"nndl/layers.py.txt": LAYERS, "nndl/neural_net.py.txt": NET}
    ),
    "notebook with a further suffix": Kind(
        files={"hw3.ipynb.json": notebook(LAYERS, _NET_ALONE), "report.txt": "x"}
    ),
    "module with lines of a notebook": headed("%matplotlib inline\n!pip install numpy"),
    "suffix in capitals": Kind(files={"nndl/LAYERS.PY": LAYERS, "nndl/Neural_Net.PY": NET}),
    # --- imports -----------------------------------------------------------------------------
    "no __init__.py": Kind(files=package("a/")),
    "__init__.py that imports what is not there": Kind(
        files={**package(), "nndl/__init__.py": "from .layers import *\nfrom .rnn import *\n"}
    ),
    "import by the package's name": Kind(
        files=package(net=NET.replace("from .layers", "from nndl.layers"))
    ),
    "import as if in the same folder": Kind(
        files=package(net=NET.replace("from .layers", "from layers"))
    ),
    "import by a path of the student's own": Kind(
        files=package("hw3/", net=NET.replace("from .layers", "from hw3.nndl.layers"))
    ),
    "import of the package by a path of the student's own": Kind(
        files=package(
            "HW 3 - code/",
            net=NET.replace(
                "from .layers import *", "from HW3_code.nndl import layers\nsquash = layers.squash"
            ),
        )
    ),
    "import of a module that lies in another folder": Kind(
        files={
            **package("hw3/", layers="from mathematics import tanh as squash\n"),
            "extra/mathematics.py": "from numpy import tanh\n",
        }
    ),
    "import of a module of the template from another folder": Kind(
        files=package(layers=f"import data_utils\nfrom data_utils import load\n{LAYERS}")
    ),
    "all in one module": Kind(files={"nndl/layers.py": f"{LAYERS}\n{_NET_ALONE}"}),
    "all in one script": Kind(files={"my homework.py": f"{LAYERS}\n{_NET_ALONE}"}),
    "sys.path changed first": headed("import os, sys\nsys.path.append(os.path.dirname(__file__))"),
    "helper package missing": headed(
        "from cs231n.data_utils import get_CIFAR10_data\nfrom cs231n.fast_layers import *\n"
        "from .im2col_cython import col2im_cython"
    ),
    "modules that are absent and not used": headed(
        "import tensorflow as tf, torch, cv2\nfrom sklearn import datasets, linear_model\n"
        "import matplotlib.pyplot as plt\nimport seaborn as sns\nimport pandas as pd"
    ),
    "slips of an editor": headed(
        "from regex import E\nfrom fsspec.core import conf\nfrom turtle import clear\n"
        "from audioop import cross\nfrom re import X\nfrom numpy.lib.function_base import select"
    ),
    "names of Python 2": headed(
        "from __future__ import print_function\nfrom builtins import range\n"
        "from past.builtins import xrange\nfrom six.moves import cPickle"
    ),
    "imports inside functions": Kind(
        files=package(layers="def squash(x):\n    import tqdm, numpy\n    return numpy.tanh(x)\n")
    ),
    # --- what runs at import time ------------------------------------------------------------
    "training": headed("for step in range(20_000):\n    loss = step ** 0.5"),
    "training that does not end": headed("import time\nwhile True:\n    step = 1"),
    "reading data": headed(
        "import numpy as np, pickle\nX = np.load('/content/data.npy')\n"
        "with open('cifar-10/data_batch_1', 'rb') as f:\n    batch = pickle.load(f)\n"
        "print(X.shape)"
    ),
    "plotting": headed(
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\n"
        "fig, ax = plt.subplots(2, 2)\nax[0, 0].plot([1, 2])\nplt.show()\nplt.savefig('x.png')\n"
        "plt.rcParams['figure.figsize'] = (10.0, 8.0)"
    ),
    "prompting": headed("name = input('Which data set? ')\nn = int(input())"),
    "printing a lot": headed("import numpy as np\nprint(np.ones((300, 300)))\nprint('x' * 10**6)"),
    "leaving": headed("import sys\nsys.exit(0)"),
    "asserting": headed("assert False, 'run me in the notebook'"),
    "options of a command": headed(
        "import argparse\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--data', required=True)\nargs = parser.parse_args()"
    ),
    "threads and processes": headed(
        "import threading, multiprocessing\n"
        "threading.Thread(target=print).start()\nmultiprocessing.Pool(2)"
    ),
    "a web address": headed("import urllib.request\nurllib.request.urlretrieve('http://x.y', 'z')"),
    "a pip call": headed("import subprocess\nsubprocess.run(['pip', 'install', 'x'], check=True)"),
    "stops of a debugger": Kind(
        files=package(
            layers="import pdb, ipdb\nimport numpy as np\n\ndef squash(x):\n    breakpoint()\n"
            "    pdb.set_trace()\n    ipdb.set_trace()\n    return np.tanh(x)\n"
        )
    ),
    "names that Python has removed": headed(
        "import imp, time\nfrom collections import Iterable\nfrom fractions import gcd\n"
        "from scipy.misc import imread, imresize\nstart = time.clock()"
    ),
    "calls of IPython": headed(
        "from IPython import get_ipython\nget_ipython().run_line_magic('matplotlib', 'inline')\n"
        "from IPython.display import clear_output, display\nclear_output()\ndisplay(3)"
    ),
    "calls of libraries that are absent": headed(
        "import torch, tensorflow as tf, wandb\ntorch.manual_seed(0)\nwandb.init(project='x')\n"
        "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
        "class Net(torch.nn.Module):\n    def forward(self, x: torch.Tensor) -> torch.Tensor:\n"
        "        return x"
    ),
    "settings of the environment": headed(
        "import os, random, sys, warnings\nos.environ['CUDA_VISIBLE_DEVICES'] = '0'\n"
        "os.makedirs('out', exist_ok=True)\nrandom.seed(0)\nsys.setrecursionlimit(10_000)\n"
        "warnings.filterwarnings('error')\nsys.stdout.reconfigure(encoding='utf-8')"
    ),
    "a main block": Kind(
        files=package(net=f"{NET}\nif __name__ == '__main__':\n    raise SystemExit(main())\n")
    ),
    "an unfilled cell of another part": Kind(
        files=package(
            net=f"{NET}\nclass Other:\n    def loss(self):\n        # TODO\n        pass\n"
        )
    ),
    # --- an older NumPy ----------------------------------------------------------------------
    "names that NumPy has removed": Kind(
        files=package(
            layers="import numpy as np\n\ndef squash(x):\n"
            "    one = np.product(np.ones(2, dtype=np.int)) + np.float_(0)\n"
            "    return one * np.tanh(np.reshape(x, newshape=x.shape))\n"
        ),
        numpy_compat=True,
    ),
    "names that NumPy has removed, at import time": Kind(
        files=package(layers=f"import numpy as np\nINFINITY = np.Inf\nKIND = np.bool\n{LAYERS}"),
        numpy_compat=True,
    ),
}


def put_kind(folder: Path, kind: Kind) -> Path:
    """Write a kind as the submission of the student ``fox``, and return the folder of all."""
    for name, data in kind.files.items():
        path = folder / "fox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder
