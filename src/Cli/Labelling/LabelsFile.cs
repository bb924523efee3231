using System.Text;
using Engine.Classifiers;
using Engine.Dsp.Files;

namespace Engine.Cli.Labelling;

/// <summary>
/// A CSV or JSON Lines file of labels that grows line by line, each passed to the system at once: whenever the process ends, the
/// file holds whole lines, and at most a torn last one, which is cut off when the work goes on.
/// </summary>
internal sealed class LabelsFile : LabelSink
{
    private readonly string _path;
    private readonly FileStream _stream;
    private bool _isKept;

    private LabelsFile(string path, FileStream stream) => (_path, _stream) = (path, stream);

    /// <summary>Starts a file, whose present content, if any, is dropped.</summary>
    /// <exception cref="EngineException">It cannot be written, or another process is writing it.</exception>
    public static LabelsFile Create(string path)
    {
        var file = Open(path);
        try
        {
            file.Cut(0);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a file to go on with and returns the songs that it holds; an absent file holds none. A torn last line is cut off
    /// and, of a timeline, the last song, whose windows may not be all.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="format">csv or jsonl.</param>
    /// <param name="begin">The text that the file begins with.</param>
    /// <param name="settings">What makes the labels; those in the file must be of the same.</param>
    /// <exception cref="EngineException">
    /// It holds something else, or labels of another model or of other options; or as in <see cref="Create"/>.
    /// </exception>
    public static (LabelsFile File, IReadOnlyList<SongLabel> Held) GoOn(
        string path, string format, string begin, LabelSettings settings)
    {
        var file = Open(path);
        try
        {
            var bytes = file.ReadAll();
            var held = format == "csv"
                ? HeldLabels.OfCsv(path, bytes, begin, settings) : HeldLabels.OfJsonLines(path, bytes, settings);
            file.Cut(held.Length);
            return (file, held.Songs);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether it has no text yet.</summary>
    public bool IsEmpty => _stream.Length == 0;

    /// <inheritdoc/>
    public override void Write(string text)
    {
        if (text.Length == 0) return;
        Guarded(() => _stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <inheritdoc/>
    public override void Keep() => Guarded(() =>
    {
        Disk.Flush(_stream);
        if (!_isKept) Disk.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        _isKept = true;
    });

    /// <inheritdoc/>
    public override void Complete() => Guarded(() => Disk.Flush(_stream));

    /// <inheritdoc/>
    public override void Dispose() => Disk.Discard(_stream);

    private static LabelsFile Open(string path)
    {
        try
        {
            return new(path, Disk.OpenToChange(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message}", e);
        }
    }

    private byte[] ReadAll()
    {
        if (_stream.Length > Array.MaxLength) throw new EngineException($"{_path}: is too large to be an output of labels.");
        var bytes = new byte[_stream.Length];
        Guarded(() => _stream.ReadExactly(bytes));
        return bytes;
    }

    private void Cut(int length) => Guarded(() =>
    {
        _stream.SetLength(length);
        _stream.Position = length;
    });

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{_path}: cannot be written: {e.Message} What is there stays; go on with --resume.", e);
        }
    }
}
