"""Trains every network recipe on a folder of recordings and writes the results as a Markdown table.

    bench/EndToEnd/recipes.py DATA [--out FOLDER] [--work FOLDER] [--epochs N] [RECIPE...]

Each recipe is trained with the split `stratified` (and with its own protocol if that is leaky) and seed 1, overfitted to 16
tracks (`--overfit 16`), tested again and used to label a few recordings. Runs are kept in the work folder; a recipe whose runs
exist is not trained again. --out updates FOLDER/recipes.md.
"""
import argparse
import csv
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time

# Epochs for recipes whose own number would take an hour or more on two cores; the table shows the number.
EPOCHS = {"cs464-conv2d": 40, "cs464-conv2d-keras": 8, "cs464-lstm": 15, "cs464-conv1d-raw": 15, "cortis-cnn-mel": 12, "cortis-cnn-stft": 12,
          "cortis-cnn-mel-30s": 30, "cortis-cnn-mfcc": 30, "cortis-mmnn": 30, "aiml-cnn": 12, "aiml-ffnn": 20, "dsap-cnn-26": 25, "dsap-cnn-18": 25}
# Steps needed to overfit 16 tracks: an epoch of 16 tracks is a step or two.
OVERFIT_EPOCHS = {"cs464-conv2d": 100, "cs464-conv2d-keras": 25, "cs464-lstm": 40, "cs464-conv1d-raw": 40, "cortis-cnn-mel": 25, "cortis-cnn-stft": 25,
                  "cortis-cnn-mel-30s": 60, "cortis-cnn-mfcc": 40, "cortis-mmnn": 60, "aiml-cnn": 25, "aiml-ffnn": 40, "dsap-cnn-26": 200, "dsap-cnn-18": 120}


def engine(*arguments):
    """Runs the program; returns its output, seconds and peak memory in MiB."""
    start = time.monotonic()
    command = ["dotnet", ENGINE, *map(str, arguments)]
    with open(os.path.join(WORK, "last.log"), "w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"recipes.py: {' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}:\n{open(os.path.join(WORK, 'last.log')).read()[-2000:]}")
    return output, time.monotonic() - start, usage.ru_maxrss / 1024


def trained(name, run, *arguments):
    """The figures of a run, which is trained if it does not exist."""
    note = os.path.join(WORK, f"{os.path.basename(run)}.json")
    if not os.path.exists(note):
        shutil.rmtree(run, ignore_errors=True)
        _, seconds, memory = engine("train", DATA, "--recipe", name, "--seed", 1, "--out", run, *arguments)
        with open(note, "w") as file:
            json.dump({"seconds": seconds, "memory": memory, "commit": commit()}, file)
    with open(note) as file:
        figures = json.load(file)
    with open(os.path.join(run, "metrics.json")) as file:
        figures["metrics"] = json.load(file)
    with open(os.path.join(run, "history.csv")) as file:
        figures["history"] = list(csv.DictReader(file))
    return figures


def commit():
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain", "src"], capture_output=True, text=True).stdout.strip()
    return revision + (" with changes" if changed else "")


def row(name):
    summary = json.loads(engine("summary", name, "--json")[0])
    epochs = ["--set", f"classifier.training.epochs={EPOCHS[name]}"] if name in EPOCHS else []
    run = os.path.join(WORK, name)
    full = trained(name, run, "--split", "stratified", *epochs)
    again = json.loads(engine("test", run, "--json")[0])
    metrics = full["metrics"]
    if again["log_loss"] != metrics["log_loss"]:
        sys.exit(f"recipes.py: {name}: train gives log loss {metrics['log_loss']}, test {again['log_loss']}")
    songs = sorted(os.path.join(folder, file) for folder, _, files in os.walk(DATA) for file in files if file.endswith(".wav"))[::25]
    labelled = json.loads(engine("predict", run, *songs, "--format", "json")[0])
    count = len(labelled if isinstance(labelled, list) else labelled.get("predictions", labelled))
    if count != len(songs):
        sys.exit(f"recipes.py: {name}: {count} of {len(songs)} recordings were labelled")
    overfit = trained(name, run + "-overfit", "--overfit", 16, "--set", f"classifier.training.epochs={OVERFIT_EPOCHS.get(name, 200)}")
    history = full["history"]
    first, last = float(history[0]["loss"]), min(float(h["loss"]) for h in history)
    tracks = metrics.get("tracks")
    seconds = sorted(float(h["seconds"]) for h in history)[len(history) // 2]

    def both(key, figures=lambda m, k: m[k]):
        value = f"{figures(metrics, key):.2f}"
        return f"{figures(tracks, key):.2f} ({value})" if tracks else value

    top = both("3", lambda m, k: m["top_k_accuracy"][k])
    published = json.loads(engine("recipes", name)[0]).get("published") or {}
    theirs = f"{published['accuracy']:.3g}" if published.get("accuracy") else "–"
    return (f"| {name} | {summary['parameters']:,} | {len(history)} | {seconds:.2f} | {full['memory']:,.0f} | {first:.2f} → {last:.2f} | {both('train_accuracy')} | "
            f"{both('accuracy')} | {top} | {overfit['metrics']['accuracy']:.2f} | {theirs} | {full['commit']} |")


def processor():
    with open("/proc/cpuinfo") as info:
        model = re.search(r"model name\s*:\s*(.*)", info.read())
    return f"{model.group(1) if model else platform.processor()}, {len(os.sched_getaffinity(0))} cores"


def table(path):
    """The rows written by an earlier run, by recipe."""
    if not path or not os.path.exists(path):
        return {}
    with open(path) as file:
        rows = [line.rstrip("\n") for line in file if line.startswith("| ") and not line.startswith("| recipe")]
    return {line.split("|")[1].strip(): line for line in rows}


def main():
    global DATA, WORK, ENGINE
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data")
    arguments.add_argument("recipes", nargs="*")
    arguments.add_argument("--out")
    arguments.add_argument("--work", default="/tmp/engine-recipes")
    arguments.add_argument("--engine", help="engine.dll; built if not given")
    arguments.add_argument("--epochs", type=int, help="for every recipe named")
    options = arguments.parse_intermixed_args()
    DATA, WORK = os.path.abspath(options.data), options.work
    os.makedirs(WORK, exist_ok=True)
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    ENGINE = options.engine or "src/Cli/bin/Release/net10.0/engine.dll"
    if not options.engine:
        subprocess.run(["dotnet", "build", "src/Cli", "-c", "Release", "-v", "q", "--nologo"], check=True, stdout=subprocess.DEVNULL)
    names = options.recipes or [r["name"] for r in json.loads(engine("recipes", "--json")[0]) if r["classifier"]["kind"] == "network"]
    if options.epochs:
        EPOCHS.update({name: options.epochs for name in names})
    path = os.path.join(options.out, "recipes.md") if options.out else None
    done = table(path)
    head = ["# Every network recipe, trained", "",
            f"- processor: {processor()}",
            f"- data: {os.path.basename(DATA)}, {sum(len([f for f in files if f.endswith('.wav')]) for _, _, files in os.walk(DATA))} recordings",
            "- protocol: `stratified` by track, a fifth tested, seed 1",
            f"- made by: `bench/EndToEnd/recipes.py`, {time.strftime('%Y-%m-%d')}", "",
            "Accuracies are by track, in brackets by window where a track has several. Seconds are the median of the epochs, memory is the",
            "peak of the whole program in MiB. Overfit is the accuracy after learning 16 tracks by heart (`--overfit 16`). Published is what",
            "the recipe's authors gave, with their data and protocol (leaky for windows of 3 s). Fewer epochs than the recipe asks for, where it would take long.", "",
            "| recipe | parameters | epochs | s/epoch | MiB | training loss | train | test | top 3 | overfit | published | commit |",
            "|---|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---|"]
    for name in names:
        done[name] = row(name)
        print(done[name], flush=True)
        if path:
            os.makedirs(options.out, exist_ok=True)
            with open(path, "w") as file:
                file.write("\n".join(head + [done[n] for n in sorted(done)]) + "\n")


if __name__ == "__main__":
    main()
