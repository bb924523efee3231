using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>engine devices</c>: lists the available devices, and why other kinds are missing.</summary>
internal static class DevicesCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "devices",
            "List the available devices, and for each missing kind, why it is missing.",
            "engine devices",
            "engine devices --json")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            var devices = BackendRegistry.List();
            session.Output.Write(parsed.GetValue(json) ? Json(devices) : Text(devices, session.Layout));
            return CommandLine.Done;
        });
        return command;
    }

    private static string Text(IReadOnlyList<DeviceListing> devices, Layout layout)
    {
        var table = new TextTable("device", "model", ">memory", ">units", "driver");
        foreach (var d in devices.Where(d => d.IsPresent))
            table.Add(d.Name, d.Model ?? "", Memory(d.MemoryBytes), d.ComputeUnits.ToString(CultureInfo.InvariantCulture),
                d.Driver ?? "");
        var text = new ReportText(layout).Table(table);
        foreach (var d in devices.Where(d => !d.IsPresent)) text.Line().Paragraph($"no {d.Name}: {d.Description}");
        return text.ToString();
    }

    private static string Json(IReadOnlyList<DeviceListing> devices) => new JsonArray([.. devices.Select(d => d.IsPresent
        ? new JsonObject
        {
            ["name"] = d.Name,
            ["present"] = true,
            ["model"] = d.Model,
            ["memory_bytes"] = d.MemoryBytes,
            ["compute_units"] = d.ComputeUnits,
            ["driver"] = d.Driver,
        }
        : new JsonObject { ["name"] = d.Name, ["present"] = false, ["reason"] = d.Description })]).ToJsonString(JsonText.Indented)
        + "\n";

    private static string Memory(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.0} GiB");
}
