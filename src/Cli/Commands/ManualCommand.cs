using System.CommandLine;
using Engine.Cli.Shell;

namespace Engine.Cli.Commands;

/// <summary><c>engine manual</c>: prints the manual page.</summary>
internal static class ManualCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var command = new ExampleCommand(
            "manual",
            "Print the manual page of engine and all its commands, for man.",
            "engine manual | man -l -",
            "engine manual > /usr/local/share/man/man1/engine.1");
        command.SetAction(parsed =>
        {
            session.WriteExactly(ManualPage.Of((RootCommand)parsed.RootCommandResult.Command, CommandLine.Version));
            return CommandLine.Done;
        });
        return command;
    }
}
