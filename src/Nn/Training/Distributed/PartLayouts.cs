using Engine.Tensors.Distributed;

namespace Engine.Nn.Training.Distributed;

/// <summary>The layouts of a run's batches, which have one of two sizes.</summary>
internal sealed class PartLayouts
{
    private readonly Dictionary<int, PartLayout> _layouts = [];

    /// <summary>Shares out the parts of every batch of a plan.</summary>
    public PartLayouts(BatchPlan plan, int parts, Communicator ranks)
    {
        foreach (var examples in new[] { plan.Count(0), plan.Count(plan.Batches - 1) })
            _layouts[examples] = new PartLayout(new BatchParts(examples, parts), ranks.Rank, ranks.Size);
    }

    /// <summary>That of a batch of so many examples.</summary>
    public PartLayout this[int examples] => _layouts[examples];

    /// <summary>The most examples of a batch that this rank reads; mixing reads counterparts, too.</summary>
    public int MostRows(bool mixes) => _layouts.Max(l =>
    {
        var (first, count) = l.Value.OwnExamples;
        return count + (mixes ? Batch.Counterparts(l.Key, first, count).Count : 0);
    });
}
