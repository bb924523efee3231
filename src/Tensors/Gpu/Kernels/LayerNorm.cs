using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// result = (x - mean)·inverse·weight + bias of each row of x [rows, n], and the row's statistics (mean, inverse), where
/// inverse = 1/√(variance + epsilon). A team has a row.
/// </summary>
internal struct LayerNorm : IKernel
{
    public RowTeams Teams;
    public float Epsilon;
    public ArrayView<float> X, Weight, Bias, Result, Statistics;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var row = new TeamRow(Teams);
        float sum = 0, square = 0;
        for (var i = row.Lane; i < row.End; i += Teams.Lanes) sum += X[row.First + i];
        var mean = Team.Sum(shared, sum, row.Item, row.Lane, Teams.Lanes, 1) / Teams.N;
        mean = TeamValue.OfFirstLane(shared, mean, row.Item, row.Lane, 1);
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            var deviation = X[row.First + i] - mean;
            square += deviation * deviation;
        }

        var inverse = 1 / MathF.Sqrt(Team.Sum(shared, square, row.Item, row.Lane, Teams.Lanes, 1) / Teams.N + Epsilon);
        inverse = TeamValue.OfFirstLane(shared, inverse, row.Item, row.Lane, 1);
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
            Result[row.First + i] = (X[row.First + i] - mean) * inverse * Weight[i] + Bias[i];
        if (row.Row >= Teams.Rows || row.Lane != 0) return;
        Statistics[2 * row.Row] = mean;
        Statistics[2 * row.Row + 1] = inverse;
    }
}

/// <summary>
/// For each chunk of the rows of x [rows, n] Σ g·x̂ and Σ g over its rows, both [chunks, n]. A group has
/// <see cref="Columns"/> columns of a chunk, and <see cref="Lanes"/> items for each.
/// </summary>
internal struct LayerNormColumns : IKernel
{
    public int Rows, N, Blocks, Columns, ColumnBits, Lanes, Chunk;
    public ArrayView<float> X, Statistics, Gradient, Products, Sums;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        int item = Group.IdxX, lane = item >> ColumnBits, part = Grid.IdxX / Blocks;
        var column = (Grid.IdxX - part * Blocks) * Columns + (item & Columns - 1);
        int from = part * Chunk, to = Rows - from < Chunk ? Rows : from + Chunk, end = column < N ? to : from;
        float sum = 0, product = 0;
        for (var row = from + lane; row < end; row += Lanes)
        {
            var gradient = Gradient[row * N + column];
            sum += gradient;
            product += gradient * (X[row * N + column] - Statistics[2 * row]) * Statistics[2 * row + 1];
        }

        sum = Team.Sum(shared, sum, item, lane, Lanes, Columns);
        product = Team.Sum(shared, product, item, lane, Lanes, Columns);
        if (column >= N || lane != 0) return;
        Sums[part * N + column] = sum;
        Products[part * N + column] = product;
    }
}

/// <summary>
/// The gradient of <see cref="LayerNorm"/> with respect to x [rows, n]. With h = g·weight:
/// result = inverse·(h - mean(h) - x̂·mean(h·x̂)) in each row. The result may be g. A team has a row.
/// </summary>
internal struct LayerNormGradient : IKernel
{
    public RowTeams Teams;
    public ArrayView<float> X, Statistics, Weight, Gradient, Result;

    public readonly void Run()
    {
        var shared = SharedMemory.Allocate<float>(Team.Group);
        var row = new TeamRow(Teams);
        float mean = 0, inverse = 0, sum = 0, product = 0;
        if (row.Row < Teams.Rows)
        {
            mean = Statistics[2 * row.Row];
            inverse = Statistics[2 * row.Row + 1];
        }

        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            var h = Gradient[row.First + i] * Weight[i];
            sum += h;
            product += h * (X[row.First + i] - mean) * inverse;
        }

        var constantPart = Team.Sum(shared, sum, row.Item, row.Lane, Teams.Lanes, 1) / Teams.N;
        constantPart = TeamValue.OfFirstLane(shared, constantPart, row.Item, row.Lane, 1);
        var slope = Team.Sum(shared, product, row.Item, row.Lane, Teams.Lanes, 1) / Teams.N;
        slope = TeamValue.OfFirstLane(shared, slope, row.Item, row.Lane, 1);
        for (var i = row.Lane; i < row.End; i += Teams.Lanes)
        {
            var h = Gradient[row.First + i] * Weight[i];
            Result[row.First + i] = inverse * (h - constantPart - (X[row.First + i] - mean) * inverse * slope);
        }
    }
}
