using Engine.Cli.Cases;
using Engine.Tensors;

namespace Engine.Tests.Tensors;

/// <summary>
/// One public operation of <see cref="Tensor"/>: operands that fit, and operands and numbers that do not. Operands are
/// written as their sizes, <c>2 3</c>, with <c>int:</c> before them for int32 (all zeros; float32 tensors are all ones).
/// </summary>
internal sealed record Operation(string Name, int Parameters, string[] Operands, Func<Tensor[], object?> Call)
{
    /// <summary>What errors call it, where that is not the method's name (an operator).</summary>
    public string? Spoken { get; init; }

    /// <summary>Whether it takes either element type.</summary>
    public bool AnyType { get; init; }

    /// <summary>Operands whose shapes do not fit; the message must name each that differs from <see cref="Operands"/>.</summary>
    public string[][] BadShapes { get; init; } = [];

    /// <summary>
    /// Calls with the operands that fit and a number that does not, and what the message must name besides their first shape.
    /// </summary>
    public (Action<Tensor[]> Call, string[] Named)[] BadNumbers { get; init; } = [];

    public string Key => $"{Name}/{Parameters}";

    public string Begins => $"{Spoken ?? Name}: ";

    public override string ToString() => Key;
}

/// <summary>Every public operation of <see cref="Tensor"/>.</summary>
internal static class OperationTable
{
    // What makes tensors from numbers, and what takes no elements.
    public static readonly string[] WithoutOperands =
        ["Zeros/2", "Full/3", "From/3", "FromIndices/3", "Take/3", "Scalar/2", "Dispose/0", "ToString/0"];

    private static readonly RandomStream s_random = new(1, "errors");

    public static readonly Operation[] All =
    [
        Broadcast("Add", Tensor.Add), Broadcast("Subtract", Tensor.Subtract), Broadcast("Multiply", Tensor.Multiply),
        Broadcast("Divide", Tensor.Divide),
        Broadcast("op_Addition", (a, b) => a + b) with { Spoken = "Add" },
        Broadcast("op_Subtraction", (a, b) => a - b) with { Spoken = "Subtract" },
        Broadcast("op_Multiply", (a, b) => a * b) with { Spoken = "Multiply" },
        Broadcast("op_Division", (a, b) => a / b) with { Spoken = "Divide" },
        Broadcast("MeanSquaredError", Tensor.MeanSquaredError),
        Broadcast("BinaryCrossEntropyWithLogits", Tensor.BinaryCrossEntropyWithLogits),
        new("op_UnaryNegation", 1, ["2 3"], t => -t[0]) { Spoken = "Negate" },
        new("Negate", 1, ["2 3"], t => Tensor.Negate(t[0])),
        .. ElementwiseCases.Unary.DistinctBy(row => row.Name).Select(row => Map(row.Name, row.Call, row.P == 0 ? 0 : 1) with
        {
            BadNumbers = row.Name == "Elu" ? [(t => t[0].Elu(-0.5f), ["-0.5"]), (t => t[0].Elu(float.NaN), ["NaN"])] : [],
        }),
        Map("Dropout", t => t.Dropout(0.5f, s_random), 2) with
        {
            BadNumbers =
            [
                (t => t[0].Dropout(1, s_random), ["rate is 1"]), (t => t[0].Dropout(-0.25f, s_random), ["-0.25"]),
                (t => t[0].Dropout(float.NaN, s_random), ["NaN"]),
            ],
        },

        Map("Sum", t => t.Sum()), Map("Mean", t => t.Mean()),
        Map("Sum", t => t.Sum([1]), 2) with { BadNumbers = Axes((t, axes) => t.Sum(axes)) },
        Map("Mean", t => t.Mean([1]), 2) with { BadNumbers = Axes((t, axes) => t.Mean(axes)) },
        Map("Max", t => t.Max([1]), 2) with { BadNumbers = Axes((t, axes) => t.Max(axes)) },
        Map("Variance", t => t.Variance([1]), 3) with
        {
            BadNumbers = [.. Axes((t, axes) => t.Variance(axes)), (t => t[0].Variance([1], -1), ["-1"]),
                (t => t[0].Variance([1], 4), ["4", "between 0 and 3,"])],
        },
        Map("ArgMax", t => t.ArgMax(1), 1) with { BadNumbers = Axis((t, axis) => t.ArgMax(axis)), BadShapes = [["2 0"]] },
        Map("Softmax", t => t.Softmax(), 1) with { BadNumbers = Axis((t, axis) => t.Softmax(axis)), BadShapes = [[""]] },
        Map("LogSoftmax", t => t.LogSoftmax(), 1) with { BadNumbers = Axis((t, axis) => t.LogSoftmax(axis)), BadShapes = [[""]] },

        new("Reshape", 1, ["2 3"], t => t[0].Reshape(3, -1))
        {
            AnyType = true, BadShapes = [["2 4"]],
            BadNumbers =
            [
                (t => t[0].Reshape(4, 2), ["[4, 2]", "6 elements"]), (t => t[0].Reshape(4, -1), ["[4, -1]"]),
                (t => t[0].Reshape(-1, -1), ["[-1, -1]"]),
                (t => t[0].Reshape(-2, 3), ["[-2, 3]", "-2"]), (t => t[0].Reshape(0, -1), ["[0, -1]"]),
                (t => t[0].Reshape(int.MaxValue, int.MaxValue), ["2147483647"]),
            ],
        },
        new("Permute", 1, ["2 3"], t => t[0].Permute(1, 0))
        {
            AnyType = true, BadShapes = [["2 3 4"]],
            BadNumbers = [(t => t[0].Permute(0, 2), ["axis 2"]), (t => t[0].Permute(1, 1), ["[1, 1]"]),
                (t => t[0].Permute(0), ["[0]"])],
        },
        new("Transpose", 2, ["2 3"], t => t[0].Transpose())
        {
            AnyType = true, BadShapes = [["5"]],
            BadNumbers = [.. Axis((t, axis) => t.Transpose(axis)), .. Axis((t, axis) => t.Transpose(0, axis))],
        },
        new("Slice", 3, ["2 3"], t => t[0].Slice(1, 1, 2))
        {
            AnyType = true, BadShapes = [["2 2"]],
            BadNumbers =
            [
                .. Axis((t, axis) => t.Slice(axis, 0, 1)), (t => t[0].Slice(1, 2, 2), ["2 to 4", "axis 1"]),
                (t => t[0].Slice(1, -1, 2), ["-1 to 1"]),
                (t => t[0].Slice(1, 1, -1), ["1 to 0"]), (t => t[0].Slice(1, 2, int.MaxValue), ["2 to 2147483649"]),
            ],
        },
        new("Concat", 2, ["2 3", "2 4"], t => Tensor.Concat(1, t[0], t[1]))
        {
            AnyType = true, BadShapes = [["2 3", "3 4"], ["2 3", "2 3 4"], ["", "2 4"], ["2 3", "int:2 4"]],
            BadNumbers = Axis((t, axis) => Tensor.Concat(axis, t, t)),
        },
        new("GatherRows", 1, ["2 3", "int:4"], t => t[0].GatherRows(t[1]))
        {
            BadShapes = [["2 3", "int:2 2"], ["", "int:4"]],
            BadNumbers = [(t => t[0].GatherRows(Tensor.FromIndices([0, 1, 2], new Shape(3))),
                ["index 2", "position 2", "2 rows"]),
                    (t => t[0].GatherRows(Tensor.FromIndices([-1], new Shape(1))), ["index -1", "position 0"])],
        },

        new("MatMul", 4, ["2 3", "3 4"], t => Tensor.MatMul(t[0], t[1]))
        {
            BadShapes = [["2 3", "4 3"], ["3 2", "3 4"], ["3", "3 4"], ["2 3", "3"], ["5 2 3", "4 3 4"]],
            BadNumbers = [(t => Tensor.MatMul(t[0], t[1], transposeA: true), ["2 columns", "3 rows", "[3, 4]"]),
                (t => Tensor.MatMul(t[0], t[1], transposeB: true), ["3 columns", "4 rows"])],
        },
        new("Dense", 4, ["2 3", "4 3", "4"],
            t => Tensor.Dense(t[0], t[1], t[2])) { BadShapes =
                [["2 5", "4 3", "4"], ["2 3", "4", "4"], ["2 3", "4 3", "5"], ["2 3", "4 3", "4 1"], ["", "4 3", "4"]] },
        new("Conv2d", 5, ["2 4 7 8", "6 4 3 3", "6"], t => Tensor.Conv2d(t[0], t[1], t[2]))
        {
            BadShapes = [["4 7 8", "6 4 3 3", "6"], ["2 4 7 8", "6 4 3", "6"], ["2 5 7 8", "6 4 3 3", "6"],
                ["2 4 7 8", "6 4 9 3", "6"], ["2 4 7 8", "6 4 3 3", "5"], ["2 4 7 8", "6 4 0 3", "6"]],
            BadNumbers =
            [
                .. ConvolutionOptions((t, o) => Tensor.Conv2d(t[0], t[1], t[2], o)),
                (t => Tensor.Conv2d(t[0], t[1], t[2], new() { StrideHeight = 0 }), ["strides 0, 1"]),
                (t => Tensor.Conv2d(t[0], t[1], t[2], new() { PadTop = -1 }), ["-1"]),
            ],
        },
        new("ConvMaxPool2d", 6, ["2 4 7 8", "6 4 3 3", "6"],
            t => Tensor.ConvMaxPool2d(t[0], t[1], t[2], new(), false, Pool2dOptions.Line(2)))
        {
            BadShapes = [["4 7 8", "6 4 3 3", "6"], ["2 4 7 8", "6 4 3", "6"], ["2 5 7 8", "6 4 3 3", "6"],
                ["2 4 7 8", "6 4 3 3", "5"]],
            BadNumbers = ConvolutionOptions((t, o) => Tensor.ConvMaxPool2d(t[0], t[1], t[2], o, false, Pool2dOptions.Line(2))),
        },
        new("Conv1d", 5, ["2 4 8", "6 4 3", "6"], t => Tensor.Conv1d(t[0], t[1], t[2]))
        {
            BadShapes = [["2 4 1 8", "6 4 3", "6"], ["2 4 8", "6 4", "6"], ["2 5 8", "6 4 3", "6"], ["2 4 8", "6 4 9", "6"],
                ["2 4 8", "6 4 3", "5"]],
            BadNumbers = ConvolutionOptions((t, o) => Tensor.Conv1d(t[0], t[1], t[2], o)),
        },
        Pool("MaxPool2d", "2 3 6 7", "3 6 7", Tensor.MaxPool2d), Pool("AveragePool2d", "2 3 6 7", "3 6 7", Tensor.AveragePool2d),
        Pool("MaxPool1d", "2 3 7", "2 3 6 7", Tensor.MaxPool1d), Pool("AveragePool1d", "2 3 7", "2 3 6 7", Tensor.AveragePool1d),
        new("GlobalAveragePool", 1, ["2 3 4"], t => Tensor.GlobalAveragePool(t[0])) { BadShapes = [["2 3"]] },

        new("BatchNorm", 8, ["4 3 5", "3", "3", "3", "3"], t => Tensor.BatchNorm(t[0], t[1], t[2], t[3], t[4], true))
        {
            BadShapes = [["4", "3", "3", "3", "3"], ["4 2 5", "3", "3", "3", "3"], ["4 3 5", "2", "3", "3", "3"],
                ["4 3 5", "3", "3 1", "3", "3"], ["4 3 5", "3", "3", "5", "3"], ["4 3 5", "3", "3", "3", ""],
                ["1 3 1", "3", "3", "3", "3"]],
            BadNumbers =
            [
                (t => Tensor.BatchNorm(t[0], t[1], t[2], t[3], t[4], true, epsilon: -1), ["epsilon is -1"]),
                (t => Tensor.BatchNorm(t[0], t[1], t[2], t[3], t[4], false, epsilon: float.NaN), ["NaN"]),
                (t => Tensor.BatchNorm(t[0], t[1], t[2], t[3], t[4], true, momentum: 1.5f), ["momentum is 1.5"]),
                (t => Tensor.BatchNorm(t[0], t[1], t[2], t[3], t[4], true, momentum: float.NaN), ["NaN"]),
            ],
        },
        new("LayerNorm", 4, ["4 3", "3", "3"], t => Tensor.LayerNorm(t[0], t[1], t[2]))
        {
            BadShapes = [["", "3", "3"], ["4 2", "3", "3"], ["4 3", "2", "3"], ["4 3", "3", "3 1"]],
            BadNumbers = [(t => Tensor.LayerNorm(t[0], t[1], t[2], -0.5f), ["epsilon is -0.5"]),
                (t => Tensor.LayerNorm(t[0], t[1], t[2], float.NaN), ["NaN"])],
        },
        new("CrossEntropy", 3, ["4 3", "int:4"], t => Tensor.CrossEntropy(t[0], t[1]))
        {
            BadShapes = Labels,
            BadNumbers =
            [
                .. WrongLabels((scores, labels) => Tensor.CrossEntropy(scores, labels)),
                (t => Tensor.CrossEntropy(t[0], t[1], float.NaN), ["NaN"]),
                (t => Tensor.CrossEntropy(t[0], t[1], -0.1f), ["-0.1"]), (t => Tensor.CrossEntropy(t[0], t[1], 1.5f), ["1.5"]),
            ],
        },
        new("NegativeLogLikelihood", 2, ["4 3", "int:4"], t => Tensor.NegativeLogLikelihood(t[0], t[1])) { BadShapes = Labels,
            BadNumbers = WrongLabels(Tensor.NegativeLogLikelihood) },
        new("Spectrogram", 3, ["2 20", "6"], t => Tensor.Spectrogram(t[0], t[1], new() { FftSize = 8 }))
        {
            BadShapes = [["20", "6"], ["2 5 4", "6"], ["2 20", "9"], ["2 20", "0"], ["2 20", "2 3"], ["2 20", ""]],
            BadNumbers =
            [
                (t => Tensor.Spectrogram(t[0], t[1], new() { FftSize = 0 }), ["fftSize is 0", "4194304"]),
                (t => Tensor.Spectrogram(t[0], t[1], new() { FftSize = 4194305 }), ["4194305"]),
                (t => Tensor.Spectrogram(t[0], t[1], new() { FftSize = 8, Hop = 0 }), ["hop is 0"]),
                (t => Tensor.Spectrogram(t[0], t[1], new() { FftSize = 40, Reflect = true }),
                    ["20 in each signal", "fftSize 40", "at least 21"]),
                (t => Tensor.Spectrogram(t[0], t[1], new() { FftSize = 8, Values = (SpectrogramValues)7 }), ["unknown values 7"]),
            ],
        },
        new("ToDecibels", 2, ["2 3 4", "int:2"], t => t[0].ToDecibels(new(), t[1]))
        {
            BadShapes = [["", "int:2"], ["2 3 4", "int:3"], ["2 3 4", "int:2 1"]],
            BadNumbers =
            [
                (t => t[0].ToDecibels(new() { Minimum = 0 }), ["minimum is 0"]),
                (t => t[0].ToDecibels(new() { Minimum = float.NaN }), ["NaN"]),
                (t => t[0].ToDecibels(new() { TopDecibels = -1 }), ["topDecibels is -1"]),
                (t => t[0].ToDecibels(new() { Reference = float.NaN }), ["reference is NaN"]),
            ],
        },
        Recurrent("Lstm", 4, (x, w, two) => Tensor.Lstm(x, w, two)), Recurrent("Gru", 3, (x, w, two) => Tensor.Gru(x, w, two)),

        new("ToArray", 0, ["2 3"], t => t[0].ToArray()), new("ToIndices", 0, ["int:2 3"], t => t[0].ToIndices()),
        new("Item", 0, ["1"], t => t[0].Item()) { BadShapes = [["2 3"], ["0"]] },
        new("Write", 1, ["2"], t => Done(() => t[0].Write([1, 2]))) { BadShapes = [["2 3"]] },
        new("Detach", 0, ["2 3"], t => t[0].Detach()) { AnyType = true },
        new("CopyFrom", 1, ["2 3", "2 3"], t => Done(() => t[0].CopyFrom(t[1]))) { BadShapes = [["2 3", "3 2"], ["6", "2 3"]] },
        new("Update", 5, ["2 3", "2 3", "2 3", "2 3"], t => Done(() => t[0].Update(UpdateRule.Adam, new(), t[1], t[2], t[3])))
        {
            BadShapes = [["2 3", "3 2", "2 3", "2 3"], ["2 3", "2 3", "6", "2 3"], ["2 3", "2 3", "2 3", "3"]],
            BadNumbers = [(t => t[0].Update(UpdateRule.Adam, new(), t[1], t[2]), ["Adam", "second"]),
                (t => t[0].Update(UpdateRule.Plain, new(), t[1], t[2]), ["Plain", "first"])],
        },
        new("UpdateAll", 4, ["2 3", "2 3", "2 3", "2 3", "2 3", "2 3", "1"],
            t => Done(() => Tensor.UpdateAll(UpdateRule.Momentum, new(), [new(t[0], t[1], t[2]), new(t[3], t[4], t[5])], t[6])))
        {
            BadShapes =
            [
                ["2 3", "3 2", "2 3", "2 3", "2 3", "2 3", "1"], ["2 3", "2 3", "2 3", "2 3", "6", "2 3", "1"],
                ["2 3", "2 3", "2 3", "2 3", "2 3", "3", "1"],
                ["2 3", "2 3", "2 3", "2 3", "2 3", "2 3", "2"], ["2 3", "2 3", "2 3", "2 3", "2 3", "2 3", "0"],
            ],
            BadNumbers = [(t => Tensor.UpdateAll(UpdateRule.Momentum, new(), [new(t[0], t[1])]), ["Momentum", "first"])],
        },
        new("SumSquares", 1, ["2 3", "2 3"], t => Tensor.SumSquares(t[0], t[1])),
        new("ClipScale", 1, ["3"],
            t => t[0].ClipScale(1)) { BadNumbers =
                [(t => t[0].ClipScale(0), ["limit", "is 0"]), (t => t[0].ClipScale(double.NaN), ["NaN"])] },
    ];

    private static string[][] Labels => [["4", "int:4"], ["4 3", "int:5"], ["4 3", "int:4 1"], ["5 3", "int:4"]];

    private static object? Done(Action call)
    {
        call();
        return null;
    }

    private static Operation Map(string name, Func<Tensor, object?> call, int parameters = 0) =>
        new(name, parameters, ["2 3"], t => call(t[0]));

    private static Operation Broadcast(string name, Func<Tensor, Tensor, Tensor> call) =>
        new(name, 2, ["2 3", "3"], t => call(t[0], t[1])) { BadShapes = [["2 3", "4"], ["2 5", "3"], ["2 3", "3 3"]] };

    private static (Action<Tensor[]> Call, string[] Named)[] Axis(Action<Tensor, int> call) =>
        [(t => call(t[0], 2), ["axis 2", "2 axes"]), (t => call(t[0], -3), ["axis -3", "2 axes"])];

    private static (Action<Tensor[]> Call, string[] Named)[] Axes(Action<Tensor, int[]> call) =>
        [.. Axis((t, axis) => call(t, [axis])), (t => call(t[0], [1, -1]), ["axis -1", "twice"])];

    private static (Action<Tensor[]> Call, string[] Named)[] ConvolutionOptions(Action<Tensor[], Conv2dOptions> call) =>
    [
        (t => call(t, new() { StrideWidth = 0 }), ["strides 1, 0"]),
        (t => call(t, new() { DilationWidth = -2 }), ["dilations 1, -2"]), (t => call(t, new() { PadRight = -3 }), ["-3"]),
        (t => call(t, new() { Groups = 3 }), ["3 groups", "4 channels", "6 filters"]),
        (t => call(t, new() { Groups = 0 }), ["0 groups"]), (t => call(t, new() { Groups = 2 }), ["2 groups", "takes 4"]),
        (t => call(t, new() { DilationWidth = 9 }), ["dilation 1, 9"]),
    ];

    private static Operation Pool(string name, string shape, string bad, Func<Tensor, Pool2dOptions, Tensor> call) =>
        new(name, 2, [shape], t => call(t[0], Pool2dOptions.Line(2)))
        {
            BadShapes = [[bad]],
            BadNumbers =
            [
                (t => call(t[0], Pool2dOptions.Line(0)), ["window 1×0"]),
                (t => call(t[0], Pool2dOptions.Line(2, stride: -1)), ["stride 1, -1"]),
                (t => call(t[0], Pool2dOptions.Line(2, padding: 2)), ["padding 0, 2", "1×2"]),
                (t => call(t[0], Pool2dOptions.Line(8)), ["1×8"]),
            ],
        };

    private static (Action<Tensor[]> Call, string[] Named)[] WrongLabels(Func<Tensor, Tensor, Tensor> call) =>
    [
        (t => call(t[0], Tensor.FromIndices([0, 1, 3, 0], new Shape(4))), ["label 3", "sample 2", "3 classes"]),
        (t => call(t[0], Tensor.FromIndices([-1, 1, 0, 0], new Shape(4))), ["label -1", "sample 0"]),
    ];

    // Two units on three features, one layer.
    private static Operation Recurrent(string name, int gates, Func<Tensor, RecurrentWeights[], bool, RecurrentResult> call)
    {
        var rows = 2 * gates;
        string[] good = ["5 4 3", $"{rows} 3", $"{rows} 2", $"{rows}", $"{rows}"];
        return new(name, 3, good, t => call(t[0], [new(t[1], t[2], t[3], t[4])], false))
        {
            BadShapes = [["5 4", .. good[1..]], ["5 0 3", .. good[1..]], ["5 4 2", .. good[1..]], [good[0], "7 3", .. good[2..]],
                [.. good[..2], "7 2", .. good[3..]], [.. good[..3], "7", good[4]], [.. good[..4], "7 1"]],
            BadNumbers = [(t => call(t[0], [], false), ["0 sets"]),
                (t => call(t[0], [new(t[1], t[2], t[3], t[4])], true), ["1 sets", "layers of 2"])],
        };
    }
}
