using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Fitting.Needs;

/// <summary>A recipe's memory needs, as far as known without data.</summary>
public static class RecipeMemory
{
    /// <summary>
    /// Checks a recipe's memory needs: its front end's tables, a recording's arrays, and a network's training step with a full
    /// batch.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="memoryLimit">The limit in bytes; null: half of the memory available to the runtime.</param>
    /// <param name="labels">How many labels a network distinguishes.</param>
    /// <exception cref="EngineException">
    /// It needs more, or a network's layers do not fit each other; the message names the largest part.
    /// </exception>
    public static void RequireMemory(this Recipe recipe, long? memoryLimit = null, int labels = 10)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        // Weights that are not there yet need no memory, and what they will need is known.
        if (!recipe.Classifier.HasNetwork && recipe.FrontEnd.Features.Parts.Any(p => p is EmbeddingFeatures))
        {
            FrontEndNeeds.Of(recipe.FrontEnd).Require(MemoryLimit.ForRecipes(memoryLimit), RecipeNeeds.Source(recipe));
            return;
        }

        var frontEnd = new FrontEnd(recipe.FrontEnd, memoryLimit: memoryLimit);
        RecipeNeeds.BeforeData(recipe, frontEnd, labels).Require(MemoryLimit.ForRecipes(memoryLimit), RecipeNeeds.Source(recipe));
    }
}
