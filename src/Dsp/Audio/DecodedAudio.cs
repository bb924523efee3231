namespace Engine.Dsp.Audio;

/// <summary>
/// A recording that was decoded from its start to its end, and what became known on the way. Short ones lie in memory, long
/// ones in a temporary file that goes with the process.
/// </summary>
public sealed class DecodedAudio : SampleSource
{
    private readonly SampleStore _store;

    internal DecodedAudio(SampleStore store, int sampleRate)
        : base(sampleRate, store.Length) => _store = store;

    /// <summary>What is missing or damaged, as a sentence without the file's name; null where nothing is.</summary>
    public string? Damage { get; internal init; }

    /// <summary>
    /// Why there is no sound in it, as a sentence without the file's name: silence, or channels that cancel each other out in
    /// their mean. Null where there is sound.
    /// </summary>
    public string? Silence { get; internal init; }

    /// <summary>SHA-256 of the file's bytes, the very ones that were decoded, 32 bytes; empty where a part was asked for.</summary>
    public ReadOnlyMemory<byte> ContentHash { get; internal init; }

    /// <summary>Whether the samples lie in a temporary file.</summary>
    internal bool OnDisk => _store.OnDisk;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _store.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void ReadCore(long start, Span<float> destination) => _store.Read(start, destination);
}
