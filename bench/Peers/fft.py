"""Alternates between our FFT, FFTW and SciPy and prints the medians and their ratios as Markdown.

Every measurement is repeated in rounds: in each round all libraries run the same case one after the other, so that
other load on the machine affects them equally. Ratios are ours / theirs: below 1, ours is faster.
"""
import argparse
import ctypes
import platform
import statistics
import subprocess
import time

import numpy as np
import scipy
import scipy.fft
import scipy.signal

LENGTHS = [256, 512, 1024, 2048, 4096, 8192, 16384, 441, 1000, 1009, 1323, 2205]
CLIP = 30 * 22050
FRAMES = 64
SLICE = 8e6  # target nanoseconds of a measurement


class Ours:
    def __init__(self, server):
        self.process = subprocess.Popen(
            ["dotnet", server, "fft"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.name = "ours"
        self.version = self.process.stdout.readline().strip()

    def prepare(self, kind, size, frames):
        def run(calls):
            self.process.stdin.write(f"{kind} {size} {frames} {calls}\n")
            return float(self.process.stdout.readline())
        return run


class Fftw:
    def __init__(self, library):
        self.library = ctypes.CDLL(library)
        for function in ("peer_prepare", "peer_prepare_stft"):
            getattr(self.library, function).restype = ctypes.c_void_p
        for function in ("peer_time", "peer_time_stft"):
            getattr(self.library, function).restype = ctypes.c_double
            getattr(self.library, function).argtypes = [ctypes.c_void_p, ctypes.c_int]
        self.library.peer_version.restype = ctypes.c_char_p
        self.name = "FFTW"
        self.version = self.library.peer_version().decode()

    def prepare(self, kind, size, frames):
        if kind.startswith("stft"):
            job = self.library.peer_prepare_stft(2048, size, int(kind == "stft"))
            return lambda calls: self.library.peer_time_stft(job, calls)
        job = self.library.peer_prepare(size, frames, int(kind == "irfft"))
        return lambda calls: self.library.peer_time(job, calls)


class Python:
    """A library called from Python: the call itself costs about a microsecond, which shows in single transforms."""

    def prepare(self, kind, size, frames):
        if kind == "stft-into":
            return None
        call = self.call(kind, size, frames)

        def run(calls):
            start = time.perf_counter_ns()
            for _ in range(calls):
                call()
            return time.perf_counter_ns() - start
        return run


def signal(size, frames):
    x = np.random.default_rng(1).random((frames, size), dtype=np.float32) - np.float32(0.5)
    return x if frames > 1 else x[0]


class SciPy(Python):
    name = "SciPy"
    version = scipy.__version__

    def call(self, kind, size, frames):
        x = signal(size, frames)
        if kind == "stft":
            return lambda: scipy.signal.stft(x, nperseg=2048, noverlap=1536, boundary="zeros", padded=False)
        if kind == "irfft":
            y = scipy.fft.rfft(x)
            return lambda: scipy.fft.irfft(y, n=size)
        return lambda: scipy.fft.rfft(x)


def measure(peers, kind, size, frames, rounds):
    runs = [peer.prepare(kind, size, frames) for peer in peers]
    calls = []
    for run in runs:
        if run is None:
            calls.append(0)
            continue
        # Warm up compilers and caches, then aim for a slice of time.
        end, count = time.monotonic() + 0.4, 1
        while time.monotonic() < end:
            took = max(run(count), 1)
            count = max(1, min(count * 4, int(SLICE * count / took)))
        calls.append(count)
    times = [[] for _ in peers]
    for _ in range(rounds):
        for i, run in enumerate(runs):
            if run is not None:
                times[i].append(run(calls[i]) / calls[i] / frames)
    return [statistics.median(t) if t else None for t in times]


def processor():
    model = platform.processor()
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
            if line.startswith("flags"):
                wide = [flag for flag in ("avx512f", "avx2", "fma") if flag in line.split()]
                return f"{model} ({', '.join(wide)})"
    return model


def commit():
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain", "src"], capture_output=True, text=True).stdout.strip()
    return revision + (" with changes" if changed else "")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--library", required=True)
    arguments.add_argument("--server", required=True)
    arguments.add_argument("--quick", action="store_true", help="length 2048 and the STFT only")
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--out", help="also write the table here")
    options = arguments.parse_args()
    peers = [Ours(options.server), Fftw(options.library), SciPy()]

    lines = ["# FFT and STFT beside FFTW and SciPy", ""]
    lines += [f"- processor: {processor()}", f"- commit: {commit()}", f"- made by: `bench/Peers/fft.sh`, {time.strftime('%Y-%m-%d')}"]
    lines += [f"- {peer.name}: {peer.version}" for peer in peers]
    lines += ["", "float32, one thread. Microseconds per transform, medians of "
              f"{options.rounds} rounds in which the libraries take turns; `/` columns are ours / theirs, below 1 is faster.",
              "FFTW runs the faster of its MEASURE and PATIENT plans. *One* is one call per signal: for SciPy that",
              "includes a call from Python. FFTW's STFT is the obvious C loop around it. *New* STFTs allocate their 10.6 MB result,",
              "*into* ones write over an old one, which SciPy does not offer.", ""]
    names = [peer.name for peer in peers]
    lines += ["| case | signals a call | " + " | ".join(names) + " | " + " | ".join("/ " + n for n in names[1:]) + " |"]
    lines += ["|---|---:|" + "---:|" * (2 * len(names) - 1)]
    lengths = [2048] if options.quick else LENGTHS
    cases = [("rfft", n, f) for n in lengths for f in (1, FRAMES)]
    cases += [("irfft", 2048, 1), ("irfft", 2048, FRAMES), ("stft", CLIP, 1), ("stft-into", CLIP, 1)]
    labels = {"stft": "stft of 30 s, 2048/512, new", "stft-into": "stft of 30 s, 2048/512, into"}
    print("\n".join(lines), flush=True)
    for kind, size, frames in cases:
        medians = measure(peers, kind, size, frames, options.rounds)
        row = f"| {labels.get(kind, f'{kind} {size}')} | {frames} | " + " | ".join(f"{m / 1e3:.3f}" if m else "-" for m in medians)
        row += " | " + " | ".join(f"{medians[0] / m:.2f}" if m else "-" for m in medians[1:]) + " |"
        lines.append(row)
        print(row, flush=True)
    if options.out:
        with open(options.out, "w") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
