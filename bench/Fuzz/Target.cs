using Engine.Fuzzing.Mutation;

namespace Engine.Fuzzing;

/// <summary>
/// A parser of bytes that nobody vouches for, and what must hold whatever they are. Each run has a folder of its own, so that a
/// parser of files finds its input there.
/// </summary>
internal abstract class Target(string name) : IDisposable
{
    /// <summary>Its name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Valid inputs to start from, the same in every process.</summary>
    public abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>What is done to them.</summary>
    public abstract IMutation Mutation { get; }

    /// <summary>Bytes that parsing may allocate for a byte of input.</summary>
    public virtual double AllocationPerByte => 16;

    /// <summary>Bytes that parsing may allocate for any input.</summary>
    public virtual long AllocationBase => 1 << 18;

    /// <summary>What a message must hold so that its reader knows which input is meant; null where no message has a
    /// name.</summary>
    public virtual string? InputName => null;

    /// <summary>
    /// Characters that a message may have; line feeds of an input that it quotes are made visible where it is printed, its length
    /// is not.
    /// </summary>
    public virtual int LongestMessage => 1200;

    /// <summary>Whether the parser's documentation names this exception.</summary>
    public abstract bool IsDocumented(Exception e);

    /// <summary>Parses; what it gives goes to <see cref="Check"/>. Its allocations are counted.</summary>
    public abstract object? Parse(byte[] bytes);

    /// <summary>Checks what was parsed: its values, and that it can be written and read back.</summary>
    /// <exception cref="PropertyException">Something does not hold.</exception>
    public virtual void Check(object parsed)
    {
    }

    public void Dispose() => Release();

    /// <summary>Lets go of what the target holds.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>Says that something does not hold.</summary>
    protected static void Require(bool holds, string what)
    {
        if (!holds) throw new PropertyException(what);
    }
}

/// <summary>An input was accepted that breaks a promise.</summary>
internal sealed class PropertyException(string message) : Exception(message);
