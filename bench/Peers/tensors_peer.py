"""Alternates between our tensor operations and PyTorch's and prints the medians and their ratios as Markdown.

Each side runs in its own process, which answers `case sizes threads calls` with nanoseconds; PyTorch has one process per number
of threads, because OpenBLAS reads that number at start-up. In every round all sides run the same case one after the other, so
that other load on the machine affects them equally. A ratio is ours / theirs: below 1, ours is faster.
"""
import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time

CORES = len(os.sched_getaffinity(0))
SLICE = 1.5e8  # target nanoseconds of a measurement
# Until the other side's threads are asleep: OpenBLAS's spin for 2^26 clock ticks after a product, about 30 ms.
PAUSE = 0.08
M16 = 16 * 1024 * 1024
IMAGES, MEL = "20,16,396,396", "128,64,62,64"


def matmul(m, k, n, transposed=False):
    name = f"{m}×{k} · its transpose" if transposed else f"{m}×{k} · {k}×{n}"
    # Half of a product with its own transpose would suffice; like OpenBLAS, we compute all of it.
    return name, f"matmul {m},{k},{n},{'t' if transposed else 'n'}", 2.0 * m * k * n, "flops"


def conv(name, n, c, h, w, filters, kh, kw, stride, gradient):
    oh, ow = ((h - kh) // stride + 1 if h > 1 else 1), (w - kw) // stride + 1
    passes = 3 if gradient else 2
    return name, f"conv {n},{c},{h},{w},{filters},{kh},{kw},{stride},{int(gradient)}", 2.0 * passes * n * filters * oh * ow * c * kh * kw, "flops"


def lstm(n, t, *units):
    work = sum(2.0 * n * t * 4 * h * (f * (3 if i else 2) + 3 * h) for i, (f, h) in enumerate(zip(units, units[1:])))
    return f"{t} steps, {' → '.join(map(str, units))}, batch {n}", f"lstm {n},{t},{','.join(map(str, units))}", work, "flops"


def floats(name, case, passes, count=M16):
    return name, case, 4.0 * passes * count, "bytes"


def permute(sizes, order):
    """Copies a tensor with its axes permuted; each element is read and written once."""
    name = f"[{sizes}] → [{','.join(sizes.split(',')[int(axis)] for axis in order.split(','))}]".replace(",", ", ")
    return name, f"permute {sizes},{order}", 8.0 * product(sizes), "bytes"


def step(name, network, batch, flops, bound):
    return f"{name}, batch {batch}", f"step {network},{batch}", flops * batch, "flops", bound


def product(sizes):
    result = 1
    for size in sizes.split(","):
        result *= int(size)
    return result


# Group: title, bound, numbers of threads, cases (name, request, work, its unit, and the case's own bound).
# Bytes are the minimum to move: every operand and result once.
GROUPS = {
    "matmul": ("Matrix product", 1.10, [CORES, 1], [matmul(s, s, s) for s in (256, 512, 768, 1024, 2048)] + [
        matmul(64, 1200, 1600), matmul(20, 36864, 120), matmul(800, 129600, 800, True)]),
    "conv": ("Convolution, forward and backward", 0.5, [CORES], [
        conv("cs464-conv2d 1: 3 → 16, 3×3 on 400×400, batch 20", 20, 3, 400, 400, 16, 3, 3, 1, False),
        conv("cs464-conv2d 2: 16 → 16, 3×3 on 398×398", 20, 16, 398, 398, 16, 3, 3, 1, True),
        conv("cs464-conv2d 3: 16 → 16, 3×3 on 198×198", 20, 16, 198, 198, 16, 3, 3, 1, True),
        conv("cs464-conv2d 4: 16 → 16, 3×3 on 98×98", 20, 16, 98, 98, 16, 3, 3, 1, True),
        conv("cs464-conv1d-raw 1: 1 → 8, 27/2 on 551,250, batch 10", 10, 1, 1, 551250, 8, 1, 27, 2, False),
        conv("cs464-conv1d-raw 2: 8 → 16, 52 on 68,903", 10, 8, 1, 68903, 16, 1, 52, 1, True),
        conv("cs464-conv1d-raw 3: 16 → 48, 97/2 on 8,606", 10, 16, 1, 8606, 48, 1, 97, 2, True),
        conv("cs464-conv1d-raw 4: 48 → 128, 127 on 1,063", 10, 48, 1, 1063, 128, 1, 127, 1, True),
        conv("aiml-cnn 1: 1 → 32, 4×4 on 64×1,292, batch 32", 32, 1, 64, 1292, 32, 4, 4, 1, False),
        conv("aiml-cnn 2: 32 → 32, 3×3 on 30×644", 32, 32, 30, 644, 32, 3, 3, 1, True),
        conv("mel: 32 → 64, 3×3 on 126×128, batch 32", 32, 32, 126, 128, 64, 3, 3, 1, True),
        conv("mel: 64 → 128, 3×3 on 124×126, batch 32", 32, 64, 124, 126, 128, 3, 3, 1, True)]),
    "lstm": ("LSTM, forward and backward", 0.5, [CORES], [lstm(64, 400, 1200, 400, 400)]),
    "map": ("Element-wise and reductions, 16 M elements", 1.0, [CORES],
            [floats(op, f"map {op},{M16}", 3 if op in ("add", "mul") else 2) for op in ("add", "mul", "relu", "exp", "sigmoid", "tanh", "gelu")] +
            [floats(label, f"reduce {op},{M16}", 1) for label, op in (
                ("sum of all", "sum"), ("sum of rows [4096, 4096]", "sum-rows"), ("sum of columns", "sum-columns"),
                ("mean of all", "mean"), ("maximum of all", "max"), ("maximum of rows", "max-rows"))]),
    "layout": ("Axes in another order, copied", 1.0, [CORES, 1], [permute(*axes) for axes in (
        ("4096,4096", "1,0"), ("1000,1003", "1,0"), ("64,400,1200", "1,0,2"), ("64,400,1200", "0,2,1"),
        ("20,16,200,200", "0,2,3,1"), ("20,200,200,16", "0,3,1,2"))]),
    "norm": ("Softmax, batch norm and pooling, forward and backward", 0.7, [CORES],
             [floats(f"softmax [{s}]", f"softmax {s}", 5, product(s)) for s in ("16384,1024", "1000000,10")] +
             [floats(f"batch norm [{s}]", f"batchnorm {s}", 8, product(s)) for s in (IMAGES, MEL)] +
             [floats(f"{kind} pool 2×2 [{IMAGES}]", f"{case} {IMAGES}", 2.5, product(IMAGES)) for kind, case in (("max", "maxpool"), ("average", "avgpool"))]),
    # Multiply-adds of one example's forward pass, times 2 operations each and times 3 to include the backward pass.
    "step": ("Training step: forward, loss, backward, optimiser", None, [CORES], [
        step("cs464-conv2d", "cs464-conv2d", 20, 6 * 543.9e6, 0.40), step("cs464-lstm", "cs464-lstm", 64, 6 * 1.536e9, 0.50),
        step("cs464-conv1d-raw", "cs464-conv1d-raw", 10, 6 * 1.581e9, 0.60), step("mel CNN 32/64/128 on 128×130", "mel-cnn", 128, 6 * 134.5e6, 0.50),
        step("MLP 57-256-128-64-10", "mlp", 128, 6 * 56.2e3, 0.40)]),
    # Our server lists its cases: see cases().
    "recipe": ("Training step of every network recipe", 1.0, [CORES], []),
}


def command(server):
    """The command that starts our server: a local build needs .NET, a published one does not."""
    return ["dotnet", server] if server.endswith(".dll") else [server]


def recipes(server):
    """Our server's description of each recipe with a network, ordered by the work of a step."""
    lines = subprocess.run([*command(server), "recipes"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def cases(key, server):
    if key != "recipe":
        return GROUPS[key][-1]
    return [(f"{r['name']}, batch {r['batch']}", f"recipe {r['name']},{r['batch']}", 6.0 * r["multiply_adds"] * r["batch"], "flops") for r in recipes(server)]


def serve(server, device="cpu"):
    """PyTorch's side, in the process started with `--serve`, here or in gpu_peer.py."""
    import torch
    import torch.nn.functional as F
    import torch_recipe

    def random(*sizes, grad=False):
        return (torch.rand(*sizes, device=device) - 0.5).requires_grad_(grad)

    def wait():
        if device == "cuda":
            torch.cuda.synchronize()

    def backward(forward, x, *parameters):
        gradient = random(*forward(x).shape)

        def call():
            forward(x).backward(gradient)
            for leaf in (x, *parameters):
                leaf.grad = None
        return call

    def convolution(n, c, h, w, filters, kh, kw, stride, gradient):
        bias = random(filters, grad=True)
        if h == 1:
            weight = random(filters, c, kw, grad=True)
            return backward(lambda x: F.conv1d(x, weight, bias, stride), random(n, c, w, grad=bool(gradient)), weight, bias)
        weight = random(filters, c, kh, kw, grad=True)
        return backward(lambda x: F.conv2d(x, weight, bias, stride), random(n, c, h, w, grad=bool(gradient)), weight, bias)

    def lstm(n, t, features, *units):
        network = torch.nn.LSTM(features, units[0], num_layers=len(units), batch_first=True).to(device)
        return backward(lambda x: network(x)[0], random(n, t, features), *network.parameters())

    def norm(*sizes):
        weight, bias = random(sizes[1], grad=True), random(sizes[1], grad=True)
        mean, variance = torch.zeros(sizes[1], device=device), torch.ones(sizes[1], device=device)
        return backward(lambda x: F.batch_norm(x, mean, variance, weight, bias, training=True), random(*sizes, grad=True), weight, bias)

    class LastStep(torch.nn.LSTM):
        def forward(self, x):
            return super().forward(x)[0][:, -1]

    def network(name):
        n = torch.nn
        layers = {
            "cs464-conv2d": lambda: [
                n.Conv2d(3, 16, 3), n.ReLU(), n.Conv2d(16, 16, 3), n.ReLU(), n.MaxPool2d(2), n.Conv2d(16, 16, 3), n.ReLU(), n.MaxPool2d(2),
                n.Conv2d(16, 16, 3), n.ReLU(), n.MaxPool2d(2), n.Dropout(0.25), n.Flatten(), n.Linear(36864, 120), n.ReLU(), n.Dropout(0.5), n.Linear(120, 10)],
            "cs464-lstm": lambda: [LastStep(1200, 400, num_layers=2, batch_first=True), n.Linear(400, 10)],
            "cs464-conv1d-raw": lambda: [
                n.Conv1d(1, 8, 27, 2), n.ReLU(), n.MaxPool1d(4), n.Conv1d(8, 16, 52), n.ReLU(), n.MaxPool1d(8), n.Conv1d(16, 48, 97, 2), n.ReLU(),
                n.MaxPool1d(4), n.Conv1d(48, 128, 127), n.ReLU(), n.Flatten(), n.Linear(119936, 128), n.ReLU(), n.Linear(128, 10)],
            "mel-cnn": lambda: [
                n.Conv2d(1, 32, 3), n.ReLU(), n.MaxPool2d(2), n.Conv2d(32, 64, 3), n.ReLU(), n.MaxPool2d(2), n.Conv2d(64, 128, 3), n.ReLU(), n.MaxPool2d(2),
                n.Flatten(), n.Linear(128 * 14 * 14, 10)],
            "mlp": lambda: [n.Linear(57, 256), n.ReLU(), n.Linear(256, 128), n.ReLU(), n.Linear(128, 64), n.ReLU(), n.Linear(64, 10)]}[name]()
        return n.Sequential(*layers).to(device)

    def training_step(name, batch):
        shape = {"cs464-conv2d": (3, 400, 400), "cs464-lstm": (400, 1200), "cs464-conv1d-raw": (1, 551250), "mel-cnn": (1, 128, 130), "mlp": (57,)}[name]
        model, x, labels = network(name), random(batch, *shape), torch.arange(batch, device=device) % 10
        optimizer = torch.optim.SGD(model.parameters(), 1e-3) if name == "cs464-conv2d" else torch.optim.Adam(model.parameters(), 1e-3)
        return torch_recipe.step(model, [x], labels, optimizer, wait)

    def recipe_step(name, batch):
        (document,) = [recipe for recipe in recipes(server) if recipe["name"] == name]
        return torch_recipe.training_step(document, batch, device, wait)

    def without_gradient(call):
        def run():
            with torch.no_grad():
                call()
        return run

    def prepare(kind, words):
        sizes = [int(word) for word in words if word.isdigit()]
        if kind == "matmul":
            a = random(*sizes[:2])
            b = a.t() if words[-1] == "t" else random(*sizes[1:])
            return without_gradient(lambda: torch.mm(a, b))
        if kind == "map":
            a, b = random(*sizes), random(*sizes)
            maps = {"add": lambda: a + b, "mul": lambda: a * b, "gelu": lambda: F.gelu(a)}
            return without_gradient(maps.get(words[0]) or (lambda: getattr(torch, words[0])(a)))
        if kind == "reduce":
            x = random(4096, sizes[0] // 4096)
            return without_gradient({
                "sum": x.sum, "mean": x.mean, "max": x.max, "sum-rows": lambda: x.sum(1), "sum-columns": lambda: x.sum(0),
                "max-rows": lambda: x.max(1)}[words[0]])
        if kind == "permute":
            sizes, order = sizes[:len(sizes) // 2], sizes[len(sizes) // 2:]
            x = random(*sizes)
            return without_gradient(lambda: x.permute(order).contiguous())
        if kind == "step":
            return training_step(words[0], sizes[0])
        if kind == "recipe":
            return recipe_step(words[0], sizes[0])
        return {
            "conv": lambda: convolution(*sizes), "lstm": lambda: lstm(*sizes), "batchnorm": lambda: norm(*sizes),
            "softmax": lambda: backward(lambda x: x.softmax(-1), random(*sizes, grad=True)),
            "maxpool": lambda: backward(lambda x: F.max_pool2d(x, 2), random(*sizes, grad=True)),
            "avgpool": lambda: backward(lambda x: F.avg_pool2d(x, 2), random(*sizes, grad=True))}[kind]()

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(1)
    # Float32 that really is float32 on a GPU, whose libraries may autotune their kernels.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    on = torch.cuda.get_device_name() if device == "cuda" else f"{torch.get_num_threads()} threads"
    print(f"{torch.__version__}, {on}", flush=True)
    name, call = None, None
    for line in sys.stdin:
        kind, words, _, calls = line.split()
        if name != (kind, words):
            call = None  # frees the operands before creating the next
            if device == "cuda":
                torch.cuda.empty_cache()
            name, call = (kind, words), prepare(kind, words.split(","))
        wait()
        start = time.perf_counter_ns()
        for _ in range(int(calls)):
            call()
        wait()
        print(time.perf_counter_ns() - start, flush=True)


class Side:
    def __init__(self, command, threads):
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment)
        self.version = self.process.stdout.readline().strip()

    def ask(self, question):
        self.process.stdin.write(question + "\n")
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(1)  # it has reported why
        return float(answer)


def calibrate(side, case, threads):
    """The number of calls per slice, determined while compilers and caches warm up."""
    calls, end = 1, time.monotonic() + 0.6
    side.ask(f"{case} {threads} 1")
    while True:
        took = side.ask(f"{case} {threads} {calls}")
        calls = max(1, min(4 * calls, int(SLICE * calls / took)))
        if time.monotonic() > end:
            return calls, took


def measure(sides, case, threads, rounds):
    plans = [calibrate(side, case, threads) for side in sides]
    times = [[] for _ in sides]
    for _ in range(rounds if max(took for _, took in plans) < 2e9 else 3):
        for i, (calls, _) in enumerate(plans):
            time.sleep(PAUSE)
            times[i].append(sides[i].ask(f"{case} {threads} {calls}") / calls)
    return [statistics.median(t) for t in times]


def processor():
    with open("/proc/cpuinfo") as info:
        text = info.read()
    model = re.search(r"model name\s*:\s*(.*)", text)
    flags = re.search(r"flags\s*:\s*(.*)", text)
    wide = [flag for flag in ("avx512f", "avx2", "fma") if flags and flag in flags.group(1).split()]
    return f"{model.group(1) if model else platform.processor()} ({', '.join(wide)}), {CORES} cores"


def commit(server):
    """Our server's commit: the repository's if built here, otherwise the one it reports."""
    if not server.endswith(".dll"):
        return subprocess.run([server, "commit"], capture_output=True, text=True, check=True).stdout.strip()
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    changed = subprocess.run(["git", "status", "--porcelain", "src"], capture_output=True, text=True).stdout.strip()
    return revision + (" with changes" if changed else "")


def run_group(key, server, ours, torches, peaks, rounds):
    title, bound, thread_numbers, _ = GROUPS[key]
    lines = [f"## {title}", "", f"Commit {commit(server)}, {time.strftime('%Y-%m-%d')}.", "",
             "| case | threads | ours, ms | PyTorch, ms | ratio | bound | ours | of the peak |", "|---|---:|---:|---:|---:|---:|---:|---:|"]
    print("\n".join(lines), flush=True)
    for threads in thread_numbers:
        for name, case, work, unit, *own in cases(key, server):
            limit = own[0] if own else bound
            mine, theirs = measure([ours, torches[threads]], case, threads, rounds)
            ratio, rate = mine / theirs, work / mine
            share = rate * 1e9 / (peaks[unit] * (threads / CORES if unit == "flops" else 1))
            lines.append(f"| {name} | {threads} | {mine / 1e6:.3f} | {theirs / 1e6:.3f} | {ratio:.2f} | {limit:.2f}{'' if ratio <= limit else ' missed'} "
                         f"| {rate:.1f} G{'F' if unit == 'flops' else 'B'}/s | {100 * share:.0f} % |")
            print(lines[-1], flush=True)
    return "\n".join(lines)


def sections(path):
    """The groups written by an earlier run, by title."""
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return {part.split("\n", 1)[0]: "## " + part.rstrip() for part in file.read().split("\n## ")[1:]}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("groups", nargs="*")
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--server")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--out", help="a folder, where tensors.md is updated")
    options = arguments.parse_args()
    if options.serve:
        return serve(options.server)

    for group in options.groups:
        if group not in GROUPS:
            sys.exit(f"tensors.sh: there is no group '{group}'; there are {', '.join(GROUPS)}.")
    ours = Side([*command(options.server), "tensors", "cpu"], CORES)
    torches = {threads: Side([sys.executable, __file__, "--serve", "--server", options.server], threads) for threads in {CORES, 1}}
    peaks = {unit: ours.ask(f"peak {unit}") for unit in ("flops", "bytes")}
    head = ["# Tensor operations beside PyTorch", "",
            f"- processor: {processor()}",
            f"- measured peaks, all cores: {peaks['flops'] / 1e9:.0f} GF/s of multiply-adds on registers, {peaks['bytes'] / 1e9:.1f} GB/s copying 256 MiB",
            f"- ours: {ours.version}", f"- PyTorch: {torches[CORES].version}, OpenBLAS", f"- made by: `bench/Peers/tensors.sh`, {platform.system()} {platform.machine()}", "",
            "Medians of rounds in which the two take turns; ratio is ours / theirs in time. Rates count the arithmetic of the plain",
            "algorithm, or the bytes that must move; a convolution by Winograd's or Fourier's transform can so pass the peak."]
    print("\n".join(head) + "\n", flush=True)
    done = sections(os.path.join(options.out, "tensors.md")) if options.out else {}
    for group in options.groups or GROUPS:
        done[GROUPS[group][0]] = run_group(group, options.server, ours, torches, peaks, options.rounds)
        print(flush=True)
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(os.path.join(options.out, "tensors.md"), "w") as file:
            file.write("\n\n".join(["\n".join(head)] + [done[title] for title, *_ in GROUPS.values() if title in done]) + "\n")


if __name__ == "__main__":
    main()
