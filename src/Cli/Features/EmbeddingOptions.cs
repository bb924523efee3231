using System.CommandLine;
using System.CommandLine.Parsing;
using Engine.Cli.Commands;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Pretrained;

namespace Engine.Cli.Features;

/// <summary>The options that say which embedding is computed.</summary>
internal sealed class EmbeddingOptions
{
    /// <summary>The set that they belong to.</summary>
    public const string SetName = "embedding";

    private readonly Option<string> _weights = new("--weights")
    {
        HelpName = "NAME|FILE",
        Description = $"Of the set {SetName}: a pre-trained network that engine import has written.",
    };

    private readonly Option<string> _layers = new("--layers")
    {
        HelpName = "NAME,NAME,…",
        Description = $"Of the set {SetName}: the layers whose outputs are taken. Default: the one that the network recommends.",
    };

    private readonly Option<double?> _window = CommonOptions.OptionalNumber("--window", "S",
        $"Of the set {SetName}: seconds that the network hears at once. Default: as it was trained.", 0.001, 86_400);

    private readonly Option<double?> _hop = CommonOptions.OptionalNumber("--hop", "S",
        $"Of the set {SetName}: seconds from the start of one such window to that of the next.", 0.001, 86_400);

    private readonly Option<string> _statistics = CommonOptions.Choice("--statistics",
        $"Of the set {SetName}: what is kept of the windows of a recording.", "mean", "mean", "mean-deviation");

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_weights, _layers, _window, _hop, _statistics]) command.Add(option);
    }

    /// <summary>The embedding, whose weights are read; null for another set.</summary>
    /// <exception cref="CommandLineException">An option belongs to another set, or the weights are not named.</exception>
    public FeatureSpec? Of(ParseResult parsed, string set)
    {
        if (set != SetName)
        {
            var stray = ((Option[])[_weights, _layers, _window, _hop, _statistics])
                .FirstOrDefault(o => parsed.GetResult(o) is OptionResult { Implicit: false });
            return stray is null ? null
                : throw new CommandLineException($"{stray.Name}: belongs to --set {SetName}; leave it out for --set {set}.");
        }

        var weights = parsed.GetValue(_weights) ?? throw new CommandLineException(
            $"--weights: name the network of --set {SetName}: one of {string.Join(", ", DescriptionCatalog.Names)} that was "
                + "imported, or a file of engine import.");
        var statistics = parsed.GetValue(_statistics) == "mean" ? WindowStatistics.Mean : WindowStatistics.MeanDeviation;
        return new EmbeddingFeatures(weights, parsed.GetValue(_layers)?.Split(','), parsed.GetValue(_window),
            parsed.GetValue(_hop), statistics).Bound();
    }
}
