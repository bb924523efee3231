"""Takes turns between our tensor operations and PyTorch's on one NVIDIA GPU and prints medians and ratios as Markdown.

The cases, and how turns are taken, are those of tensors_peer.py. A call's time ends when the device has done what was
queued, on both sides; operands are on the device before. A ratio is ours / theirs: below 1, ours is faster.
"""
import argparse
import os
import platform
import sys
import time

import tensors_peer as peer

# Group: title, whether matrix products may round to TF32, cases.
GROUPS = {
    "matmul": ("Matrix product, float32", False, [peer.matmul(s, s, s) for s in (1024, 2048, 4096, 8192)] + [
        peer.matmul(64, 1200, 1600), peer.matmul(20, 36864, 120), peer.matmul(800, 129600, 800, True)]),
    "tf32": ("Matrix product, operands rounded to TF32", True, [peer.matmul(s, s, s) for s in (1024, 2048, 4096, 8192)]),
    **{key: (peer.GROUPS[key][0], False, peer.GROUPS[key][3]) for key in ("conv", "lstm", "map", "norm", "step")},
}


def run_group(key, sides, peaks, rounds):
    title, tf32, cases = GROUPS[key]
    # float32's peak is none of the tensor cores'.
    lines = [f"## {title}", "", f"Commit {peer.commit()}, {time.strftime('%Y-%m-%d')}.", "",
             "| case | ours, ms | PyTorch, ms | ratio | ours | of the peak |", "|---|---:|---:|---:|---:|---:|"]
    print("\n".join(lines), flush=True)
    for name, case, work, unit, *_ in cases:
        mine, theirs = peer.measure(sides[tf32], case, peer.CORES, rounds)
        rate = work / mine
        share = "" if tf32 else f"{100 * rate * 1e9 / peaks[unit]:.0f} %"
        lines.append(f"| {name} | {mine / 1e6:.3f} | {theirs / 1e6:.3f} | {mine / theirs:.2f} | {rate:.1f} G{'F' if unit == 'flops' else 'B'}/s | {share} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("groups", nargs="*")
    arguments.add_argument("--serve", choices=("float32", "tf32"), help=argparse.SUPPRESS)
    arguments.add_argument("--device", default="cuda", help=argparse.SUPPRESS)  # another one tries this script without a GPU
    arguments.add_argument("--server")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--out", help="a folder; gpu.md there is brought up to date")
    options = arguments.parse_args()
    if options.serve:
        return peer.serve("cuda" if options.device == "cuda" else "cpu", options.serve == "tf32")

    for group in options.groups:
        if group not in GROUPS:
            sys.exit(f"gpu.sh: there is no group '{group}'; there are {', '.join(GROUPS)}.")
    groups = options.groups or list(GROUPS)
    sides = {}
    for tf32 in {GROUPS[group][1] for group in groups} | {False}:
        ours = peer.Side(["dotnet", options.server, "peers", "tensors", options.device + "+tf32" * tf32], peer.CORES)
        if not ours.version:
            return 1  # it said why
        sides[tf32] = [ours, peer.Side([sys.executable, __file__, "--device", options.device, "--serve", "tf32" if tf32 else "float32"], peer.CORES)]
    peaks = {unit: sides[False][0].ask(f"peak {unit}") for unit in ("flops", "bytes")}
    head = ["# Tensor operations on a GPU beside PyTorch", "",
            f"- ours: {sides[False][0].version}", f"- PyTorch: {sides[False][1].version}",
            f"- measured peaks: {peaks['flops'] / 1e9:.0f} GF/s of float32 multiply-adds on registers, {peaks['bytes'] / 1e9:.0f} GB/s copying within the device",
            f"- host: {peer.processor()}", f"- made by: `bench/Peers/gpu.sh`, {platform.system()} {platform.machine()}", "",
            "Medians of rounds in which the two take turns; ratio is ours / theirs in time. Rates count the arithmetic of the plain",
            "algorithm, or the bytes that must move."]
    print("\n".join(head) + "\n", flush=True)
    path = os.path.join(options.out, "gpu.md") if options.out else ""
    done = peer.sections(path) if options.out else {}
    for group in groups:
        done[GROUPS[group][0]] = run_group(group, sides, peaks, options.rounds)
        print(flush=True)
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(path, "w") as file:
            file.write("\n\n".join(["\n".join(head)] + [done[title] for title, *_ in GROUPS.values() if title in done]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
