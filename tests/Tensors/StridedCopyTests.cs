using System.Runtime.CompilerServices;
using Engine.Tensors;
using Engine.Tensors.Cpu;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

/// <summary>
/// Copies between layouts on the CPU, against one element after the other: the same bits, and nothing else is written.
/// </summary>
[EveryInstructionSet]
public class StridedCopyTests
{
    private const int Margin = 21;
    private const int Guard = 0x5EED_5EED;

    // Sizes and strides of a dense result; what the source must hold follows.
    public static TheoryData<int[], int[]> Layouts => new()
    {
        // Every part of a task, a block and a tile; pitches of whole pages.
        { [129, 257], [1, 131] }, { [200, 2100], [1, 203] }, { [1024, 70], [1, 1024] }, { [70, 1024], [1, 2048] },
        { [9, 5000], [1, 9] }, { [5000, 9], [1, 5000] },
        // Batches of matrices, and matrices across an axis.
        { [3, 65, 40], [3000, 1, 66] }, { [40, 3, 50], [1, 2000, 40] }, { [16, 2, 3, 17], [1, 17, 700, 34] },
        { [2, 3, 9, 4, 10], [2700, 900, 1, 9, 36] }, { [1000, 8, 8], [64, 1, 8] },
        // Narrow ones.
        { [1003, 3], [1, 1003] }, { [3, 1003], [1, 3] }, { [7, 7], [1, 7] }, { [2, 5, 3, 400], [6000, 3, 1, 15] },
        // Runs of every length that is treated in its own way.
        { [30, 20, 2], [2, 60, 1] }, { [30, 20, 3], [3, 90, 1] }, { [30, 20, 4], [4, 120, 1] }, { [30, 20, 5], [5, 150, 1] },
        { [30, 20, 7], [7, 210, 1] }, { [30, 20, 8], [8, 240, 1] },
        { [30, 20, 13], [13, 390, 1] }, { [30, 20, 16], [16, 480, 1] }, { [30, 20, 45], [45, 1350, 1] },
        { [5, 3, 1200], [3600, 1201, 1] }, { [2, 131_073], [131_080, 1] }, { [262_151], [1] },
        // Steps, backwards, repeats.
        { [100], [3] }, { [300], [-1] }, { [20, 30], [-30, 1] }, { [20, 30], [30, -1] }, { [40, 50], [-1, 40] },
        { [40, 50], [2, 83] }, { [33, 65], [0, 1] }, { [33, 65], [1, 0] }, { [], [] }, { [1, 1, 5], [9, 9, 1] },
        { [4, 3, 5, 6, 7, 2], [1, 840, 8, 2520, 40, 4] }, { [0, 5], [5, 1] }, { [5, 0], [1, 5] },
    };

    // More than a cache holds: whole lines, ragged ones, tiles and runs.
    public static TheoryData<int[], int[]> LargeLayouts => new()
    {
        { [2048, 2064], [1, 2048] }, { [2064, 2048], [1, 2065] }, { [2051, 2061], [1, 2051] },
        { [3, 1000, 1424], [1_424_000, 1, 1000] }, { [16, 264_000], [1, 16] },
        { [40, 64, 1680], [1680, 67_200, 1] }, { [64, 40, 8, 208], [66_560, 208, 8320, 1] },
        { [40, 64, 1675], [1675, 67_000, 1] }, { [4_400_000], [1] }, { [2100, 2100], [2100, -1] },
    };

    [Fact]
    public void Transpose_EverySize_MovesEachElement()
    {
        for (var rows = 0; rows <= 70; rows++)
        {
            for (var columns = 0; columns <= 70; columns++)
            {
                Gather([rows, columns], [1, rows + 3], 0);
                Scatter([rows, columns], [1, rows + 3], 0);
            }
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Gather_IsOneByOne(int[] sizes, int[] strides)
    {
        for (var shift = 0; shift < 3; shift++) Gather(sizes, strides, shift);
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Scatter_IsOneByOne(int[] sizes, int[] strides)
    {
        // Elements that repeat would be written more than once.
        for (var shift = 0; shift < 3 && !strides.Contains(0); shift++) Scatter(sizes, strides, shift);
    }

    // At cache lines, where results go straight to memory, and beside them.
    [Theory, MemberData(nameof(LargeLayouts))]
    public void Large_IsOneByOne(int[] sizes, int[] strides)
    {
        foreach (var shift in new[] { 16 - Margin % 16, 2 })
        {
            Gather(sizes, strides, shift);
            Scatter(sizes, strides, shift);
        }
    }

    [Fact]
    public void Permute_EveryOrderOfFiveAxes_IsOneByOne()
    {
        var shape = new Shape(3, 9, 2, 10, 11);
        using var x = Tensor.FromIndices(Words(shape.Count), shape, Device.Cpu);
        var strides = x.Strides();
        foreach (var order in Orders([0, 1, 2, 3, 4]))
        {
            using var y = x.Permute(order);
            Assert.Equal(Array.ConvertAll(Places([.. y.Shape.Sizes], [.. order.Select(a => strides[a])]), i => Word(i)),
                y.ToIndices());
        }
    }

    [Fact]
    public void Permute_OneThread_IsTheSame()
    {
        using var x = Tensor.FromIndices(Words(300 * 1100), new Shape(300, 1100), Device.Cpu);
        using var several = x.Transpose();
        var threads = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            using var one = x.Transpose();
            Assert.Equal(several.ToIndices(), one.ToIndices());
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(int[] sizes, int[] strides, int shift)
    {
        var places = Places(sizes, strides);
        var (low, high) = Range(places);
        using var source = Tensor.FromIndices(Words(high - low + 1 + shift), new Shape(high - low + 1 + shift), Device.Cpu);
        using var block = Block(places.Length + shift);
        using var result = block.Alias(new Shape(sizes), Margin + shift);
        Device.Cpu.Backend.CopyStrided(source, shift - low, strides, result);
        var actual = block.ToIndices();
        for (var i = 0; i < actual.Length; i++)
        {
            var element = i - Margin - shift;
            var expected = element >= 0 && element < places.Length ? Word(places[element] - low + shift) : Guard;
            if (actual[i] != expected)
                Assert.Fail($"CopyStrided to [{string.Join(", ", sizes)}] from [{string.Join(", ", strides)}], shifted "
                    + $"{shift}: element {element} is {actual[i]:x}, not {expected:x}.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter(int[] sizes, int[] strides, int shift)
    {
        var places = Places(sizes, strides);
        var (low, high) = Range(places);
        using var source = Tensor.FromIndices(Words(places.Length + shift), new Shape(places.Length + shift), Device.Cpu);
        using var part = source.Alias(new Shape(sizes), shift);
        using var target = Block(high - low + 1 + shift);
        Device.Cpu.Backend.CopyToStrided(part, target, Margin + shift - low, strides);
        var expected = new int[target.Count];
        Array.Fill(expected, Guard);
        for (var i = 0; i < places.Length; i++) expected[places[i] - low + Margin + shift] = Word(i + shift);
        var different = target.ToIndices().AsSpan().CommonPrefixLength(expected);
        if (different < expected.Length)
            Assert.Fail($"CopyToStrided from [{string.Join(", ", sizes)}] to [{string.Join(", ", strides)}], shifted "
                + $"{shift}: place {different - Margin - shift + low} is wrong.");
    }

    // A tensor whose every element is a guard.
    private static Tensor Block(int count)
    {
        var all = new int[count + 2 * Margin];
        Array.Fill(all, Guard);
        return Tensor.FromIndices(all, new Shape(all.Length), Device.Cpu);
    }

    // All different, and among them patterns that are NaNs to a float.
    private static int Word(int i) => i * -0x61C88647;

    private static int[] Words(int count)
    {
        var words = new int[count];
        for (var i = 0; i < count; i++) words[i] = Word(i);
        return words;
    }

    private static (int Low, int High) Range(int[] places) => places.Length == 0 ? (0, 0) : (places.Min(), places.Max());

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int[] Places(int[] sizes, int[] strides)
    {
        var places = new int[new Shape(sizes).Count];
        var (index, place) = (new int[sizes.Length], 0);
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = place;
            for (var axis = sizes.Length - 1; axis >= 0; axis--)
            {
                place += strides[axis];
                if (++index[axis] < sizes[axis]) break;
                place -= sizes[axis] * strides[axis];
                index[axis] = 0;
            }
        }

        return places;
    }

    private static IEnumerable<int[]> Orders(int[] axes) => axes.Length == 1
        ? [axes]
        : axes.SelectMany(a => Orders([.. axes.Where(x => x != a)]).Select(rest => (int[])[a, .. rest]));
}
