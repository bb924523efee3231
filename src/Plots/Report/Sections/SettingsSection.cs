using System.Text.Json;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>Every parameter of the recipe, by its path in the JSON.</summary>
internal static class SettingsSection
{
    // What the page says elsewhere.
    private static readonly string[] s_elsewhere = ["name", "description", "published", "search"];

    /// <summary>The section.</summary>
    public static Section Of(RunView view)
    {
        using var recipe = JsonDocument.Parse(view.Run.Record.Recipe.ToJson());
        var body = new Element("tbody");
        foreach (var member in recipe.RootElement.EnumerateObject().Where(m => !s_elsewhere.Contains(m.Name)))
            Add(body, member.Name, member.Value);
        var table = new Element("table", new Element("caption", "Parameters"),
            new Element("thead", Tr(Column("Parameter"), Column("Value"))), body);
        return new("settings", "Parameters", new Element("details",
            new Element("summary", "Every parameter of the recipe, as ", Code("--set"), " names it"),
            Div(table).Class("scroll")));
    }

    private static void Add(Element body, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject()) Add(body, $"{path}.{member.Name}", member.Value);
                break;
            case JsonValueKind.Array when value.EnumerateArray().Any(i => i.ValueKind is JsonValueKind.Object):
                var index = 0;
                foreach (var item in value.EnumerateArray()) Add(body, $"{path}[{index++}]", item);
                break;
            default:
                var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
                body.Add(Tr(Row(Code(path)), Td(text).Auto()));
                break;
        }
    }
}
