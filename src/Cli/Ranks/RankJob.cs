using System.CommandLine;
using Engine.Cli.Commands;
using Engine.Dsp.Files;
using Engine.Pipeline.Ranks;
using Engine.Tensors.Distributed;

namespace Engine.Cli.Ranks;

/// <summary>
/// A command that <c>mpirun</c> or <c>srun</c> has started several times, as the ranks of one job. The first rank speaks, and an
/// error of any rank ends the job.
/// </summary>
internal sealed class RankJob
{
    // An error that all ranks make is told by the first one, which needs some time for it and then ends the others.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    // After a signal the first rank may have a checkpoint to write.
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(10);

    private readonly Launcher _launcher;

    private RankJob(Launcher launcher) => _launcher = launcher;

    /// <summary>Whether this is the rank that speaks.</summary>
    public bool IsFirst => _launcher.Rank == 0;

    /// <summary>
    /// The job of a launcher; null where there are not several processes, or where each has a part of its own: parts by
    /// <c>--shard</c> know nothing of each other, whatever starts them.
    /// </summary>
    public static RankJob? Of(Launcher? launcher, IReadOnlyList<string> arguments) =>
        launcher is not { Size: > 1 } || arguments.Any(a => a is "--shard" || a.StartsWith("--shard=", StringComparison.Ordinal))
            ? null : new(launcher);

    /// <summary>Runs a command on this rank.</summary>
    /// <returns>The exit code; the first rank's is that of the job.</returns>
    /// <exception cref="CommandLineException">The command does not share its work.</exception>
    public int Run(Session session, ParseResult parsed, InvocationConfiguration configuration)
    {
        if (parsed.CommandResult.Command is not ExampleCommand { SharesWork: true })
        {
            throw new CommandLineException($"engine {parsed.CommandResult.Command.Name} does not share its work among ranks; " +
                "start it once, without mpirun or srun.");
        }

        session.Ranks = Communicator.Start(_launcher);
        RankAgreement.Require(session.Ranks, "version of engine", $"{CommandLine.Version} {CommandLine.Commit?[..8]}",
            "Install the same one on every host.");
        session.RankThreads = RankProcessors.Share(session.Ranks);
        var code = parsed.Invoke(configuration);
        session.Ranks.Dispose();
        return IsFirst ? code : CommandLine.Done;
    }

    /// <summary>Gives the first rank time to tell of an error that this rank has made, too.</summary>
    /// <param name="cancel">Set by the launcher's signal, when it ends the job because another rank has failed.</param>
    public void LetFirstSpeak(CancellationToken cancel)
    {
        if (!IsFirst) cancel.WaitHandle.WaitOne(s_patience);
    }

    /// <summary>
    /// Tells of an error, unless the first rank does, and ends the job. If MPI has not started, the launcher ends it.
    /// </summary>
    /// <param name="e">The error.</param>
    /// <param name="session">The session, mute unless this is the first rank.</param>
    /// <param name="error">The process's standard error.</param>
    /// <param name="explain">Writes the error to a session and returns the command's exit code.</param>
    /// <param name="exitCode">The process's exit code for the command's.</param>
    public int Fail(
        Exception e, Session session, TextWriter error, Func<Session, int> explain, Func<int, int> exitCode)
    {
        var shown = session;
        if (!IsFirst)
        {
            if (e is OperationCanceledException) Thread.Sleep(s_stopPatience);
            else LetFirstSpeak(session.Cancel);
            var isToldOf = e is CommandLineException && session.Ranks.Size == 1;
            if (isToldOf || (e is not OperationCanceledException && session.Cancel.IsCancellationRequested))
                return explain(session);
            shown = new Session(TextWriter.Null, error, outputIsTerminal: false, errorIsTerminal: false, session.Cancel)
            {
                Prefix = $"rank {_launcher.Rank} on {Environment.MachineName}: ",
            };
        }

        var code = explain(shown);
        if (session.Ranks.Size == 1) return code;
        shown.Output.Flush();
        shown.Error.Flush();
        Temporary.RemoveOwn();
        session.Ranks.Abort(exitCode(code));
        return code;
    }
}
