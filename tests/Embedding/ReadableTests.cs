using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;

namespace Engine.Tests.Embedding;

/// <summary>What results print when a program writes them to the console.</summary>
public sealed class ReadableTests
{
    private static readonly GenrePrediction s_four =
        new([new("blues", 0.834), new("rock", 0.1), new("jazz", 0.04), new("pop", 0.026)]) { IsCalibrated = true };

    [Fact]
    public void Predictions_AreReadable_InEveryCulture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            Assert.Equal("blues 0.83", $"{s_four.Ranked[0]}");
            Assert.Equal("blues 0.83, rock 0.10, jazz 0.04, … (p)", $"{s_four}");
            Assert.Equal("blues 0.75, rock 0.25 (score)", $"{new GenrePrediction([new("blues", 0.75), new("rock", 0.25)])}");
            Assert.Equal("1.5–3 s: blues 0.83, rock 0.10, jazz 0.04, … (p)", $"{new WindowPrediction(1.5, 3, s_four)}");
            Assert.Equal("a.wav: blues 0.83, rock 0.10, jazz 0.04, … (p)", $"{new FilePrediction("a.wav", s_four, null)}");
            Assert.Equal("a.wav: no such file.", $"{new FilePrediction("a.wav", null, "a.wav: no such file.")}");
            var window = new TimelineWindow(0, 0.5, "rock", [0.25, 0.75]);
            Assert.Equal("0–0.5 s: rock 0.75", $"{window}");
            Assert.Equal("0–0.5 s: rock 0.75 (score)",
                $"{new GenreTimeline(["blues", "rock"], [window], [new(0, 0.5, "rock", 0.75)])}");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Siblings_NameNoTypeOfTheCompiler()
    {
        var matrix = new FeatureMatrix(2, 3);
        var rows = new FeatureRows(66150, matrix, [new([1, 4], new float[8])]);
        var split = new Split(SplitSpec.Stratified, 1, [new([0, 1], [], [2])], "stratified: by track", []);
        Dictionary<object, string> printed = new()
        {
            [matrix] = "FeatureMatrix [2, 3]",
            [rows] = "2 rows of 66150 samples: 3 columns, 2 windows [1, 4]",
            [new ExtractedFile(rows, []) { Damage = "5 s are missing." }] =
                "2 rows of 66150 samples: 3 columns, 2 windows [1, 4]; 5 s are missing.",
            [new ExtractionResult([null], [new("a.wav", "it is empty")])] = "1 recordings, 1 of them skipped",
            [new FeatureTable(["a", "b", "c"], [new("x", null, "rock"), new("y", null, "rock")], matrix)] = "2 rows of 3 columns",
            [split] = "stratified: by track",
            [split.Folds[0]] = "2 train, 0 valid, 1 test rows",
            [new TestedRow("blues.00029", "a.wav", "blues", "rock", [0.2, 0.8], 1)] = "blues.00029: rock, not blues",
            [TrainingExample.OfFile("a.wav", "rock")] = "a.wav: rock",
            [new FrontEndSpec(22050, new Gtzan57Features())] =
                """{"sample_rate":22050,"features":{"set":"gtzan57"},"segment":null}""",
        };
        foreach (var (value, text) in printed) Assert.Equal(text, $"{value}");
        Assert.All(RecipeCatalog.Names, name => Assert.StartsWith($"{name}: ", $"{RecipeCatalog.Get(name)}"));
    }
}
