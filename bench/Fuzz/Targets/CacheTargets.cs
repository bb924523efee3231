using System.Security.Cryptography;
using Engine.Classifiers;
using Engine.Fuzzing.Mutation;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors.Gpu;

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

/// <summary>An entry of the kernel cache: torn exactly if its checksum is wrong.</summary>
internal sealed class KernelEntryTarget : Target
{
    private readonly KernelCache _cache;
    private readonly string _path;
    private byte[] _bytes = [];

    public KernelEntryTarget(string name, string folder) : base(name)
    {
        _cache = new(folder);
        _path = Path.Combine(folder, new string('a', 64));
        Seeds = [[.. SHA256.HashData("program"u8), .. "program"u8]];
    }

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IMutation Mutation { get; } = new Enveloped(Open, new ByteMutation(), new ByteMutation());

    public override bool IsDocumented(Exception e) => false;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, _bytes = bytes);
        return _cache.List().Single();
    }

    public override void Check(object parsed)
    {
        var isWhole = _bytes.Length > SHA256.HashSizeInBytes
            && SHA256.HashData(_bytes.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(_bytes.AsSpan(0,
                SHA256.HashSizeInBytes));
        Require(((KernelCacheEntry)parsed).Torn != isWhole, "an entry counts as torn that is whole, or as whole that is torn");
    }

    private static (byte[], Func<byte[], byte[]>)? Open(byte[] entry, Random random) => entry.Length < SHA256.HashSizeInBytes
        ? null
        : (entry[SHA256.HashSizeInBytes..], content => [.. SHA256.HashData(content), .. content]);
}
