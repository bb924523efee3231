using Engine.Nn.Layers;

namespace Engine.Nn;

/// <summary>
/// Sets how the weights of a whole network are initialised; by default, layers start like PyTorch's. Call before
/// <see cref="Module.Initialize"/>.
/// </summary>
public static class InitializationScheme
{
    /// <summary>
    /// Like Keras: Xavier-uniform weights, orthogonal hidden weights in recurrent layers, biases 0, except 1 for the forget
    /// gates of LSTM layers.
    /// </summary>
    public static void Keras(Module network) => Set(network, Initializers.XavierUniform, SetRecurrentAsKeras);

    /// <summary>
    /// Weights uniform within ±√(6/fan-in) (He et al. 2015), biases 0; recurrent layers as in <see cref="Keras"/>.
    /// </summary>
    public static void Kaiming(Module network) => Set(network, Initializers.KaimingUniform, SetRecurrentAsKeras);

    private static void Set(Module module, Initializer weight, Action<Recurrent> recurrent)
    {
        ArgumentNullException.ThrowIfNull(module);
        foreach (var child in module.Children) Set(child, weight, recurrent);
        if (module is Recurrent layer) recurrent(layer);
        if (module is not (Dense or Conv1d or Conv2d)) return;
        foreach (var parameter in module.Parameters())
            parameter.Initializer = parameter.Shape.Rank > 1 ? weight : Initializers.Zeros;
    }

    // PyTorch's two biases are added, so the forget gate's 1 goes into the first.
    private static void SetRecurrentAsKeras(Recurrent layer)
    {
        foreach (var parameter in layer.Parameters())
        {
            var name = parameter.Name[(parameter.Name.LastIndexOf('.') + 1)..];
            parameter.Initializer = name switch
            {
                _ when name.StartsWith("weight_ih", StringComparison.Ordinal) => Initializers.XavierUniform,
                _ when name.StartsWith("weight_hh", StringComparison.Ordinal) => Initializers.Orthogonal(),
                _ when layer is Lstm && name.StartsWith("bias_ih", StringComparison.Ordinal) => s_forgetGateOne,
                _ => Initializers.Zeros,
            };
        }
    }

    // Gate order i, f, g, o: the second quarter.
    private static readonly Initializer s_forgetGateOne = (values, shape, _) =>
    {
        values.Clear();
        values.Slice(shape[0] / 4, shape[0] / 4).Fill(1);
    };
}
