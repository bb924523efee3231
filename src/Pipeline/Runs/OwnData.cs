using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;

namespace Engine.Pipeline.Runs;

/// <summary>Reads the data of a run again, from the recordings or the feature cache.</summary>
internal static class OwnData
{
    /// <summary>The tracks of some rows of the run.</summary>
    /// <param name="run">The run, for errors.</param>
    /// <param name="record">Its record.</param>
    /// <param name="frontEnd">Its front end.</param>
    /// <param name="work">How features are computed.</param>
    /// <param name="wanted">The rows that must be there, as in training.</param>
    /// <param name="whenGone">What to do if the data are gone; ends the error.</param>
    /// <param name="whenChanged">What to do if they have changed; ends the error.</param>
    /// <exception cref="EngineException">The data are gone or have changed since training.</exception>
    public static LabelledRows Load(
        string run, RunRecord record, FrontEnd frontEnd, WorkOptions work, RunRow[] wanted, string whenGone, string whenChanged)
    {
        if (!Path.Exists(record.Data))
            throw new EngineException($"{record.Data}: the data of the run {run} are gone; {whenGone}");
        var data = LabelledRows.Load(record.Data, frontEnd, work, record.DataOptions,
            wanted.Select(r => new TrackId(r.Track)).ToHashSet());
        var found = data.Rows.ToDictionary(r => r.Name, r => r.Digest);
        var changed = wanted.Where(r => found.GetValueOrDefault(r.Name) != r.Digest).ToArray();
        if (changed.Length == 0) return data;
        throw new EngineException($"{record.Data}: {changed.Length} of {wanted.Length} rows are missing or have changed since " +
            $"training; the first is {changed[0].Name}. {whenChanged}");
    }
}
