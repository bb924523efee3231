using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Engine.Classifiers.Evaluation;
using Engine.Cli.Shards;
using Engine.Cli.Text;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;

namespace Engine.Cli.Labelling;

/// <summary>Songs to label in order: recordings, or the rows of one feature table.</summary>
/// <param name="Files">The recordings.</param>
/// <param name="Table">The table; null: recordings.</param>
internal sealed record LabelSource(IReadOnlyList<string> Files, FeatureTable? Table)
{
    /// <summary>The songs' names.</summary>
    public IEnumerable<string> Names => Table is null ? Files : Table.Rows.Select(r => r.FileName);
}

/// <summary>How songs are labelled.</summary>
/// <param name="Top">How many genres are listed.</param>
/// <param name="UnknownBelow">The probability below which the answer is unknown; null: none.</param>
/// <param name="Timeline">How timelines are cut; null: predictions.</param>
internal sealed record LabelRequest(int Top, double? UnknownBelow, TimelineOptions? Timeline);

/// <summary>Labels songs and passes each on, in the order they were given, as soon as it and those before it are done.</summary>
internal sealed class LabellingJob
{
    private readonly GenreModel _model;
    private readonly LabelRequest _request;
    private readonly LabelTarget _target;
    private readonly Session _session;
    private readonly LabelSettings _settings;
    private readonly LabellingTally _tally = new();
    private readonly List<ISongAction> _actions = [];
    private readonly GenreTags? _tags;

    /// <summary>Prepares the work.</summary>
    /// <exception cref="CommandLineException">The model's numbers are scores, and a probability was named.</exception>
    public LabellingJob(GenreModel model, LabelRequest request, LabelTarget target, Session session)
    {
        (_model, _request, _target, _session) = (model, request, target, session);
        if (request.UnknownBelow is not null && !model.IsCalibrated)
        {
            throw new CommandLineException($"--unknown-below: this model of {model.Recipe.Name} gives scores, not " +
                "probabilities. Train it with \"calibration\": \"temperature\" in its recipe and enough tracks " +
                "of each genre to calibrate on.");
        }

        _settings = new(model.Labels, Math.Min(request.Top, model.Labels.Count), model.IsCalibrated,
            SplitSpec.Parse(model.Split).IsLeaky, request.Timeline is not null, request.UnknownBelow, Identity(),
            target.WritesTags);
        // Songs are sorted and tagged by the first rank, which gets all labels.
        if (!session.Ranks.IsFirst) return;
        string[] genres = [.. model.Labels, SongLabel.Unknown];
        // Copies are made of songs that have their tags.
        if (target.WritesTags) _actions.Add(_tags = new GenreTags(target.IsDry, session.Warn));
        if (target.SortInto is { } folder) _actions.Add(new SongFolders(folder, genres, target.Copies, target.IsDry));
        if (target.Format == "m3u") _actions.Add(new Playlists(target.Out!, genres, target.Force, session.Warn));
    }

    /// <summary>Tells the labels from those of another model or of other options.</summary>
    public string MadeBy => _settings.MadeBy;

    /// <summary>Labels the songs.</summary>
    /// <param name="sources">The songs.</param>
    /// <param name="part">The part of a list that they are; null: they are all.</param>
    /// <param name="run">Runs work with the options for recordings, showing its progress.</param>
    /// <returns>The exit code: 1 if some could not be labelled.</returns>
    public int Run(IReadOnlyList<LabelSource> sources, ShardPart? part, Action<Action<WorkOptions>> run)
    {
        if (!_session.Ranks.IsFirst)
        {
            // The first rank takes the songs and writes them.
            run(options => LabelAll(sources, options, _ => { }));
            return CommandLine.Done;
        }

        var layout = _target.Out is null ? _session.Layout : Layout.Redirected;
        var names = sources.SelectMany(s => s.Names).ToArray();
        var format = LabelFormat.Of(_target.Format, _settings, names, layout);
        var (sink, held) = Open(format, isPart: part is not null);
        var records = new List<int>();
        using var output = sink;
        foreach (var song in held) Held(song);
        if (held.Count > 0) _session.Error.WriteLine($"engine: {Visible.Line(_target.Out!)} holds {held.Count} songs; going on.");
        if (sink is not LabelsFile { IsEmpty: false }) sink.Write(format.Begin());
        var left = Without(sources, held);
        if (left.Any(s => s.Table is null)) run(options => LabelAll(left, options, Take));
        else LabelAll(left, new WorkOptions(), Take);
        sink.Write(format.End());
        sink.Complete();
        part?.Complete(records);
        foreach (var warning in _tally.Warnings(_model)) _session.Warn(warning);
        if (_tally.Labelled == 0 && _tally.Failed > 0 && part is null)
            throw new CommandLineException($"none of {_tally.Failed} recordings could be used.");
        Report();
        return _tally.Failed > 0 || _tags?.Failed > 0 ? CommandLine.Failed : CommandLine.Done;

        void Take(SongLabel label)
        {
            label = _tags?.Planned(label) ?? label;
            _tally.Add(label);
            var text = format.Of(label);
            sink.Write(text);
            if (part is not null) records.Add(Records(text));
            if (label.Tag?.Undo is not null && !_target.IsDry) sink.Keep();
            if (label.Song.Error is { } error) _session.Warn($"skipped: {error}");
            Act(label);
        }
    }

    // A timeline has several lines.
    private int Records(string text) =>
        _target.Format == "csv" ? CsvFields.Records(Encoding.UTF8.GetBytes(text)).Count : 1;

    // What was done is told where no labels go.
    private void Report()
    {
        var isFree = _target.Out is not null || _target.Format == "table";
        var text = string.Concat(_actions.Select(a => a.Finish(_session.Layout)));
        if (_target.Out is not null && _target.Format != "m3u")
        {
            var failed = _tally.Failed > 0 ? $", {_tally.Failed} skipped" : "";
            text = $"{Visible.Line(_target.Out)}: {_tally.Labelled} songs labelled{failed}\n{text}";
        }

        if (text.Length > 0) (isFree ? _session.Output : _session.Error).Write(text);
    }

    private (LabelSink Sink, IReadOnlyList<SongLabel> Held) Open(LabelFormat format, bool isPart)
    {
        if (_target.Format == "m3u") return (new NoSink(), []);
        if (_target.Out is not { } path) return (new StandardSink(_session, isExact: _target.Format == "csv"), []);
        if (isPart || _target.Format is not ("csv" or "jsonl")) return (new WholeFileSink(path), []);
        if (!_target.Resumes) return (LabelsFile.Create(path), []);
        return LabelsFile.GoOn(path, _target.Format, format.Begin(), _settings);
    }

    // A process may have been killed after the label was written and before the song was tagged or sorted.
    private void Held(SongLabel label)
    {
        _tally.Add(label);
        Act(label);
    }

    private void Act(SongLabel label)
    {
        if (label.Genre is null) return;
        foreach (var action in _actions) action.Take(label);
    }

    private void LabelAll(IReadOnlyList<LabelSource> sources, WorkOptions options, Action<SongLabel> take)
    {
        // Recordings of several sources between two tables are one list, for all threads.
        for (var first = 0; first < sources.Count;)
        {
            if (sources[first].Table is { } table)
            {
                first++;
                if (!_session.Ranks.IsFirst) continue;
                foreach (var (name, prediction) in sources[first - 1].Names.Zip(_model.Predict(table)))
                    take(Of(new LabelledSong(name) { Prediction = prediction }));
                continue;
            }

            var end = first;
            while (end < sources.Count && sources[end].Table is null) end++;
            _model.Label([.. sources.Skip(first).Take(end - first).SelectMany(s => s.Files)], options, song => take(Of(song)),
                _request.Timeline);
            first = end;
        }
    }

    private SongLabel Of(LabelledSong song) => new(song.Path, song.Prediction is not { } prediction ? null
        : prediction.Probability < _request.UnknownBelow ? SongLabel.Unknown : prediction.Label, song);

    // As often as a name is held, so often it is left out: rows of tables may share one.
    private static List<LabelSource> Without(IReadOnlyList<LabelSource> sources, IReadOnlyList<SongLabel> held)
    {
        var counts = held.GroupBy(h => h.File).ToDictionary(g => g.Key, g => g.Count());
        bool IsLeft(string name)
        {
            if (!counts.TryGetValue(name, out var count) || count == 0) return true;
            counts[name] = count - 1;
            return false;
        }

        var left = new List<LabelSource>();
        foreach (var source in sources)
        {
            if (source.Table is not { } table)
            {
                left.Add(new([.. source.Files.Where(IsLeft)], null));
                continue;
            }

            int[] rows = [.. Enumerable.Range(0, table.Rows.Count).Where(r => IsLeft(table.Rows[r].FileName))];
            left.Add(new([.. rows.Select(r => table.Rows[r].FileName)],
                new(table.Columns, [.. rows.Select(r => table.Rows[r])], table.Values.Select(rows))));
        }

        return left;
    }

    // Whatever changes a label or its columns.
    private string Identity()
    {
        var tags = _target.WritesTags ? " tags" : "";
        var options = string.Create(CultureInfo.InvariantCulture,
            $"{_model.Identity()} {_request.Top} {_request.UnknownBelow} {_request.Timeline} {GenreModel.CurrentVersion}{tags}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(options)).AsSpan(0, 6));
    }
}
