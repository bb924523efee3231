"""A recipe's training step in PyTorch, built from the recipe's full JSON as printed by our server.

Shapes are propagated through the layers as in our NetworkBuilder, so that each layer knows its channels or features. An unknown
layer or option ends the process with its name. Weights use PyTorch's default initialisation, whatever the recipe says, because
it does not affect the time.
"""
import inspect
import sys
from collections import defaultdict

import torch
import torch.nn.functional as F
from torch import nn

# Training settings that do not affect a step, and those that are not supported here.
OUTSIDE = {"batch", "epochs", "schedule", "validation", "early_stopping", "stop_at_train_accuracy"}
ABSENT = {"clip_norm": None, "clip_value": None, "average_decay": None, "mixup": 0, "augmentation": None}


class Series(nn.Module):
    def forward(self, x):
        return x.flatten(1, 2)


class Sequence(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


class LastState(nn.LSTM):
    def forward(self, x):
        return super().forward(x)[0][:, -1]


class Joined(nn.Module):
    def __init__(self, branches, trunk):
        super().__init__()
        self.branches, self.trunk = nn.ModuleList(branches), trunk

    def forward(self, *inputs):
        return self.trunk(torch.cat([branch(x) for branch, x in zip(self.branches, inputs)], 1))


def with_l2(layer, l2):
    layer.l2 = l2
    return layer


def conv1d(shape, filters, kernel, stride, padding, dilation, groups, l2, bias):
    zeros = padding if isinstance(padding, str) else padding[1]
    return with_l2(nn.Conv1d(shape[1], filters, kernel, stride, zeros, dilation, groups, bias), l2)


def conv2d(shape, filters, kernel, stride, padding, dilation, groups, l2, bias):
    zeros = padding if isinstance(padding, str) else tuple(padding)
    return with_l2(nn.Conv2d(shape[1], filters, tuple(kernel), stride or 1, zeros, dilation or 1, groups, bias), l2)


def dense(shape, units, l2, bias=True):
    return with_l2(nn.Linear(shape[-1], units, bias), l2)


def hidden(shape, count, units, dropout, l2):
    layers, features = [], shape[-1]
    for _ in range(count):
        layers += [dense([features], units, l2), nn.ReLU()] + ([nn.Dropout(dropout)] if dropout else [])
        features = units
    return nn.Sequential(*layers)


def lstm(shape, units, layers, bidirectional, sequence):
    if bidirectional or sequence:
        sys.exit("torch_recipe.py: layer lstm: bidirectional and sequence are not supported, only the last state of one "
                 "direction.")
    return LastState(shape[2], units, layers, batch_first=True)


LAYERS = {
    "conv1d": conv1d, "conv2d": conv2d, "dense": dense, "hidden": hidden, "lstm": lstm,
    "max-pool1d": lambda shape, size, stride, padding: nn.MaxPool1d(size, stride, padding),
    "max-pool2d": lambda shape, size, stride, padding: nn.MaxPool2d(size, stride, padding or 0),
    "average-pool1d": lambda shape, size, stride, padding: nn.AvgPool1d(size, stride, padding),
    "batch-norm": lambda shape, momentum, epsilon: (nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d)(shape[1], epsilon, momentum),
    "dropout": lambda shape, share: nn.Dropout(share),
    "relu": lambda shape: nn.ReLU(),
    "flatten": lambda shape: nn.Flatten(),
    "series": lambda shape: Series(),
    "sequence": lambda shape: Sequence(),
}

OPTIMIZERS = {
    "sgd": lambda groups, learning_rate, momentum, nesterov: torch.optim.SGD(groups, learning_rate, momentum, nesterov=nesterov),
    "adam": lambda groups, learning_rate, beta1, beta2, epsilon: torch.optim.Adam(groups, learning_rate, (beta1, beta2), epsilon),
    "nadam": lambda groups, learning_rate, beta1, beta2, epsilon, momentum_decay:
        torch.optim.NAdam(groups, learning_rate, (beta1, beta2), epsilon, momentum_decay=momentum_decay),
}


def make(table, what, kind, argument, options):
    if kind not in table:
        sys.exit(f"torch_recipe.py: {what} {kind} is not known; use one of {', '.join(table)}.")
    try:
        inspect.signature(table[kind]).bind(argument, **options)
    except TypeError as error:
        sys.exit(f"torch_recipe.py: {what} {kind}: {error}.")
    return table[kind](argument, **options)


def chain(specs, shape, labels):
    """A sequence of layers, and its output shape for one example."""
    layers, x = [], torch.zeros(1, *shape)
    for spec in specs:
        options = {key: value for key, value in spec.items() if key != "layer"}
        kind = spec["layer"]
        if kind == "output":
            kind, options = "dense", {"units": labels, **options}
        layers.append(make(LAYERS, "layer", kind, x.shape, options).eval())
        with torch.no_grad():
            x = layers[-1](x)
    return nn.Sequential(*layers), x.shape[1:]


def network(document):
    classifier, labels, inputs = document["recipe"]["classifier"], document["labels"], document["inputs"]
    if classifier["branches"] is None:
        (shape,) = inputs
        return chain(classifier["layers"], shape, labels)[0]
    branches = [chain(specs, shape, labels) for specs, shape in zip(classifier["branches"], inputs, strict=True)]
    trunk, _ = chain(classifier["layers"], [sum(shape[0] for _, shape in branches)], labels)
    return Joined([branch for branch, _ in branches], trunk)


def optimizer(spec, model):
    """The penalty λ·Σw² of a layer's weights is a weight decay of 2·λ; PyTorch sets it by parameter group."""
    options = {key: value for key, value in spec.items() if key not in ("kind", "weight_decay")}
    groups = defaultdict(list)
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            groups[spec["weight_decay"] + 2 * (getattr(module, "l2", 0) if name == "weight" else 0)].append(parameter)
    return make(OPTIMIZERS, "optimizer", spec["kind"], [{"params": group, "weight_decay": decay} for decay, group in groups.items()], options)


def step(model, inputs, labels, optimizer, wait, smoothing=0):
    """Like a call of our RecipeStep: a step that fetches its loss before the optimiser runs, then waits."""
    def call():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(*inputs), labels, label_smoothing=smoothing)
        loss.backward()
        value = loss.item()
        optimizer.step()
        wait()
        return value
    return call


def training_step(document, batch, device, wait):
    name, classifier = document["name"], document["recipe"]["classifier"]
    training = {key: value for key, value in classifier["training"].items() if key not in OUTSIDE}
    spec, smoothing = training.pop("optimizer"), training.pop("label_smoothing")
    others = {key: value for key, value in classifier.items() if key not in ("kind", "initializer", "branches", "layers", "training")}
    for key, value in {**training, **others}.items():
        if key not in ABSENT or value != ABSENT[key]:
            sys.exit(f"torch_recipe.py: recipe {name}: {key} {value} is not supported.")
    model = network(document).train().to(device)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    if parameters != document["parameters"]:
        sys.exit(f"torch_recipe.py: recipe {name} has {parameters} parameters in PyTorch and "
                 f"{document['parameters']} in ours; the networks differ.")
    inputs = [2 * torch.rand(batch, *shape, device=device) - 1 for shape in document["inputs"]]
    return step(model, inputs, torch.arange(batch, device=device) % document["labels"], optimizer(spec, model), wait, smoothing)
