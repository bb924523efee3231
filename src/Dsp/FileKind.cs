namespace Engine.Dsp;

/// <summary>What is at a path, after following links.</summary>
public enum FileKind
{
    /// <summary>Nothing, or nothing this user can see.</summary>
    Missing,

    /// <summary>A regular file, whose content has an end.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A FIFO, or the pipe behind a name such as <c>/dev/stdin</c>: opening or reading it may block forever.</summary>
    Pipe,

    /// <summary>A device, such as <c>/dev/zero</c>: it may have no end.</summary>
    Device,

    /// <summary>A socket.</summary>
    Socket,
}
