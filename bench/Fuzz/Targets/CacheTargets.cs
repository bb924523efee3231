using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Fuzzing.Mutation;
using Engine.Pipeline.FrontEnds;

namespace Engine.Fuzzing.Targets;

/// <summary>An entry of the feature cache, its checksum put right more often than not: what is taken is stored to the same
/// bytes.</summary>
internal sealed class FeatureEntryTarget(string name) : Target(name)
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        FeatureEncoding.Encode("{\"sample_rate\":22050}", new FeatureRows(1000, new FeatureMatrix(2, 3, [1, 2, 3, 4, 5, 6]))),
        FeatureEncoding.Encode("{}", new FeatureRows(7, new FeatureMatrix(2, 0),
            [new WindowArray([1, 2, 2], [0, 0.5f, 0.3f, 1, 2, 3, 4, 5]), new WindowArray([3], [0, 1, 1, 0, 1, 0])])),
    ];

    public override IMutation Mutation { get; } = new Enveloped(Open, new ByteMutation(), new ByteMutation());

    public override bool IsDocumented(Exception e) => false;

    public override object? Parse(byte[] bytes)
    {
        var (rows, frontEnd) = FeatureEncoding.Decode(bytes);
        return rows is null ? null : (rows, frontEnd!);
    }

    public override void Check(object parsed)
    {
        var (rows, frontEnd) = ((FeatureRows, string))parsed;
        var written = FeatureEncoding.Encode(frontEnd, rows);
        var (again, text) = FeatureEncoding.Decode(written);
        Require(again is not null && text == frontEnd
            && FeatureEncoding.Encode(text, again).AsSpan().SequenceEqual(written),
            "what was written reads back as something else");
    }

    private static (byte[], Func<byte[], byte[]>)? Open(byte[] entry, Random random) => entry.Length < SHA256.HashSizeInBytes
        ? null
        : (entry[..^SHA256.HashSizeInBytes], content => [.. content, .. SHA256.HashData(content)]);
}
