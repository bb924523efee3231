using Engine.Tensors;

namespace Engine.Nn;

/// <summary>A layer made of several, of which the first can run apart from the rest.</summary>
internal interface IDivisible
{
    /// <summary>
    /// How many of its layers, from the first, give the same output for an example whenever they see it, as they are frozen now.
    /// </summary>
    int FixedLayers { get; }

    /// <summary>The output's shape of its first layers.</summary>
    Shape ShapeAfter(Shape input, int layers);

    /// <summary>Runs its first layers; the result is <paramref name="x"/> itself if there is nothing to do.</summary>
    Tensor RunFirst(Tensor x, int layers, ForwardContext context);

    /// <summary>Runs the layers after those on their output; the result is <paramref name="x"/> itself likewise.</summary>
    Tensor RunRest(Tensor x, int layers, ForwardContext context);
}
