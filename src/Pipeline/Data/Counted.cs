namespace Engine.Pipeline.Data;

/// <summary>Numbers in sentences.</summary>
internal static class Counted
{
    /// <summary>A number of things, such as <c>1 row</c> or <c>2 rows</c>.</summary>
    public static string Of(int count, string one) => $"{count} {one}{(count == 1 ? "" : "s")}";
}
