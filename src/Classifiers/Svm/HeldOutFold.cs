using Engine.Tensors;

namespace Engine.Classifiers.Svm;

/// <summary>
/// One fold of a pair of classes: rows to fit on, rows held out and, after <see cref="Decide"/>, the decisions for the latter.
/// </summary>
internal sealed class HeldOutFold
{
    private readonly int[] _held;

    private HeldOutFold(int[] first, int[] second, int[] held, bool[] truth) =>
        (First, Second, _held, Truth) = (first, second, held, truth);

    /// <summary>The rows of the first class to fit on.</summary>
    public int[] First { get; }

    /// <summary>The rows of the second class to fit on.</summary>
    public int[] Second { get; }

    /// <summary>Whether each held-out row is of the first class.</summary>
    public bool[] Truth { get; }

    /// <summary>The decision for each held-out row.</summary>
    public double[] Decisions { get; private set; } = [];

    /// <summary>Deals the rows of each class out to folds in random order.</summary>
    public static HeldOutFold[] Deal(int[] first, int[] second, int folds, RandomStream random)
    {
        var (a, b) = (first.ToArray(), second.ToArray());
        random.Shuffle<int>(a);
        random.Shuffle<int>(b);
        return [.. Enumerable.Range(0, folds).Select(fold =>
        {
            int[] heldFirst = [.. a.Where((_, k) => k % folds == fold)], heldSecond = [.. b.Where((_, k) => k % folds == fold)];
            return new HeldOutFold(
                [.. a.Where((_, k) => k % folds != fold).Order()], [.. b.Where((_, k) => k % folds != fold).Order()],
                [.. heldFirst, .. heldSecond],
                [.. heldFirst.Select(_ => true), .. heldSecond.Select(_ => false)]);
        })];
    }

    /// <summary>
    /// Decides for the held-out rows. If only one class was left to fit on, there is no solution and that class is chosen.
    /// </summary>
    public void Decide(IKernelRows kernel, SmoSolution? solution)
    {
        Decisions = new double[_held.Length];
        if (solution is null)
        {
            Array.Fill(Decisions, Math.Sign(First.Length - Second.Length));
            return;
        }

        int[] rows = [.. First, .. Second];
        var support = Enumerable.Range(0, rows.Length).Where(k => solution.Weights[k] != 0).ToArray();
        var supportRows = Array.ConvertAll(support, k => rows[k]);
        var values = new float[support.Length];
        for (var h = 0; h < _held.Length; h++)
        {
            kernel.Fill(_held[h], supportRows, values);
            var sum = -solution.Rho;
            for (var s = 0; s < support.Length; s++) sum += solution.Weights[support[s]] * values[s];
            Decisions[h] = sum;
        }
    }
}
