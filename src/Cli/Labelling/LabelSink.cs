using System.Text;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Cli.Labelling;

/// <summary>Where the text of labels goes.</summary>
internal abstract class LabelSink : IDisposable
{
    /// <summary>Writes text through to the system, so that it stays if the process ends.</summary>
    public abstract void Write(string text);

    /// <summary>Makes sure that what was written outlasts a power failure, where it is a file that grows.</summary>
    public virtual void Keep()
    {
    }

    /// <summary>Completes the output after the last text.</summary>
    public virtual void Complete()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The standard output.</summary>
/// <param name="session">The session.</param>
/// <param name="isExact">Whether control characters in names are kept, except on a terminal.</param>
internal sealed class StandardSink(Session session, bool isExact) : LabelSink
{
    public override void Write(string text)
    {
        if (text.Length == 0) return;
        // In a file or a pipe, lines do not meet the status.
        if (session.OutputIsTerminal) session.Status.Above(() => Through(text));
        else Through(text);
    }

    private void Through(string text)
    {
        if (isExact) session.WriteExactly(text);
        else session.Output.Write(text);
        session.Output.Flush();
    }

    public override void Dispose()
    {
    }
}

/// <summary>Nothing is written.</summary>
internal sealed class NoSink : LabelSink
{
    public override void Write(string text)
    {
    }

    public override void Dispose()
    {
    }
}

/// <summary>A file that appears when it is complete: half a table or half a JSON array is no use.</summary>
internal sealed class WholeFileSink(string path) : LabelSink
{
    private readonly AtomicFile _file = Guarded(path, () => new AtomicFile(path));

    public override void Write(string text) =>
        Guarded(path, () =>
        {
            _file.Stream.Write(Encoding.UTF8.GetBytes(text));
            return true;
        });

    public override void Complete() =>
        Guarded(path, () =>
        {
            _file.Commit();
            return true;
        });

    public override void Dispose() => _file.Dispose();

    private static T Guarded<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
