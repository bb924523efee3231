using Engine.Classifiers;
using Engine.Tensors;

namespace Engine.Tests.Support;

/// <summary>Dense linear algebra by definition.</summary>
public static class ReferenceMatrix
{
    /// <summary>Normal values of a seed.</summary>
    public static FeatureMatrix Normal(int rows, int columns, ulong seed)
    {
        var random = new RandomStream(seed, "reference matrix");
        var matrix = new FeatureMatrix(rows, columns);
        foreach (ref var v in matrix.Data.AsSpan()) v = random.NextGaussian();
        return matrix;
    }

    /// <summary>The transpose.</summary>
    public static FeatureMatrix Transpose(FeatureMatrix a)
    {
        var transposed = new FeatureMatrix(a.Columns, a.Rows);
        for (var r = 0; r < a.Rows; r++)
            for (var c = 0; c < a.Columns; c++) transposed.Row(c)[r] = a[r, c];
        return transposed;
    }

    /// <summary>a · b.</summary>
    public static FeatureMatrix Product(FeatureMatrix a, FeatureMatrix b)
    {
        var c = new FeatureMatrix(a.Rows, b.Columns);
        for (var i = 0; i < a.Rows; i++)
            for (var j = 0; j < b.Columns; j++)
                for (var k = 0; k < a.Columns; k++) c.Row(i)[j] += a[i, k] * b[k, j];
        return c;
    }

    /// <summary>The unit matrix.</summary>
    public static FeatureMatrix Identity(int size)
    {
        var unit = new FeatureMatrix(size, size);
        for (var i = 0; i < size; i++) unit.Row(i)[i] = 1;
        return unit;
    }
}
