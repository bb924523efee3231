using Engine.Nn.Training.Distributed;
using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// The training batches of some epochs, starting at any batch. Each epoch's order, each batch's mixing and each example's
/// augmentation has its own random stream, so neither the starting point nor the reading ahead changes the results.
/// </summary>
internal sealed class TrainingBatches(
    IExampleSource source, TrainerOptions options, BatchPlan plan, PartLayouts layouts, int epoch, int batch, int epochs)
{
    private readonly int[] _order = new int[source.Count];
    private RandomStream? _augmentation;
    private int _epoch = epoch;
    private int _batch = batch;

    /// <summary>Fills the next batch; returns false after the last epoch.</summary>
    public bool Fill(Batch target)
    {
        if (_batch == plan.Batches) (_epoch, _batch, _augmentation) = (_epoch + 1, 0, null);
        if (_epoch >= epochs) return false;
        if (_augmentation is null) Begin();
        var (first, count) = layouts[plan.Count(_batch)].OwnExamples;
        target.Read(_order.AsSpan(plan.Start(_batch), plan.Count(_batch)), first, count, options.MixUp > 0, _augmentation);
        target.ReadLabels();
        if (options.MixUp > 0) target.Mix(MixUp.Share(options.MixUp, new RandomStream(options.Seed, $"mixup/{_epoch}/{_batch}")));
        _batch++;
        return true;
    }

    private void Begin()
    {
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        new RandomStream(options.Seed, $"shuffle/{_epoch}").Shuffle<int>(_order);
        _augmentation = new RandomStream(options.Seed, $"augment/{_epoch}");
    }
}
