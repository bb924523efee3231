"""What the comparisons in Python share: sides in processes of their own, which take turns.

A side answers `case sizes threads calls` with nanoseconds. In every round all sides run the same case one after the other, so
that other load on the machine affects them equally. A ratio is ours / theirs: below 1, ours is faster.
"""
import os
import platform
import re
import statistics
import subprocess
import sys
import time

CORES = len(os.sched_getaffinity(0))
SLICE = 1.5e8  # target nanoseconds of a measurement
# Until the other side's threads are asleep: OpenBLAS's spin for 2^26 clock ticks after a product, about 30 ms.
PAUSE = 0.08


def command(server):
    """The command that starts our server: a local build needs .NET, a published one does not."""
    return ["dotnet", server] if server.endswith(".dll") else [server]


class Side:
    def __init__(self, command, threads):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)
        self.version = self.process.stdout.readline().strip()

    def ask(self, question):
        self.process.stdin.write(question + "\n")
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(1)  # it has reported why
        if answer.startswith("error"):
            sys.exit(f"{question}: {answer.strip()}")
        return float(answer)


def calibrate(side, case, threads):
    """The number of calls per slice, determined while compilers and caches warm up."""
    calls, end = 1, time.monotonic() + 0.6
    side.ask(f"{case} {threads} 1")
    while True:
        took = side.ask(f"{case} {threads} {calls}")
        calls = max(1, min(4 * calls, int(SLICE * calls / took)))
        if time.monotonic() > end:
            return calls, took


def measure(sides, case, threads, rounds):
    plans = [calibrate(side, case, threads) for side in sides]
    times = [[] for _ in sides]
    for _ in range(rounds if max(took for _, took in plans) < 2e9 else 3):
        for i, (calls, _) in enumerate(plans):
            time.sleep(PAUSE)
            times[i].append(sides[i].ask(f"{case} {threads} {calls}") / calls)
    return [statistics.median(t) for t in times]


def processor():
    with open("/proc/cpuinfo") as info:
        text = info.read()
    model = re.search(r"model name\s*:\s*(.*)", text)
    flags = re.search(r"flags\s*:\s*(.*)", text)
    wide = [flag for flag in ("avx512f", "avx2", "fma") if flags and flag in flags.group(1).split()]
    return f"{model.group(1) if model else platform.processor()} ({', '.join(wide)}), {CORES} cores"


def commit(server):
    """Our server's commit: the repository's if built here, otherwise the one it reports."""
    if not server.endswith(".dll"):
        return subprocess.run([server, "commit"], capture_output=True, text=True, check=True).stdout.strip()
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain", "src"], capture_output=True, text=True).stdout.strip()
    return revision + (" with changes" if changed else "")


def sections(path):
    """The groups written by an earlier run, by title."""
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return {part.split("\n", 1)[0]: "## " + part.rstrip() for part in file.read().split("\n## ")[1:]}
