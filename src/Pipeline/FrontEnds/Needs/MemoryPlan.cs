using Engine.Classifiers;

namespace Engine.Pipeline.FrontEnds.Needs;

/// <summary>The memory need of one part of a recipe.</summary>
/// <param name="At">The JSON path of the value that affects the need most.</param>
/// <param name="What">What the memory holds, in words.</param>
/// <param name="Bytes">Approximate bytes; a double, so that no product of untrusted values overflows.</param>
public sealed record MemoryNeed(string At, string What, double Bytes);

/// <summary>The memory needs of a recipe or part of one, added up before anything is allocated.</summary>
internal sealed class MemoryPlan
{
    private readonly List<MemoryNeed> _needs = [];

    /// <summary>The parts in the order in which they were added.</summary>
    public IReadOnlyList<MemoryNeed> Needs => _needs;

    /// <summary>All parts together.</summary>
    public double Bytes => _needs.Sum(n => n.Bytes);

    /// <summary>Adds a part.</summary>
    public void Add(string at, string what, double bytes) => _needs.Add(new(at, what, bytes));

    /// <summary>Adds the parts of another plan.</summary>
    public void Add(MemoryPlan other) => _needs.AddRange(other._needs);

    /// <summary>Throws if the plan needs more than the limit; <paramref name="source"/> names the recipe.</summary>
    /// <exception cref="EngineException">
    /// It does; the message names the largest part, the figures and how to raise the limit.
    /// </exception>
    public void Require(MemoryLimit limit, string source)
    {
        if (!(Bytes > limit.Bytes)) return;
        var largest = _needs.MaxBy(n => n.Bytes)!;
        var all = _needs.Count > 1 ? $", {MemoryLimit.Describe(Bytes)} with all other parts" : "";
        throw new EngineException(
            $"{source}: {largest.At}: {largest.What} would take about {MemoryLimit.Describe(largest.Bytes)} of memory{all}; "
            + $"the limit is {MemoryLimit.Describe(limit.Bytes)}, {limit.Origin}. Use smaller values, or raise the limit: " +
                "--memory-limit 8G, or memoryLimit in a program.");
    }
}
