namespace Engine.Dsp.Audio;

/// <summary>
/// Watches the bytes of a compressed recording for damage that its decoder does not report. The bytes come in order, in
/// blocks of any size.
/// </summary>
internal interface IContentCheck
{
    /// <summary>Takes the next bytes.</summary>
    void See(ReadOnlySpan<byte> bytes);

    /// <summary>Called at the end, with the seconds that were decoded: what is missing, as a sentence, or null.</summary>
    /// <exception cref="AudioFormatException">Most is missing, or the content cannot be decoded at all.</exception>
    string? Finish(string name, double decoded);
}
