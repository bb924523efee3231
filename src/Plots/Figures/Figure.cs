using OxyPlot;

namespace Engine.Plots.Figures;

/// <summary>A picture that is ready to be drawn: what is on it, and its size in pixels.</summary>
/// <param name="Model">Axes, series and annotations.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Description">What it shows, in one sentence, for those who cannot see it.</param>
internal sealed record Figure(PlotModel Model, int Width, int Height, string Description);
