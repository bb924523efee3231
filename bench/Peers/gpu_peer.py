"""Alternates between our tensor operations and PyTorch's on one NVIDIA GPU and prints one table as Markdown.

The cases are those of gpu_cases.py, the alternation that of turns.py. On both sides, a call's time ends when the device has finished the
queued work; operands are on the device beforehand. A ratio is ours / theirs in time: below 1, ours is faster.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

import gpu_cases
import turns

# Group: cases; none: those of gpu_cases.py. What matters most comes first, in case the time runs out.
GROUPS = {
    "recipe": None,
    "matmul": [gpu_cases.matmul(s, s, s) for s in (1024, 2048, 4096, 8192)] + [
        gpu_cases.matmul(64, 1200, 1600), gpu_cases.matmul(20, 36864, 120), gpu_cases.matmul(800, 129600, 800, True)],
    "conv": None, "lstm": None, "map": None, "norm": None,
}


def has_torch(device):
    test = "import sys, torch; sys.exit(not torch.cuda.is_available())" if device == "cuda" else "import torch"
    return subprocess.run([sys.executable, "-c", test], stderr=subprocess.DEVNULL).returncode == 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("groups", nargs="*")
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--device", default="cuda")
    arguments.add_argument("--server", required=True)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=500, help="begin no case after this time")
    options = arguments.parse_args()
    if options.serve:
        return gpu_cases.serve(options.server, "cuda" if options.device == "cuda" else "cpu")

    for group in options.groups:
        if group not in GROUPS:
            sys.exit(f"gpu_peer.py: there is no group '{group}'; there are {', '.join(GROUPS)}.")
    start = time.monotonic()
    sides = [turns.Side([*turns.command(options.server), "tensors", options.device], turns.CORES)]
    if not sides[0].version:
        sys.exit(1)  # it has reported why
    peaks = {unit: sides[0].ask(f"peak {unit}") for unit in ("flops", "bytes")}
    lines = ["## Beside PyTorch" if has_torch(options.device) else "## Speed", "",
             f"- ours: {sides[0].version}, commit {turns.commit(options.server)}"]
    if has_torch(options.device):
        sides.append(turns.Side([sys.executable, __file__, "--device", options.device, "--server", options.server, "--serve"], turns.CORES))
        lines.append(f"- PyTorch: {sides[1].version}, float32 (no TF32)")
    else:
        lines.append(f"- {sys.executable} has no PyTorch that sees the device")
    lines += [f"- measured peaks: {peaks['flops'] / 1e9:.0f} GF/s of multiply-adds on registers, {peaks['bytes'] / 1e9:.0f} GB/s copying within the device",
              f"- host: {turns.processor()}", "",
              "Medians of rounds in which the sides take turns; a ratio is ours / theirs in time. Rates count the arithmetic of the plain",
              "algorithm, or the bytes that must move.", "",
              "| group | case | ours, ms | PyTorch, ms | ratio | ours | of the peak |", "|---|---|---:|---:|---:|---:|---:|"]
    print("\n".join(lines), flush=True)
    ratios, left_out = {}, []
    for group in options.groups or GROUPS:
        for name, case, work, unit, *_ in GROUPS[group] or gpu_cases.cases(group, options.server):
            if time.monotonic() - start > options.seconds:
                left_out.append(name)
                continue
            mine, *theirs = turns.measure(sides, case, turns.CORES, options.rounds)
            rate = work / mine
            ratio = mine / theirs[0] if theirs else None
            if ratio:
                ratios.setdefault(group, []).append(ratio)
            print(f"| {group} | {name} | {mine / 1e6:.3f} | {f'{theirs[0] / 1e6:.3f}' if theirs else ''} | {f'{ratio:.2f}' if ratio else ''} "
                  f"| {rate:.1f} G{'F' if unit == 'flops' else 'B'}/s | {100 * rate * 1e9 / peaks[unit]:.0f} % |", flush=True)
    print()
    for group, values in ratios.items():
        print(f"- {group}: median ratio {statistics.median(values):.2f}, worst {max(values):.2f}, "
              f"{sum(value <= 1 for value in values)} of {len(values)} at PyTorch's speed or faster")
    if left_out:
        print(f"- no time left for: {', '.join(left_out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
