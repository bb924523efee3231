using static TorchSharp.torch;

namespace Engine.Peers.LibTorch;

/// <summary>How pictures lie in memory.</summary>
internal enum Layout
{
    /// <summary>[N, C, H, W] as it is.</summary>
    Plain,

    /// <summary>The channels of a pixel side by side, PyTorch's <c>channels_last</c>.</summary>
    ChannelsLast,

    /// <summary>The layout that oneDNN prefers for each operation: PyTorch's <c>to_mkldnn</c>.</summary>
    OneDnn,
}

internal static class Layouts
{
    /// <summary>Takes the layout's name off a request's words.</summary>
    public static (Layout Layout, CaseRequest Request) Of(CaseRequest request)
    {
        var layout = request.Last switch
        {
            "plain" => Layout.Plain,
            "channels-last" => Layout.ChannelsLast,
            "onednn" => Layout.OneDnn,
            _ => throw request.Unknown(),
        };
        return (layout, request with { Words = request.Words[..^1] });
    }

    /// <summary>A copy of [N, C, H, W] whose channels lie side by side.</summary>
    public static Tensor ToChannelsLast(Tensor x) => x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
