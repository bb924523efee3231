using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>Checks that examples match a network and each other.</summary>
internal static class SourceCheck
{
    /// <summary>Checks that the network accepts the examples' inputs and ends in one score per class.</summary>
    public static void Network(Module network, IExampleSource source, string operation)
    {
        var output = network.Summarize([.. source.Shapes.Select(s => new Shape([1, .. s.Sizes]))])[^1].Output;
        if (output != new Shape(1, source.Classes))
            Guard.Argument($"{operation}: the network maps one example to {output}; it must be [1, {source.Classes}], one "
                + "score per class.");
    }

    /// <summary>Checks that there are examples and that every label is one of the classes.</summary>
    public static void Labels(IExampleSource source, string what)
    {
        if (source.Count == 0) Guard.Argument($"Trainer: there are no {what} examples; it needs at least one.");
        for (var i = 0; i < source.Count; i++)
        {
            var label = source.Label(i);
            if ((uint)label >= (uint)source.Classes)
                Guard.Argument($"Trainer: {what} example {i} has the label {label}; the {source.Classes} classes are 0 to "
                    + $"{source.Classes - 1}.");
        }
    }

    /// <summary>Checks that both have the same inputs and classes.</summary>
    public static void Same(IExampleSource train, IExampleSource valid)
    {
        if (train.Classes != valid.Classes)
            Guard.Argument($"Trainer: the training examples have {train.Classes} classes but the validation examples "
                + $"{valid.Classes}.");
        if (!train.Shapes.SequenceEqual(valid.Shapes))
            Guard.Argument($"Trainer: training examples are {string.Join(", ", train.Shapes)} but validation examples "
                + $"{string.Join(", ", valid.Shapes)}.");
    }
}
