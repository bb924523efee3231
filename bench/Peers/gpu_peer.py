"""Alternates between our tensor operations and PyTorch's on one NVIDIA GPU and prints medians and ratios as Markdown.

The cases and the alternation are those of tensors_peer.py. On both sides, a call's time ends when the device has finished the
queued work; operands are on the device beforehand. A ratio is ours / theirs: below 1, ours is faster. Training steps are timed
with our launches issued one by one, and with repeated launches replayed as graphs.
"""
import argparse
import os
import platform
import shutil
import subprocess
import sys
import time

import tensors_peer as peer

# Group: title, suffix of the device's name, cases; none: those of tensors_peer.py.
GROUPS = {
    "matmul": ("Matrix product, float32", "", [peer.matmul(s, s, s) for s in (1024, 2048, 4096, 8192)] + [
        peer.matmul(64, 1200, 1600), peer.matmul(20, 36864, 120), peer.matmul(800, 129600, 800, True)]),
    "tf32": ("Matrix product, operands rounded to TF32", "+tf32", [peer.matmul(s, s, s) for s in (1024, 2048, 4096, 8192)]),
    **{key: (peer.GROUPS[key][0], "", None) for key in ("conv", "lstm", "map", "norm", "step", "recipe")},
}
STEPS = ("step", "recipe")


class Sides:
    """Our processes and PyTorch's, each started when first needed."""

    def __init__(self, options):
        self.device, self.server, self.started = options.device, options.server, {}

    def ours(self, suffix=""):
        return self.start(("ours", suffix), [*peer.command(self.server), "tensors", self.device + suffix])

    def torch(self, suffix=""):
        return self.start(("torch", suffix), [sys.executable, __file__, "--device", self.device, "--server", self.server, "--serve", suffix.strip("+") or "float32"])

    def start(self, key, command):
        if key not in self.started:
            self.started[key] = peer.Side(command, peer.CORES)
            if not self.started[key].version:
                sys.exit(1)  # it has reported why
        return self.started[key]


def run_group(key, sides, peaks, rounds):
    title, suffix, own = GROUPS[key]
    measured = [sides.ours(suffix), sides.torch(suffix)]
    graphs = key in STEPS and sides.device == "cuda"
    if graphs:
        measured.append(sides.ours("+graphs"))
    more = (" ours with graphs, ms | ratio |", "---:|---:|") if graphs else ("", "")
    lines = [f"## {title}", "", f"Commit {peer.commit(sides.server)}, {time.strftime('%Y-%m-%d')}.", "",
             f"| case | ours, ms | PyTorch, ms | ratio |{more[0]} ours | of the peak |", f"|---|---:|---:|---:|{more[1]}---:|---:|"]
    print("\n".join(lines), flush=True)
    for name, case, work, unit, *_ in own or peer.cases(key, sides.server):
        mine, theirs, *replayed = peer.measure(measured, case, peer.CORES, rounds)
        rate = work / mine
        # The float32 peak is not that of the tensor cores.
        share = "" if suffix else f"{100 * rate * 1e9 / peaks[unit]:.0f} %"
        lines.append(f"| {name} | {mine / 1e6:.3f} | {theirs / 1e6:.3f} | {mine / theirs:.2f} |"
                     + "".join(f" {time / 1e6:.3f} | {time / theirs:.2f} |" for time in replayed)
                     + f" {rate:.1f} G{'F' if unit == 'flops' else 'B'}/s | {share} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def card():
    """A header line with the card and its clock limits according to NVIDIA's tool; nothing without the tool."""
    if not shutil.which("nvidia-smi"):
        return []
    first = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0]
    told = subprocess.run(["nvidia-smi", f"--id={first}", "--query-gpu=name,driver_version,power.limit,clocks.max.sm,clocks.max.memory", "--format=csv,noheader"],
                          capture_output=True, text=True)
    values = [value.strip() for value in told.stdout.split(",")]
    if told.returncode != 0 or len(values) != 5:
        return []
    name, driver, power, cores, memory = values
    return [f"- card: {name}, driver {driver}, power limit {power}, clocks up to {cores}, memory's {memory}"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("groups", nargs="*")
    arguments.add_argument("--serve", choices=("float32", "tf32"), help=argparse.SUPPRESS)
    arguments.add_argument("--device", default="cuda", help=argparse.SUPPRESS)  # others are for trying this script without a GPU
    arguments.add_argument("--server")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--out", help="a folder, where gpu.md is updated")
    options = arguments.parse_args()
    if options.serve:
        return peer.serve(options.server, "cuda" if options.device == "cuda" else "cpu", options.serve == "tf32")

    for group in options.groups:
        if group not in GROUPS:
            sys.exit(f"gpu.sh: there is no group '{group}'; there are {', '.join(GROUPS)}.")
    # PyTorch includes the compiler that our side needs; this points to it.
    os.environ["VIRTUAL_ENV"] = sys.prefix
    sides = Sides(options)
    peaks = {unit: sides.ours().ask(f"peak {unit}") for unit in ("flops", "bytes")}
    head = ["# Tensor operations on a GPU beside PyTorch", "", *card(),
            f"- ours: {sides.ours().version}", f"- PyTorch: {sides.torch().version}",
            f"- measured peaks: {peaks['flops'] / 1e9:.0f} GF/s of float32 multiply-adds on registers, {peaks['bytes'] / 1e9:.0f} GB/s copying within the device",
            f"- host: {peer.processor()}", f"- made by: `bench/Peers/gpu.sh`, {platform.system()} {platform.machine()}", "",
            "Medians of rounds in which the sides take turns; ratio is ours / theirs in time. Rates count the arithmetic of the plain",
            "algorithm, or the bytes that must move. With graphs: our launches that repeat are replayed as CUDA graphs."]
    print("\n".join(head) + "\n", flush=True)
    path = os.path.join(options.out, "gpu.md") if options.out else ""
    done = peer.sections(path) if options.out else {}
    for group in options.groups or GROUPS:
        done[GROUPS[group][0]] = run_group(group, sides, peaks, options.rounds)
        print(flush=True)
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(path, "w") as file:
            file.write("\n\n".join(["\n".join(head)] + [done[title] for title, *_ in GROUPS.values() if title in done]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
