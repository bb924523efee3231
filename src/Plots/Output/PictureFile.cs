using System.Text;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Plots.Figures;

namespace Engine.Plots.Output;

/// <summary>Writes a figure into a file: SVG, or PNG by an installed program that draws SVG.</summary>
internal static class PictureFile
{
    /// <summary>The kinds of file, as in "F.svg|F.png".</summary>
    public const string Kinds = "F.svg|F.png";

    /// <summary>Whether a name ends as a picture's does.</summary>
    public static bool IsName(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".svg" or ".png";

    /// <summary>Throws before the work if the file cannot be written as it is named.</summary>
    /// <exception cref="EngineException">It is neither .svg nor .png, or there is no program for PNG.</exception>
    public static void RequireKind(string path)
    {
        if (!IsName(path)) throw new EngineException($"{path}: pictures are written as .svg or .png; name such a file.");
        if (IsPng(path)) SvgConverter.Find();
    }

    /// <summary>The figure as PNG.</summary>
    /// <exception cref="EngineException">There is no program for it, or it fails.</exception>
    public static byte[] ToPng(Figure figure) =>
        SvgConverter.Find().ToPng(SvgText.Document(figure), figure.Width, figure.Height);

    /// <summary>Writes the file whole or not at all.</summary>
    /// <exception cref="EngineException">It cannot be written, or the program that draws PNG fails.</exception>
    public static void Write(string path, Figure figure)
    {
        var bytes = IsPng(path) ? ToPng(figure) : Encoding.UTF8.GetBytes(SvgText.Document(figure));
        try
        {
            using var file = new AtomicFile(path);
            file.Stream.Write(bytes);
            file.Commit();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot write the picture: {e.Message}", e);
        }
    }

    private static bool IsPng(string path) => Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase);
}
