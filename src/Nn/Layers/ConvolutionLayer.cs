namespace Engine.Nn.Layers;

/// <summary>Checks shared by the convolution layers.</summary>
internal static class ConvolutionLayer
{
    public static void CheckGroups(string layer, int channels, int filters, int groups)
    {
        if (groups < 1 || channels % groups != 0 || filters % groups != 0)
        {
            Guard.Argument($"{layer}: {groups} groups do not divide {channels} channels and {filters} filters.");
        }
    }
}
