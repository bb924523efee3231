namespace Engine.Dsp;

/// <summary>What lies at a path, links followed.</summary>
public enum FileKind
{
    /// <summary>Nothing, or nothing that this user may see.</summary>
    Missing,

    /// <summary>A file with content of its own, which has an end.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A FIFO, or the pipe behind a name such as <c>/dev/stdin</c>: opening or reading it may wait for ever.</summary>
    Pipe,

    /// <summary>A device, such as <c>/dev/zero</c>: it may have no end.</summary>
    Device,

    /// <summary>A socket.</summary>
    Socket,
}
