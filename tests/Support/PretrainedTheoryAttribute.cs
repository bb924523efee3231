namespace Engine.Tests.Support;

/// <summary>A theory with the conditions of <see cref="PretrainedFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PretrainedTheoryAttribute : TheoryAttribute
{
    public PretrainedTheoryAttribute() => Skip = new PretrainedFactAttribute().Skip;
}
