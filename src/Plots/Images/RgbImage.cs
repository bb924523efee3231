namespace Engine.Plots.Images;

/// <summary>An opaque image.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Colours 0xRRGGBB, the top row first.</param>
internal sealed record RgbImage(int Width, int Height, int[] Pixels);
