using System.CommandLine;
using System.CommandLine.Parsing;

namespace Engine.Cli.Commands;

/// <summary>
/// Finds values that are present but empty, as in <c>--out "$RUN"</c> when the variable is not set. No option or
/// argument of any command accepts one; undetected, it would name the current folder, or nothing at all.
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
