namespace Engine.Nn.Training;

/// <summary>
/// How an epoch is cut into batches: all of the same size but the last, which has what is left. A single example left over
/// joins the batch before it, because batch normalisation cannot learn from one.
/// </summary>
internal readonly record struct BatchPlan(int Examples, int BatchSize)
{
    public int Batches => Math.Max(1, Examples / BatchSize + (Examples % BatchSize > (BatchSize > 1 ? 1 : 0) ? 1 : 0));

    /// <summary>The most examples in a batch.</summary>
    public int Largest => Batches == 1 ? Examples : Math.Max(BatchSize, Count(Batches - 1));

    public int Start(int batch) => batch * BatchSize;

    public int Count(int batch) => batch == Batches - 1 ? Examples - Start(batch) : BatchSize;
}
