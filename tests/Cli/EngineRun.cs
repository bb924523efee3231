using Engine.Cli;

namespace Engine.Tests.Cli;

/// <summary>One run of the command line in this process.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote to stdout.</param>
/// <param name="Error">What it wrote to stderr.</param>
internal sealed record EngineRun(int Code, string Output, string Error)
{
    public static EngineRun Of(params string[] arguments) => Of(CancellationToken.None, arguments);

    public static EngineRun Of(CancellationToken cancel, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = new CommandLine(output, error, outputIsTerminal: false, errorIsTerminal: false, cancel).Run(arguments);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>Asserts success and returns stdout.</summary>
    public string Succeeds()
    {
        Assert.True(Code == CommandLine.Done, $"exit code {Code}: {Error}");
        return Output;
    }

    /// <summary>
    /// Asserts exit code 2, one or two lines on stderr that hold all of <paramref name="parts"/>, and nothing on stdout.
    /// </summary>
    public void IsRefused(params string[] parts)
    {
        Assert.True(Code == CommandLine.Wrong, $"exit code {Code}: {Output}{Error}");
        Assert.Equal("", Output);
        Assert.InRange(Error.TrimEnd().Split('\n').Length, 1, 2);
        Assert.All(parts, part => Assert.Contains(part, Error));
    }
}
