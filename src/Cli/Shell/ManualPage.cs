using System.CommandLine;
using System.Text;
using Engine.Cli.Commands;

namespace Engine.Cli.Shell;

/// <summary>
/// The manual page engine(1) in roff's <c>man</c> macros, made of the same descriptions and examples as <c>--help</c>.
/// </summary>
internal static class ManualPage
{
    private static readonly (string Name, string Meaning)[] s_variables =
    [
        ("COLUMNS", "Width of reports, in place of the terminal's."),
        ("ENGINE_CACHE", "Folder of computed features and compiled kernels. Default: the user's cache folder."),
        ("ENGINE_MODELS", "Folder of models that can be named without their path. Default: the user's data folder."),
        ("NO_COLOR", "Anything but an empty text turns colours off."),
        ("TERM", "dumb turns the progress line off."),
        ("TMPDIR", "Folder of temporary files, such as long recordings while they are read."),
    ];

    /// <summary>The page.</summary>
    public static string Of(RootCommand root, string version)
    {
        var page = new StringBuilder();
        page.Append($".TH ENGINE 1 \"\" \"engine {version}\" \"Engine\"\n");
        Section(page, "NAME").Append("engine \\- classify music by genre\n");
        Section(page, "SYNOPSIS").Append(".B engine\n.I COMMAND\n[\\fIoptions\\fR]\n");
        Section(page, "DESCRIPTION");
        Text(page, root.Description ?? "");
        Section(page, "COMMANDS");
        foreach (var command in root.Subcommands.Where(c => !c.Hidden)) Describe(page, command);
        Section(page, "OPTIONS OF EVERY COMMAND");
        foreach (var option in root.Options.Where(o => o.Recursive)) Describe(page, option);
        Section(page, "EXIT STATUS");
        foreach (var paragraph in HelpWithExamples.Ending.Split("\n\n"))
        {
            page.Append(".PP\n");
            Text(page, paragraph.ReplaceLineEndings(" ").Trim());
        }

        Section(page, "ENVIRONMENT");
        foreach (var (name, meaning) in s_variables) Item(page, $".B {Escape(name)}\n", meaning);
        return page.ToString();
    }

    private static void Describe(StringBuilder page, Command command)
    {
        page.Append($".SS engine {Escape(command.Name)}");
        foreach (var argument in command.Arguments) page.Append(' ').Append(Escape(Usage(argument)));
        page.Append('\n');
        Text(page, command.Description ?? "");
        foreach (var argument in command.Arguments)
            Item(page, $".I {Escape(argument.HelpName ?? argument.Name)}\n", argument.Description ?? "");
        foreach (var option in command.Options.Where(o => !o.Hidden && !o.Recursive)) Describe(page, option);
        if (command is not ExampleCommand { Examples: [_, ..] examples }) return;
        page.Append(".PP\nExamples:\n.PP\n.nf\n.RS\n");
        foreach (var example in examples) Text(page, example);
        page.Append(".RE\n.fi\n");
    }

    private static void Describe(StringBuilder page, Option option)
    {
        var names = string.Join(", ", option.Aliases.Order(StringComparer.Ordinal).Append(option.Name).Distinct().Select(Escape));
        var value = option.ValueType == typeof(bool) || option.Arity.MaximumNumberOfValues == 0
            ? "" : $" \\fI{Escape(option.HelpName ?? "VALUE")}\\fR";
        Item(page, $"\\fB{names}\\fR{value}\n", $"{option.Description}{Standard(option)}");
    }

    private static string Standard(Option option) =>
        option.HasDefaultValue && option.ValueType != typeof(bool) && option.GetDefaultValue() is { } value
        && string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}") is { Length: > 0 } text
        ? $" Default: {text}." : "";

    private static string Usage(Argument argument)
    {
        var name = argument.HelpName ?? argument.Name;
        if (argument.Arity.MaximumNumberOfValues > 1) name += "...";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static StringBuilder Section(StringBuilder page, string title) => page.Append($".SH {title}\n");

    private static void Item(StringBuilder page, string term, string text)
    {
        page.Append(".TP\n").Append(term);
        Text(page, text);
    }

    // A line that starts with a point would be a request to roff; so would an apostrophe, which is escaped anyway.
    private static void Text(StringBuilder page, string text)
    {
        var line = Escape(text);
        page.Append(line.StartsWith('.') ? "\\&" : "").Append(line).Append('\n');
    }

    // A plain hyphen may become a dash, and a quote or a caret a typographic one, which cannot be copied to a shell.
    private static string Escape(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.Value switch
    {
        '\\' => "\\e",
        '-' => "\\-",
        '\'' => "\\(aq",
        '`' => "\\(ga",
        '^' => "\\(ha",
        '~' => "\\(ti",
        > 0x7E => $"\\[u{rune.Value:X4}]",
        _ => rune.ToString(),
    }));
}
