namespace Engine.Cli.Text;

/// <summary>How much room a report has.</summary>
/// <param name="Columns">The width that text is wrapped to.</param>
/// <param name="IsTerminal">
/// Whether tables must fit, too. In a file or a pipe a row stays one line, however long, for the program that reads it.
/// </param>
internal readonly record struct Layout(int Columns, bool IsTerminal)
{
    /// <summary>The width of what is no terminal, as git, ps and Python have it.</summary>
    public const int StandardColumns = 80;

    /// <summary>A file or a pipe.</summary>
    public static Layout Redirected { get; } = new(StandardColumns, false);
}
