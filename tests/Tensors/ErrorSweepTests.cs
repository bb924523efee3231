using System.Reflection;
using Engine.Tensors;
using Engine.Tensors.Autograd;

namespace Engine.Tests.Tensors;

/// <summary>What every public operation says when it is misused: its own name first, then the values at fault.</summary>
public sealed class ErrorSweepTests : IDisposable
{
    // The same memory under another name: no operation may get so far as to notice.
    private static readonly Device s_other = new("other", Device.Cpu.Backend);

    private readonly TensorScope _scope = new();

    public static TheoryData<string> Keys => [.. OperationTable.All.Select(o => o.Key)];

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Table_OfOperations_IsComplete()
    {
        var properties = typeof(Tensor).GetProperties().SelectMany(p => p.GetAccessors());
        var methods = typeof(Tensor).GetMethods(
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Except(properties).Select(m => $"{m.Name}/{m.GetParameters().Length}");
        Assert.Equal(methods.Order(), OperationTable.All.Select(o => o.Key).Concat(OperationTable.WithoutOperands).Order());
    }

    [Theory, MemberData(nameof(Keys))]
    public void Operation_FittingOperands_Succeeds(string key)
    {
        var operation = Find(key);
        operation.Call(Make(operation.Operands));
    }

    [Theory, MemberData(nameof(Keys))]
    public void Operation_WrongShape_NamesOperationAndShapes(string key)
    {
        var operation = Find(key);
        foreach (var shapes in operation.BadShapes)
        {
            var tensors = Make(shapes);
            var wrong = tensors.Where((_, i) => shapes[i] != operation.Operands[i]).Select(t => t.Shape.ToString());
            Check(operation, Record.Exception(() => operation.Call(tensors)),
                [typeof(ArgumentException), typeof(InvalidOperationException)], [.. wrong]);
        }
    }

    [Theory, MemberData(nameof(Keys))]
    public void Operation_WrongNumber_NamesOperationShapeAndNumber(string key)
    {
        var operation = Find(key);
        foreach (var (call, named) in operation.BadNumbers)
        {
            var tensors = Make(operation.Operands);
            Check(operation, Record.Exception(() => call(tensors)), [typeof(ArgumentException)],
                [.. named, tensors[0].Shape.ToString()]);
        }
    }

    [Theory, MemberData(nameof(Keys))]
    public void Operation_WrongType_NamesOperationShapeAndTypes(string key)
    {
        var operation = Find(key);
        for (var i = 0; i < operation.Operands.Length && !operation.AnyType; i++)
        {
            var (expected, actual) = operation.Operands[i].StartsWith("int:", StringComparison.Ordinal)
                ? ("Int32", "Float32") : ("Float32", "Int32");
            string[] operands = [.. operation.Operands];
            operands[i] = expected == "Int32" ? operands[i][4..] : "int:" + operands[i];
            // CopyFrom takes either type, but the same one twice.
            if (operation.Name == "CopyFrom" && i == 0) (expected, actual) = (actual, expected);
            var tensors = Make(operands);
            Check(operation, Record.Exception(() => operation.Call(tensors)), [typeof(InvalidOperationException)],
                tensors[i].Shape.ToString(), $"holds {actual}; it must be {expected}");
        }
    }

    [Theory, MemberData(nameof(Keys))]
    public void Operation_DisposedOperand_NamesOperationAndShape(string key)
    {
        var operation = Find(key);
        for (var i = 0; i < operation.Operands.Length; i++)
        {
            var tensors = Make(operation.Operands);
            tensors[i].Dispose();
            Check(operation, Record.Exception(() => operation.Call(tensors)), [typeof(ObjectDisposedException)],
                $"{tensors[i].Shape} was disposed of");
        }
    }

    [Theory, MemberData(nameof(Keys))]
    public void Operation_OperandsOnTwoDevices_NamesOperationShapesAndDevices(string key)
    {
        var operation = Find(key);
        for (var i = 0; i < operation.Operands.Length && operation.Operands.Length > 1; i++)
        {
            var tensors = Make(operation.Operands);
            tensors[i] = Make(operation.Operands[i], s_other);
            Check(operation, Record.Exception(() => operation.Call(tensors)), [typeof(ArgumentException)],
                tensors[i].Shape.ToString(), tensors[0].Shape.ToString(), "on cpu", "on other");
        }
    }

    [Fact]
    public void From_WrongNumberOfValues_NamesOperationAndShape()
    {
        Assert.Equal("From: 3 values do not fill [2, 2], which has 4.",
            Assert.Throws<ArgumentException>(() => Tensor.From([1, 2, 3], new Shape(2, 2))).Message);
        Assert.Equal("Take: 3 values do not fill [2, 2], which has 4.",
            Assert.Throws<ArgumentException>(() => Tensor.Take(new float[3], new Shape(2, 2))).Message);
        Assert.Equal("FromIndices: 1 values do not fill [2], which has 2.",
            Assert.Throws<ArgumentException>(() => Tensor.FromIndices([1], new Shape(2))).Message);
    }

    [Fact]
    public void RequiresGrad_Misused_NamesPropertyAndShape()
    {
        Assert.Equal("RequiresGrad: [2] holds Int32; it must be Float32.",
            Assert.Throws<InvalidOperationException>(() => Make("int:2").RequiresGrad = true).Message);
        var x = Make("2");
        x.Dispose();
        Assert.StartsWith("RequiresGrad: [2] was disposed of", Assert.Throws<ObjectDisposedException>(() => x.RequiresGrad = true)
            .Message);
    }

    [Fact]
    public void Backward_Misused_NamesOperationAndValues()
    {
        var x = Make("2 3");
        x.RequiresGrad = true;
        using var tape = new Tape();
        var y = x.Exp();
        Assert.StartsWith("Backward: the loss [2, 3] has 6 values", Assert.Throws<ArgumentException>(() => tape.Backward(y))
            .Message);
        Assert.StartsWith("Backward: the gradient [3] does not have the loss's shape [2, 3]",
            Assert.Throws<ArgumentException>(() => tape.Backward(y, Make("3"))).Message);
        Assert.StartsWith("Backward: [2, 3] holds Int32",
            Assert.Throws<InvalidOperationException>(() => tape.Backward(y, Make("int:2 3"))).Message);
        Assert.StartsWith("Backward: loss [2, 3] is on cpu but gradient [2, 3] is on other",
            Assert.Throws<ArgumentException>(() => tape.Backward(y, Make("2 3", s_other))).Message);
        Assert.StartsWith("Backward: the loss [1] does not depend",
            Assert.Throws<InvalidOperationException>(() => tape.Backward(Make("1"))).Message);
        y.Dispose();
        Assert.StartsWith("Backward: [2, 3] was disposed of",
            Assert.Throws<ObjectDisposedException>(() => tape.Backward(y, Make("2 3"))).Message);
    }

    private static Operation Find(string key) => OperationTable.All.Single(o => o.Key == key);

    private static void Check(Operation operation, Exception? error, Type[] types, params string[] named)
    {
        Assert.True(error is not null, $"{operation} accepted what it must refuse, naming {string.Join(" and ", named)}.");
        Assert.True(types.Contains(error.GetType()), $"{operation} threw {error}");
        Assert.StartsWith(operation.Begins, error.Message);
        foreach (var value in named) Assert.Contains(value, error.Message);
    }

    private static Tensor[] Make(string[] operands) => Array.ConvertAll(operands, o => Make(o));

    internal static Tensor Make(string operand, Device? device = null)
    {
        var integers = operand.StartsWith("int:", StringComparison.Ordinal);
        var sizes = operand[(integers ? 4 : 0)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var shape = new Shape(Array.ConvertAll(sizes, int.Parse));
        return integers ? Tensor.FromIndices(new int[shape.Count], shape, device) : Tensor.Full(shape, 1, device);
    }
}
