namespace Engine.Dsp.Audio;

/// <summary>
/// Watches the bytes of a compressed recording for damage that its decoder does not report. The bytes arrive in order, in
/// blocks of any size.
/// </summary>
internal interface IContentCheck
{
    /// <summary>Receives the next bytes.</summary>
    void See(ReadOnlySpan<byte> bytes);

    /// <summary>Called at the end with the decoded seconds; returns what is missing, as a sentence, or null.</summary>
    /// <exception cref="AudioFormatException">Most is missing, or the content cannot be decoded at all.</exception>
    string? Finish(string name, double decoded);
}
