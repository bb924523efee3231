using Engine.Classifiers;

namespace Engine.Cli.Shards;

/// <summary>A part in memory, which may not become larger than a message can be.</summary>
internal sealed class PartStream : MemoryStream
{
    private const long Most = 1 << 30;

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Bytes => GetBuffer().AsSpan(0, (int)Length);

    /// <inheritdoc/>
    /// <remarks>The overload for spans of a derived class comes here.</remarks>
    /// <exception cref="EngineException">The part becomes too large.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Position + count > Most)
        {
            throw new EngineException($"a part of more than {Most >> 20} MiB is too large to be sent to the first rank; make " +
                "parts by --shard, without mpirun, and join them by engine merge.");
        }

        base.Write(buffer, offset, count);
    }
}
