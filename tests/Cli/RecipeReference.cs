using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;

namespace Engine.Tests.Cli;

/// <summary>
/// Writes the reference page of recipes from what the program reads them by: the JSON types, their defaults, the ranges that
/// stand on their properties, and the comments of their parameters.
/// </summary>
internal sealed partial class RecipeReference
{
    private readonly StringBuilder _page = new();
    private readonly HashSet<Type> _seen = [];
    private readonly Dictionary<Type, string> _words = [];
    private readonly Dictionary<string, XElement> _docs = new[] { "Dsp", "Nn", "Classifiers", "Pipeline" }
        .SelectMany(name => XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"Engine.{name}.xml")).Descendants("member"))
        .DistinctBy(member => (string)member.Attribute("name")!).ToDictionary(member => (string)member.Attribute("name")!);

    public static string Write()
    {
        var reference = new RecipeReference();
        reference._page.Append("""
            # Recipes

            A recipe is a JSON object; `engine recipes NAME` prints one of those shipped with every parameter. Comments and trailing
            commas are allowed, unknown and repeated keys are not. A key without a default must be given. A range that stands with a
            list, or with a height and width, holds for each number. This page is written from the program by
            `tests/Cli/RecipeReference.cs`; a test compares them.


            """.ReplaceLineEndings("\n"));
        reference._page.Append("## Aliases\n\nShort names, accepted wherever a recipe is named. Runs and models record the "
            + "recipe's own name.\n\n| Alias | Recipe |\n| --- | --- |\n");
        foreach (var (alias, name) in RecipeCatalog.Aliases) reference._page.Append($"| `{alias}` | `{name}` |\n");
        reference._page.Append('\n');
        reference.AddSection(RecipeJson.Indented.GetTypeInfo(typeof(Recipe)));
        reference.AddWords();
        return reference._page.ToString().TrimEnd('\n') + "\n";
    }

    private void AddSection(JsonTypeInfo type)
    {
        if (!_seen.Add(type.Type)) return;
        _page.Append($"## {Title(type.Type)}\n\n{Summary(type.Type)}\n\n");
        if (type.PolymorphismOptions is not { } kinds)
        {
            AddTable([.. StrictJson.Keys(type)], type);
            AddParts(type);
            return;
        }

        var derived = kinds.DerivedTypes.Select(d => (d.TypeDiscriminator, Type: type.Options.GetTypeInfo(d.DerivedType)))
            .ToArray();
        // What every kind has, besides its own parameters, stands once.
        AddTable([.. StrictJson.Keys(type).Where(key => derived.All(d => !IsParameter(d.Type, key.Name)))], type);
        foreach (var (kind, part) in derived)
        {
            _page.Append($"### `\"{kinds.TypeDiscriminatorPropertyName}\": \"{kind}\"`\n\n{Summary(part.Type)}\n\n");
            AddTable([.. StrictJson.Keys(part).Where(key => IsParameter(part, key.Name))], part);
        }

        foreach (var (_, part) in derived) AddParts(part);
    }

    private static bool IsParameter(JsonTypeInfo type, string key) =>
        type.Properties.Single(p => p.Name == key).AssociatedParameter is { IsMemberInitializer: false };

    private void AddTable(JsonPropertyInfo[] keys, JsonTypeInfo type)
    {
        keys = [.. keys.Where(k => !IsOfEverySet(k))];
        if (keys.Length == 0) return;
        _page.Append("| Key | Type | Default | Range | Meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (var key in keys.OrderBy(k => k.Order))
        {
            var info = type.Options.GetTypeInfo(key.PropertyType);
            var written = RecipeJson.Compact.GetTypeInfo(key.PropertyType);
            var initial = key.IsRequired ? "" : $"`{JsonSerializer.Serialize(key.AssociatedParameter?.DefaultValue, written)}`";
            _page.Append($"| `{key.Name}` | {TypeOf(info, key.Name)} | {initial} | {JsonRanges.Of(key)?.Rule} | "
                + $"{Meaning((PropertyInfo)key.AttributeProvider!, type.Type)} |\n");
        }

        _page.Append('\n');
    }

    // Explained once, where sets are joined.
    private static bool IsOfEverySet(JsonPropertyInfo key) =>
        ((PropertyInfo)key.AttributeProvider!).DeclaringType == typeof(FeatureSpec);

    private void AddParts(JsonTypeInfo type)
    {
        foreach (var key in StrictJson.Keys(type).OrderBy(k => k.Order))
        {
            var part = Innermost(type.Options.GetTypeInfo(key.PropertyType));
            if (part.Kind == JsonTypeInfoKind.Object) AddSection(part);
        }
    }

    private string TypeOf(JsonTypeInfo type, string key)
    {
        var part = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (part.IsEnum) _words.TryAdd(part, key);
        return type.Kind switch
        {
            JsonTypeInfoKind.Enumerable => $"a list, each {TypeOf(type.Options.GetTypeInfo(type.ElementType!), key)}",
            JsonTypeInfoKind.Object =>
                $"an object, [{Title(type.Type)}](#{Title(type.Type).ToLowerInvariant().Replace(' ', '-')})",
            _ => part == typeof(JsonElement) ? "any value" : StrictJson.Expected(type),
        };
    }

    private static JsonTypeInfo Innermost(JsonTypeInfo type) =>
        type.Kind == JsonTypeInfoKind.Enumerable ? Innermost(type.Options.GetTypeInfo(type.ElementType!)) : type;

    private void AddWords()
    {
        _page.Append("## Words\n\n| Key | Word | Meaning |\n| --- | --- | --- |\n");
        foreach (var (type, key) in _words)
        {
            foreach (var word in Enum.GetNames(type))
            {
                var meaning = Text(_docs[$"F:{type.FullName}.{word}"].Element("summary")!);
                _page.Append($"| `{key}` | `{JsonNamingPolicy.KebabCaseLower.ConvertName(word)}` | {meaning} |\n");
            }
        }
    }

    // FrontEndSpec is 'Front end'.
    private static string Title(Type type)
    {
        var words = JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name.Replace("Spec", "").Replace("Options", ""))
            .Replace('_', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private string Summary(Type type) => Text(_docs[$"T:{type.FullName}"].Element("summary")!);

    // A record's parameters are explained where they are declared, or anew by a record that is derived from it.
    private string Meaning(PropertyInfo property, Type type)
    {
        for (var owner = type; owner is not null; owner = owner.BaseType)
        {
            var found = _docs.GetValueOrDefault($"T:{owner.FullName}")?.Elements("param")
                .FirstOrDefault(p => (string?)p.Attribute("name") == property.Name);
            if (found is not null) return Text(found);
        }

        throw new InvalidOperationException($"{type.Name}.{property.Name} has no comment.");
    }

    private static string Text(XElement element) => Blanks().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('.')[^1]}`",
        XElement { Name.LocalName: "paramref" } name =>
            $"`{JsonNamingPolicy.SnakeCaseLower.ConvertName((string)name.Attribute("name")!)}`",
        _ => node.ToString(),
    })), " ").Trim().Replace("|", "\\|").Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&");

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}
