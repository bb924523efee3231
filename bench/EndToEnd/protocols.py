"""Measures recipes on published features under several protocols and writes a table of how the same system scores as the split
changes.

    bench/EndToEnd/protocols.py FOLDER [--out FOLDER] [--work FOLDER] [--recipes A,B,...]

FOLDER holds features_30_sec.csv and features_10_sec.csv in GTZAN's layout, and splits/ with fault_filtered_{train,valid,test}.txt,
artist_fold{1,2,3}_{train,test}.tsv and artists.tsv. Every figure comes from `engine compare` with seed 1; finished rounds are
kept in the work folder and not repeated. --out updates FOLDER/protocols.md.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import time
import zlib

from recipes import commit

RECIPES = "gtzan57-svm,gtzan57-knn,gtzan57-forest,cortis-mlp-fixed"


def protocols(folder):
    """Name, table, splits (several are averaged) and unit of each row, in table order."""
    lists = [os.path.join(folder, "splits", f"fault_filtered_{part}.txt") for part in ("train", "valid", "test")]
    folds = ["files:" + ",".join(os.path.join(folder, "splits", f"artist_fold{fold}_{part}.tsv") for part in ("train", "test")) for fold in (1, 2, 3)]
    thirty, ten = (os.path.join(folder, f"features_{seconds}_sec.csv") for seconds in (30, 10))
    return [
        ("10 s windows, at random: **LEAKY**", ten, ["leaky-windows"], "window"),
        ("10 s windows, by track, each window counted", ten, ["stratified"], "window"),
        ("the same, a track by the mean of its windows", ten, ["stratified"], "track"),
        ("30 s, 10 stratified holdouts of 20 % by track", thirty, ["holdout:10"], "track"),
        ("30 s, no artist on both sides (`groups:`)", thirty, ["groups:" + os.path.join(folder, "splits", "artists.tsv")], "track"),
        ("30 s, fault-filtered lists", thirty, ["files:" + ",".join(lists)], "track"),
        ("30 s, artist-filtered lists, mean of 3 folds", thirty, folds, "track"),
    ]


def key(data, split):
    """The name of the folder for the rounds of a table's split."""
    return f"{os.path.basename(data)[:-4]}-{split.split(':')[0]}-{zlib.crc32(split.encode()):08x}"


def compare(engine, data, recipes, split, folder):
    """The systems of a comparison, by name and unit."""
    command = ["dotnet", engine, "compare", data, "--recipes", recipes, "--split", split, "--seed", "1", "--out", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"protocols.py: {' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    with open(os.path.join(folder, "compare.json")) as file:
        return json.load(file)


def figure(parts):
    """One cell: accuracy with its interval or deviation."""
    mean = sum(p["accuracy"]["mean"] for p in parts) / len(parts)
    if len(parts) > 1:
        return f"{mean:.3f} ({', '.join(format(p['accuracy']['mean'], '.2f') for p in parts)})"
    part = parts[0]
    if part["accuracy"]["sd"] is not None:
        return f"{mean:.3f} ± {part['accuracy']['sd']:.3f}"
    low, high = part["accuracy_ci95"]
    return f"{mean:.3f} ({low:.3f}–{high:.3f})"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder")
    arguments.add_argument("--recipes", default=RECIPES)
    arguments.add_argument("--work", default="/tmp/engine-protocols")
    arguments.add_argument("--out", help="a folder; protocols.md is written there")
    options = arguments.parse_args()
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    subprocess.run(["dotnet", "build", "src/Cli", "-c", "Release", "-v", "q", "--nologo"], check=True, stdout=subprocess.DEVNULL)
    engine = os.path.abspath("src/Cli/bin/Release/net10.0/engine.dll")
    names = options.recipes.split(",")
    lines = ["# One system, many protocols", "",
             f"`bench/EndToEnd/protocols.py`, seed 1, commit {commit()}, {time.strftime('%Y-%m-%d')}, {platform.system()} {platform.machine()}. GTZAN's published features.",
             "± is the standard deviation over rounds; the interval of a single split is Wilson's 95 %. What the rows mean: docs/evaluation.md.", "",
             f"| protocol | tested | {' | '.join(f'`{name}`' for name in names)} |", f"|---|---:|{'---:|' * len(names)}"]
    for name, data, splits, unit in protocols(os.path.abspath(options.folder)):
        results = [compare(engine, data, options.recipes, split, os.path.join(options.work, key(data, split))) for split in splits]
        systems = [[next(s for s in r["systems"] if s["name"] == recipe and (s["unit"] == unit or sum(t["name"] == recipe for t in r["systems"]) == 1)) for r in results] for recipe in names]
        tested = sum(part["n_test"] for part in systems[0])
        lines.append(f"| {name} | {tested:,} | {' | '.join(figure(parts) for parts in systems)} |")
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(os.path.join(options.out, "protocols.md"), "w") as file:
            file.write(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
