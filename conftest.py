"""One thread for each test's linear algebra: several would only wait for each other.

The tests' matrices are small, and pytest-xdist keeps all cores busy. NumPy counts its threads once,
when it is loaded, which is after this.
"""

import os
from pathlib import Path

from hypothesis import HealthCheck, settings

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# Draws are certified once for all tests that go through the command, and not in the user's folder.
os.environ.setdefault("GRADER_CACHE", str(Path(__file__).parent / ".pytest_cache" / "grader"))

# How fast a busy machine makes up examples says nothing about what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")
