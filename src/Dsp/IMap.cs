using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>A map of single values in every vector width, for <see cref="VectorMath.Map"/>.</summary>
internal interface IMap
{
    Vector512<float> Apply(Vector512<float> x);

    Vector256<float> Apply(Vector256<float> x);

    Vector128<float> Apply(Vector128<float> x);

    float Apply(float x);
}
