using Engine.Dsp;

namespace Engine.Plots.Songs;

/// <summary>
/// Brings the frames of a recording to a number of columns that can be told apart in a picture: a column for each frame, or,
/// if there are more than <see cref="Most"/>, the mean over equal runs of frames.
/// </summary>
internal sealed class ColumnGrid
{
    /// <summary>More columns than the pixels of most pictures.</summary>
    public const int Most = 1600;

    /// <summary>The columns of a number of frames.</summary>
    public ColumnGrid(long frames) => (Frames, Count) = (frames, (int)Math.Min(frames, Most));

    /// <summary>How many frames there are.</summary>
    public long Frames { get; }

    /// <summary>How many columns there are.</summary>
    public int Count { get; }

    /// <summary>Whether a column stands for several frames.</summary>
    public bool Averages => Count < Frames;

    /// <summary>The column of a frame.</summary>
    public int Of(long frame) => (int)(frame * Count / Frames);

    /// <summary>How many frames a column stands for.</summary>
    public long FramesOf(int column) => First(column + 1) - First(column);

    /// <summary>The frame in the middle of a column; it may lie between two.</summary>
    public double Middle(int column) => (First(column) + First(column + 1) - 1) / 2.0;

    /// <summary>The mean of the frames of each column: [bins, columns], as <see cref="Images.HeatMap"/> takes it.</summary>
    public static float[] Mean(Song song, FrameReader<float> frames)
    {
        var columns = new ColumnGrid(frames.Count);
        var sums = new ColumnSums(columns, frames.Bins);
        song.ForEach(frames, sums.Add);
        return sums.Mean();
    }

    /// <summary>The frame after the last one of a column.</summary>
    public long End(int column) => First(column + 1);

    // The first frame of a column: the lowest that Of() assigns to it.
    private long First(int column) => (column * Frames + Count - 1) / Count;
}
