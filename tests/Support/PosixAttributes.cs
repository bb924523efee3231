namespace Engine.Tests.Support;

/// <summary>A test that asks the system for pages and signals as Linux and macOS have them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "It calls mmap." : null;
}

/// <summary>The same with several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PosixTheoryAttribute : TheoryAttribute
{
    public PosixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "It calls mmap." : null;
}
