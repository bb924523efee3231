using System.Numerics;
using Engine.Tensors;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;
using Engine.Tests.Support;

namespace Engine.Tests.Tensors;

public class GemmBlocksTests
{
    [Fact]
    public void For_Caches_FillsTheirShares()
    {
        Assert.Equal(new GemmBlocks(1536, 3072, 144), GemmBlocks.For(1 << 20, 32 << 20, sizeof(float)));
        Assert.Equal(new GemmBlocks(1536, 3072, 144), GemmBlocks.For(2 << 20, 105L << 20, sizeof(float)));
        Assert.Equal(new GemmBlocks(1536, 3072, 144), GemmBlocks.For(1 << 20, 16 << 20, sizeof(float)));
        Assert.Equal(new GemmBlocks(768, 1536, 96), GemmBlocks.For(512 << 10, 8 << 20, sizeof(float)));
        Assert.Equal(new GemmBlocks(1536, 1536, 144), GemmBlocks.For(1 << 20, 32 << 20, sizeof(double)));
        Assert.Equal(new GemmBlocks(12, 32, 12), GemmBlocks.For(1, 1, sizeof(double)));
    }

    [Fact]
    public void Product_OtherBlocks_HasTheSameBits()
    {
        Check<float>(401, 203, 390, lower: false);
        Check<float>(20, 333, 800, lower: false);
        Check<double>(170, 95, 270, lower: false);
        Check<double>(150, 150, 260, lower: true);
    }

    [Fact]
    public void Read_CachesOfLinux_FindsDataOfTheLevel()
    {
        using var folder = new TemporaryFolder();
        foreach (var (index, level, type, size) in new[]
        {
            (0, "1", "Data", "48K"), (1, "2", "Instruction", "64K"), (2, "2", "Unified", "2048K\n"), (3, "3", "Unified", "105M"),
        })
        {
            var cache = Directory.CreateDirectory(Path.Combine(folder.Path, $"index{index}")).FullName;
            File.WriteAllText(Path.Combine(cache, "level"), level + "\n");
            File.WriteAllText(Path.Combine(cache, "type"), type + "\n");
            File.WriteAllText(Path.Combine(cache, "size"), size);
        }

        Assert.Equal(2 << 20, CacheSizes.Read(folder.Path, 2));
        Assert.Null(CacheSizes.Read(folder.Path, 3));
        Assert.Null(CacheSizes.Read(Path.Combine(folder.Path, "absent"), 2));
        Assert.True(CacheSizes.Second > 0 && CacheSizes.Third > 0);
    }

    private static unsafe void Check<T>(int m, int n, int k, bool lower)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomStream(6, "blocks");
        T[] a = Array.ConvertAll(GradCheck.Draw(random, m * k), T.CreateChecked),
            b = Array.ConvertAll(GradCheck.Draw(random, k * n), T.CreateChecked);
        var blocks = Gemm.Blocks;
        var expected = Product();
        try
        {
            foreach (var other in new GemmBlocks[] { new(24, 64, 12), new(60, 32, 36), new(396, 96, 396) })
            {
                Gemm.Blocks = (other, other);
                Assert.Equal(expected, Product());
            }
        }
        finally
        {
            Gemm.Blocks = blocks;
        }

        T[] Product()
        {
            var c = new T[m * n];
            fixed (T* left = a, right = b, result = c)
                Gemm.Run(m, n, k, new MatrixOperand<T>(left, k, 1), new MatrixOperand<T>(right, 1, n), result, n, lower: lower);

            // What is above the diagonal is undefined.
            for (var i = 0; lower && i < m; i++) c.AsSpan(i * n + i + 1, n - i - 1).Clear();
            return c;
        }
    }
}
