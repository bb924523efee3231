using System.Text;
using Engine.Dsp.Audio;

namespace Engine.Plots.Songs;

/// <summary>A recording's name in headings.</summary>
internal static class FileName
{
    /// <summary>The file's name; control characters and halves of surrogate pairs, which XML has not, are replaced.</summary>
    public static string Of(string path) => path == AudioInput.StandardInput ? "standard input" : Visible(Path.GetFileName(path));

    /// <summary>Text that XML can hold.</summary>
    public static string Visible(string name) =>
        string.Concat(name.EnumerateRunes().Select(r => Rune.IsControl(r) ? "\uFFFD" : r.ToString()));
}
