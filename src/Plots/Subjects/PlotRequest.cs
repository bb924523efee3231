using Engine.Dsp.Audio;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Plots.Figures;

namespace Engine.Plots.Subjects;

/// <summary>How something is to be drawn.</summary>
internal sealed record PlotRequest
{
    /// <summary>The rate that recordings are resampled to, as that of <c>engine features</c>.</summary>
    public const int DefaultSampleRate = 22050;

    /// <summary>The size in pixels; null: as large as its parts need.</summary>
    public FigureSize? Size { get; init; }

    /// <summary>Where the part of a recording begins, in seconds; null: at its start.</summary>
    public double? From { get; init; }

    /// <summary>Where the part of a recording ends, in seconds; null: at its end.</summary>
    public double? To { get; init; }

    /// <summary>The rate that a recording is resampled to, in Hz.</summary>
    public int SampleRate { get; init; } = DefaultSampleRate;

    /// <summary>The longest recording that is read, in hours.</summary>
    public double MaxHours { get; init; } = AudioFile.DefaultLongest / 3600;

    /// <summary>How the columns of a correlation matrix are ordered: "clustered" or "file".</summary>
    public string Order { get; init; } = "clustered";

    /// <summary>How a feature table is read.</summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>The time in a recording whose window is explained, in seconds; null: the middle.</summary>
    public double? At { get; init; }

    /// <summary>The label that is explained; null: the most probable.</summary>
    public string? Label { get; init; }

    /// <summary>The path of the layer whose maps are drawn; null: the output of each block.</summary>
    public string? Layer { get; init; }

    /// <summary>Seconds from one window of a timeline to the next; null: the recipe's.</summary>
    public double? Hop { get; init; }

    /// <summary>Seconds in a window, for recipes that take whole recordings; null: the model's.</summary>
    public double? Window { get; init; }

    /// <summary>Whether the features of a run are computed anew.</summary>
    public bool NoCache { get; init; }

    /// <summary>Receives progress over the recordings of a run.</summary>
    public IProgress<PipelineProgress>? Progress { get; init; }

    /// <summary>Receives warnings.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Stops the drawing.</summary>
    public CancellationToken Cancel { get; init; }
}
