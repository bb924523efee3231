using System.Runtime.InteropServices;

namespace Engine.Cli.Cases;

/// <summary>Copies to the device, within it and back.</summary>
internal static class MemoryCases
{
    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. new[] { 0, 1, 257, 1_000_003 }.Select(count => new OperationCase("Upload, Download", $"[{count}]", p =>
        {
            var values = p.Draw(count);
            p.ExpectExactly("fetched", p.Input(values, count), values);
            var indices = p.DrawIndices(count, int.MaxValue);
            p.ExpectExactly("fetched", p.Indices(indices, count), indices);
            var target = p.Result(count);
            p.Backend.Upload(MemoryMarshal.AsBytes(values.AsSpan()), target);
            p.ExpectExactly("fetched from the middle of a block", target, values);
        })),
        .. new[] { false, true }.Select(shifted => new OperationCase("Copy", "[100003]", p =>
        {
            var values = p.Draw(100_003);
            var result = p.Result(values.Length);
            p.Backend.Copy(p.Input(values, values.Length), result);
            p.ExpectExactly("copy", result, values);
        }) { Shifted = shifted }),
        .. new[] { 1.25f, -0f, -1e30f }.Select(value => new OperationCase("Fill", $"[70001] of {value}", p =>
        {
            var result = p.Result(70_001);
            p.Backend.Fill(result, value);
            p.ExpectExactly("filled", result, [.. Enumerable.Repeat(value, 70_001)]);
        }) { Shifted = value == 1.25f }),
    ];
}
