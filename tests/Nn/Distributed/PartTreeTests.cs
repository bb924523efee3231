using Engine.Nn.Training;
using Engine.Nn.Training.Distributed;
using Engine.Tensors;
using Engine.Tensors.Distributed;
using Engine.Tests.Support;

namespace Engine.Tests.Nn.Distributed;

public class PartTreeTests
{
    [Fact]
    public void Parts_OfAnyBatch_CoverItInTwosAtLeast()
    {
        for (var examples = 1; examples <= 40; examples++)
        {
            for (var wanted = 1; wanted <= 24; wanted++)
            {
                var parts = new BatchParts(examples, wanted);
                var sizes = Enumerable.Range(0, parts.Count).Select(parts.Size).ToArray();
                Assert.Equal(examples, sizes.Sum());
                Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
                Assert.True(sizes.Min() >= Math.Min(2, examples));
                Assert.Equal(Math.Min(wanted, Math.Max(1, examples / 2)), parts.Count);
                Assert.Equal(1, Enumerable.Range(0, parts.Count).Sum(parts.Weight), 12);
            }
        }
    }

    [Fact]
    public void Ranks_OfAnyNumber_HaveEachPartOnce()
    {
        for (var count = 1; count <= 12; count++)
        {
            for (var ranks = 1; ranks <= 16; ranks++)
            {
                var parts = new BatchParts(100, count);
                for (var rank = 0; rank < ranks; rank++)
                {
                    for (var part = parts.First(rank, ranks); part < parts.First(rank + 1, ranks); part++)
                        Assert.Equal(rank, parts.Owner(part, ranks));
                }

                Assert.Equal((0, count), (parts.First(0, ranks), parts.First(ranks, ranks)));
            }
        }
    }

    // What a rank adds up as its parts come is exactly what the tree has within them.
    [Fact]
    public void Nodes_CompletedPartByPart_AreTheLargestWithin()
    {
        for (var count = 1; count <= 13; count++)
        {
            var tree = new PartTree(0, count);
            for (var from = 0; from <= count; from++)
            {
                for (var to = from; to <= count; to++)
                {
                    var sums = new Stack<PartTree>();
                    for (var part = from; part < to; part++)
                    {
                        sums.Push(new PartTree(part, part + 1));
                        for (var node = tree.CompletedBy(part, from); node > 0; node--)
                        {
                            var (right, left) = (sums.Pop(), sums.Pop());
                            Assert.Equal(left.To, right.From);
                            sums.Push(new PartTree(left.From, right.To));
                            Assert.Equal((left, right), (sums.Peek().Left, sums.Peek().Right));
                        }
                    }

                    Assert.Equal(tree.Within(new PartTree(from, to)), sums.Reverse());
                }
            }
        }
    }

    // Of values of so different sizes that any other order rounds otherwise.
    [Theory, InlineData(7, 3), InlineData(8, 2), InlineData(5, 5), InlineData(3, 4)]
    public void Exchange_AnyRanks_AddsInTheOrderOfTheTree(int parts, int ranks)
    {
        Shape[] shapes = [new(3), new(2, FlatValues.Most), new(1), new(FlatValues.Most - 4), new(17, 5)];
        var sums = ThreadRanks.Run(ranks, Exchange);
        float[][] expected = [.. Enumerable.Range(0, shapes.Length).Select(v => Sum(new PartTree(0, parts), v))];
        Assert.All(sums, s => Assert.All(s.Zip(expected), p => Assert.True(p.First.AsSpan().SequenceEqual(p.Second))));

        float[][] Exchange(Communicator job)
        {
            using var exchange = new StepExchange(job, new FlatValues(shapes));
            using var own = new PartSums(shapes.Length);
            var layout = new PartLayout(new BatchParts(100, parts), job.Rank, job.Size);
            float[][] result = [];
            // Twice, because buffers are used again.
            for (var time = 0; time < 2; time++)
            {
                var head = new StepHead(layout) { Stop = job.Rank == ranks - 1 };
                exchange.Begin(layout, own, head);
                for (var part = layout.Own.From; part < layout.Own.To; part++)
                {
                    head.Set(part, part, 1);
                    for (var v = 0; v < shapes.Length; v++)
                    {
                        own.Add(v, Tensor.From(Value(part, v), shapes[v]), layout.Tree.CompletedBy(part, layout.Own.From));
                        if (part == layout.Own.To - 1) exchange.Complete(v);
                    }
                }

                for (var v = 0; v < shapes.Length && layout.Own.From == layout.Own.To; v++) exchange.Complete(v);
                var tensors = exchange.Finish()!;
                result = [.. tensors.Select(t => t.ToArray())];
                foreach (var tensor in tensors) tensor.Dispose();
                own.Clear();
                Assert.Equal((true, parts), (head.Stop, head.Correct));
                Assert.Equal(Enumerable.Range(0, parts).Sum(p => p * layout.Parts.Size(p)) / 100.0, head.Loss, 12);
            }

            return result;
        }

        float[] Value(int part, int value)
        {
            var values = new float[shapes[value].Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = ((uint)(i + value + 77 * part) * 2654435761u >> 8) * (float)(1 << ((i + part) % 9));
            return values;
        }

        float[] Sum(PartTree node, int value) => node.IsPart ? Value(node.From, value)
            : Added(Sum(node.Left, value), Sum(node.Right, value));

        static float[] Added(float[] a, float[] b)
        {
            for (var i = 0; i < a.Length; i++) a[i] += b[i];
            return a;
        }
    }

    [Fact]
    public void Batch_PartWithCounterparts_MixesAsTheWholeDoes()
    {
        var source = TrainingSupport.Stripes(11);
        int[] examples = [.. Enumerable.Range(0, 11)];
        var whole = Read(0, 11);
        for (var first = 0; first <= 11; first++)
        {
            for (var count = 0; first + count <= 11; count++)
            {
                var part = Read(first, count);
                Assert.Equal(whole.Values(0, first, count), part.Values(0, 0, count));
                Assert.Equal(whole.PartnerLabels.Slice(first, count), part.PartnerLabels);
                Assert.Equal((11, count), (part.Total, part.Count));
            }
        }

        Batch Read(int first, int count)
        {
            var batch = new Batch(source, 11);
            batch.Read(examples, first, count, mixes: true, new RandomStream(1, "augment"));
            batch.ReadLabels();
            batch.Mix(0.3);
            return batch;
        }
    }
}
