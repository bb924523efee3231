namespace Engine.Dsp.Tags;

/// <summary>What <see cref="TagWriter"/> did to a file, or would do.</summary>
/// <param name="Path">The file, as the caller named it.</param>
/// <param name="Tag">The kind of tag, such as <c>ID3v2.3</c>.</param>
/// <param name="Old">The genre before, several separated by <c>; </c>; null if there was none.</param>
/// <param name="New">The genre after; null if there is none.</param>
/// <param name="Undo">
/// What <see cref="TagWriter.RestoreGenre"/> needs to put the old value back, also where there was none: one line of text to
/// keep, for example in a CSV.
/// </param>
/// <param name="IsChange">Whether the file differs after it; false if it said so already.</param>
public sealed record GenreChange(string Path, string Tag, string? Old, string? New, string Undo, bool IsChange);
