using System.Globalization;
using Engine.Classifiers;

namespace Engine.Pipeline.Data.Files;

/// <summary>
/// Finds the files that a manifest names: by path; without the extension, if one recording has that name; or by FMA's rule for
/// numbers, <c>000/000002.mp3</c> for track 2.
/// </summary>
internal sealed class RecordingFinder
{
    private readonly string _root;
    private readonly bool _isBound;
    private readonly Dictionary<string, ILookup<string, string>> _folders = [];

    /// <summary>Finds recordings below a folder.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="root">The folder that no path may leave; null: that of the manifest, which they may.</param>
    /// <exception cref="EngineException">There is no such folder.</exception>
    public RecordingFinder(string manifest, string? root)
    {
        if (root is not null && !Directory.Exists(root)) throw new EngineException($"--root: {root}: no such folder.");
        (_root, _isBound) = (Path.GetFullPath(root ?? Path.GetDirectoryName(Path.GetFullPath(manifest))!), root is not null);
    }

    /// <summary>Whether a path is a number, as FMA identifies its tracks.</summary>
    public static bool IsNumber(string text) => text.Length is > 0 and < 10 && text.All(char.IsAsciiDigit);

    /// <summary>The full path of a recording, which exists if any candidate does.</summary>
    /// <exception cref="EngineException">The path leads out of the root, or two recordings have that name.</exception>
    public string Find(string text, Func<string, EngineException> error)
    {
        var full = Full(text, error);
        if (File.Exists(full)) return full;
        if (text.Contains('\\', StringComparison.Ordinal) && Full(text.Replace('\\', '/'), error) is var turned
            && File.Exists(turned)) return turned;
        if (AudioExtensions.IsAudio(text)) return full;
        if (Completed(full, text, error) is { } complete) return complete;
        if (!IsNumber(text)) return full;
        var number = int.Parse(text, CultureInfo.InvariantCulture);
        var place = Path.Combine(_root, $"{number / 1000:000}", $"{number:000000}");
        return Completed(place, text, error) ?? place + ".mp3";
    }

    private string Full(string text, Func<string, EngineException> error)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw error("the path holds a null character");
        var full = Path.GetFullPath(Path.Combine(_root, text));
        if (!_isBound || full.StartsWith(Path.TrimEndingDirectorySeparator(_root) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal)) return full;
        throw error($"'{text}' leads out of --root {_root}");
    }

    // The one recording of that name in its folder.
    private string? Completed(string stem, string text, Func<string, EngineException> error)
    {
        if (Path.GetDirectoryName(stem) is not { } folder || !Directory.Exists(folder)) return null;
        if (!_folders.TryGetValue(folder, out var names))
        {
            names = Directory.EnumerateFiles(folder).Where(AudioExtensions.IsAudio)
                .ToLookup(f => Path.GetFileNameWithoutExtension(f), StringComparer.Ordinal);
            _folders.Add(folder, names);
        }

        string[] found = [.. names[Path.GetFileName(stem)].Order(StringComparer.Ordinal)];
        if (found.Length < 2) return found.FirstOrDefault();
        throw error($"'{text}' may be {Path.GetFileName(found[0])} or {Path.GetFileName(found[1])}; add the extension");
    }
}
