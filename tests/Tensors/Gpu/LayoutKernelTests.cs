using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Copies of several groups, ragged tiles and many axes, against the CPU: the same bits.</summary>
[Collection(nameof(OpenClTests))]
public class LayoutKernelTests
{
    public static TheoryData<int[], int[]> Permutations => new()
    {
        { [1000, 33], [1, 0] }, { [16, 16], [1, 0] }, { [70, 65], [1, 0] }, { [9, 40, 50], [0, 2, 1] },
        { [40, 3, 50], [2, 1, 0] }, { [40, 3, 50], [2, 0, 1] },
        { [5, 33, 7, 20], [2, 3, 0, 1] }, { [5, 33, 7, 20], [3, 0, 2, 1] }, { [700, 3], [1, 0] },
        { [3, 4, 5, 6, 7], [4, 2, 0, 3, 1] }, { [2, 3, 2, 3, 2, 20], [4, 2, 0, 3, 1, 5] },
        { [3, 0, 2], [2, 1, 0] },
    };

    [GpuTheory, MemberData(nameof(Permutations))]
    public void Permute_IsTheCpus(int[] sizes, int[] order)
    {
        using var scope = new TensorScope();
        var shape = new Shape(sizes);
        // Patterns that are NaNs to a float must pass as well.
        int[] words = [.. Enumerable.Range(0, shape.Count).Select(i => i * -0x61C88647)];
        var expected = Tensor.FromIndices(words, shape, Device.Cpu).Permute(order);
        var actual = Tensor.FromIndices(words, shape, Device.Get(TestDevice.Gpu)).Permute(order);
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.ToIndices(), actual.ToIndices());
    }

    // Four at once where both sides allow it, and one by one.
    [GpuTheory]
    [InlineData(0, 0, 1024)]
    [InlineData(4, 8, 2048)]
    [InlineData(4, 8, 2047)]
    [InlineData(4, 7, 2048)]
    [InlineData(3, 8, 2048)]
    [InlineData(3, 7, 1)]
    [InlineData(4, 4, 4)]
    [InlineData(1, 2, 300_001)]
    public void CopyAndFill_FromAnyPlaceToAnyOther_LeaveTheRest(int from, int to, int count)
    {
        using var scope = new TensorScope();
        var device = Device.Get(TestDevice.Gpu);
        float[] values = [.. Enumerable.Range(1, from + count + 9).Select(i => (float)i)],
        target = [.. Enumerable.Range(1, to + count + 9).Select(i => -(float)i)];
        var x = Tensor.From(values, new Shape(values.Length), device);
        var y = Tensor.From(target, new Shape(target.Length), device);
        device.Backend.Copy(x.Alias(new Shape(count), from), y.Alias(new Shape(count), to));
        Assert.Equal([.. target[..to], .. values[from..(from + count)], .. target[(to + count)..]], y.ToArray());
        device.Backend.Fill(y.Alias(new Shape(count), to), float.NegativeInfinity);
        Assert.Equal([.. target[..to], .. Enumerable.Repeat(float.NegativeInfinity, count), .. target[(to + count)..]],
            y.ToArray());
    }

    [GpuFact]
    public void CopyFrom_OverlappingSlices_IsACopyOfWhatWasThere()
    {
        using var scope = new TensorScope();
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => (float)i)];
        var x = Tensor.From(values, new Shape(values.Length), Device.Get(TestDevice.Gpu));
        x.CopyFrom(x);
        x.Slice(0, 0, 999).CopyFrom(x.Slice(0, 1, 999));
        Assert.Equal([.. values[1..], 999], x.ToArray());
        x.Slice(0, 10, 990).CopyFrom(x.Slice(0, 0, 990));
        Assert.Equal([.. values[1..11], .. values[1..991]], x.ToArray());
    }

    [GpuTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void SliceAndConcat_AreTheCpus(int axis)
    {
        using var scope = new TensorScope();
        var shape = new Shape(30, 37, 21);
        var values = GradCheck.Draw(new RandomStream(1, "slices"), shape.Count);
        float[] Cut(Device device)
        {
            using var x = new GuardedTensor(device, shape, values);
            return Tensor.Concat(axis, x.Tensor.Slice(axis, 11, 10), x.Tensor.Slice(axis, 3, 1), x.Tensor.Slice(axis, 0, 20))
                .ToArray();
        }

        Assert.Equal(Cut(Device.Cpu), Cut(Device.Get(TestDevice.Gpu)));
    }

    // Written column by column into the middle of a larger tensor, whose other elements stay.
    [GpuFact]
    public void CopyToStrided_Transposed_LeavesTheRest()
    {
        using var scope = new TensorScope();
        var values = GradCheck.Draw(new RandomStream(2, "strided"), 40 * 50);
        float[] Scatter(Device device)
        {
            var target = Tensor.Full(new Shape(60 * 45), -1, device);
            device.Backend.CopyToStrided(Tensor.From(values, new Shape(40, 50), device), target, 7, [1, 45]);
            return target.ToArray();
        }

        Assert.Equal(Scatter(Device.Cpu), Scatter(Device.Get(TestDevice.Gpu)));
    }

    [GpuTheory]
    [InlineData(7, 2000, 1)]
    [InlineData(500, 1000, 3)]
    [InlineData(3, 600, 300)]
    [InlineData(2, 1, 513)]
    [InlineData(4, 0, 70)]
    public void ScatterAddRows_AddsInOrder_LikeTheCpu(int targetRows, int rows, int n)
    {
        using var scope = new TensorScope();
        var random = new RandomStream(3, "rows");
        var values = GradCheck.Draw(random, rows * n);
        int[] indices = [.. Enumerable.Range(0, rows).Select(_ => random.NextInt(targetRows))];
        float[] Add(Device device, int[] numbers, float[] from)
        {
            using var target = new GuardedTensor(device, new Shape(targetRows, n));
            var source = Tensor.From(from, new Shape(numbers.Length, n), device);
            device.Backend.ScatterAddRows(source, Tensor.FromIndices(numbers, new Shape(numbers.Length), device), target);
            return target.Values();
        }

        Assert.Equal(Add(Device.Cpu, indices, values), Add(Device.Get(TestDevice.Gpu), indices, values));

        // Rows that are not there are skipped.
        int[] more = [-1, .. indices, targetRows, int.MaxValue, int.MinValue];
        float[] padded = [.. new float[n], .. values, .. new float[3 * n]];
        Array.Fill(padded, 7, 0, n);
        Assert.Equal(Add(Device.Cpu, indices, values), Add(Device.Get(TestDevice.Gpu), more, padded));
    }

    [GpuFact]
    public void GatherRows_RowThatIsNotThere_IsNaN()
    {
        using var scope = new TensorScope();
        var device = Device.Get(TestDevice.Gpu);
        using var source = new GuardedTensor(device, new Shape(2, 300), [.. Enumerable.Range(0, 600)]);
        using var result = new GuardedTensor(device, new Shape(4, 300));
        device.Backend.GatherRows(source, Tensor.FromIndices([1, -1, 2, 0], new Shape(4), device), result);
        var values = result.Values();
        Assert.Equal(Enumerable.Range(300, 300).Select(i => (float)i), values[..300]);
        Assert.All(values[300..900], v => Assert.True(float.IsNaN(v)));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (float)i), values[900..]);
    }
}
