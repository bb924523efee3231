namespace Engine.Classifiers.Svm;

/// <summary>Kernel values between training rows, as requested by a solver. Thread-safe.</summary>
internal interface IKernelRows
{
    /// <summary>The value of a row with itself.</summary>
    float Diagonal(int row);

    /// <summary>Writes the values of <paramref name="row"/> with each of <paramref name="columns"/>.</summary>
    void Fill(int row, ReadOnlySpan<int> columns, Span<float> values);
}
