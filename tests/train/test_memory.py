"""A worker that is kept trains many runs, a thread each as Ray has it; its memory does not grow with them."""

import subprocess
import sys

from tests.conftest import ROOT

MANY = """
import resource, sys, tempfile, threading
from pathlib import Path
from tests.train.test_run import tiny_spec
from bench.train.run import Context, run

data = Path(sys.argv[1])

def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20

def one(number):
    with tempfile.TemporaryDirectory() as folder:
        run(tiny_spec(data).replace(seed=number), Context(data, Path(folder)))

for number in range(50):
    thread = threading.Thread(target=one, args=(number,))
    thread.start()
    thread.join()
    if number == 9:
        early = resident()
print(resident() - early)
"""


def test_fifty_runs_in_one_worker_take_no_more_memory_than_ten(data_dir):
    done = subprocess.run(
        [sys.executable, "-c", MANY, str(data_dir)], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 20, "MiB more after 50 runs than after 10"
