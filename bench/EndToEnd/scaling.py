"""Measures how time and memory of training and testing grow with the rows of a table, for each kind of classifier.

    bench/EndToEnd/scaling.py [--sizes 1000,10000,100000] [--limit SECONDS] [--only NAME,...] [--short NAME,...] [--engine FILE] [--work FOLDER] [--out FOLDER]

The tables are synthetic: 57 columns, ten overlapping genres, a fifth tested. Times are processor seconds of whole commands on one
thread, including reading the table; memory is the peak of the process. Exponents are those of the last tenfold increase in rows:
log10 of the ratio, with memory relative to the smallest table. Sizes that exceed the limit, and all larger ones, are left out, as
is the largest size of recipes named by --short; for these the table extrapolates from the previous size.
--out updates FOLDER/scaling.md; measurements are kept in the work folder and not repeated.
"""
import argparse
import json
import math
import os
import platform
import random
import shutil
import subprocess
import sys
import threading
import time

from recipes import commit

TABLE = {"sample_rate": 22050, "features": {"set": "gtzan57"}, "segment": None}


def recipe(classifier, scaler="standard", **more):
    return {"name": "scaling", "description": "Measured.", "front_end": TABLE, "scaler": scaler, **more, "classifier": classifier, "split": "stratified", "published": None}


NETWORK = {
    "kind": "network", "layers": [{"layer": "dense", "units": 64}, {"layer": "relu"}, {"layer": "output"}],
    "training": {"optimizer": {"kind": "adam", "learning_rate": 0.001}, "batch": 128, "epochs": 10, "validation": 0.1},
}
CALIBRATED = {"calibration": "temperature"}
SVM = {"kind": "svm", "kernel": "rbf", "c": 10, "gamma": 0.01, "probabilities": "margins"}
TREES = {"kind": "extra-trees", "trees": 100}

# Name, recipe, expected growth of its time.
KINDS = [
    ("neighbours, k = 5", recipe({"kind": "knn", "k": 5}, **CALIBRATED), "rows² (exhaustive search)"),
    ("SVM, RBF", recipe(SVM, **CALIBRATED), "rows² to rows³ (SMO)"),
    ("SVM, linear", recipe({**SVM, "kernel": "linear", "c": 0.1}, **CALIBRATED), "rows² to rows³ (SMO)"),
    ("logistic regression", recipe({"kind": "logistic", "c": 1}, **CALIBRATED), "rows · steps"),
    ("LDA", recipe({"kind": "lda"}, **CALIBRATED), "rows"),
    ("PCA to 20, then LDA", recipe({"kind": "lda"}, projection={"kind": "pca", "components": 20}, **CALIBRATED), "rows"),
    ("naive Bayes", recipe({"kind": "naive-bayes"}, **CALIBRATED), "rows"),
    ("random forest, 100 trees", recipe({"kind": "forest", "trees": 100}, "none", **CALIBRATED), "rows · log rows"),
    ("extra trees, 100 trees", recipe(TREES, "none", **CALIBRATED), "rows · log rows"),
    ("network, 10 epochs", recipe(NETWORK, **CALIBRATED), "rows"),
    ("ensemble of trees, LDA and network", recipe(
        {"kind": "ensemble", "members": [{"classifier": TREES}, {"scaler": "standard", "classifier": {"kind": "lda"}}, {"scaler": "standard", "classifier": NETWORK}]},
        "none", **CALIBRATED), "rows · log rows"),
]


def table(path, rows):
    """A table in GTZAN's layout; tracks are numbered within each genre."""
    if os.path.exists(path):
        return
    draw = random.Random(1)
    header = columns()
    centers = [[draw.gauss(0, 0.4) for _ in header] for _ in range(10)]
    with open(path + ".part", "w") as file:
        file.write(",".join(["filename", "length", *header, "label"]) + "\n")
        for row in range(rows):
            genre = row % 10
            values = ",".join(f"{center + draw.gauss(0, 1):.4f}" for center in centers[genre])
            file.write(f"genre{genre}.{row // 10:05}.wav,661794,{values},genre{genre}\n")
    os.replace(path + ".part", path)


def columns():
    """The 57 columns, from a table of a synthetic corpus with one recording per genre."""
    folder = os.path.join(WORK, "columns")
    if not os.path.exists(folder + ".csv"):
        subprocess.run([*ENGINE, "synth", folder, "--tracks", "1", "--seconds", "1"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*ENGINE, "features", folder, "--set", "gtzan57", "--no-cache", "--out", folder + ".csv"], check=True, stdout=subprocess.DEVNULL)
    with open(folder + ".csv") as file:
        names = file.readline().strip().split(",")
    return [name for name in names if name not in ("filename", "length", "label", "track")]


def run(command, limit):
    """Processor seconds and peak MB of a command; None if it took longer than the limit."""
    process = subprocess.Popen([*ENGINE, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    timer = threading.Timer(limit, process.kill)
    timer.start()
    error = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    in_time = timer.is_alive()
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    if not in_time:
        return None
    if process.returncode != 0:
        sys.exit(f"scaling.py: {' '.join(command)} ended with {process.returncode}:\n{error[-2000:]}")
    return {"seconds": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}


def measure(name, spec, rows, limit):
    """Training and testing of one recipe on one table."""
    key = os.path.join(WORK, f"{name.replace(' ', '-').replace(',', '')}-{rows}")
    if os.path.exists(key + ".json"):
        with open(key + ".json") as file:
            return json.load(file)
    data = os.path.join(WORK, f"{rows}.csv")
    table(data, rows)
    with open(key + ".recipe.json", "w") as file:
        json.dump(spec, file)
    shutil.rmtree(key, ignore_errors=True)
    train = run(["train", data, "--recipe", key + ".recipe.json", "--seed", "1", "--threads", "1", "--out", key], limit)
    result = None
    if train:
        with open(os.path.join(key, "metrics.json")) as file:
            metrics = json.load(file)
        result = {"train": train, "test": run(["test", key, "--threads", "1"], limit), "accuracy": metrics["accuracy"], "ece": metrics["ece"],
                  "run_mb": sum(os.path.getsize(os.path.join(key, f)) for f in os.listdir(key)) / 1e6}
    with open(key + ".json", "w") as file:
        json.dump(result, file)
    shutil.rmtree(key, ignore_errors=True)
    return result


def exponent(values):
    """The exponent between the last two sizes; blank with fewer than two."""
    known = [(rows, value) for rows, value in values if value is not None and value > 0]
    if len(known) < 2:
        return ""
    (small, before), (large, after) = known[-2:]
    return f"{math.log(after / before) / math.log(large / small):.2f}"


def foretold(sizes, results, law):
    """Seconds of the largest size, extrapolated by the lowest power of the rows that the law allows; the smallest table's time
    counts as start-up."""
    first, last = results[-3]["train"]["seconds"], results[-2]["train"]["seconds"]
    return first + (last - first) * (sizes[-1] / sizes[-2]) ** (2 if law.startswith("rows²") else 1)


def main():
    global ENGINE, WORK
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sizes", default="1000,10000,100000")
    arguments.add_argument("--limit", type=float, default=600)
    arguments.add_argument("--only", help="names, or parts of names")
    arguments.add_argument("--short", default="", help="names, or parts of names, not to measure with the largest table")
    arguments.add_argument("--engine", default="src/Cli/bin/Release/net10.0/engine")
    arguments.add_argument("--work", default="/tmp/engine-scaling")
    arguments.add_argument("--out", help="a folder; scaling.md is written there")
    options = arguments.parse_args()
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    ENGINE, WORK = [os.path.abspath(options.engine)], options.work
    os.makedirs(WORK, exist_ok=True)
    sizes = [int(size) for size in options.sizes.split(",")]
    lines = ["# Rows, time and memory", "",
             f"`bench/EndToEnd/scaling.py`, commit {commit()}, {time.strftime('%Y-%m-%d')}, {platform.system()} {platform.machine()}, one thread.",
             "57 columns, ten genres, a fifth tested. Processor seconds and peak memory of `engine train` (calibration and the figures of its test",
             "included) and `engine test`, reading the table included. Exponents are of the last two sizes.", "",
             "| classifier | " + " | ".join(f"train, {size:,} rows" for size in sizes) + " | time ∝ rows^ | memory ∝ rows^ | test, largest | must grow with |",
             "|---|" + "---:|" * (len(sizes) + 3) + "---|"]
    for name, spec, law in KINDS:
        if options.only and not any(part in name for part in options.only.split(",")):
            continue
        results = []
        short = any(part in name for part in options.short.split(",") if part)
        for size in sizes:
            late = bool(results) and results[-1] is None or short and size == sizes[-1]
            results.append(None if late else measure(name, spec, size, options.limit))
        left_out = f"left out; at least {foretold(sizes, results, law):.0f} s" if short and len(results) > 2 and results[-2] else f"over {options.limit:.0f} s"
        cells = [f"{r['train']['seconds']:.1f} s, {r['train']['mb']:.0f} MB" if r else left_out for r in results]
        floor = min((r["train"]["mb"] for r in results if r), default=0) * 0.9
        last = next((r for r in reversed(results) if r), None)
        test = f"{last['test']['seconds']:.1f} s, {last['test']['mb']:.0f} MB" if last and last["test"] else ""
        lines.append(f"| {name} | {' | '.join(cells)} | {exponent([(s, r and r['train']['seconds']) for s, r in zip(sizes, results)])} | "
                     f"{exponent([(s, r and r['train']['mb'] - floor) for s, r in zip(sizes, results)])} | {test} | {law} |")
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(os.path.join(options.out, "scaling.md"), "w") as file:
            file.write(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
