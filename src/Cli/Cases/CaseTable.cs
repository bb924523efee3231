namespace Engine.Cli.Cases;

/// <summary>Cases for every operation of a device, family by family.</summary>
internal static class CaseTable
{
    /// <summary>
    /// Elements of a long vector: 64 MiB, larger than most processors' caches, and enough for every unit of a GPU.
    /// </summary>
    public const int Long = 16 << 20;

    /// <summary>The cases to check, by family.</summary>
    public static IReadOnlyList<OperationFamily> Families { get; } =
    [
        new("memory", [.. MemoryCases.All]), new("element-wise", [.. ElementwiseCases.All]),
        new("matrix product", [.. MatMulCases.All]), new("convolution", [.. Conv2dCases.All]),
        new("pooling", [.. Pool2dCases.All]), new("normalisation", [.. NormCases.All]), new("softmax", [.. SoftmaxCases.All]),
        new("reduction", [.. ReduceCases.All]), new("layout", [.. LayoutCases.All]), new("dropout", [.. DropoutCases.All]),
        new("optimiser", [.. UpdateCases.All]), new("recurrent", [.. RecurrentCases.All]),
        new("spectral", [.. SpectralCases.All]),
    ];

    /// <summary>The cases to check.</summary>
    public static IReadOnlyList<OperationCase> All { get; } = [.. Families.SelectMany(f => f.Cases)];

    /// <summary>The cases to time: the kernels that networks spend their time in, at the sizes of the recipes.</summary>
    public static IReadOnlyList<OperationCase> Timed { get; } =
    [
        .. MatMulCases.Timed, .. Conv2dCases.Timed, .. RecurrentCases.Timed, .. ElementwiseCases.Timed, .. DropoutCases.Timed,
        .. ReduceCases.Timed, .. SoftmaxCases.Timed, .. NormCases.Timed, .. Pool2dCases.Timed, .. LayoutCases.Timed,
        .. SpectralCases.Timed, .. UpdateCases.Timed,
    ];
}

/// <summary>Operations that belong together.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Cases">Their cases.</param>
internal sealed record OperationFamily(string Name, IReadOnlyList<OperationCase> Cases);
