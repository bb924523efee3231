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
        "time: median, warm. of peak: share of the peak of multiply-adds or copying. GFLOP/s: operations of the plain " +
        "sums of products; Winograd and Fourier transforms need fewer, so they can exceed 100%.";

    /// <summary>The device and its peak.</summary>
    public static string Head(DeviceListing device, Peak peak, Layout layout) =>
        Opening(device, layout).Field("peak", string.Create(CultureInfo.InvariantCulture,
            $"{peak.Flops / 1e9:0} GFLOP/s of multiply-adds, {peak.Bytes / 1e9:0.0} GB/s of copying")).ToString();

    /// <summary>Kernels with their share of the peak.</summary>
    public static string Kernels(IEnumerable<KernelRate> kernels, Peak peak, Layout layout)
    {
        var table = new TextTable("kernel", "on", ">time", ">rate", "", ">of peak");
        foreach (var k in kernels)
            table.Add(k.Name, k.Sizes, Duration(k.Timing.Seconds), Rate(k.Rate), k.IsFlops ? "GFLOP/s" : "GB/s",
                Percent(k.Rate / Roof(k, peak)));
        return new ReportText(layout).Line().Table(table).ToString();
    }

    /// <summary>Copies between host and device.</summary>
    public static string Transfers(IEnumerable<KernelRate> transfers, Layout layout)
    {
        var table = new TextTable("transfer", "on", ">time", ">rate", "");
        foreach (var t in transfers) table.Add(t.Name, t.Sizes, Duration(t.Timing.Seconds), Rate(t.Rate), "GB/s");
        return new ReportText(layout).Line().Table(table).ToString();
    }

    /// <summary>Training steps.</summary>
    public static string Steps(IReadOnlyList<StepRate> steps, Peak peak, Layout layout)
    {
        var table = new TextTable("training step", ">batch", ">time", ">samples/s", ">GFLOP/s", ">of peak", ">steps");
        foreach (var s in steps.Where(s => s.Timing is not null))
        {
            var timing = s.Timing!.Value;
            table.Add(
                s.Recipe, s.Summary.Batch.ToString(CultureInfo.InvariantCulture), Duration(timing.Seconds),
                s.SamplesPerSecond!.Value.ToString("0.#", CultureInfo.InvariantCulture),
                Rate(s.Rate!.Value), Percent(s.Rate.Value / peak.Flops), timing.Samples.ToString(CultureInfo.InvariantCulture));
        }

        var text = new ReportText(layout).Line().Table(table);
        var skipped = steps.Where(s => s.Skipped is not null).ToArray();
        if (skipped.Length > 0) text.Line();
        foreach (var s in skipped) text.Paragraph($"skipped {s.Recipe}: {s.Skipped}");
        return text.Line().Paragraph(Footnote).ToString();
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
    public static string Json(
        DeviceListing device, Peak peak, IEnumerable<KernelRate> kernels, IEnumerable<KernelRate> transfers,
        IEnumerable<StepRate> steps) => new JsonObject
        {
            ["device"] = device.Name,
            ["model"] = device.Model,
            ["driver"] = device.Driver,
            ["threads"] = Device.CpuThreads,
            ["peak_flops"] = peak.Flops,
            ["peak_bytes_per_second"] = peak.Bytes,
            ["kernels"] = new JsonArray([.. kernels.Select(k => Json(k, Roof(k, peak)))]),
            ["transfers"] = new JsonArray([.. transfers.Select(t => Json(t, null))]),
            ["training_steps"] = new JsonArray([.. steps.Select(s => new JsonObject
        {
            ["recipe"] = s.Recipe,
            ["batch"] = s.Summary.Batch,
            ["seconds"] = s.Timing?.Seconds,
            ["samples_per_second"] = s.SamplesPerSecond,
            ["flops"] = s.Rate,
            ["steps"] = s.Timing?.Samples,
            ["skipped"] = s.Skipped,
        })]),
        }.ToJsonString(JsonText.Indented) + "\n";

    private static ReportText Opening(DeviceListing device, Layout layout) =>
        new ReportText(layout).Field("device", $"{device.Name}: {device.Model}, {device.Driver}");

    private static JsonObject Json(KernelRate rate, double? roof) => new()
    {
        ["name"] = rate.Name,
        ["sizes"] = rate.Sizes,
        ["seconds"] = rate.Timing.Seconds,
        [rate.IsFlops ? "flops" : "bytes_per_second"] = rate.Rate,
        ["share_of_peak"] = rate.Rate / roof,
        ["samples"] = rate.Timing.Samples,
    };

    private static double Roof(KernelRate kernel, Peak peak) => kernel.IsFlops ? peak.Flops : peak.Bytes;

    private static string Rate(double rate) => (rate / 1e9).ToString(rate < 1e11 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => share.ToString("0%", CultureInfo.InvariantCulture);

    private static string Duration(double seconds) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{(seconds < 1e-3 ? seconds * 1e6 : seconds < 1 ? seconds * 1e3 : seconds):0.00} "
                + $"{(seconds < 1e-3 ? "µs" : seconds < 1 ? "ms" : "s")}");
}
