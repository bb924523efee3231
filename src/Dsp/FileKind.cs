namespace Engine.Dsp;

/// <summary>What is at a path, links followed.</summary>
public enum FileKind
{
    /// <summary>Nothing, or nothing this user can see.</summary>
    Missing,

    /// <summary>A file with content of its own, which has an end.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A FIFO, or the pipe behind a name such as <c>/dev/stdin</c>: opening or reading it may block for ever.</summary>
    Pipe,

    /// <summary>A device, such as <c>/dev/zero</c>: it may have no end.</summary>
    Device,

    /// <summary>A socket.</summary>
    Socket,
}
