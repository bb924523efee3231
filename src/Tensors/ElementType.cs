namespace Engine.Tensors;

/// <summary>What a tensor's elements are; both take four bytes.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 single precision: data, weights, gradients.</summary>
    Float32,

    /// <summary>Signed 32-bit integers: labels and indices.</summary>
    Int32,
}
