"""The cases of gpu_peer.py, and PyTorch's side of them."""
import json
import os
import subprocess
import sys
import time

from turns import command

M16 = 16 * 1024 * 1024
IMAGES, MEL = "20,16,396,396", "128,64,62,64"


def matmul(m, k, n, transposed=False):
    name = f"{m}×{k} · its transpose" if transposed else f"{m}×{k} · {k}×{n}"
    # Half of a product with its own transpose would suffice; both sides compute all of it.
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


def product(sizes):
    result = 1
    for size in sizes.split(","):
        result *= int(size)
    return result


# Group: cases (name, request, work, its unit); our server lists those of the group recipe.
# Bytes are the minimum to move: every operand and result once.
GROUPS = {
    "matmul": [matmul(s, s, s) for s in (256, 512, 768, 1024, 2048)] + [
        matmul(64, 1200, 1600), matmul(20, 36864, 120), matmul(800, 129600, 800, True)],
    "conv": [
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
        conv("mel: 64 → 128, 3×3 on 124×126, batch 32", 32, 64, 124, 126, 128, 3, 3, 1, True)],
    "lstm": [lstm(64, 400, 1200, 400, 400)],
    "map": [floats(op, f"map {op},{M16}", 3 if op in ("add", "mul") else 2) for op in ("add", "mul", "relu", "exp", "sigmoid", "tanh", "gelu")] + [
        floats(label, f"reduce {op},{M16}", 1) for label, op in (
            ("sum of all", "sum"), ("sum of rows [4096, 4096]", "sum-rows"), ("sum of columns", "sum-columns"),
            ("mean of all", "mean"), ("maximum of all", "max"), ("maximum of rows", "max-rows"))],
    "norm": [floats(f"softmax [{s}]", f"softmax {s}", 5, product(s)) for s in ("16384,1024", "1000000,10")] + [
        floats(f"batch norm [{s}]", f"batchnorm {s}", 8, product(s)) for s in (IMAGES, MEL)] + [
        floats(f"{kind} pool 2×2 [{IMAGES}]", f"{case} {IMAGES}", 2.5, product(IMAGES)) for kind, case in (("max", "maxpool"), ("average", "avgpool"))],
}


def recipes(server):
    """Our server's description of each recipe with a network, ordered by the work of a step."""
    lines = subprocess.run([*command(server), "recipes"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def cases(key, server):
    if key != "recipe":
        return GROUPS[key]
    return [(f"{r['name']}, batch {r['batch']}", f"recipe {r['name']},{r['batch']}", 6.0 * r["multiply_adds"] * r["batch"], "flops") for r in recipes(server)]


def serve(server, device="cpu"):
    """PyTorch's side, in the process that gpu_peer.py starts with `--serve`."""
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
