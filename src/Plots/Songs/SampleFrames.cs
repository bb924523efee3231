namespace Engine.Plots.Songs;

/// <summary>The samples under each frame of the transform, without the zeros beyond the ends of the recording.</summary>
internal static class SampleFrames
{
    private const int BlockFrames = 512;

    /// <summary>How many there are.</summary>
    public static int Count(Song song) => song.Stft.FrameCount((int)song.Samples.Length);

    /// <summary>Gives the samples under each frame to <paramref name="use"/>, with its number.</summary>
    public static void ForEach(Song song, Action<int, ReadOnlySpan<float>> use)
    {
        var (size, hop, count) = (song.Stft.Options.FftSize, song.Stft.Options.Hop, Count(song));
        var block = new float[Math.Min((BlockFrames - 1L) * hop + size, song.Samples.Length)];
        for (var first = 0; first < count; first += BlockFrames)
        {
            song.Cancel.ThrowIfCancellationRequested();
            var end = Math.Min(first + BlockFrames, count);
            var start = Start(first);
            var samples = block.AsSpan(0, (int)(End(end - 1) - start));
            song.Samples.Read(start, samples);
            for (var t = first; t < end; t++) use(t, samples[(int)(Start(t) - start)..(int)(End(t) - start)]);
        }

        long Start(int frame) => Math.Clamp((long)frame * hop - size / 2, 0, song.Samples.Length);

        long End(int frame) => Math.Clamp((long)frame * hop - size / 2 + size, 0, song.Samples.Length);
    }
}
