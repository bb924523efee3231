using System.Text;
using Engine.Fuzzing.Targets;

namespace Engine.Tests.Importing;

public class Hdf5FileTests
{
    [Fact]
    public void Open_FileOfKeras_EveryArray()
    {
        using var file = Weights.Open(WeightSeeds.Keras);
        Assert.Equal("HDF5", file.Format);
        Weights.Holds(file, "dense/kernel:0", "float32 [2, 3]", 0, 0.5f, 1, 1.5f, 2, 2.5f);
        Weights.Holds(file, "dense/bias:0", "float64 [3]", 0.1f, 0.2f, 0.3f);
        Weights.Holds(file, "dense/big", "float32 [2]", 1.5f, -2);
        Weights.Holds(file, "dense/half", "float16 [2]", 0.5f, 65504);
        Weights.Holds(file, "dense/count", "int64 []", -7);
        Weights.Holds(file, "dense/empty", "float32 [0, 3]");
        Assert.Equal(7, file.Tensors.Count);
    }

    [Fact]
    public void Read_Text_IsListedAndRefused()
    {
        using var file = Weights.Open(WeightSeeds.Keras);
        var text = Assert.Single(file.Tensors, t => t.Name == "dense/text");
        Assert.Contains("'dense/text' is text", Assert.Throws<InvalidDataException>(() => file.Read(text)).Message);
    }

    [Fact]
    public void Open_NewerHeaders_EveryArray()
    {
        using var file = Weights.Open(WeightSeeds.Latest);
        Weights.Holds(file, "dense/kernel", "float32 [2, 3]", 0, 0.5f, 1, 1.5f, 2, 2.5f);
        Weights.Holds(file, "dense/bias", "float64 [3]", 0.1f, 0.2f, 0.3f);
    }

    // More members than one node of the index has.
    [Fact]
    public void Open_ManyMembers_InOrder()
    {
        using var file = Weights.Open(WeightSeeds.ManyMembers);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"layer{i:00}"), file.Tensors.Select(t => t.Name));
        Weights.Holds(file, "layer17", "float32 []", 17);
    }

    [Fact]
    public void Open_NumbersInTheHeader_AreRead()
    {
        using var file = Weights.Open(WeightSeeds.Compact);
        Weights.Holds(file, "a", "float32 [3]", 1, 2, 3);
    }

    [Fact]
    public void Open_WhatIsNotRead_SaysHowToRewrite()
    {
        Assert.Contains("'a' is stored in chunks", Weights.Refused(WeightSeeds.Chunked));
        Assert.Contains("h5repack -l CONTI -f NONE", Weights.Refused(WeightSeeds.Chunked));
        Assert.Contains("'b' is a link", Weights.Refused(WeightSeeds.Soft));
        Assert.Contains("index of links", Weights.Refused(WeightSeeds.TrackOrder));
    }

    // 1,400 bytes that claim a gigabyte which was never written, and a group in itself.
    [Fact]
    public void Open_WhatIsNotThere_IsRefused()
    {
        Assert.Contains("'a' were never written", Weights.Refused(WeightSeeds.Unwritten));
        Assert.Contains("inside of itself", Weights.Refused(WeightSeeds.Cycle));
    }

    [Fact]
    public void Open_CutAnywhere_OneLine()
    {
        var bytes = WeightSeeds.Keras;
        for (var length = 9; length < bytes.Length; length += 31)
            Assert.Contains("cut short or damaged", Weights.Refused(bytes[..length]));
    }

    [Fact]
    public void Open_IndexThatPointsAtItself_IsRefused()
    {
        var bytes = WeightSeeds.ManyMembers;
        var tree = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("TREE"));
        bytes = [.. bytes];
        bytes[tree + 5] = 1;
        BitConverter.GetBytes((long)tree).CopyTo(bytes, tree + 32);
        Assert.Contains("wrong level", Weights.Refused(bytes));
    }
}
