"""Rows 28 to 33: attacks on the channel between the grader and a submission's process."""

from __future__ import annotations

from grader.grading.transcripts import read_transcript
from tests.attacks.attack import each
from tests.attacks.hall import Examined

_FRAME = """
import msgpack
def frame(message):
    header = msgpack.packb(message)
    return struct.pack('<IQ', len(header), 0) + header
def caller(name):
    found = sys._getframe()
    while found.f_code.co_name != name:
        found = found.f_back
    return found
"""


def _is_its_own_answer(examined: Examined) -> None:
    assert "forged" in examined.message


def _can_be_read_back(examined: Examined) -> None:
    """Check that what was kept of it does not stop whoever judges the run again."""
    _is_its_own_answer(examined)
    kept = examined.hall.run / "transcripts" / f"{examined.submission.id}.frame"
    assert read_transcript(kept).submission == examined.submission.id


ROWS = (
    *each(
        28,
        {
            "garbage to the channel": "os.write(4, b'garbage' * 10)\nreturn np.tanh(z)",
            "garbage everywhere": "for fd in range(1024):\n    try:\n        os.write(fd, b'garbage' * 10)\n    except OSError:\n        pass\nreturn np.tanh(z)",
            "zeros to the channel": "os.write(4, bytes(100))\nreturn np.tanh(z)",
        },
        out="crashed",
        told="it broke the protocol",
        is_about_walls=True,
    ),
    *each(
        29,
        {
            "reply of another id": f"{_FRAME}os.write(4, frame({{'id': 10**9}}))\nreturn np.tanh(z)",
            "two replies": f"{_FRAME}asked = caller('handle').f_locals['message']['id']\nfor n in range(20):\n    os.write(4, frame({{'id': asked + n, 'answers': {{}}}}))\nreturn np.tanh(z)",
        },
        out="crashed",
        told="it answered a question that was not asked|broke the protocol",
    ),
    *each(
        30,
        {
            "2 to the 60 bytes of body": "os.write(4, struct.pack('<IQ', 10, 2**60))\ntime.sleep(99)",
            "4 GB of header": "os.write(4, struct.pack('<IQ', 2**32 - 1, 0))\ntime.sleep(99)",
        },
        out="crashed",
        told="is too large",
    ),
    *each(
        31,
        {
            "deep message": "os.write(4, struct.pack('<IQ', 500_000, 0) + b'\\x91' * 500_000)\ntime.sleep(99)",
            "deep mapping": "os.write(4, struct.pack('<IQ', 300_001, 0) + b'\\x81\\xa1a' * 100_000 + b'\\xc0')\ntime.sleep(99)",
        },
        out="crashed",
        told="it broke the protocol",
    ),
    *each(
        32,
        {
            "closes its pipes": "os.closerange(0, 64)\nreturn np.tanh(z)",
            "closes its pipes and loops": "os.closerange(0, 64)\nwhile True:\n    pass",
        },
        out="crashed",
        told="it closed the grader's channel|it ended itself",
    ),
    *each(
        32,
        {
            "never reads again": f"{_FRAME}caller('serve').f_globals['_receive'] = lambda n: time.sleep(10**6)\nreturn np.tanh(z)",
            "reads its own questions": "while True:\n    os.read(3, 1 << 20)",
        },
        out="timed_out",
        homework="hurried",
    ),
    *each(
        33,
        {
            "forges its own answer": f"""{_FRAME}
asked = caller('handle').f_locals['message']['id']
told = {{'outcome': 'wrong', 'message': 'forged', 'exception': '', 'where': ''}}
os.write(4, frame({{'id': asked, 'answers': {{'out': told}}}}))
os._exit(0)
"""
        },
        out="wrong",
        after=_is_its_own_answer,
    ),
    *each(
        33,
        {
            "forges what it has printed": f"""{_FRAME}
asked = caller('handle').f_locals['message']['id']
told = {{'outcome': 'wrong', 'message': 'forged', 'exception': '', 'where': ''}}
left = frame({{'id': asked, 'answers': {{'out': told}}, 'output': b'\\xff' * 1_000_000}})
while left:
    left = left[os.write(4, left):]
os._exit(0)
"""
        },
        out="wrong",
        after=_can_be_read_back,
    ),
    *each(
        33,
        {
            "forges an outcome that only the grader gives": f"""{_FRAME}
asked = caller('handle').f_locals['message']['id']
told = {{'outcome': 'correct', 'message': 'forged', 'exception': '', 'where': ''}}
os.write(4, frame({{'id': asked, 'answers': {{'out': told}}}}))
time.sleep(99)
"""
        },
        out="crashed",
        told="it broke the protocol",
    ),
)
