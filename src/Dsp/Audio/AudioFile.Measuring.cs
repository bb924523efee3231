namespace Engine.Dsp.Audio;

// Decoding without keeping the samples.
public static partial class AudioFile
{
    /// <summary>Decodes a whole file and measures it, block by block, in little memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">The longest accepted recording, in seconds.</param>
    /// <param name="cancellation">Stops decoding after the current block.</param>
    /// <exception cref="AudioFormatException">As <see cref="Read(string, double, double?, int?)"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The path is a folder, or the user has no access to it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SoundMeasures Measure(
        string path, double longest = DefaultLongest, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckLongest(longest, nameof(Measure));
        using var stream = AudioInput.Open(path);
        var state = FileState.Of(stream);
        using var content = new ContentStream(stream, hashed: true);
        using var reader = Start(content, path, 0, null, FfmpegDecoder.FindOnPath);
        CheckLength(path, reader.Declared, reader.SampleRate, longest);
        var clipping = reader.Levels.Clipping = new ClippingMeter(reader.Channels);
        using var profiler = new SoundProfiler(reader.SampleRate);
        var power = 0.0;
        var count = ReadBlocks(reader, path, longest, samples =>
        {
            profiler.Add(samples);
            power += ChannelLevels.SumOfSquares(samples);
        }, cancellation);
        var damage = reader.Finish();
        var hash = content.Finish();
        if (FileState.Of(stream) != state) throw Changed(path);
        return new((double)count / reader.SampleRate, reader.SampleRate, reader.Channels,
            count == 0 ? 0 : Math.Sqrt(power / count), clipping.Share, reader.Levels.MeanShare, damage, reader.Levels.Silence(),
            hash, profiler.Finish());
    }

    private static void CheckLongest(double longest, string operation)
    {
        if (!(longest > 0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(longest), $"{operation}: longest is {longest} s; it must be above 0.");
        }
    }

    private static AudioFormatException Changed(string name) =>
        new(name, "the file changed while it was read. Try again when it is complete.");
}
