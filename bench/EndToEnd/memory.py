"""Peak memory and time of `engine features` and `engine predict` on recordings of 1, 15, 60 and 180 minutes.

    python3 bench/EndToEnd/memory.py ENGINE OUT.md [--minutes 1,15,60,180] [--work FOLDER] [--formats wav,mp3]

Makes the recordings (decaying chords over noise: peaks for the tuning, onsets for the tempo), trains a nearest-neighbour and a
small windowed network on `engine synth`, runs every command on each and writes a table. Peak memory is the largest resident set
of the process and, for MP3, of the ffmpeg it starts, apart. Needs ffmpeg for MP3; without it only WAV is measured.
"""

import argparse
import array
import json
import math
import os
import pathlib
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
import wave

RATE = 22050
# The recordings repeat this much, each time at another level.
LOOP_SECONDS = 60

NETWORK = {
    "name": "memory-cnn",
    "description": "Windows of 3 s of 64 mel bands through two convolutions.",
    "front_end": {
        "sample_rate": RATE,
        "features": {"set": "mel-frames", "n_mels": 64},
        "segment": 3,
    },
    "window_scaler": "bin",
    "scaler": "none",
    "classifier": {
        "kind": "network",
        "layers": [
            {"layer": "conv2d", "filters": 8, "kernel": 3},
            {"layer": "relu"},
            {"layer": "max-pool2d", "size": 2},
            {"layer": "conv2d", "filters": 16, "kernel": 3},
            {"layer": "relu"},
            {"layer": "max-pool2d", "size": 4},
            {"layer": "flatten"},
            {"layer": "dense", "units": 32},
            {"layer": "relu"},
            {"layer": "output"},
        ],
        "training": {"optimizer": {"kind": "adam", "learning_rate": 0.001}, "batch": 16, "epochs": 2},
    },
    "split": "stratified",
}


def minute(level):
    """LOOP_SECONDS of 16-bit samples."""
    chance = random.Random(1)
    samples = array.array("h")
    for i in range(LOOP_SECONDS * RATE):
        beat, t = divmod(i, RATE // 2)
        t /= RATE
        chord = math.sin(2 * math.pi * 220 * (1 + beat % 4 / 4) * t) + math.sin(2 * math.pi * 330 * (1 + beat % 3 / 5) * t)
        samples.append(int(level * (9000 * chord * math.exp(-5 * t) + 300 * (chance.random() - 0.5))))
    return samples


def make_wav(path, minutes, loops):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for m in range(minutes * 60 // LOOP_SECONDS):
            out.writeframes(loops[m % len(loops)])


def run(command, environment):
    """Wall seconds and the peak resident set in MB of a command and, apart, of the largest of its children."""
    with tempfile.TemporaryFile() as error:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=error, env=environment)
        # wait4 gives the child's own usage: its children's is added only where it waited for them, as a maximum.
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        if status != 0:
            error.seek(0)
            sys.exit(f"{' '.join(map(str, command))}: exit status {status}: {error.read().decode()}")
    return seconds, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine")
    parser.add_argument("out")
    parser.add_argument("--minutes", default="1,15,60,180")
    parser.add_argument("--formats", default="wav,mp3")
    parser.add_argument("--work", help="where recordings go (3 hours of WAV are 480 MB); default: a temporary folder")
    arguments = parser.parse_args()
    lengths = [int(m) for m in arguments.minutes.split(",")]
    formats = [f for f in arguments.formats.split(",") if f != "mp3" or shutil.which("ffmpeg")]
    engine = pathlib.Path(arguments.engine).resolve()
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        work = pathlib.Path(folder)
        environment = os.environ | {"ENGINE_CACHE": str(work / "cache")}
        loops = [minute(level).tobytes() for level in (1, 0.6, 0.3)]
        recipe = work / "memory-cnn.json"
        recipe.write_text(json.dumps(NETWORK))
        run([engine, "synth", work / "corpus", "--tracks", "4", "--seconds", "4"], environment)
        for name, source in (("knn", "gtzan57-knn"), ("cnn", recipe)):
            run([engine, "train", work / "corpus", "--recipe", source, "--out", work / name, "--no-cache"], environment)

        rows = []
        for form in formats:
            for minutes in lengths:
                path = work / f"r{minutes}.wav"
                make_wav(path, minutes, loops)
                if form == "mp3":
                    wav, path = path, work / f"r{minutes}.mp3"
                    subprocess.run(
                        ["ffmpeg", "-v", "error", "-y", "-i", wav, "-ac", "2", "-ar", "44100", "-b:a", "128k", path], check=True)
                    wav.unlink()
                for label, command in (
                    ("features --set gtzan57", ["features", path, "--set", "gtzan57", "--out", work / "f.csv"]),
                    ("features --set all", ["features", path, "--set", "all", "--out", work / "f.csv"]),
                    ("features --set mel --out f.npy", ["features", path, "--set", "mel", "--out", work / "f.npy"]),
                    ("predict, gtzan57-knn", ["predict", work / "knn", path]),
                    ("predict, windows of a network", ["predict", work / "cnn", path]),
                ):
                    seconds, peak = run([engine, *command, "--no-cache", *(["--force"] if command[0] == "features" else [])], environment)
                    rows.append((form, label, minutes, peak, seconds))
                    print(f"{form} {label} {minutes} min: {peak:.0f} MB, {seconds:.1f} s", file=sys.stderr, flush=True)
                if form == "wav":
                    # Two such recordings, a worker for each.
                    twin = work / f"s{minutes}.wav"
                    os.link(path, twin)
                    command = ["features", path, twin, "--threads", "2", "--out", work / "f.csv", "--force", "--no-cache"]
                    seconds, peak = run([engine, *command], environment)
                    rows.append((form, "features --set gtzan57, two at once", minutes, peak, seconds))
                    twin.unlink()
                path.unlink()

    write(arguments.out, lengths, rows)


def write(path, lengths, rows):
    table = {}
    for form, label, minutes, peak, seconds in rows:
        table.setdefault((form, label), {})[minutes] = (peak, seconds)
    lines = [
        "# Memory of long recordings",
        "",
        f"Peak resident memory in MB and, after the stroke, wall seconds; the last column is the peak beyond that of {lengths[0]} minute(s).",
        f"WAV: {RATE} Hz, mono, 16 bits. MP3: 44,100 Hz, stereo, 128 kbit/s, decoded by ffmpeg, whose memory is not counted.",
        f"{os.cpu_count()} processors, {platform.machine()}. Made by `bench/EndToEnd/memory.py`.",
        "",
        "| format | command | " + " | ".join(f"{m} min" for m in lengths) + " | growth |",
        "|---|---|" + "---|" * (len(lengths) + 1),
    ]
    for (form, label), cells in table.items():
        growth = max(cells[m][0] for m in lengths) - cells[lengths[0]][0]
        lines.append(f"| {form} | {label} | " + " | ".join(f"{cells[m][0]:.0f} / {cells[m][1]:.1f}" for m in lengths) + f" | {growth:.0f} |")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
