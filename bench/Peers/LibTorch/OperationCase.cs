using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Engine.Peers.LibTorch;

/// <summary>One operation with its operands; the cases are those of <c>TensorPeer</c>.</summary>
internal sealed class OperationCase : IPeerCase
{
    private readonly List<Tensor> _kept = [];
    private readonly Layout _layout;
    private readonly Action _call;

    public OperationCase(CaseRequest request, Layout layout)
    {
        using var scope = NewDisposeScope();
        _layout = layout;
        long[] s = [.. request.Sizes.Select(n => (long)n)];
        _call = request.Kind switch
        {
            "matmul" => MatMul(s[0], s[1], s[2], request.Last == "t"),
            "map" => Map(request, s[0]),
            "reduce" => Reduce(request, s[0]),
            "permute" => Permute(s[..(s.Length / 2)], s[(s.Length / 2)..]),
            "softmax" => Backward(x => F.softmax(x, -1), Random(true, s)),
            "batchnorm" => BatchNorm(s),
            "maxpool" => Backward(x => F.max_pool2d(x, [2, 2]), Random(true, s)),
            "avgpool" => Backward(x => F.avg_pool2d(x, [2, 2]), Random(true, s)),
            "conv" => Convolution(s),
            "lstm" => Lstm(s),
            "rfft" => Rfft(s[0], s[1]),
            "stft" => SpectrogramOf(s[0]),
            _ => throw request.Unknown(),
        };
        foreach (var tensor in _kept) tensor.DetachFromDisposeScope();
    }

    public void Call() => _call();

    public void Dispose()
    {
        foreach (var tensor in _kept) tensor.Dispose();
    }

    private Tensor Keep(Tensor tensor)
    {
        _kept.Add(tensor);
        return tensor;
    }

    private Tensor Random(bool gradient, params long[] sizes)
    {
        var x = torch.rand(sizes) - 0.5f;
        if (_layout == Layout.ChannelsLast && sizes.Length == 4) x = Layouts.ToChannelsLast(x);
        return Keep(x.detach().requires_grad_(gradient));
    }

    private static Action WithoutGradient(Func<Tensor> operation) => () =>
    {
        using var none = inference_mode();
        using var result = operation();
    };

    private Action MatMul(long m, long k, long n, bool transposed)
    {
        var a = Random(false, m, k);
        var b = transposed ? Keep(a.t()) : Random(false, k, n);
        return WithoutGradient(() => torch.mm(a, b));
    }

    private Action Map(CaseRequest request, long count)
    {
        Tensor a = Random(false, count), b = Random(false, count);
        return WithoutGradient(request.First switch
        {
            "add" => () => a + b,
            "mul" => () => a * b,
            "relu" => () => a.relu(),
            "exp" => () => torch.exp(a),
            "sigmoid" => () => torch.sigmoid(a),
            "tanh" => () => torch.tanh(a),
            "gelu" => () => F.gelu(a),
            _ => throw request.Unknown(),
        });
    }

    private Action Reduce(CaseRequest request, long count)
    {
        var x = Random(false, 4096, count / 4096);
        return WithoutGradient(request.First switch
        {
            "sum" => () => x.sum(),
            "mean" => () => x.mean(),
            "max" => () => x.max(),
            "sum-rows" => () => x.sum(1),
            "sum-columns" => () => x.sum(0),
            "max-rows" => () => x.amax(1),
            _ => throw request.Unknown(),
        });
    }

    private Action Permute(long[] sizes, long[] order)
    {
        var x = Random(false, sizes);
        return WithoutGradient(() =>
        {
            using var view = x.permute(order);
            return view.contiguous();
        });
    }

    private Action BatchNorm(long[] s)
    {
        Tensor weight = Random(true, s[1]), bias = Random(true, s[1]);
        Tensor mean = Keep(torch.zeros(s[1])), variance = Keep(torch.ones(s[1]));
        return Backward(x => F.batch_norm(x, mean, variance, weight, bias, true), Random(true, s), weight, bias);
    }

    // n, c, h, w, filters, kernel height and width, stride, whether the input's gradient is wanted.
    private Action Convolution(long[] s)
    {
        var line = s[2] == 1;
        var picture = !line || _layout != Layout.Plain;
        var weight = picture ? Random(true, s[4], s[1], s[5], s[6]) : Random(true, s[4], s[1], s[6]);
        var bias = Random(true, s[4]);
        long[] stride = line ? [1, s[7]] : [s[7], s[7]];
        var x = picture ? Random(s[8] == 1, s[..4]) : Random(s[8] == 1, s[0], s[1], s[3]);
        return Backward(input => picture
            ? F.conv2d(input, weight, bias, stride) : F.conv1d(input, weight, bias, s[7]), x, weight, bias);
    }

    // n, t, features, then the units of each layer, which are alike.
    private Action Lstm(long[] s)
    {
        var lstm = nn.LSTM(s[2], s[3], s.Length - 3, batchFirst: true);
        var parameters = lstm.parameters().ToArray();
        foreach (var parameter in parameters) Keep(parameter);
        return Backward(x => lstm.call(x).Item1, Random(false, s[..3]), parameters);
    }

    private Action Rfft(long size, long frames)
    {
        var x = Random(false, frames, size);
        return WithoutGradient(() => torch.fft.rfft(x));
    }

    private Action SpectrogramOf(long samples)
    {
        var (x, window) = (Random(false, samples), Keep(torch.hann_window(2048)));
        return WithoutGradient(
            () => torch.stft(x, 2048, 512, 2048, window, true, PaddingModes.Constant, return_complex: true));
    }

    private Action Backward(Func<Tensor, Tensor> forward, Tensor x, params Tensor[] parameters)
    {
        var run = _layout == Layout.OneDnn ? input => Scripts.ToDense(forward(Scripts.ToOneDnn(input))) : forward;
        var gradient = Keep(torch.rand_like(run(x).detach()));
        Tensor[] leaves = [x, .. parameters];
        return () =>
        {
            using var scope = NewDisposeScope();
            run(x).backward([gradient]);
            foreach (var leaf in leaves) leaf.grad = null;
        };
    }
}
