namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private static readonly KernelFamily s_softmax = new("softmax", ["team"]);

    /// <inheritdoc/>
    public void Softmax(Tensor x, bool logarithm, Tensor result)
    {
        var (rows, n, lanes, grid) = TeamOfRow(x);
        Launch(s_softmax, "softmax", grid, rows, n, lanes, logarithm, x, result);
    }

    /// <inheritdoc/>
    public void SoftmaxGradient(Tensor output, bool logarithm, Tensor gradOutput, Tensor gradInput)
    {
        var (rows, n, lanes, grid) = TeamOfRow(output);
        Launch(s_softmax, "softmax_gradient", grid, rows, n, lanes, logarithm, output, gradOutput, gradInput);
    }

    /// <inheritdoc/>
    public void CrossEntropy(Tensor x, Tensor labels, float smoothing, Tensor losses, Tensor? gradient)
    {
        var (rows, n, lanes, grid) = TeamOfRow(x);
        Launch(s_softmax, "cross_entropy", grid, rows, n, lanes, smoothing, x, labels, losses, gradient);
    }

    // A team for each row of x [rows, n].
    private static (int Rows, int N, int Lanes, GpuGrid Grid) TeamOfRow(Tensor x)
    {
        var teams = GpuTeams.ForRows(x.Shape[1]);
        return (x.Shape[0], x.Shape[1], teams.Lanes, new GpuGrid((x.Shape[0] + teams.Outer - 1) / teams.Outer, GpuTeams.Group));
    }
}
