using System.CommandLine;
using System.CommandLine.Parsing;

namespace Engine.Cli.Commands;

/// <summary>
/// Looks for values that are given and hold nothing, as <c>--out "$RUN"</c> gives where the variable is not set. No option and
/// no argument of any command has a use for one; met later, it would name the folder the command runs in, or nothing at all.
/// </summary>
internal static class EmptyValues
{
    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(ParseResult parsed)
    {
        var empty = parsed.CommandResult.Children.FirstOrDefault(c => c.Tokens.Any(t => t.Value.Length == 0));
        return empty switch
        {
            OptionResult option => $"{option.Option.Name}: the value is empty; give one.",
            ArgumentResult argument => $"{argument.Argument.HelpName ?? argument.Argument.Name}: the name is empty; give one.",
            _ => null,
        };
    }
}
