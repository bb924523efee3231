using System.CommandLine;
using Engine.Cli.Shell;

namespace Engine.Cli.Commands;

/// <summary><c>engine completion</c>: prints the script with which a shell completes engine's command lines.</summary>
internal static class CompletionCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var shell = new Argument<string>("SHELL")
        {
            HelpName = string.Join('|', CompletionScript.Shells),
            Description = "The shell. The script's first line says where it goes.",
            CustomParser = CommonOptions.OneOf("completion", CompletionScript.Shells),
        };
        var command = new ExampleCommand(
            "completion",
            "Print a script that completes commands, options, recipes and devices when Tab is pressed.",
            "source <(engine completion bash)",
            "engine completion fish > ~/.config/fish/completions/engine.fish")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            session.WriteExactly(CompletionScript.Of(parsed.GetRequiredValue(shell), Program()));
            return CommandLine.Done;
        });
        return command;
    }

    // Under dotnet engine.dll, the process is dotnet.
    private static string Program() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "engine" ? path : "engine";
}
