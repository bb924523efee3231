namespace Engine.Cli.Cases;

/// <summary>Cases for every operation of a device, family by family.</summary>
internal static class CaseTable
{
    /// <summary>
    /// Elements of a long vector: 64 MiB, larger than most processors' caches, and enough for every unit of a GPU.
    /// </summary>
    public const int Long = 16 << 20;

    /// <summary>The cases to check.</summary>
    public static IReadOnlyList<OperationCase> All { get; } =
    [
        .. MemoryCases.All, .. ElementwiseCases.All, .. MatMulCases.All, .. Conv2dCases.All, .. Pool2dCases.All, .. NormCases.All,
        .. SoftmaxCases.All, .. ReduceCases.All, .. LayoutCases.All, .. DropoutCases.All, .. UpdateCases.All,
        .. RecurrentCases.All, .. SpectralCases.All,
    ];

    /// <summary>The cases to time: the kernels that networks spend their time in, at the sizes of the recipes.</summary>
    public static IReadOnlyList<OperationCase> Timed { get; } =
    [
        .. MatMulCases.Timed, .. Conv2dCases.Timed, .. RecurrentCases.Timed, .. ElementwiseCases.Timed, .. DropoutCases.Timed,
        .. ReduceCases.Timed, .. SoftmaxCases.Timed, .. NormCases.Timed, .. Pool2dCases.Timed, .. LayoutCases.Timed,
        .. SpectralCases.Timed, .. UpdateCases.Timed,
    ];
}
