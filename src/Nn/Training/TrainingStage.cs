using Engine.Nn.Schedules;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// A part of a training in which some layers stay as they are. Each stage starts from the result of the one before, with a new
/// optimiser; early stopping ends a stage, and the next starts from the best weights so far.
/// </summary>
public sealed record TrainingStage
{
    /// <summary>Its epochs, at least 1; null only for the last stage, which has those that are left.</summary>
    [Range(Minimum = 1)]
    public int? Epochs { get; init; }

    /// <summary>
    /// What stays as it is: paths of modules (<c>features.3</c> is all of it) and names of parameters. What frozen first layers
    /// give is computed once, if nothing before or in them is random and the examples do not change.
    /// </summary>
    public IReadOnlyList<string> Frozen { get; init; } = [];

    /// <summary>The learning rate that its schedule starts from; null: the optimiser's.</summary>
    [Range(Above = 0)]
    public double? LearningRate { get; init; }

    /// <summary>
    /// Its schedule, whose time starts with the stage; null: <see cref="TrainerOptions.Schedule"/>, whose time starts with the
    /// training.
    /// </summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>Everything that determines its course, in words.</summary>
    internal string Identity => $"{Epochs} epochs, frozen [{string.Join(", ", Frozen)}], learning rate {LearningRate}, "
        + $"{Schedule?.Name}";

    /// <summary>Freezes exactly what the stage freezes.</summary>
    internal void Freeze(Module network)
    {
        foreach (var parameter in network.Parameters()) parameter.IsFrozen = Frozen.Any(parameter.IsIn);
    }

    /// <summary>Throws unless it names parameters of the network, and leaves some to learn.</summary>
    internal void Check(Module network, string at)
    {
        if (Frozen.FirstOrDefault(path => !network.Parameters().Any(p => p.IsIn(path))) is { } unknown)
            Guard.Argument($"{at}: '{unknown}' is neither a parameter nor a module with parameters.");
        if (network.Parameters().All(p => Frozen.Any(p.IsIn)))
            Guard.Argument($"{at}: it freezes every parameter, so there is nothing to learn.");
    }
}
