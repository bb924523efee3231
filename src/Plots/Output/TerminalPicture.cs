using System.Globalization;
using System.Text;
using Engine.Plots.Images;

namespace Engine.Plots.Output;

/// <summary>How a terminal is sent a picture.</summary>
internal enum TerminalProtocol
{
    /// <summary>The kitty graphics protocol: PNG in Base64, in chunks.</summary>
    Kitty,

    /// <summary>iTerm2's inline images: a file in Base64.</summary>
    Iterm2,

    /// <summary>Sixel, of DEC's VT340: six rows of pixels a line, one colour at a time.</summary>
    Sixel,
}

/// <summary>Turns PNG into the control sequence that makes a terminal show it.</summary>
/// <param name="protocol">The terminal's protocol.</param>
internal sealed class TerminalPicture(TerminalProtocol protocol)
{
    private const int KittyChunk = 4096;

    private static readonly string[] s_kitty = ["xterm-kitty", "xterm-ghostty"], s_iterm2 = ["iTerm.app", "WezTerm"],
        s_sixel = ["foot", "foot-extra", "mlterm", "contour", "yaft-256color"];

    /// <summary>The protocol.</summary>
    public TerminalProtocol Protocol => protocol;

    /// <summary>
    /// What the terminal that the environment describes understands; null: no pictures, or nobody knows. Within tmux and screen,
    /// which swallow pictures unless they are told otherwise, nobody does.
    /// </summary>
    /// <param name="variable">The value of an environment variable.</param>
    public static TerminalPicture? Detect(Func<string, string?> variable)
    {
        if (IsSet("TMUX") || IsSet("STY")) return null;
        var term = variable("TERM") ?? "";
        var program = variable("TERM_PROGRAM") ?? "";
        if (IsSet("KITTY_WINDOW_ID") || s_kitty.Contains(term) || program == "ghostty") return new(TerminalProtocol.Kitty);
        if (s_iterm2.Contains(program) || variable("LC_TERMINAL") == "iTerm2") return new(TerminalProtocol.Iterm2);
        return s_sixel.Contains(term) || term.Contains("sixel", StringComparison.Ordinal) ? new(TerminalProtocol.Sixel) : null;

        bool IsSet(string name) => !string.IsNullOrEmpty(variable(name));
    }

    /// <summary>The control sequence that shows a picture, and the end of its line.</summary>
    /// <exception cref="InvalidDataException">Sixel needs the pixels, and they are not as <see cref="PngReader"/> reads them.
    /// </exception>
    public string Encode(byte[] png) => (protocol switch
    {
        TerminalProtocol.Kitty => Kitty(Convert.ToBase64String(png)),
        TerminalProtocol.Iterm2 => string.Create(CultureInfo.InvariantCulture,
            $"\e]1337;File=inline=1;size={png.Length};preserveAspectRatio=1:{Convert.ToBase64String(png)}\a"),
        _ => Sixel.Encode(PngReader.Read(png)),
    }) + "\n";

    // a=T: show at once; f=100: PNG; q=2: no answers, which would end up on the command line; m=1: more follows.
    private static string Kitty(string text)
    {
        var sequence = new StringBuilder(text.Length + text.Length / KittyChunk * 16 + 32);
        for (var at = 0; at < text.Length; at += KittyChunk)
        {
            var length = Math.Min(KittyChunk, text.Length - at);
            var more = at + length < text.Length ? 1 : 0;
            sequence.Append("\e_G").Append(at == 0 ? "a=T,f=100,q=2," : "").Append(CultureInfo.InvariantCulture, $"m={more};")
                .Append(text, at, length).Append("\e\\");
        }

        return sequence.ToString();
    }
}
