using Engine.Fuzzing.Targets;
using Engine.Pipeline.Importing.Pickle;

namespace Engine.Tests.Importing;

/// <summary>A pickle is a program. This one machine runs no function that it names but the constructors of tensors.</summary>
public class UnpicklerTests
{
    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("torch", "load")]
    [InlineData("torch", "FloatStorage.from_file")]
    [InlineData("torch._utils", "_import_dotted_name")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    [InlineData("my_project.model", "Net")]
    public void Run_AnyOtherFunction_IsRefusedByName(string module, string function)
    {
        foreach (var called in new[] { true, false })
        {
            var pickle = new PickleBytes().Global(module, function);
            if (called) pickle.Mark().Text("touch x").Tuple().Raw((byte)'R');
            var message = Refused(pickle.End());
            Assert.Contains($"names {module}.{function}, which", message);
            Assert.Contains("state_dict", message);
            // Named by values on the stack, as protocol 4 does.
            pickle = new PickleBytes().Text(module).Text(function).Raw(0x93);
            Assert.Contains($"names {module}.{function}, which", Refused(pickle.End()));
        }
    }

    // Steps that could call something without naming it here: extension codes, instances, persistent names.
    [Theory]
    [InlineData(0x82)]
    [InlineData(0x83)]
    [InlineData(0x84)]
    [InlineData('i')]
    [InlineData('o')]
    [InlineData('P')]
    [InlineData(0x92)]
    [InlineData(0x97)]
    [InlineData('I')]
    [InlineData('S')]
    [InlineData(0xFF)]
    public void Run_OtherSteps_AreRefused(int step) =>
        Assert.Contains($"the step 0x{step:X2} at byte 2", Refused(new PickleBytes().Raw((byte)step).End()));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public void Run_OtherProtocols_AreRefused(byte protocol) =>
        Assert.Contains($"protocol {protocol}", Refused([0x80, protocol, (byte)'N', (byte)'.']));

    [Fact]
    public void Run_Values_AsPythonHasThem()
    {
        // pickle.dumps([None, True, -5, 300, 2**31, -2**40, 1.5, "Zoë", b"\1\2", (1, 2), {"a": 1}], 2 and 4)
        string[] pickles =
        [
            "gAJdcQAoTohK+////00sAYoFAAAAgACKBgAAAAAA/0c/+AAAAAAAAFgEAAAAWm/Dq3EBY19jb2RlY3MKZW5jb2RlCnECWAIAAAABAnEDWAYAAA"
                + "BsYXRpbjFxBIZxBVJxBksBSwKGcQd9cQhYAQAAAGFxCUsBc2Uu",
            "gASVQgAAAAAAAABdlChOiEr7////TSwBigUAAACAAIoGAAAAAAD/Rz/4AAAAAAAAjARab8OrlEMCAQKUSwFLAoaUfZSMAWGUSwFzZS4=",
        ];
        Assert.Contains("_codecs.encode", Refused(Convert.FromBase64String(pickles[0])));
        var root = Assert.IsType<List<object?>>(new Unpickler(Convert.FromBase64String(pickles[1]), "p").Run());
        Assert.Equal([null, true, -5L, 300L, 1L << 31, -(1L << 40), 1.5, "Zoë"], root.Take(8));
        Assert.Equal([1, 2], Assert.IsType<byte[]>(root[8]));
        Assert.Equal([1L, 2L], Assert.IsType<PickleTuple>(root[9]).Items);
        Assert.Equal(("a", 1L), Assert.Single(Assert.IsType<PickleDictionary>(root[10]).Entries));
    }

    [Fact]
    public void Run_ValuesThatAreNotThere_AreRefused()
    {
        Refused([]);
        Refused([(byte)'.']);
        Refused([(byte)'N', (byte)'N', (byte)'.']);
        Refused([(byte)'(', (byte)'N', (byte)'.']);
        Refused([(byte)'t', (byte)'.']);
        Refused([(byte)'N', (byte)'(', 0x85, (byte)'.']);
        Refused([(byte)'h', 3, (byte)'.']);
        Refused([(byte)'X', 255, 255, 255, 255, (byte)'.']);
        Refused([0x8D, 255, 255, 255, 255, 255, 255, 255, 255, (byte)'.']);
        Refused([(byte)'X', 1, 0, 0, 0, 0xFF, (byte)'.']);
        Refused([(byte)'N', (byte)'N', (byte)'a', (byte)'.']);
        Refused([(byte)'}', (byte)'(', (byte)'N', (byte)'u', (byte)'.']);
        Refused([(byte)'N', (byte)'Q', (byte)'.']);
        Refused([(byte)'N', (byte)')', (byte)'R', (byte)'.']);
        Refused(new PickleBytes().Global("torch", "Size").Mark().Integer(1).Tuple().Raw((byte)'R').End());
    }

    // 60 dictionaries, each of which holds the one before twice: 2^60 names in 700 bytes. And a list in itself.
    [Fact]
    public void Find_SharedAndCircularValues_AreRefusedAtOnce()
    {
        var bomb = new PickleBytes().Raw((byte)'}', (byte)'q', 0, (byte)'0');
        for (byte i = 1; i < 60; i++)
            bomb.Raw((byte)'}').Text("a").Raw((byte)'h', (byte)(i - 1), (byte)'s')
                .Text("b").Raw((byte)'h', (byte)(i - 1), (byte)'s').Raw((byte)'q', i).Raw(i < 59 ? [(byte)'0'] : []);
        Assert.Contains("in each other", Find(bomb.End()));
        Assert.Contains("in each other", Find(new PickleBytes().Raw((byte)']', (byte)'q', 0, (byte)'h', 0, (byte)'a').End()));
    }

    [Fact]
    public void Find_NoTensors_SaysWhatToSave() =>
        Assert.Contains("holds no tensors", Find(new PickleBytes().Raw((byte)'N').End()));

    private static string Find(byte[] pickle) => Assert.Throws<InvalidDataException>(() =>
        new StateDictionary(new Unpickler(pickle, "p").Run(), pickle.Length, "p")).Message;

    private static string Refused(byte[] pickle)
    {
        var message = Assert.Throws<InvalidDataException>(() => new Unpickler(pickle, "p").Run()).Message;
        Assert.StartsWith("p: ", message);
        return message;
    }
}
