namespace Engine.Classifiers.Svm;

/// <summary>Computes kernel values on demand, for when the full matrix takes too much memory.</summary>
internal sealed class ComputedRows(FeatureMatrix x, double[] squares, KernelFunction kernel) : IKernelRows
{
    private const int Chunk = 256;

    public float Diagonal(int row) => (float)kernel.Diagonal(squares[row]);

    public void Fill(int row, ReadOnlySpan<int> columns, Span<float> values)
    {
        Span<double> products = stackalloc double[Chunk];
        Span<double> others = stackalloc double[Chunk];
        for (var start = 0; start < columns.Length; start += Chunk)
        {
            var count = Math.Min(Chunk, columns.Length - start);
            for (var c = 0; c < count; c++)
            {
                var column = columns[start + c];
                products[c] = DotProduct.Of(x.Row(row), x.Row(column));
                others[c] = squares[column];
            }

            kernel.Apply(products[..count], squares[row], others[..count]);
            for (var c = 0; c < count; c++) values[start + c] = (float)products[c];
        }
    }
}
