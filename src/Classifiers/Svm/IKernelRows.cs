namespace Engine.Classifiers.Svm;

/// <summary>Values of a kernel between training rows, as a solver asks for them. Any number of threads may ask.</summary>
internal interface IKernelRows
{
    /// <summary>The value of a row with itself.</summary>
    float Diagonal(int row);

    /// <summary>Writes the values of <paramref name="row"/> with each of <paramref name="columns"/>.</summary>
    void Fill(int row, ReadOnlySpan<int> columns, Span<float> values);
}
