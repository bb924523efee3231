using System.Text;
using System.Text.Json;
using Engine.Classifiers.Tuning;
using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Recipes that anybody may have written: whatever a file holds, one line says what is wrong with it.</summary>
public sealed class StrangersRecipeTests : IDisposable
{
    private const string Good = """
        {"name":"x","description":"d","front_end":{"sample_rate":22050,"features":{"set":"gtzan57"},"segment":null},"scaler":"none",
        "classifier":{"kind":"knn","k":3},"split":"stratified","published":null}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string> Edits => new()
    {
        { "\"k\":3", "\"k\":3,\"\\ud800\":1", "half of a surrogate pair" },
        { "\"k\":3", "\"k\":3,\"k\":4", "not valid JSON" },
        { "\"name\":\"x\"", "\"na\\udc00me\":\"x\"", "half of a surrogate pair" },
        { "\"knn\"", "\"\\ud800\"", "$.classifier.kind is not text" },
        { "\"gtzan57\"", "\"\\udc00\"", "$.front_end.features.set is not text" },
        { "\"x\"", "\"\\ud800x\"", "$.name is not text" },
        { "\"published\":null", "\"published\":{\"source\":\"s\",\"accuracy\":1e309}", "$.published.accuracy is 1e309" },
        { "\"published\":null", "\"published\":{\"source\":\"s\",\"accuracy\":-1e999}", "$.published.accuracy is -1e999" },
        { "\"published\":null", "\"published\":{\"source\":\"s\",\"accuracy\":\"NaN\"}", "expected a number" },
        { "\"k\":3", "\"k\":1e400", "$.classifier.k is 1e400" },
        { "\"k\":3", "\"k\":NaN", "not valid JSON" },
        { "\"k\":3", "\"k\":99999999999999999999", "expected a whole number" },
        { "\"segment\":null", "\"segment\":1e400", "$.front_end.segment is 1e400" },
        { "\"scaler\":\"none\"",
            "\"scaler\":\"none\",\"search\":[{\"kind\":\"categorical\",\"path\":\"classifier.k\",\"values\":[1,1e999]}]",
            "$.search[0].values[1] is 1e999" },
        { "{\"kind\":\"knn\",\"k\":3}", "[[[[[[[[1]]]]]]]]", "$.classifier is " },
        { "{\"kind\":\"knn\",\"k\":3}", "{\"kind\":\"svm\",\"gamma\":-1}", "$.classifier.gamma is -1" },
        { "{\"kind\":\"knn\",\"k\":3}", "{\"kind\":\"forest\",\"max_features\":1e308}", "$.classifier.max_features" },
        { "{\"set\":\"gtzan57\"}", "{\"set\":\"psf-mfcc-gaussian\",\"preemph\":1e309}", "$.front_end.features.preemph is 1e309" },
    };

    [Theory, MemberData(nameof(Edits))]
    public void Parse_WhatNoTextOrNumberCanHold_IsNamedByItsPath(string from, string to, string expected)
    {
        Assert.Contains(from, Good);
        var message = PipelineCorpus.ErrorOf(() => Recipe.Parse(Good.Replace(from, to), "mine.json"));
        Assert.StartsWith("mine.json", message);
        Assert.Contains(expected, message);
    }

    private static readonly Dictionary<string, byte[]> s_files = new()
    {
        ["empty"] = [],
        ["a mark and nothing"] = [0xEF, 0xBB, 0xBF],
        ["a PDF"] = [.. "%PDF-1.7\n"u8, 0xE2, 0xE3, 0xCF, 0xD3, 0, 1, 2],
        ["depth"] = Encoding.ASCII.GetBytes(new string('[', 100_000)),
        ["depth of keys"] = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 50_000))),
        ["a list"] = [.. "[1, 2]"u8],
        ["a number"] = [.. "1"u8],
        ["null"] = [.. "null"u8],
        ["zeros"] = new byte[1000],
        ["UTF-16 without a mark"] = Encoding.Unicode.GetBytes(Good),
        ["5 MB"] = [.. Encoding.ASCII.GetBytes(Good), .. Enumerable.Repeat((byte)' ', 5 << 20)],
    };

    public static TheoryData<string> Files => [.. s_files.Keys];

    [Fact]
    public void Parse_TextThatIsHalfASurrogatePair_IsRefused() =>
        Assert.Contains("half of a surrogate pair",
            PipelineCorpus.ErrorOf(() => Recipe.Parse(Good.Replace("\"x\"", "\"\ud800\""), "mine.json")));

    [Theory, MemberData(nameof(Files))]
    public void Load_FileThatIsNoRecipe_IsOneLine(string what)
    {
        var path = _folder.Write("r.json", s_files[what]);
        var message = PipelineCorpus.ErrorOf(() => Recipe.Load(path));
        Assert.True(message.Contains(path) && message.Split('\n').Length == 1 && message.Length < 600, $"{what}: {message}");
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    public void Load_CommentsTrailingCommasAndByteOrderMarks_AreRead(string encoding, bool mark)
    {
        var text = "// mine\n" + Good.Replace("\"k\":3", "\"k\": /* near */ 3,");
        var bytes = Encoding.GetEncoding(encoding);
        var path = _folder.Write("r.json", [.. mark ? bytes.GetPreamble() : [], .. bytes.GetBytes(text)]);
        Assert.Equal("x", Recipe.Load(path).Name);
    }

    [Fact]
    public void Load_WhatIsNoFile_IsNotOpened()
    {
        Assert.Contains("a folder", PipelineCorpus.ErrorOf(() => Recipe.Load(_folder[""])));
        if (!OperatingSystem.IsLinux()) return;
        Assert.Contains("/dev/zero: it is a device", PipelineCorpus.ErrorOf(() => Recipe.Load("/dev/zero")));
        Assert.Contains("/dev/zero: is not a file", PipelineCorpus.ErrorOf(() => GenreModel.Load("/dev/zero")));
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("1e999")]
    [InlineData("[[[[[")]
    public void With_ValueThatCannotBe_IsOneLine(string value)
    {
        var recipe = Recipe.Parse(Good, "good");
        PipelineCorpus.ErrorOf(() => recipe.With("classifier.k", value));
        PipelineCorpus.ErrorOf(() => recipe.With("classifier", value));
        PipelineCorpus.ErrorOf(() => recipe.With("classifier.\ud800", value));
    }

    [Theory]
    [InlineData(1e-300, 1e300, true)]
    [InlineData(5e-324, double.MaxValue, true)]
    [InlineData(-1e308, 1e308, false)]
    [InlineData(-double.MaxValue, double.MaxValue, false)]
    [InlineData(-1e308, 1.7e308, false)]
    [InlineData(1e-3, 1e3, true)]
    [InlineData(-3, 5, false)]
    public void Search_RangeWiderThanADouble_KeepsEveryValueInsideAndInOrder(double low, double high, bool log)
    {
        var parameter = new RealParameter("classifier.c", low, high, log);
        var before = double.NegativeInfinity;
        for (var i = 0; i <= 100; i++)
        {
            var position = parameter.Snap(i / 100.0);
            var value = JsonElement.Parse(parameter.Value(position)).GetDouble();
            Assert.InRange(position, -1e-9, 1 + 1e-9);
            Assert.InRange(value, low, high);
            Assert.True(value >= before, $"{value} follows {before}");
            Assert.Equal(parameter.Value(position), parameter.Value(parameter.Snap(position)));
            before = value;
        }

        Assert.Equal(low, JsonElement.Parse(parameter.Value(parameter.Snap(0))).GetDouble());
        Assert.Equal(high, JsonElement.Parse(parameter.Value(parameter.Snap(1))).GetDouble());
        var middle = JsonElement.Parse(parameter.Value(0.5)).GetDouble();
        if (log)
            Assert.InRange(Math.Log(middle), (Math.Log(low) + Math.Log(high)) / 2 - 0.01,
                (Math.Log(low) + Math.Log(high)) / 2 + 0.01);
        else Assert.InRange(middle, low / 2 + high / 2 - Math.Abs(high) * 1e-3, low / 2 + high / 2 + Math.Abs(high) * 1e-3);
    }

    [Theory]
    [InlineData(int.MinValue, int.MaxValue, false)]
    [InlineData(1, int.MaxValue, true)]
    [InlineData(0, 1, false)]
    public void Search_WholeNumbersToTheEndOfTheirRange_AreReached(int low, int high, bool log)
    {
        var parameter = new IntegerParameter("classifier.k", low, high, log);
        Assert.Equal($"{low}", parameter.Value(parameter.Snap(0)));
        Assert.Equal($"{high}", parameter.Value(parameter.Snap(1)));
        for (var i = 0; i <= 50; i++) Assert.InRange(int.Parse(parameter.Value(parameter.Snap(i / 50.0))), low, high);
    }

    [Theory]
    [InlineData("{\"kind\":\"real\",\"path\":\"classifier.k\",\"low\":3,\"high\":3}",
        "$.search[0].high is 3; it must be above low")]
    [InlineData("{\"kind\":\"real\",\"path\":\"classifier.k\",\"low\":3,\"high\":2}",
        "$.search[0].high is 2; it must be above low")]
    [InlineData("{\"kind\":\"real\",\"path\":\"classifier.k\",\"low\":-1e999,\"high\":2}", "$.search[0].low is -1e999")]
    [InlineData("{\"kind\":\"real\",\"path\":\"classifier.k\",\"low\":0,\"high\":2,\"log\":true}",
        "$.search[0].low is 0; it must be above 0")]
    [InlineData("{\"kind\":\"integer\",\"path\":\"classifier.k\",\"low\":1,\"high\":3000000000}",
        "$.search[0].high is 3000000000; expected a whole number")]
    public void Search_RangeThatCannotBe_IsNamed(string search, string expected) =>
        Assert.Contains(expected,
            PipelineCorpus.ErrorOf(() =>
                Recipe.Parse(Good.Replace("\"scaler\":\"none\"", $"\"scaler\":\"none\",\"search\":[{search}]"), "mine.json")));
}
