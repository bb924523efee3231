using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Nn.Training;

/// <summary>Finds where values first stopped being finite.</summary>
internal static class NonFinite
{
    /// <summary>
    /// The first parameter or buffer with a value that is not finite, or null. A sum is not finite if any of its terms is not.
    /// </summary>
    public static Parameter? FirstParameter(Module network)
    {
        using var scope = new TensorScope();
        Parameter[] state = [.. network.State()];
        // In one tensor, so that the GPU is read once.
        var sums = Tensor.Zeros(new Shape(state.Length), state[0].Value.Device);
        for (var i = 0; i < state.Length; i++) sums.Slice(0, i, 1).Reshape().CopyFrom(state[i].Value.Sum());
        var values = sums.ToArray();
        return state.Where((p, i) => !float.IsFinite(values[i]) && First(p.Value.ToArray()) >= 0).FirstOrDefault();
    }

    /// <summary>
    /// Reruns a batch with the same weights and random numbers and reports where it first goes wrong: in an input, in a
    /// layer's output, or in a gradient.
    /// </summary>
    /// <param name="network">The network, with the weights from before the step.</param>
    /// <param name="forward">Runs it on the batch.</param>
    /// <param name="batch">The batch, or the part of it.</param>
    /// <param name="context">Creates the context of the forward pass with the given observer.</param>
    /// <param name="loss">The loss of the scores, whose gradients are checked if all else is finite; null: no backward
    /// pass.</param>
    public static string Explain(
        Module network, ForwardPass forward, BatchRows batch, Func<Action<Module, Tensor>, ForwardContext> context,
        Func<Tensor, Tensor>? loss)
    {
        for (var input = 0; input < batch.Inputs; input++)
        {
            var values = batch.Values(input);
            if (First(values) is >= 0 and var at)
                return $"input {input} of example {batch.Examples[at / (values.Length / batch.Count)]} holds {values[at]}.";
        }

        string? found = null;
        network.ClearGradients();
        using var tape = new Tape();
        var scores = forward(batch.Upload(network.State().First().Value.Device),
            context((layer, output) => found ??= Explain(layer, output)));
        if (found is not null) return found;
        if (loss is null) return "every layer's output is finite.";
        tape.Backward(loss(scores));
        var parameter = network.Parameters().FirstOrDefault(p => p.Gradient is { } gradient && First(gradient.ToArray()) >= 0);
        return parameter is null
            ? "every layer's output and every gradient is finite, so the loss itself is too large."
            : $"every layer's output is finite, but the gradient of {parameter.Name} {parameter.Shape} is not.";
    }

    private static string? Explain(Module layer, Tensor output)
    {
        var values = output.ToArray();
        if (First(values) is var at && at < 0) return null;
        var parameter = layer.State().FirstOrDefault(p => First(p.Value.ToArray()) >= 0);
        var cause = parameter is null
            ? "" : $", whose {parameter.Name} {parameter.Shape} is itself not finite: an earlier step made it too large";
        return $"the first layer whose output is not finite ({values[at]}) is {layer.Where}{cause}.";
    }

    private static int First(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }

        return -1;
    }
}
