using Engine.Plots.Figures;

namespace Engine.Plots.Songs;

/// <summary>A kind of picture of a recording.</summary>
internal interface ISongKind
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it shows, in a few words.</summary>
    string Summary { get; }

    /// <summary>Its panels, from top to bottom.</summary>
    IReadOnlyList<Panel> Draw(Song song);
}
