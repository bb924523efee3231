using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Bench;
using Engine.Cli.Text;
using Engine.Tensors;

namespace Engine.Cli.Reports;

/// <summary>How fast a device is, as tables or as JSON.</summary>
internal static class BenchReport
{
    private const string Footnote =
        "time: median, warm; ±: half the distance between its quartiles. of peak: share of the peak of multiply-adds or of " +
        "copying a large block. cache: faster than copying, as its data fit in the processor's caches. transform: a Winograd " +
        "or Fourier transform does fewer operations than the plain sums of products that GFLOP/s counts.";

    /// <summary>Everything as tables.</summary>
    public static string Text(BenchResult result, BenchBaseline? baseline, Layout layout)
    {
        var (text, peak) = (Opening(result.Listing, layout), result.Peak);
        text.Field("engine", $"{result.Version}{(result.Commit is { } c ? $", commit {c[..Math.Min(7, c.Length)]}" : "")}");
        text.Field("peak", string.Create(CultureInfo.InvariantCulture,
            $"{peak.Flops / 1e9:0} GFLOP/s of multiply-adds, {peak.Bytes / 1e9:0.0} GB/s of copying"));
        if (result.WasBusy)
        {
            var peaks = string.Create(CultureInfo.InvariantCulture,
                $"the peak was {result.Before.Flops / 1e9:0} GFLOP/s and {result.Before.Bytes / 1e9:0.0} GB/s at the beginning, "
                + $"{result.After.Flops / 1e9:0} and {result.After.Bytes / 1e9:0.0} at the end");
            text.Field("BUSY", $"{peaks}: other work shared the machine, or its clock changed. Repeat it on an idle machine.");
        }

        if (baseline is not null)
        {
            text.Field("baseline", string.Join(", ", new[] { baseline.Version, baseline.Commit, baseline.Date }.OfType<string>())
                is { Length: > 0 } known ? known : "of an unknown version");
        }

        string[] ratio = baseline is null ? [] : [">now/then"];
        var kernels = new TextTable(["kernel", "on", ">time", ">±", ">rate", "", ">of peak", .. ratio]);
        foreach (var k in result.Kernels)
        {
            var share = Share(k.Rate / result.Roof(k), k.IsFlops ? "transform" : "cache");
            kernels.Add([.. Cells(k), share, .. Ratio(k.Key, k.Timing)]);
        }

        var transfers = new TextTable(["transfer", "on", ">time", ">±", ">rate", "", .. ratio]);
        foreach (var t in result.Transfers) transfers.Add([.. Cells(t), .. Ratio(t.Key, t.Timing)]);
        var steps = new TextTable(
            ["training step", ">batch", ">time", ">±", ">samples/s", ">GFLOP/s", ">of peak", ">steps", .. ratio]);
        foreach (var s in result.Steps.Where(s => s.Timing is not null))
        {
            var timing = s.Timing!.Value;
            steps.Add([
                s.Recipe, s.Summary.Batch.ToString(CultureInfo.InvariantCulture), Duration(timing.Seconds), Spread(timing),
                s.SamplesPerSecond!.Value.ToString("0.#", CultureInfo.InvariantCulture), Rate(s.Rate!.Value),
                Share(s.Rate.Value / peak.Flops, "transform"), timing.Samples.ToString(CultureInfo.InvariantCulture),
                .. Ratio(s.Key, timing)]);
        }

        text.Line().Table(kernels).Line().Table(transfers);
        if (result.Steps.Count > 0) text.Line().Table(steps);
        var skipped = result.Steps.Where(s => s.Skipped is not null).ToArray();
        if (skipped.Length > 0) text.Line();
        foreach (var s in skipped) text.Paragraph($"skipped {s.Recipe}: {s.Skipped}");
        text.Line().Paragraph(Footnote);
        if (baseline is not null)
        {
            text.Paragraph("now/then: time now over that of the baseline; * where it differs from 1 by more than the spreads " +
                "of both together (at least 5%).");
        }

        return text.ToString();

        string[] Ratio(string key, Timing timing) => baseline is null ? [] :
            [baseline.Of(key, timing) is { } change
                ? string.Create(CultureInfo.InvariantCulture, $"{change.Ratio:0.00}{(change.IsReal ? "*" : " ")}") : "–"];
    }

    /// <summary>How long it takes until a device works, as a table or as JSON.</summary>
    public static string Startup(DeviceListing device, double opening, IEnumerable<FirstSteps> steps, bool json, Layout layout)
    {
        if (json)
        {
            return new JsonObject
            {
                ["device"] = device.Name,
                ["model"] = device.Model,
                ["opening_seconds"] = opening,
                ["training_steps"] = new JsonArray([.. steps.Select(s => new JsonObject
                {
                    ["recipe"] = s.Recipe,
                    ["first_seconds"] = s.First,
                    ["second_seconds"] = s.Second,
                })]),
            }.ToJsonString(JsonText.Indented) + "\n";
        }

        var table = new TextTable("training step", ">first", ">second");
        foreach (var s in steps) table.Add(s.Recipe, Duration(s.First), Duration(s.Second));
        return Opening(device, layout).Field("opened in", Duration(opening)).Line().Table(table).ToString();
    }

    /// <summary>Everything as JSON; seconds, operations and bytes as numbers.</summary>
    public static string Json(BenchResult result, BenchBaseline? baseline) => new JsonObject
    {
        ["version"] = result.Version,
        ["commit"] = result.Commit,
        ["date"] = result.Date.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["device"] = result.Listing.Name,
        ["model"] = result.Listing.Model,
        ["driver"] = result.Listing.Driver,
        ["threads"] = result.Threads,
        ["peak_flops"] = result.Peak.Flops,
        ["peak_bytes_per_second"] = result.Peak.Bytes,
        ["peak_before"] = Json(result.Before),
        ["peak_after"] = Json(result.After),
        ["busy"] = result.WasBusy,
        ["kernels"] = new JsonArray([.. result.Kernels.Select(k => Json(k, result.Roof(k), baseline))]),
        ["transfers"] = new JsonArray([.. result.Transfers.Select(t => Json(t, null, baseline))]),
        ["training_steps"] = new JsonArray([.. result.Steps.Select(s => With(new()
        {
            ["recipe"] = s.Recipe,
            ["batch"] = s.Summary.Batch,
            ["seconds"] = s.Timing?.Seconds,
            ["spread"] = s.Timing?.Spread,
            ["samples_per_second"] = s.SamplesPerSecond,
            ["flops"] = s.Rate,
            ["steps"] = s.Timing?.Samples,
            ["skipped"] = s.Skipped,
        }, s.Timing is { } timing ? baseline?.Of(s.Key, timing) : null))]),
    }.ToJsonString(JsonText.Indented) + "\n";

    private static ReportText Opening(DeviceListing device, Layout layout) =>
        new ReportText(layout).Field("device", $"{device.Name}: {device.Model}, {device.Driver}");

    private static JsonObject Json(Peak peak) => new() { ["flops"] = peak.Flops, ["bytes_per_second"] = peak.Bytes };

    private static JsonObject Json(KernelRate rate, double? roof, BenchBaseline? baseline) => With(new()
    {
        ["name"] = rate.Name,
        ["sizes"] = rate.Sizes,
        ["seconds"] = rate.Timing.Seconds,
        ["spread"] = rate.Timing.Spread,
        [rate.IsFlops ? "flops" : "bytes_per_second"] = rate.Rate,
        ["share_of_peak"] = rate.Rate / roof,
        ["samples"] = rate.Timing.Samples,
    }, baseline?.Of(rate.Key, rate.Timing));

    private static JsonObject With(JsonObject row, Change? change)
    {
        if (change is not { } known) return row;
        row["baseline_ratio"] = known.Ratio;
        row["baseline_noise"] = known.Noise;
        return row;
    }

    private static string[] Cells(KernelRate rate) =>
    [
        rate.Name, rate.Sizes, Duration(rate.Timing.Seconds), Spread(rate.Timing), Rate(rate.Rate),
        rate.IsFlops ? "GFLOP/s" : "GB/s",
    ];

    private static string Spread(Timing timing) =>
        timing.Samples < 4 ? "–" : (timing.Spread / 2).ToString("0%", CultureInfo.InvariantCulture);

    // A little above the peak is noise; far above it, the peak does not bound it.
    private static string Share(double share, string beyond) =>
        share > 1.05 ? beyond : share.ToString("0%", CultureInfo.InvariantCulture);

    private static string Rate(double rate) => (rate / 1e9).ToString(rate < 1e11 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Duration(double seconds) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{(seconds < 1e-3 ? seconds * 1e6 : seconds < 1 ? seconds * 1e3 : seconds):0.00} "
                + $"{(seconds < 1e-3 ? "µs" : seconds < 1 ? "ms" : "s")}");
}
