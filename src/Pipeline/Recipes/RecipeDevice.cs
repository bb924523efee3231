using Engine.Classifiers;
using Engine.Tensors;

namespace Engine.Pipeline.Recipes;

/// <summary>
/// Which device a recipe's networks work on. Classifiers work on the processor, and are never asked to do so silently.
/// </summary>
internal static class RecipeDevice
{
    private const string Best = "auto";

    /// <summary>Finds the device for a recipe by name; null: <see cref="Device.Default"/>.</summary>
    /// <exception cref="EngineException">
    /// There is no such device, or the recipe has no network and another than the processor was named.
    /// </exception>
    public static Device Find(string? name, Recipe recipe) => Find(name, [recipe]);

    /// <summary>The same for several recipes, which need not all have a network.</summary>
    /// <exception cref="EngineException">
    /// There is no such device, or none of the recipes has a network and another than the processor was named.
    /// </exception>
    public static Device Find(string? name, IReadOnlyList<Recipe> recipes)
    {
        if (recipes.Any(r => r.Classifier.HasNetwork)) return name is null ? Device.Default : Named(name);
        if (name is null or Best || name == Device.Cpu.Name) return Device.Cpu;
        throw new EngineException(recipes is [var recipe]
            ? $"{recipe.Name} has no network; it runs on the processor: leave --device out."
            : $"none of {string.Join(", ", recipes.Select(r => r.Name))} has a network; they run on the processor: leave "
            + "--device out.");
    }

    private static Device Named(string name)
    {
        try
        {
            return Device.Get(name);
        }
        catch (DeviceException e)
        {
            throw new EngineException(e.Message, e);
        }
    }
}
