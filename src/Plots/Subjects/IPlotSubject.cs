using Engine.Plots.Figures;

namespace Engine.Plots.Subjects;

/// <summary>Something that pictures are drawn of: a recording, a run, a feature table. Stateless.</summary>
internal interface IPlotSubject
{
    /// <summary>What it is, as in "song.wav is a recording".</summary>
    string Noun { get; }

    /// <summary>Its kinds of pictures, in the order of the help.</summary>
    IReadOnlyList<PlotKind> Kinds { get; }

    /// <summary>The names of the kinds that are drawn if none is named.</summary>
    IReadOnlyList<string> Standard { get; }

    /// <summary>Whether several kinds go into one picture, one above the other.</summary>
    bool Stacks { get; }

    /// <summary>
    /// The properties of <see cref="PlotRequest"/> that all its kinds use beside the size, as options; see also
    /// <see cref="PlotKind.Options"/>.
    /// </summary>
    IReadOnlyList<string> Options { get; }

    /// <summary>Whether these paths, which exist, name such a thing; it reads no more than it takes to know.</summary>
    bool Fits(IReadOnlyList<string> paths);

    /// <summary>Draws kinds of <see cref="Kinds"/>, one or, if it <see cref="Stacks"/>, several.</summary>
    /// <exception cref="Engine.Classifiers.EngineException">What is there cannot be drawn.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    Figure Draw(IReadOnlyList<string> paths, IReadOnlyList<string> kinds, PlotRequest request);
}
