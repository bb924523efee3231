namespace Engine.Pipeline.Data.Files;

/// <summary>Tells by extension which files of a folder are recordings, and which may be skipped silently.</summary>
internal static class AudioExtensions
{
    private static readonly HashSet<string> s_audio = new(StringComparer.OrdinalIgnoreCase)
    {
        ".wav", ".wave", ".au", ".snd", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".mp4", ".webm", ".aif",
        ".aiff", ".wma", ".wv", ".caf", ".ape", ".mka", ".aifc", ".w64", ".rf64", ".bwf", ".amr", ".awb", ".spx", ".dsf",
        ".dff", ".tta", ".mpc", ".3gp", ".3ga", ".m4b", ".m4r", ".mp2", ".mpga", ".ac3", ".eac3", ".dts", ".tak", ".shn",
        ".voc", ".adts", ".weba", ".ra", ".gsm", ".mkv", ".mov", ".ogv", ".avi", ".asf", ".wmv", ".flv", ".ogx",
    };

    // Files that collections usually keep beside their recordings.
    private static readonly HashSet<string> s_company = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".svg", ".ico", ".pdf", ".txt", ".md", ".rst",
        ".nfo", ".log", ".cue", ".m3u", ".m3u8", ".pls", ".xspf", ".wpl", ".lrc", ".srt", ".csv", ".tsv", ".json", ".jsonl",
        ".xml", ".html", ".htm", ".url", ".ini", ".cfg", ".toml", ".yaml", ".yml", ".db", ".sqlite", ".ds_store", ".sfv",
        ".md5", ".sha1", ".sha256", ".ffp", ".accurip", ".sig", ".asc", ".py", ".ipynb", ".m", ".r", ".sh", ".npy", ".npz",
        ".mat", ".h5", ".hdf5", ".pkl", ".pt", ".safetensors", ".arff", ".jams", ".lab", ".bib", ".tex", ".license",
    };

    private static readonly HashSet<string> s_names = new(StringComparer.OrdinalIgnoreCase)
    {
        "README", "LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "AUTHORS", "NOTICE", "CHANGELOG", "CHECKSUMS", "MD5SUMS",
        "SHA1SUMS", "SHA256SUMS", "Makefile",
    };

    /// <summary>Whether a file of this name counts as a recording.</summary>
    public static bool IsAudio(string name) => s_audio.Contains(Path.GetExtension(name));

    /// <summary>Whether a file of this name may be skipped silently.</summary>
    public static bool IsCompany(string name) => s_company.Contains(Path.GetExtension(name)) || s_names.Contains(name);
}
