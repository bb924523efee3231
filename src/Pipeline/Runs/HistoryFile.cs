using System.Diagnostics;
using System.Globalization;
using System.Text;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Nn.Training;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Runs;

/// <summary>An epoch of a run.</summary>
/// <param name="Round">The round of the split, from 1.</param>
/// <param name="Record">Its figures.</param>
internal sealed record RoundEpoch(int Round, EpochRecord Record);

/// <summary>
/// The <c>history.csv</c> of a run: one line per epoch of every round, written atomically. Lines of an interrupted training stay;
/// epochs that are trained again replace theirs.
/// </summary>
internal sealed class HistoryFile
{
    private const string Header = "round,epoch,loss,accuracy,valid_loss,valid_accuracy,learning_rate,seconds,samples_per_second";

    // Small networks take milliseconds per epoch, so the file is not written after each.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly SortedDictionary<(int Round, int Epoch), string> _lines = [];
    private readonly Stopwatch _sinceWrite = Stopwatch.StartNew();

    public HistoryFile(string path)
    {
        _path = path;
        if (!File.Exists(path)) return;
        foreach (var (line, fields) in Lines(path))
        {
            if (!int.TryParse(fields[0], out var round) || !int.TryParse(fields[1], out var epoch)) throw Strange(path, line);
            _lines[(round, epoch)] = line;
        }
    }

    /// <summary>Reads the history of a run, in order of round and epoch.</summary>
    /// <exception cref="EngineException">The file is missing, holds no epoch, or cannot be read.</exception>
    public static IReadOnlyList<RoundEpoch> Read(string path)
    {
        var epochs = Lines(path).Select(l => Parse(l.Fields) ?? throw Strange(path, l.Line))
            .OrderBy(e => e.Round).ThenBy(e => e.Record.Epoch).ToArray();
        return epochs.Length > 0 ? epochs : throw new EngineException($"{path}: the history has no epochs yet.");
    }

    /// <summary>Adds an epoch.</summary>
    public void Add(int round, EpochRecord epoch)
    {
        Set(round, epoch);
        if (_sinceWrite.Elapsed < s_interval) return;
        Write();
        _sinceWrite.Restart();
    }

    /// <summary>Replaces the epochs added during a round with those of the finished round, and writes the file.</summary>
    public void Finish(int round, IReadOnlyList<EpochRecord> epochs)
    {
        foreach (var old in _lines.Keys.Where(k => k.Round >= round).ToArray()) _lines.Remove(old);
        foreach (var epoch in epochs) Set(round, epoch);
        Write();
    }

    private static IEnumerable<(string Line, string[] Fields)> Lines(string path)
    {
        foreach (var line in RunFolder.ReadText(path).Split('\n').Skip(1).Where(l => l.Length > 0))
        {
            var fields = line.Split(',');
            if (fields.Length != Header.Count(c => c == ',') + 1) throw Strange(path, line);
            yield return (line, fields);
        }
    }

    private static EngineException Strange(string path, string line) =>
        new($"{path}: '{Excerpt.Of(line)}' is not a line of a history; expected {Header}.");

    // Validation figures may be missing; a loss may have become infinite or NaN.
    private static RoundEpoch? Parse(string[] fields)
    {
        static double? Number(string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
        static bool IsNumberOrNone(string text) => text.Length == 0 || Number(text) is not null;
        if (!int.TryParse(fields[0], out var round) || !int.TryParse(fields[1], out var epoch)
            || Number(fields[2]) is not { } loss || Number(fields[3]) is not { } accuracy
            || !IsNumberOrNone(fields[4]) || !IsNumberOrNone(fields[5]) || Number(fields[6]) is not { } rate
            || Number(fields[7]) is not { } seconds || Number(fields[8]) is not { } speed)
        {
            return null;
        }

        return new(round, new(epoch, loss, accuracy, Number(fields[4]), Number(fields[5]), rate, seconds, speed));
    }

    private void Set(int round, EpochRecord epoch) => _lines[(round, epoch.Epoch)] = string.Join(',', new[]
    {
        Text(round), Text(epoch.Epoch), Text(epoch.Loss), Text(epoch.Accuracy), Text(epoch.ValidLoss), Text(epoch.ValidAccuracy),
        Text(epoch.LearningRate), Text(Math.Round(epoch.Seconds, 4)), Text(Math.Round(epoch.SamplesPerSecond, 2)),
    });

    private void Write()
    {
        try
        {
            AtomicFile.WriteText(_path, new StringBuilder(Header).Append('\n').AppendJoin("", _lines.Values.Select(l => l + "\n"))
                .ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{_path}: cannot write the history: {e.Message}", e);
        }
    }

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
