namespace Engine.Plots.Songs;

/// <summary>Sums frames of several values by column.</summary>
/// <param name="columns">The columns.</param>
/// <param name="rows">The values of a frame.</param>
internal sealed class ColumnSums(ColumnGrid columns, int rows)
{
    // Double, because a column of a long recording has hundreds of frames.
    private readonly double[] _sums = new double[rows * columns.Count];

    /// <summary>Adds a frame.</summary>
    public void Add(int frame, ReadOnlySpan<float> values)
    {
        var sums = _sums.AsSpan(columns.Of(frame) * rows, rows);
        for (var r = 0; r < sums.Length; r++) sums[r] += values[r];
    }

    /// <summary>The means, [rows, columns].</summary>
    public float[] Mean()
    {
        var means = new float[_sums.Length];
        for (var c = 0; c < columns.Count; c++)
        {
            var frames = columns.FramesOf(c);
            for (var r = 0; r < rows; r++) means[r * columns.Count + c] = (float)(_sums[c * rows + r] / frames);
        }

        return means;
    }
}
