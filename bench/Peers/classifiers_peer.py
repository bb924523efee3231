"""Alternates between our classifiers and scikit-learn's and prints the medians and their ratios as Markdown.

Each side runs in its own process, which answers `case sizes threads calls` with nanoseconds, on data of the same distribution.
In every round both run the same case one after the other, so that other load on the machine affects them equally. A ratio
is ours / theirs: below 1, ours is faster.
"""
import argparse
import os
import platform
import sys
import time

from turns import CORES, Side, command, commit, measure, processor, sections

# Group: title, and cases (name, request, bound on the ratio).
GROUPS = {
    "knn": ("Nearest neighbours, exhaustive", [("5,000 queries among 20,000×57, k = 5", "knn 20000,57,5000,5", 0.4)]),
    "kmeans": ("k-means", [("10 clusters × 50 starts on 1,000×57", "kmeans 1000,57,10,50", 0.5)]),
    "svm": ("Support vector machine, RBF kernel, ten classes", [
        ("fit 8,000×57, C = 10, γ = 0.01", "svm-fit 8000,57,0", 0.6), ("predict 2,000 rows by it", "svm-predict 8000,57,2000", 0.3),
        ("fit 800×129,600, C = 100, γ = 2⁻¹⁴ (each once, ours after one to settle)", "svm-fit 800,129600,0", 0.05)]),
    "pca": ("Principal components", [("1,000×129,600 to 50", "pca 1000,129600,50", 0.7), ("8,000×57 to 10", "pca 8000,57,10", 0.7)]),
    "forest": ("Forests of 500 trees on 1,000×57", [
        ("random forest", "forest 1000,57,500", 0.7),
        ("random forest by entropy", "forest-entropy 1000,57,500", 0.7),
        ("extra trees", "forest-extra 1000,57,500", 0.7),
        ("random forest's probabilities", "forest-predict 1000,57,500", 0.7)]),
}


def serve():
    """scikit-learn's side, in the process started with `--serve`."""
    import numpy
    import sklearn
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
    from sklearn.neighbors import NearestNeighbors
    from sklearn.svm import SVC

    random = numpy.random.default_rng(1)

    def rows(count, columns, groups=10, spread=1.0):
        """Normal rows around the means of ten groups, and the groups."""
        means, labels = spread * random.standard_normal((groups, columns)), numpy.arange(count) % groups
        return means[labels] + random.standard_normal((count, columns)), labels

    def machines(kind, count, columns, queries):
        """Rows that overlap as genres do: features, or pictures with values of a few tenths."""
        picture = columns > 1000
        x, labels = rows(count + queries, columns, spread=0.5 if picture else 0.35)
        x = 0.2 * x if picture else x
        machine = SVC(C=100, gamma=2.0 ** -14) if picture else SVC(C=10, gamma=0.01)
        if kind == "svm-fit":
            return lambda: machine.fit(x, labels)
        machine.fit(x[:count], labels[:count])
        return lambda: machine.predict(x[count:])

    def prepare(kind, sizes):
        if kind.startswith("svm"):
            return machines(kind, *sizes)
        if kind == "knn":
            x, _ = rows(sizes[0] + sizes[2], sizes[1])
            neighbours = NearestNeighbors(n_neighbors=sizes[3], algorithm="brute").fit(x[:sizes[0]])
            return lambda: neighbours.kneighbors(x[sizes[0]:])
        x, labels = rows(*sizes[:2])
        if kind.startswith("forest"):
            make = ExtraTreesClassifier if kind == "forest-extra" else RandomForestClassifier
            criterion = "entropy" if kind == "forest-entropy" else "gini"
            forest = make(sizes[2], criterion=criterion, n_jobs=int(os.environ["OMP_NUM_THREADS"]), random_state=1)
            if kind != "forest-predict":
                return lambda: forest.fit(x, labels)
            forest.fit(x, labels)
            return lambda: forest.predict_proba(x)
        if kind == "kmeans":
            return lambda: KMeans(sizes[2], n_init=sizes[3], random_state=1).fit(x)
        if kind == "pca":
            return lambda: PCA(sizes[2], random_state=1).fit(x)
        raise ValueError(kind)

    print(f"{sklearn.__version__}, {os.environ['OMP_NUM_THREADS']} threads", flush=True)
    name, call = None, None
    for line in sys.stdin:
        kind, words, _, calls = line.split()
        if name != (kind, words):
            call = None  # frees the data before creating the next
            name, call = (kind, words), prepare(kind, [int(word) for word in words.split(",")])
        start = time.perf_counter_ns()
        for _ in range(int(calls)):
            call()
        print(time.perf_counter_ns() - start, flush=True)


def run_group(key, server, sides, rounds):
    title, cases = GROUPS[key]
    lines = [f"## {title}", "", f"Commit {commit(server)}, {time.strftime('%Y-%m-%d')}.", "",
             "| case | ours, ms | scikit-learn, ms | ratio | bound |", "|---|---:|---:|---:|---:|"]
    print("\n".join(lines), flush=True)
    for name, case, bound in cases:
        # A fit that takes most of a minute is timed once, ours after a warm-up.
        once = "once" in name
        if once:
            sides[0].ask(f"{case} {CORES} 1")
        mine, theirs = [side.ask(f"{case} {CORES} 1") for side in sides] if once else measure(sides, case, CORES, rounds)
        lines.append(f"| {name} | {mine / 1e6:.2f} | {theirs / 1e6:.2f} | {mine / theirs:.3f} | {bound:.2f}{'' if mine <= bound * theirs else ' missed'} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("groups", nargs="*")
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--server")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--out", help="a folder, where classifiers.md is updated")
    options = arguments.parse_args()
    if options.serve:
        return serve()

    for group in options.groups:
        if group not in GROUPS:
            sys.exit(f"classifiers.sh: there is no group '{group}'; there are {', '.join(GROUPS)}.")
    sides = [Side([*command(options.server), "classifiers"], CORES), Side([sys.executable, __file__, "--serve"], CORES)]
    head = ["# Classifiers beside scikit-learn", "",
            f"- processor: {processor()}", f"- ours: {sides[0].version}", f"- scikit-learn: {sides[1].version}",
            f"- made by: `bench/Peers/classifiers.sh`, {platform.system()} {platform.machine()}", "",
            "Medians of rounds in which the two take turns, both on all cores; ratio is ours / theirs in time."]
    print("\n".join(head) + "\n", flush=True)
    done = sections(os.path.join(options.out, "classifiers.md")) if options.out else {}
    for group in options.groups or GROUPS:
        done[GROUPS[group][0]] = run_group(group, options.server, sides, options.rounds)
        print(flush=True)
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(os.path.join(options.out, "classifiers.md"), "w") as file:
            file.write("\n\n".join(["\n".join(head), *(done[title] for title, _ in GROUPS.values() if title in done)]) + "\n")


if __name__ == "__main__":
    main()
