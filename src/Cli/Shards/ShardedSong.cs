namespace Engine.Cli.Shards;

/// <summary>A song of a list that is shared out.</summary>
/// <param name="Name">Its name in the output.</param>
/// <param name="Track">What decides its part.</param>
/// <param name="Path">Its file.</param>
internal readonly record struct ShardedSong(string Name, string Track, string Path);
