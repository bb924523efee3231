namespace Engine.Dsp.Audio;

/// <summary>
/// A decoded recording, and what decoding showed. Short recordings are held in memory, long
/// ones in a temporary file that disappears with the process.
/// </summary>
public sealed class DecodedAudio : SampleSource
{
    private readonly SampleStore _store;

    internal DecodedAudio(SampleStore store, int sampleRate)
        : base(sampleRate, store.Length) => _store = store;

    /// <summary>The sample rate of the recording itself, in Hz.</summary>
    public int SourceRate { get; internal init; }

    /// <summary>How many channels were averaged.</summary>
    public int Channels { get; internal init; }

    /// <summary>What is missing or damaged, as a sentence without the file's name; null if nothing is.</summary>
    public string? Damage { get; internal init; }

    /// <summary>
    /// Why it has no sound, as a sentence without the file's name: it is silent, or its channels cancel each other out.
    /// Null if there is sound.
    /// </summary>
    public string? Silence { get; internal init; }

    /// <summary>SHA-256 (32 bytes) of the bytes that were decoded; empty if only a part was requested.</summary>
    public ReadOnlyMemory<byte> ContentHash { get; internal init; }

    /// <summary>The profile of its sound; null if only a part was requested.</summary>
    public SoundProfile? Sound { get; internal init; }

    /// <summary>
    /// The same samples at the other rates that were asked for, in their order and without what else is known of the recording;
    /// disposed of with this one.
    /// </summary>
    public IReadOnlyList<SampleSource> Others { get; internal init; } = [];

    /// <summary>Whether the samples are in a temporary file.</summary>
    internal bool OnDisk => _store.OnDisk;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _store.Dispose();
        foreach (var other in Others) other.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void ReadCore(long start, Span<float> destination) => _store.Read(start, destination);
}
