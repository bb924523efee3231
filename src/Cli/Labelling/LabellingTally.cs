using System.Globalization;
using Engine.Pipeline;

namespace Engine.Cli.Labelling;

/// <summary>Counts the songs, and gathers what is worth one warning for all of them.</summary>
internal sealed class LabellingTally
{
    private const int Named = 3;

    private readonly List<string> _trainedOn = [], _narrow = [];
    private int _trainedCount, _narrowCount;

    /// <summary>Songs with a label.</summary>
    public int Labelled { get; private set; }

    /// <summary>Songs without, because they cannot be used.</summary>
    public int Failed { get; private set; }

    /// <summary>Counts a song.</summary>
    public void Add(SongLabel label)
    {
        var song = label.Song;
        if (song.Error is not null)
        {
            Failed++;
            return;
        }

        Labelled++;
        if (song.IsTrainedOn == true && ++_trainedCount <= Named) _trainedOn.Add(label.File);
        if (song.LacksBand == true && ++_narrowCount <= Named)
            _narrow.Add(string.Create(CultureInfo.InvariantCulture, $"{label.File} ({song.Bandwidth / 1000:0.0} kHz)"));
    }

    /// <summary>The warnings, one of a kind.</summary>
    public IEnumerable<string> Warnings(GenreModel model)
    {
        if (Failed > 0 && Labelled > 0) yield return $"{Failed} of {Labelled + Failed} recordings were skipped.";
        if (_trainedCount > 0)
        {
            yield return $"the model was trained on {Some(_trainedOn, _trainedCount)}: such labels do not show how well it " +
                "does on new songs.";
        }

        if (_narrowCount > 0)
        {
            var band = Math.Min(model.TrainedBandwidth!.Value, model.Recipe.FrontEnd.HighestRate / 2.0) / 1000;
            yield return string.Create(CultureInfo.InvariantCulture, $"the model was trained on sound up to {band:0.0} kHz, " +
                $"which {Some(_narrow, _narrowCount)} lack{(_narrowCount == 1 ? "s" : "")}; such labels are less certain.");
        }
    }

    private static string Some(List<string> named, int count)
    {
        var list = string.Join(", ", named);
        if (count == 1) return list;
        return count > named.Count ? $"{count} of them ({list}, …)" : $"{count} of them ({list})";
    }
}
