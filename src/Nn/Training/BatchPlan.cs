namespace Engine.Nn.Training;

/// <summary>
/// Splits an epoch into batches of equal size; the last one takes the remainder. A single remaining example joins the
/// batch before it, because batch normalisation needs at least two.
/// </summary>
internal readonly record struct BatchPlan(int Examples, int BatchSize)
{
    public int Batches => Math.Max(1, Examples / BatchSize + (Examples % BatchSize > (BatchSize > 1 ? 1 : 0) ? 1 : 0));

    /// <summary>The most examples in a batch.</summary>
    public int Largest => Batches == 1 ? Examples : Math.Max(BatchSize, Count(Batches - 1));

    public int Start(int batch) => batch * BatchSize;

    public int Count(int batch) => batch == Batches - 1 ? Examples - Start(batch) : BatchSize;
}
