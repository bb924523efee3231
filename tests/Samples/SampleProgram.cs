using System.Diagnostics;
using System.Runtime.CompilerServices;
using Engine.Tests.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Samples;

/// <summary>The programs of <c>samples/</c>, which are built with the tests.</summary>
internal static class SampleProgram
{
    /// <summary>The folder of the samples.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "samples"));

    /// <summary>Runs one to its end.</summary>
    public static EngineRun Run(string name, params string[] arguments)
    {
        using var child = Child.Start(new ProcessStartInfo("dotnet", [Built(name), .. arguments]));
        return child.End();
    }

    /// <summary>Starts one by way of a shell, which gives it a file as standard input or joins its outputs.</summary>
    public static Child Start(string name, string redirection, params string[] arguments) =>
        Child.Start(new ProcessStartInfo("/bin/sh",
            ["-c", $"exec dotnet \"$0\" \"$@\" {redirection}", Built(name), .. arguments]));

    // Beside the tests: bin/CONFIGURATION/FRAMEWORK.
    private static string Built(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Root, name, "bin", folder.Parent!.Name, folder.Name, $"{name}.dll");
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
