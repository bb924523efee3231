namespace Engine.Tensors.Distributed;

/// <summary>
/// The ranks of an MPI job. Every operation starts a nonblocking one and tests whether it is done, spinning briefly, then
/// sleeping, so that a rank that waits leaves its processor to others.
/// </summary>
internal sealed unsafe class MpiCommunicator : Communicator
{
    private const int LongestMessage = 1 << 30;
    private const int Tag = 0;

    private static readonly Lock s_starting = new();
    private static MpiCommunicator? s_started;

    // One thread at a time may call MPI, and an abort may come while another waits.
    private readonly Lock _gate = new();
    private readonly MpiLibrary _mpi;
    private readonly nint _world, _byte;
    private bool _isDisposed;

    private MpiCommunicator(MpiLibrary mpi)
    {
        (_mpi, _world, _byte) = (mpi, mpi.Abi.World, mpi.Abi.Byte);
        _mpi.Check(_mpi.SetErrorHandler(_world, mpi.Abi.ErrorsReturn), "MPI_Comm_set_errhandler");
        var (rank, size) = (0, 0);
        _mpi.Check(_mpi.CommRank(_world, &rank), "MPI_Comm_rank");
        _mpi.Check(_mpi.CommSize(_world, &size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Size { get; }

    /// <inheritdoc/>
    public override string Library => _mpi.Version;

    /// <summary>Starts MPI, once in a process.</summary>
    /// <exception cref="CommunicationException">
    /// There is no library, it does not fit the launcher, or the launcher tells its processes nothing of each other.
    /// </exception>
    public static MpiCommunicator Join(Launcher launcher)
    {
        lock (s_starting) return s_started ??= Begin(launcher);
    }

    /// <inheritdoc/>
    public override void Barrier()
    {
        nint request = 0;
        lock (_gate) _mpi.Check(_mpi.Ibarrier(_world, &request), "MPI_Ibarrier");
        Await(&request, 0);
    }

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> data, int root)
    {
        nint request = 0;
        fixed (byte* bytes = data)
        {
            lock (_gate) _mpi.Check(_mpi.Ibcast(bytes, data.Length, _byte, root, _world, &request), "MPI_Ibcast");
            Await(&request, data.Length);
        }

        if (Rank == root) BytesSent += data.Length;
    }

    /// <inheritdoc/>
    public override void AllGather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        if (all.Length != (long)own.Length * Size)
            throw new ArgumentException($"AllGather: {Size} ranks of {own.Length} bytes do not fill {all.Length} bytes.");
        nint request = 0;
        fixed (byte* sent = own, received = all)
        {
            lock (_gate)
            {
                _mpi.Check(_mpi.Iallgather(sent, own.Length, _byte, received, own.Length, _byte, _world, &request),
                    "MPI_Iallgather");
            }

            Await(&request, all.Length);
        }

        BytesSent += (long)own.Length * (Size - 1);
    }

    /// <inheritdoc/>
    public override void AllToAll(
        ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentCounts, Span<byte> received, ReadOnlySpan<int> receivedCounts)
    {
        int[] from = Places(sentCounts, sent.Length, "sent"), to = Places(receivedCounts, received.Length, "received");
        nint request = 0;
        fixed (byte* source = sent, target = received)
        fixed (int* sourceCounts = sentCounts, targetCounts = receivedCounts, sourcePlaces = from, targetPlaces = to)
        {
            lock (_gate)
            {
                _mpi.Check(_mpi.Ialltoallv(source, sourceCounts, sourcePlaces, _byte, target, targetCounts, targetPlaces, _byte,
                    _world, &request), "MPI_Ialltoallv");
            }

            Await(&request, sent.Length + received.Length);
        }

        BytesSent += sent.Length - sentCounts[Rank];
    }

    /// <inheritdoc/>
    public override void Send(ReadOnlySpan<byte> message, int rank)
    {
        if (message.Length > LongestMessage)
            throw new ArgumentException($"Send: {message.Length} bytes are more than {LongestMessage}.");
        nint request = 0;
        fixed (byte* bytes = message)
        {
            lock (_gate) _mpi.Check(_mpi.Isend(bytes, message.Length, _byte, rank, Tag, _world, &request), "MPI_Isend");
            Await(&request, message.Length);
        }

        BytesSent += message.Length;
    }

    /// <inheritdoc/>
    public override byte[]? TryReceive(out int from)
    {
        int* status = stackalloc int[MpiAbi.StatusLength];
        var (isThere, count) = (0, 0);
        byte[] message;
        nint request = 0;
        lock (_gate)
        {
            _mpi.Check(_mpi.Iprobe(_mpi.Abi.AnySource, MpiAbi.AnyTag, _world, &isThere, status), "MPI_Iprobe");
            from = isThere != 0 ? status[_mpi.Abi.SourceField] : 0;
            if (isThere == 0) return null;
            _mpi.Check(_mpi.GetCount(status, _byte, &count), "MPI_Get_count");
            message = GC.AllocateUninitializedArray<byte>(count);
        }

        fixed (byte* bytes = message)
        {
            lock (_gate) _mpi.Check(_mpi.Irecv(bytes, count, _byte, from, Tag, _world, &request), "MPI_Irecv");
            Await(&request, count);
        }

        return message;
    }

    /// <inheritdoc/>
    public override void Abort(int code)
    {
        lock (_gate) _ = _mpi.Abort(_world, code);
        Environment.Exit(code);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        // The library's own waiting takes a processor.
        Barrier();
        lock (_gate) _mpi.Check(_mpi.Finalize(), "MPI_Finalize");
    }

    private static MpiCommunicator Begin(Launcher launcher)
    {
        if (launcher.Kind == LauncherKind.Tasks)
        {
            throw new CommunicationException($"srun started {launcher.Size} tasks that know nothing of each other; add " +
                "--mpi=pmix or --mpi=pmi2, whichever the library of MPI supports.");
        }

        if (OperatingSystem.IsWindows())
            throw new CommunicationException($"MPI is not supported on Windows; {Launcher.Variable}=off does without it.");
        MpiLibrary mpi;
        // Open MPI when it starts, and UCX, which MPICH may use, as soon as it is loaded, take over the signals of faults, by
        // which the runtime finds null references.
        using (new SignalHandlers())
        {
            mpi = MpiLibrary.Load(launcher.Kind, Environment.GetEnvironmentVariable(Launcher.Variable));
            mpi.Start();
        }

        var ranks = new MpiCommunicator(mpi);
        if ((ranks.Rank, ranks.Size) == (launcher.Rank, launcher.Size)) return ranks;
        throw new CommunicationException($"the launcher says rank {launcher.Rank} of {launcher.Size}, but {mpi.Version} says " +
            $"rank {ranks.Rank} of {ranks.Size}: launcher and library belong to different MPIs. Name the launcher's library by " +
            $"{Launcher.Variable}=FILE.");
    }

    private int[] Places(ReadOnlySpan<int> counts, int length, string what)
    {
        var (places, next) = (new int[Size], 0L);
        for (var r = 0; r < Size; r++)
        {
            places[r] = (int)next;
            next += counts[r];
        }

        return counts.Length == Size && next == length ? places
            : throw new ArgumentException($"AllToAll: {counts.Length} counts sum to {next} for {length} bytes {what}.");
    }

    private void Await(nint* request, long bytes)
    {
        for (var pause = new Pause(bytes); ; pause.Next())
        {
            var isDone = 0;
            lock (_gate) _mpi.Check(_mpi.Test(request, &isDone, _mpi.Abi.StatusIgnore), "MPI_Test");
            if (isDone != 0) return;
        }
    }
}
