using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public void Softmax(Tensor x, bool logarithm, Tensor result)
    {
        if (logarithm) Softmax<Yes>(x, result);
        else Softmax<No>(x, result);
    }

    /// <inheritdoc/>
    public void SoftmaxGradient(Tensor output, bool logarithm, Tensor gradOutput, Tensor gradInput)
    {
        if (logarithm) SoftmaxGradient<Yes>(output, gradOutput, gradInput);
        else SoftmaxGradient<No>(output, gradOutput, gradInput);
    }

    /// <inheritdoc/>
    public void CrossEntropy(Tensor x, Tensor labels, float smoothing, Tensor losses, Tensor? gradient)
    {
        using var lease = new StorageLease(x, labels, losses, gradient);
        var (teams, grid) = TeamOfRow(x);
        Launch(grid, new CrossEntropy
        {
            Teams = teams,
            Smoothing = smoothing,
            X = Floats(x),
            Labels = Integers(labels),
            Losses = Floats(losses),
            Gradient = Floats(gradient),
        });
    }

    private void Softmax<TLogarithm>(Tensor x, Tensor result)
        where TLogarithm : struct, IFlag
    {
        using var lease = new StorageLease(x, result);
        var (teams, grid) = TeamOfRow(x);
        Launch(grid, new Softmax<TLogarithm> { Teams = teams, X = Floats(x), Result = Floats(result) });
    }

    private void SoftmaxGradient<TLogarithm>(Tensor output, Tensor gradOutput, Tensor gradInput)
        where TLogarithm : struct, IFlag
    {
        using var lease = new StorageLease(output, gradOutput, gradInput);
        var (teams, grid) = TeamOfRow(output);
        Launch(grid, new SoftmaxGradient<TLogarithm>
        {
            Teams = teams,
            Y = Floats(output),
            Gradient = Floats(gradOutput),
            Result = Floats(gradInput),
        });
    }

    // A team for each row of x [rows, n].
    private static (RowTeams Teams, GpuGrid Grid) TeamOfRow(Tensor x) => TeamOfRow(x.Shape[0], x.Shape[1]);

    private static (RowTeams Teams, GpuGrid Grid) TeamOfRow(int rows, int n)
    {
        var teams = GpuTeams.ForRows(n);
        return (
            new() { Rows = rows, N = n, Lanes = teams.Lanes, LaneBits = int.Log2(teams.Lanes) },
            new GpuGrid((int)((rows + (teams.Outer - 1L)) / teams.Outer)));
    }
}
