namespace Engine.Pipeline.Networks;

/// <summary>How a network's weights start.</summary>
public enum NetworkInitializer
{
    /// <summary>As in PyTorch's layers: uniform within ±1/√fan-in, biases too.</summary>
    Pytorch,

    /// <summary>As in Keras's layers: Xavier-uniform weights, orthogonal hidden weights, biases 0, forget gates 1.</summary>
    Keras,

    /// <summary>Kaiming-uniform weights, biases 0.</summary>
    Kaiming,
}
