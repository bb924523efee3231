using System.Diagnostics;
using System.Globalization;
using System.Text;
using Engine.Classifiers;
using Engine.Nn.Training;

namespace Engine.Pipeline.Runs;

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
        foreach (var line in RunFolder.ReadText(path).Split('\n').Skip(1).Where(l => l.Length > 0))
        {
            var fields = line.Split(',');
            if (fields.Length == Header.Count(c => c == ',') + 1 && int.TryParse(fields[0], out var round)
                && int.TryParse(fields[1], out var epoch))
            {
                _lines[(round, epoch)] = line;
            }
            else
            {
                throw new EngineException($"{path}: '{line}' is not a line of a history; expected {Header}.");
            }
        }
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

    private void Set(int round, EpochRecord epoch) => _lines[(round, epoch.Epoch)] = string.Join(',', new[]
    {
        Text(round), Text(epoch.Epoch), Text(epoch.Loss), Text(epoch.Accuracy), Text(epoch.ValidLoss), Text(epoch.ValidAccuracy),
        Text(epoch.LearningRate), Text(Math.Round(epoch.Seconds, 4)), Text(Math.Round(epoch.SamplesPerSecond, 2)),
    });

    private void Write()
    {
        try
        {
            RunFolder.WriteText(_path, new StringBuilder(Header).Append('\n').AppendJoin("", _lines.Values.Select(l => l + "\n"))
                .ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{_path}: cannot write the history: {e.Message}", e);
        }
    }

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";
}
