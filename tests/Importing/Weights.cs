using Engine.Pipeline.Importing;

namespace Engine.Tests.Importing;

/// <summary>Reads weights from bytes.</summary>
internal static class Weights
{
    public const string Name = "w.bin";

    public static WeightsFile Open(byte[] bytes) => WeightsFile.Open(new MemoryStream(bytes, writable: false), Name);

    public static string Refused(byte[] bytes)
    {
        var message = Assert.Throws<InvalidDataException>(() => Open(bytes)).Message;
        Assert.StartsWith($"{Name}: ", message);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length, 10, 400);
        return message;
    }

    public static void Holds(WeightsFile file, string name, string described, params float[] values)
    {
        var tensor = Assert.Single(file.Tensors, t => t.Name == name);
        Assert.Equal(described, tensor.ToString());
        Assert.Equal(values, file.Read(tensor));
    }
}
