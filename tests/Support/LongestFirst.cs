using Engine.Tests.Tensors.Gpu;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Engine.Tests.Support.LongestFirst", "Engine.Tests")]

namespace Engine.Tests.Support;

/// <summary>Starts what takes minutes first, so that nothing long is left when all else has ended.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] s_longest = [typeof(OpenClTests), typeof(InstructionSetTests), typeof(PtxTests)];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(c => Place(c) is >= 0 and var place ? place : s_longest.Length);

    private static int Place(ITestCollection collection) =>
        Array.FindIndex(s_longest, type => collection.DisplayName.EndsWith(type.Name, StringComparison.Ordinal));
}
