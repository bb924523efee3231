using System.Runtime.CompilerServices;

namespace Engine.Tests;

public class LineWidthTests
{
    private const int Most = 130;

    [Fact]
    public void Lines_FitThePage()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, ".."));
        var files = new[] { "src", "tests", "bench", "samples" }
            .SelectMany(f => Directory.GetFiles(Path.Combine(root, f), "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin")).ToArray();
        Assert.True(files.Length > 500);
        Assert.Empty(files.SelectMany(f => TooLong(f).Select(line => $"{Path.GetRelativePath(root, f)}, line {line}")));
    }

    // JSON and patterns in literals keep their lines.
    private static IEnumerable<int> TooLong(string file)
    {
        var (number, isRaw) = (0, false);
        foreach (var line in File.ReadLines(file))
        {
            number++;
            var marks = line.Split("\"\"\"").Length - 1;
            var isLiteral = isRaw || marks > 0 || line.Contains("@\"") || line.Contains("{\\\"");
            isRaw ^= marks % 2 == 1;
            if (line.Length > Most && !isLiteral) yield return number;
        }
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
