using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Tensors.Distributed;

/// <summary>
/// The processes of one job, which MPI calls ranks: all run the same program, and each makes the same collective calls in the
/// same order. Only one thread of a rank calls at a time.
/// </summary>
public abstract class Communicator : IDisposable
{
    // Libraries count the bytes of a call in 32 bits, and take memory for a message.
    private const int SharedPiece = 1 << 26;

    internal Communicator()
    {
    }

    /// <summary>A job of this process alone.</summary>
    public static Communicator Alone { get; } = new SingleRank();

    /// <summary>The library that connects the ranks, with its version; empty without one.</summary>
    public virtual string Library => "";

    /// <summary>Which process this is, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many processes there are, at least 1.</summary>
    public abstract int Size { get; }

    /// <summary>Whether this is the rank that writes files and prints.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Bytes that this rank has sent to others.</summary>
    public long BytesSent { get; private protected set; }

    /// <summary>
    /// Joins the job that <c>mpirun</c> or <c>srun</c> has started this process in; <see cref="Alone"/> where none has. The
    /// library of MPI is looked up only in a job of several processes. Every rank calls it, and disposes of the communicator at
    /// the end; a rank that fails calls <see cref="Abort"/>, because the others would wait for it. A second call gives the same
    /// communicator.
    /// </summary>
    /// <exception cref="CommunicationException">The library of MPI is missing, or does not fit the launcher.</exception>
    public static Communicator Start() => Start(Launcher.Current);

    /// <summary>The same in the job of a launcher; <see cref="Alone"/> for null.</summary>
    /// <inheritdoc cref="Start()"/>
    public static Communicator Start(Launcher? launcher) =>
        launcher is { Size: > 1 } job ? MpiCommunicator.Join(job) : Alone;

    /// <summary>The bytes of one rank, on all of them.</summary>
    /// <param name="bytes">Read on <paramref name="root"/> alone; may be null on the others.</param>
    /// <param name="root">The rank that has the bytes.</param>
    public byte[] Share(byte[]? bytes, int root = 0)
    {
        if (Rank == root) ArgumentNullException.ThrowIfNull(bytes);
        if (Size == 1) return bytes!;
        var length = new byte[sizeof(int)];
        if (Rank == root) BinaryPrimitives.WriteInt32LittleEndian(length, bytes!.Length);
        Broadcast(length, root);
        if (Rank != root) bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        for (var at = 0; at < bytes!.Length; at += SharedPiece)
            Broadcast(bytes.AsSpan(at, Math.Min(SharedPiece, bytes.Length - at)), root);
        return bytes;
    }

    /// <summary>The text of one rank, on all of them.</summary>
    /// <param name="text">Read on <paramref name="root"/> alone; may be null on the others.</param>
    /// <param name="root">The rank that has the text.</param>
    public string ShareText(string? text, int root = 0) =>
        Encoding.UTF8.GetString(Share(text is null ? null : Encoding.UTF8.GetBytes(text), root));

    /// <summary>The texts of all ranks, by rank.</summary>
    /// <param name="own">This rank's, of any length.</param>
    public string[] AllTexts(string own)
    {
        var bytes = Encoding.UTF8.GetBytes(own);
        var lengths = new int[Size];
        AllGather(BitConverter.GetBytes(bytes.Length), MemoryMarshal.AsBytes(lengths.AsSpan()));
        var longest = lengths.Max();
        Array.Resize(ref bytes, longest);
        var all = new byte[longest * Size];
        AllGather(bytes, all);
        return [.. lengths.Select((length, rank) => Encoding.UTF8.GetString(all, rank * longest, length))];
    }

    /// <summary>Waits until every rank is here.</summary>
    public abstract void Barrier();

    /// <summary>Gives every rank the bytes of one.</summary>
    /// <param name="data">Read on <paramref name="root"/>, written on the others; as long on every rank.</param>
    /// <param name="root">The rank that has the bytes.</param>
    public abstract void Broadcast(Span<byte> data, int root);

    /// <summary>Gives every rank the bytes of all.</summary>
    /// <param name="own">This rank's; as many on every rank.</param>
    /// <param name="all">The bytes of all, by rank.</param>
    public abstract void AllGather(ReadOnlySpan<byte> own, Span<byte> all);

    /// <summary>Sends every rank a piece of its own.</summary>
    /// <param name="sent">The pieces that this rank sends, by rank.</param>
    /// <param name="sentCounts">How many bytes go to each.</param>
    /// <param name="received">The pieces that this rank gets, by rank.</param>
    /// <param name="receivedCounts">How many bytes come from each; what that rank sends.</param>
    public abstract void AllToAll(
        ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentCounts, Span<byte> received, ReadOnlySpan<int> receivedCounts);

    /// <summary>Sends a message to one rank, which takes it by <see cref="TryReceive"/>.</summary>
    /// <param name="message">At most 1 GiB.</param>
    /// <param name="rank">Another rank.</param>
    public abstract void Send(ReadOnlySpan<byte> message, int rank);

    /// <summary>The next message from any rank, if one has come; those of one rank come in order.</summary>
    /// <param name="from">Who sent it.</param>
    public abstract byte[]? TryReceive(out int from);

    /// <summary>Waits for the next message from any rank; waiting leaves the processor to those who work.</summary>
    /// <param name="from">Who sent it.</param>
    public byte[] Receive(out int from)
    {
        for (var pause = new Pause(bytes: 0); ; pause.Next())
        {
            if (TryReceive(out from) is { } message) return message;
        }
    }

    /// <summary>Ends all processes of the job at once, with an exit code.</summary>
    public abstract void Abort(int code);

    /// <summary>Leaves the job; every rank does.</summary>
    public abstract void Dispose();
}
