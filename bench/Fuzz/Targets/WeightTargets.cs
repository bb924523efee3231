using Engine.Fuzzing.Mutation;
using Engine.Pipeline.Importing;
using Engine.Pipeline.Importing.Pickle;

namespace Engine.Fuzzing.Targets;

/// <summary>A file of weights in another program's format: every tensor it lists can be read, or is refused by name.</summary>
internal abstract class WeightsTarget(string name, string file) : Target(name)
{
    public override string InputName => file;

    public override bool IsDocumented(Exception e) => e is InvalidDataException;

    public override object Parse(byte[] bytes)
    {
        var weights = WeightsFile.Open(new MemoryStream(bytes, writable: false), file);
        return (weights, bytes.Length);
    }

    public override void Check(object parsed)
    {
        var (weights, length) = ((WeightsFile, int))parsed;
        using (weights)
        {
            var names = weights.Tensors.Select(t => t.Name).ToHashSet();
            Require(names.Count == weights.Tensors.Count, "two tensors have one name");
            foreach (var tensor in weights.Tensors)
            {
                Require(tensor.Count <= length, $"{tensor} has more values than the file has bytes");
                try
                {
                    Require(weights.Read(tensor).Length == tensor.Count,
                        "a tensor has another number of values than its sizes say");
                }
                catch (InvalidDataException e)
                {
                    Require(e.Message.Contains(file, StringComparison.Ordinal),
                        $"the message does not name the input: {e.Message}");
                }
            }
        }
    }
}

/// <summary>PyTorch's two formats, whose pickles are changed inside of the zip, too.</summary>
internal sealed class TorchTarget(string name) : WeightsTarget(name, "fuzz.pt")
{
    private static readonly string[] s_words =
        ["storage", "torch\nFloatStorage\n", "torch._utils\n_rebuild_tensor_v2\n", "collections\nOrderedDict\n",
            "posix\nsystem\n", "(", "t", "R", "Q", "b", "}", "]", "u", "s", "e", "a", "h\u0001", "q\u0001", "0", "1", "2", "."];

    public override IReadOnlyList<byte[]> Seeds { get; } =
        [WeightSeeds.TorchZip, WeightSeeds.TorchModule, WeightSeeds.TorchLegacy,
            new PickleBytes().Raw((byte)'}').Text("a").Tensor("0", 6, 1, [2, 2], [3, 1]).Raw((byte)'s')
                .Zip(("0", [1, 2, 3, 4, 5, 6]))];

    public override IMutation Mutation { get; } =
        new Enveloped(ZipMembers.Open, new ByteMutation(s_words), new ByteMutation(s_words));

    // A step of one byte makes an object, and a zip has a name and a record for each member.
    public override double AllocationPerByte => 512;
}

/// <summary>A pickle alone: what it makes is bounded by its size.</summary>
internal sealed class PickleTarget(string name) : Target(name)
{
    private const string File = "fuzz.pkl";

    public override IReadOnlyList<byte[]> Seeds { get; } =
        [new PickleBytes().Raw((byte)'}').Mark().Text("a").Tensor("0", 6, 1, [2, 2], [3, 1]).Text("b").Raw((byte)'N')
            .Raw((byte)'u').End(),
            new PickleBytes().Raw((byte)']', (byte)'q', 0).Mark().Tensor("0", 1, 0, [], []).Raw((byte)'q', 1).Integer(1).Raw(0x88)
                .Raw((byte)'h', 1).Raw((byte)'e').End()];

    public override IMutation Mutation { get; } = new ByteMutation("(", "t", "R", "Q", "b", "}", "]", ")", "u", "s", "e", "a",
        "l", "d", "q\u0001", "h\u0001", "0", "1", "2", "N", "X\u0001\0\0\0a", "collections\nOrderedDict\n", "torch\nSize\n");

    public override string InputName => File;

    public override double AllocationPerByte => 512;

    public override bool IsDocumented(Exception e) => e is InvalidDataException;

    public override object Parse(byte[] bytes)
    {
        var root = new Unpickler(bytes, File).Run();
        return new StateDictionary(root, bytes.Length, File).Tensors;
    }
}

/// <summary>HDF5 as Keras writes it.</summary>
internal sealed class Hdf5Target(string name) : WeightsTarget(name, "fuzz.h5")
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
        [WeightSeeds.Compact, WeightSeeds.Latest, WeightSeeds.Keras, WeightSeeds.ManyMembers];

    public override IMutation Mutation { get; } =
        new ByteMutation("TREE", "SNOD", "HEAP", "OHDR", "OCHK", "\u0008\u0008", "\u0001\0\0\0", "\u0011\0\u0010\0");

    // Each message of an object and each name is an object here.
    public override double AllocationPerByte => 256;
}
