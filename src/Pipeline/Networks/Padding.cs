using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Pipeline.Json;
using Engine.Tensors;

namespace Engine.Pipeline.Networks;

/// <summary>
/// Zeros around the input of a convolution: in JSON <c>"valid"</c> for none; <c>"same"</c> for an output of size ⌈input /
/// stride⌉, with an odd zero at the end, as in Keras and TensorFlow; or the number on each side, <c>1</c> or <c>[1, 2]</c> for
/// height and width.
/// </summary>
[JsonConverter(typeof(PaddingConverter))]
public readonly record struct Padding : IRangedValue
{
    /// <summary>No zeros.</summary>
    public static Padding Valid => default;

    /// <summary>Enough zeros for an output as large as the input, divided by the stride.</summary>
    public static Padding Same { get; } = new() { IsSame = true };

    /// <summary>Whether the number of zeros follows from the input.</summary>
    public bool IsSame { get; private init; }

    /// <summary>How many on each side, unless <see cref="IsSame"/>.</summary>
    public Extent Each { get; private init; }

    /// <inheritdoc/>
    public IEnumerable<(string Place, double Number)> Numbers => Each.Numbers;

    /// <summary>This many zeros on each side.</summary>
    public static Padding Of(Extent each) => new() { Each = each };

    /// <summary>The zeros before and after an axis of <paramref name="size"/>.</summary>
    internal static (int Before, int After) SameZeros(int size, int kernel, int stride, int dilation)
    {
        var outputs = (size - 1) / stride + 1;
        var zeros = Math.Max(0, (outputs - 1L) * stride + (kernel - 1L) * dilation + 1 - size);
        if (zeros > int.MaxValue / 4)
            throw new ArgumentException($"padding same: a kernel of {kernel} with dilation {dilation} needs {zeros} zeros.");
        return ((int)zeros / 2, (int)(zeros - zeros / 2));
    }

    /// <summary>Options for a convolution of pictures <paramref name="height"/> × <paramref name="width"/>.</summary>
    internal Conv2dOptions Options(int height, int width, Extent kernel, Extent stride, Extent dilation, int groups)
    {
        var (top, bottom) = IsSame
            ? SameZeros(height, kernel.Height, stride.Height, dilation.Height) : (Each.Height, Each.Height);
        var (left, right) = IsSame ? SameZeros(width, kernel.Width, stride.Width, dilation.Width) : (Each.Width, Each.Width);
        return new()
        {
            StrideHeight = stride.Height,
            StrideWidth = stride.Width,
            PadTop = top,
            PadBottom = bottom,
            PadLeft = left,
            PadRight = right,
            DilationHeight = dilation.Height,
            DilationWidth = dilation.Width,
            Groups = groups,
        };
    }
}

internal sealed class PaddingConverter : JsonConverter<Padding>, IDescribedConverter
{
    private static readonly ExtentConverter s_extent = new();

    public string Expected => "\"valid\", \"same\", or the zeros on each side such as 1 or [1, 2]";

    public override Padding Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) return Padding.Of(s_extent.Read(ref reader, typeof(Extent), options));
        return reader.GetString() switch
        {
            "valid" => Padding.Valid,
            "same" => Padding.Same,
            _ => throw new JsonException(),
        };
    }

    public override void Write(Utf8JsonWriter writer, Padding value, JsonSerializerOptions options)
    {
        if (value.IsSame) writer.WriteStringValue("same");
        else if (value == Padding.Valid) writer.WriteStringValue("valid");
        else s_extent.Write(writer, value.Each, options);
    }
}
