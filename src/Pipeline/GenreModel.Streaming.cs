using System.Globalization;
using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline;

// Samples as they come.
public sealed partial class GenreModel
{
    // How often a model of whole recordings is asked unless the caller says so.
    private const double StreamHop = 1;

    /// <summary>
    /// Labels samples as they come: <see cref="GenreStream.Push"/> them and look at <see cref="GenreStream.Current"/>. A model
    /// may have any number of streams.
    /// </summary>
    /// <param name="sampleRate">The rate of the samples in Hz; they are resampled to the recipe's as they come.</param>
    /// <param name="window">
    /// The seconds that a prediction looks back. If the recipe cuts windows, at least one of those, and a whole number of hops
    /// more: what is beyond is left out; null: one window. If it takes whole recordings, any length: it should be near that of
    /// the recordings of the training, which null takes (<see cref="WindowSeconds"/>).
    /// </param>
    /// <param name="hop">
    /// Seconds from one prediction to the next; null: the recipe's hop or, if it takes whole recordings, 1 s or the window's
    /// length, whichever is shorter.
    /// </param>
    /// <exception cref="EngineException">
    /// The rate is out of range or more than 1000 times the recipe's or less than a thousandth, a length is not positive or
    /// shorter than the features or the recipe's windows, or the window's length is unknown and not given.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public GenreStream OpenStream(int sampleRate, double? window = null, double? hop = null)
    {
        const string User = "stream";
        using var use = _pipeline.Use();
        var spec = _frontEnd.Spec;
        FrontEnd.Rate(sampleRate, User);
        foreach (var rate in spec.Rates.Where(rate => sampleRate * 1000L < rate || rate * 1000L < sampleRate))
        {
            throw new EngineException($"stream: samples of {sampleRate} Hz cannot be resampled to the recipe's {rate} Hz; the " +
                "ratio may be at most 1000.");
        }

        if (spec.SegmentSamples is not { } length)
        {
            var whole = Windows(hop ?? StreamHop, window, User);
            if (hop is null && whole.Spec.Segment < StreamHop) whole = Windows(whole.Spec.Segment, window, User);
            return new(this, whole, sampleRate, 1);
        }

        var back = window is { } wanted ? Samples(User, "window", wanted) : length;
        if (back < length)
        {
            throw new EngineException(string.Create(CultureInfo.InvariantCulture,
                $"the stream's window is {window} s; recipe {Recipe.Name} takes windows of {spec.Segment} s: it must be at " +
                $"least that."));
        }

        var frontEnd = Windows(hop, null, User);
        return new(this, frontEnd, sampleRate, 1 + (back - length) / frontEnd.Spec.HopSamples!.Value);
    }

    /// <summary>The scores of one window, one row.</summary>
    /// <exception cref="EngineException">The window has no usable features.</exception>
    internal FeatureMatrix Score(FrontEnd frontEnd, SampleSource window, string name)
    {
        using var use = _pipeline.Use();
        return use.Value.PredictProbabilities(RowSet.Of(frontEnd.ExtractWindow(window, name)));
    }

    /// <summary>The prediction from the mean of some windows' scores.</summary>
    internal GenrePrediction OfMean(IReadOnlyList<FeatureMatrix> windows)
    {
        var mean = new double[Labels.Count];
        foreach (var scores in windows) TrackAverage.Add(scores, windows.Count, mean);
        return Rank(mean);
    }
}
