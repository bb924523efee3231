namespace Engine.Tensors.Gpu.Drivers;

/// <summary>Kernels' names as errors and <c>engine selftest --ptx</c> spell them: <c>UnaryMap&lt;Relu&gt;</c>.</summary>
internal static class KernelName
{
    /// <summary>The name of a kernel's type.</summary>
    public static string Of(Type kernel)
    {
        var mark = kernel.Name.IndexOf('`', StringComparison.Ordinal);
        return mark < 0 ? kernel.Name : $"{kernel.Name[..mark]}<{string.Join(", ", kernel.GenericTypeArguments.Select(Of))}>";
    }
}
