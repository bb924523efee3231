using Engine.Tensors.Serialization;

namespace Engine.Nn.Training;

/// <summary>Epochs as a table of doubles [epochs, columns] in a checkpoint; missing figures are NaN.</summary>
internal static class HistoryTable
{
    public const int Columns = 8;

    public static StoredTensor Store(IEnumerable<EpochRecord> history)
    {
        double[] values = [.. history.SelectMany(e => new[]
        {
            e.Epoch, e.Loss, e.Accuracy, e.ValidLoss ?? double.NaN, e.ValidAccuracy ?? double.NaN, e.LearningRate, e.Seconds,
            e.SamplesPerSecond,
        })];
        return new StoredTensor(values, values.Length / Columns, Columns);
    }

    public static IReadOnlyList<EpochRecord> Read(StoredTensor table) =>
        [.. ((double[])table.Data).Chunk(Columns)
            .Select(r => new EpochRecord((int)r[0], r[1], r[2], Figure(r[3]), Figure(r[4]), r[5], r[6], r[7]))];

    private static double? Figure(double value) => double.IsNaN(value) ? null : value;
}
