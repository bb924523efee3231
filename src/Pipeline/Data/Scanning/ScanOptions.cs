namespace Engine.Pipeline.Data.Scanning;

/// <summary>Where a scanned song's genre comes from.</summary>
internal enum GenreSource
{
    /// <summary>Its tags alone.</summary>
    Tag,

    /// <summary>The name of a folder above it alone.</summary>
    Folder,

    /// <summary>Its tags or, where they have none, a folder.</summary>
    TagThenFolder,
}

/// <summary>How a library is scanned.</summary>
internal sealed record ScanOptions
{
    /// <summary>Where genres come from.</summary>
    public GenreSource GenreFrom { get; init; }

    /// <summary>Which folders are the genres, where they are asked for.</summary>
    public GenresAt GenresAt { get; init; }

    /// <summary>How many files are read at once.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Receives how many files are done, how many there are, and the file, from any thread.</summary>
    public Action<int, int, string>? Progress { get; init; }

    /// <summary>Receives one line for each kind of entry that was passed over.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Stops the scan.</summary>
    public CancellationToken Cancellation { get; init; }
}
