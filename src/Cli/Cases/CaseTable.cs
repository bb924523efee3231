namespace Engine.Cli.Cases;

/// <summary>Every operation of a device, family by family.</summary>
internal static class CaseTable
{
    /// <summary>The cases to check.</summary>
    public static IReadOnlyList<OperationCase> All { get; } =
    [
        .. MemoryCases.All, .. ElementwiseCases.All, .. MatMulCases.All, .. Conv2dCases.All, .. Pool2dCases.All, .. NormCases.All,
        .. SoftmaxCases.All, .. ReduceCases.All, .. LayoutCases.All, .. DropoutCases.All, .. UpdateCases.All, .. RecurrentCases.All,
        .. SpectralCases.All,
    ];
}
