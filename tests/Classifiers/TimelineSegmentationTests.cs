using Engine.Pipeline;
using Engine.Tensors;

namespace Engine.Tests.Classifiers;

public class TimelineSegmentationTests
{
    private static readonly double[] s_a = [0.9, 0.05, 0.05], s_b = [0.05, 0.9, 0.05], s_wavering = [0.45, 0.46, 0.09];

    [Theory]
    [InlineData("aaaaaa", "aaaaaa")]
    [InlineData("aaabaaa", "aaaaaaa")] // one window is no segment
    [InlineData("aaabbaaa", "aaabbaaa")] // two sure ones are
    [InlineData("aaawwaaa", "aaaaaaaa")] // two unsure ones are not
    [InlineData("aaabwbaaa", "aaabbbaaa")]
    [InlineData("baaa", "baaa")] // at an end one is enough
    [InlineData("aaab", "aaab")]
    [InlineData("aaaw", "aaaa")]
    [InlineData("abababab", "abbbbbbb")] // no more segments than they are worth
    [InlineData("b", "b")]
    public void Smooth_TouchingWindows(string windows, string expected)
    {
        var path = TimelineSegmentation.Smooth(Windows(windows), 1);
        Assert.Equal(expected, string.Concat(path.Select(l => "abc"[l])));
    }

    [Fact]
    public void Smooth_OverlappingWindows_CountTheirNewAudioOnly()
    {
        var windows = Windows("aaaaabbbbbaaaaa");
        Assert.Contains(1, TimelineSegmentation.Smooth(windows, 0.5));
        Assert.DoesNotContain(1, TimelineSegmentation.Smooth(windows, 0.25));
    }

    // Scores of any size mean the same, as only their ratios count.
    [Fact]
    public void Smooth_LabelOfAllWindows_IsNotACompromise()
    {
        double[][] windows = [[0.7, 0.05, 0.001], [0.001, 0.05, 0.7], [0.7, 0.05, 0.001], [0.001, 0.05, 0.7]];
        Assert.DoesNotContain(1, TimelineSegmentation.Smooth(windows, 0.5));
        double[][] smaller = [.. windows.Select(w => w.Select(p => p / 100).ToArray())];
        Assert.Equal(TimelineSegmentation.Smooth(windows, 0.5), TimelineSegmentation.Smooth(smaller, 0.5));
    }

    [Fact]
    public void Smooth_RandomWindows_IsTheCheapestOfAllSequences()
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new RandomStream((ulong)seed, "timeline");
            var windows = new double[6][];
            for (var w = 0; w < windows.Length; w++)
            {
                windows[w] = [random.NextDouble(), random.NextDouble(), random.NextDouble()];
                var sum = windows[w].Sum();
                for (var l = 0; l < 3; l++) windows[w][l] /= sum;
            }

            var weight = seed % 2 == 0 ? 1 : 0.6;
            var cheapest = Enumerable.Range(0, 729).Min(n => Cost(windows, Digits(n), weight));
            Assert.Equal(cheapest, Cost(windows, TimelineSegmentation.Smooth(windows, weight), weight), 12);
        }
    }

    [Fact]
    public void Of_TouchingWindows_ChangesWhereTheyTouch()
    {
        var segments = TimelineSegmentation.Of(Timeline("aaabbb", 3, 3), ["x", "y", "z"], 3);
        Assert.Equal(
            [new(0, 9, "x", 0.9), new(9, 18, "y", 0.9)],
            segments.Select(s => s with { Probability = Math.Round(s.Probability, 12) }));
    }

    [Fact]
    public void Of_OtherWindows_ChangesHalfwayBetweenTheirMiddles()
    {
        var overlapping = TimelineSegmentation.Of(Timeline("aaabbb", 4, 2), ["x", "y", "z"], 2);
        Assert.Equal([(0.0, 7.0), (7.0, 14.0)], overlapping.Select(s => (s.Start, s.End)));
        var apart = TimelineSegmentation.Of(Timeline("aabb", 2, 10), ["x", "y", "z"], 10);
        Assert.Equal([(0.0, 16.0), (16.0, 32.0)], apart.Select(s => (s.Start, s.End)));
    }

    [Fact]
    public void Of_SegmentWithAnotherBestLabel_HasTheMeanOfItsOwn()
    {
        var segment = Assert.Single(TimelineSegmentation.Of(Timeline("aabaa", 1, 1), ["x", "y", "z"], 1));
        Assert.Equal(("x", (4 * 0.9 + 0.05) / 5), (segment.Label, segment.Probability));
    }

    private static double[][] Windows(string text) =>
        [.. text.Select(c => c switch { 'a' => s_a, 'b' => s_b, _ => s_wavering })];

    private static TimelineWindow[] Timeline(string text, double length, double hop) =>
        [.. Windows(text).Select((p, i) => new TimelineWindow(i * hop, i * hop + length, "", p))];

    private static int[] Digits(int n) => [.. Enumerable.Range(0, 6).Select(i => n / (int)Math.Pow(3, i) % 3)];

    private static double Cost(double[][] windows, int[] path, double weight)
    {
        var cost = 0.0;
        for (var w = 0; w < path.Length; w++)
        {
            cost += weight * (1 - windows[w][path[w]] / windows[w].Max());
            if (w > 0 && path[w] != path[w - 1]) cost += 0.75;
        }

        return cost;
    }
}
