"""Peak memory and processor time of `engine features` and `engine predict` on recordings of 1, 15, 60 and 180 minutes.

    python3 bench/EndToEnd/memory.py ENGINE OUT.md [--minutes 1,15,60,180] [--work FOLDER] [--formats wav,mp3]

Makes the recordings (decaying chords over noise: peaks for the tuning, onsets for the tempo), trains a nearest-neighbour
classifier and a small windowed network on `engine synth`, runs every command on each recording and writes a table. Peak memory is
the largest resident set of a single process, the program or the ffmpeg it starts for MP3. Without ffmpeg only WAV is measured.
Measurements are kept in the work folder and not repeated.
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

from recipes import commit

RATE = 22050
# The recordings repeat this many seconds, each time at a different level.
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


def make_mp3(path, minutes, loops, work):
    """Encodes each loop once and joins the streams: this avoids encoding three hours."""
    for i, loop in enumerate(loops):
        if not (work / f"loop{i}.mp3").exists():
            make_wav(work / "loop.wav", 1, [loop])
            command = ["ffmpeg", "-v", "error", "-y", "-i", work / "loop.wav", "-ac", "2", "-ar", "44100", "-b:a", "128k", work / f"loop{i}.mp3"]
            subprocess.run(command, check=True)
    (work / "loops.txt").write_text("".join(f"file loop{m % len(loops)}.mp3\n" for m in range(minutes * 60 // LOOP_SECONDS)))
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "concat", "-i", work / "loops.txt", "-c", "copy", path], check=True)


def run(command, environment):
    """User seconds (summed) and peak resident set in MB (maximum) of a command and its child processes."""
    with tempfile.TemporaryFile() as error:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=error, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            error.seek(0)
            sys.exit(f"{' '.join(map(str, command))}: exit status {child.returncode}: {error.read().decode()}")
    return usage.ru_utime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine")
    parser.add_argument("out")
    parser.add_argument("--minutes", default="1,15,60,180")
    parser.add_argument("--formats", default="wav,mp3")
    parser.add_argument("--work", default="/tmp/engine-memory", help="where recordings go (two of 3 hours are 480 MB each)")
    arguments = parser.parse_args()
    lengths = [int(m) for m in arguments.minutes.split(",")]
    formats = [f for f in arguments.formats.split(",") if f != "mp3" or shutil.which("ffmpeg")]
    engine = pathlib.Path(arguments.engine).resolve()
    work = pathlib.Path(arguments.work).resolve()
    work.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"ENGINE_CACHE": str(work / "cache")}
    loops = [minute(level).tobytes() for level in (1, 0.6, 0.3)]
    recipe = work / "memory-cnn.json"
    recipe.write_text(json.dumps(NETWORK))
    if not (work / "cnn").exists():
        run([engine, "synth", work / "corpus", "--tracks", "4", "--seconds", "4", "--force"], environment)
        for name, source in (("knn", "gtzan57-knn"), ("cnn", recipe)):
            shutil.rmtree(work / name, ignore_errors=True)
            run([engine, "train", work / "corpus", "--recipe", source, "--out", work / name, "--no-cache"], environment)

    measured = work / "measured.json"
    rows = json.loads(measured.read_text()) if measured.exists() else []
    for form in formats:
        for minutes in lengths:
            path, twin = work / f"r{minutes}.{form}", work / f"s{minutes}.{form}"
            for label, command in (
                ("features --set gtzan57", ["features", path, "--set", "gtzan57", "--out", work / "f.csv"]),
                ("features --set all", ["features", path, "--set", "all", "--out", work / "f.csv"]),
                ("features --set mel --out f.npy", ["features", path, "--set", "mel", "--out", work / "f.npy"]),
                ("predict, gtzan57-knn", ["predict", work / "knn", path]),
                ("predict, windows of a network", ["predict", work / "cnn", path]),
                # Two recordings, one worker each.
                ("features --set gtzan57, two at once", ["features", path, twin, "--threads", "2", "--out", work / "f.csv"]),
            ):
                if any([form, label, minutes] == row[:3] for row in rows):
                    continue
                if not path.exists():
                    make_wav(path, minutes, loops) if form == "wav" else make_mp3(path, minutes, loops, work)
                if not twin.exists():
                    os.link(path, twin)
                seconds, peak = run([engine, *command, "--no-cache", *(["--force"] if command[0] == "features" else [])], environment)
                rows.append([form, label, minutes, peak, seconds])
                measured.write_text(json.dumps(rows))
                write(arguments.out, lengths, rows)
                print(f"{form} {label} {minutes} min: {peak:.0f} MB, {seconds:.1f} s", file=sys.stderr, flush=True)
            path.unlink(missing_ok=True)
            twin.unlink(missing_ok=True)


def write(path, lengths, rows):
    table = {}
    for form, label, minutes, peak, seconds in rows:
        table.setdefault((form, label), {})[minutes] = (peak, seconds)
    lines = [
        "# Memory of long recordings",
        "",
        f"`bench/EndToEnd/memory.py`, commit {commit()}, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, {platform.machine()}; `--no-cache`.",
        "Peak resident memory in MB and, after the stroke, user seconds; growth is the largest peak beyond that of the shortest recording.",
        f"WAV: {RATE:,} Hz, mono, 16 bits. MP3: 44,100 Hz, stereo, 128 kbit/s, decoded by ffmpeg, whose seconds count, too.",
        "",
        "| format | command | " + " | ".join(f"{m} min" for m in lengths) + " | growth |",
        "|---|---|" + "---:|" * (len(lengths) + 1),
    ]
    for (form, label), cells in table.items():
        peaks = [cells[m][0] for m in lengths if m in cells]
        figures = " | ".join(f"{cells[m][0]:.0f} / {cells[m][1]:.1f}" if m in cells else "" for m in lengths)
        lines.append(f"| {form} | {label} | {figures} | {max(peaks) - peaks[0]:.0f} |")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
