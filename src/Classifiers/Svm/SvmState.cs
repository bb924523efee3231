using Engine.Tensors.Serialization;

namespace Engine.Classifiers.Svm;

/// <summary>A fitted machine as named tensors.</summary>
internal static class SvmState
{
    /// <summary>The fitted state as named tensors.</summary>
    public static Dictionary<string, StoredTensor> Save(SvmMachine machine, PlattSigmoid[]? sigmoids, int[] present, int classes)
    {
        var state = new Dictionary<string, StoredTensor>
        {
            ["support"] = machine.Support.ToTensor(),
            ["support_counts"] = new(machine.Counts, machine.Counts.Length),
            ["weights"] = machine.Weights.ToTensor(),
            ["rho"] = new(machine.Rho, machine.Rho.Length),
            ["gamma"] = new(new[] { machine.Kernel.Gamma }, 1),
            ["labels"] = new(present, present.Length),
            ["classes"] = new(new[] { classes }, 1),
        };
        if (sigmoids is not null)
            state["sigmoids"] = new(sigmoids.SelectMany(s => new[] { s.A, s.B }).ToArray(), sigmoids.Length, 2);
        return state;
    }

    /// <summary>Restores what <see cref="Save"/> returned.</summary>
    /// <exception cref="EngineException">A tensor is missing, or its type, shape or values do not fit.</exception>
    public static (SvmMachine Machine, PlattSigmoid[]? Sigmoids, int[] Present, int Classes) Load(
        IReadOnlyDictionary<string, StoredTensor> state, string owner, Func<double, KernelFunction> kernel, bool calibrated)
    {
        var labels = (int[])State.Integers(state, owner, "labels", -1).Data;
        var classes = ((int[])State.Integers(state, owner, "classes", 1).Data)[0];
        var counts = (int[])State.Integers(state, owner, "support_counts", labels.Length).Data;
        var support = SupportRows.FromState(state, owner, "support");
        for (var c = 0; c < labels.Length; c++)
        {
            if ((uint)labels[c] >= (uint)classes || (c > 0 && labels[c] <= labels[c - 1]))
                throw new EngineException($"{owner}: tensor 'labels' holds {labels[c]}; its values must increase and be in [0, " +
                    $"{classes}).");
            if (counts[c] < 0)
                throw new EngineException($"{owner}: tensor 'support_counts' holds {counts[c]}; a count is at least 0.");
        }

        if (labels.Length < 2)
            throw new EngineException($"{owner}: tensor 'labels' has {labels.Length} value; at least two labels are needed.");
        if (counts.Sum(c => (long)c) != support.Count)
            throw new EngineException(
                $"{owner}: tensor 'support_counts' adds up to {counts.Sum(c => (long)c)}, but there are {support.Count} "
                    + "support vectors.");
        var weights = (double[])State.Doubles(state, owner, "weights", labels.Length - 1, support.Count).Data;
        var pairs = SvmMachine.Pairs(labels.Length);
        var rho = (double[])State.Doubles(state, owner, "rho", pairs).Data;
        var gamma = ((double[])State.Doubles(state, owner, "gamma", 1).Data)[0];
        if (!(gamma > 0)) throw new EngineException($"{owner}: tensor 'gamma' holds {gamma}; it must be above 0.");
        var machine = new SvmMachine(kernel(gamma), support, counts, new FeatureMatrix(labels.Length - 1, support.Count, weights),
            rho);
        if (!calibrated) return (machine, null, labels, classes);
        var sigmoids = (double[])State.Doubles(state, owner, "sigmoids", pairs, 2).Data;
        return (machine, [.. Enumerable.Range(0, pairs).Select(p => new PlattSigmoid(sigmoids[2 * p], sigmoids[2 * p + 1]))],
            labels, classes);
    }
}
