using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// result = eˣ / Σ eˣ of each row of x [rows, n], or its logarithm x - max - ln Σ. A team has a row, which it reads once for the
/// maximum, once for the sum and once for the result: after the first time from the cache.
/// </summary>
internal struct Softmax<TLogarithm> : IKernel
    where TLogarithm : struct, IFlag
{
    public RowTeams Teams;
    public ArrayView<float> X, Result;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var row = new TeamRow(Teams);
        var max = RowExponentials.Maximum(shared, X, row, Teams.Lanes);
        var sum = RowExponentials.Sum(shared, X, max, row, Teams.Lanes);
        var ofSum = TeamValue.OfFirstLane(
            shared, TLogarithm.IsSet ? ScalarMath.Log(sum) : 1 / sum, row.Item, row.Lane, 1);
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            var x = X[row.First + i] - max;
            Result[row.First + i] = TLogarithm.IsSet ? x - ofSum : ScalarMath.Exp(x) * ofSum;
        }
    }
}

/// <summary>
/// The gradient of <see cref="Softmax{TLogarithm}"/> from its result y: y·(g - Σ g·y), or g - eʸ·Σ g for the logarithm. A team
/// has a row.
/// </summary>
internal struct SoftmaxGradient<TLogarithm> : IKernel
    where TLogarithm : struct, IFlag
{
    public RowTeams Teams;
    public ArrayView<float> Y, Gradient, Result;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var row = new TeamRow(Teams);
        float sum = 0;
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            var gradient = Gradient[row.First + i];
            sum += TLogarithm.IsSet ? gradient : gradient * Y[row.First + i];
        }

        sum = Team.Sum(shared, sum, row.Item, row.Lane, Teams.Lanes, 1);
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            float gradient = Gradient[row.First + i], y = Y[row.First + i];
            Result[row.First + i] = TLogarithm.IsSet ? gradient - ScalarMath.Exp(y) * sum : y * (gradient - sum);
        }
    }
}

/// <summary>
/// The loss of each row of x [rows, n] against (1 - smoothing) on its label and smoothing spread over all classes; and, unless
/// absent, the gradient softmax - target. A label that is no class makes both NaN. A team has a row.
/// </summary>
internal struct CrossEntropy : IKernel
{
    public RowTeams Teams;
    public float Smoothing;
    public ArrayView<float> X;
    public ArrayView<int> Labels;
    public ArrayView<float> Losses, Gradient;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var row = new TeamRow(Teams);
        var max = RowExponentials.Maximum(shared, X, row, Teams.Lanes);
        var sum = RowExponentials.Sum(shared, X, max, row, Teams.Lanes);
        var offset = TeamValue.OfFirstLane(shared, max + ScalarMath.Log(sum), row.Item, row.Lane, 1);
        float spread = Smoothing / Teams.N, spreadLoss = 0;
        if (Smoothing > 0)
        {
            for (var i = row.Lane; i < row.End; i += Teams.Lanes) spreadLoss += spread * (offset - X[row.First + i]);
            spreadLoss = Team.Sum(shared, spreadLoss, row.Item, row.Lane, Teams.Lanes, 1);
        }

        if (row.Row >= Teams.Rows) return;
        var label = Labels[row.Row];
        var isKnown = label >= 0 && label < Teams.N;
        if (row.Lane == 0)
            Losses[row.Row] = isKnown ? (1 - Smoothing) * (offset - X[row.First + label]) + spreadLoss : float.NaN;
        if (Gradient.Length == 0) return;
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            var target = i == label ? 1 - Smoothing : 0;
            Gradient[row.First + i] = isKnown ? ScalarMath.Exp(X[row.First + i] - max) / sum - spread - target : float.NaN;
        }
    }
}

/// <summary>
/// ln Σ eˣ of a row is max + ln sum: the maximum is subtracted first, so that nothing overflows. A row with a NaN has both NaN.
/// </summary>
internal static class RowExponentials
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Maximum(ArrayView<float> shared, ArrayView<float> x, TeamRow row, int lanes)
    {
        var max = float.NegativeInfinity;
        for (var i = row.Lane; i < row.End; i += lanes) max = Team.MaxOrNaN(max, x[row.First + i]);
        return Team.Max(shared, max, row.Item, row.Lane, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(ArrayView<float> shared, ArrayView<float> x, float max, TeamRow row, int lanes)
    {
        float sum = 0;
        for (var i = row.Lane; i < row.End; i += lanes) sum += ScalarMath.Exp(x[row.First + i] - max);
        return Team.Sum(shared, sum, row.Item, row.Lane, lanes, 1);
    }
}
