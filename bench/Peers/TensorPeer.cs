using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Engine.Dsp;
using Engine.Dsp.Fft;
using Engine.Nn;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Autograd;
using Engine.Tensors.Cpu;
using Engine.Tensors.Gpu;

namespace Engine.Peers;

/// <summary>
/// Our side of <c>bench/Peers/compare.sh</c> and <c>gpu_peer.py</c>: answers as <see cref="CaseServer"/> says, and
/// <c>peak flops</c> and <c>peak bytes</c> with what the device can do.
/// </summary>
internal static class TensorPeer
{
    /// <summary>Serves until standard input ends.</summary>
    public static int Run(string device)
    {
        try
        {
            Device.Default = Device.Get(device);
        }
        catch (DeviceException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }

        var gpu = Device.Default.Backend as GpuBackend;
        var server = new CaseServer(request => new Case(request))
        {
            SetThreads = threads => WorkerPool.Threads = threads,
            Wait = Device.Default.Backend.Wait,
            Freed = Trim,
            Fact = question => question switch
            {
                "peak flops" => DevicePeak.FlopsPerSecond(Device.Default),
                "peak bytes" => DevicePeak.BytesPerSecond(Device.Default),
                _ => null,
            },
        };
        server.Serve(gpu is null
            ? $"{RuntimeInformation.FrameworkDescription}, {WidestVector()}-bit vectors"
            : $"{RuntimeInformation.FrameworkDescription}, {gpu.Info.Model}, {gpu.Info.Driver}");
        return 0;
    }

    /// <summary>The width of the widest vectors that the processor has and the runtime uses.</summary>
    public static int WidestVector() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    private static void Trim()
    {
        ((CpuBackend)Device.Cpu.Backend).Pool.Trim();
        (Device.Default.Backend as GpuBackend)?.Pool.Trim();
    }

    /// <summary>One case with its operands; a call is a forward pass, and a backward pass where the table says so.</summary>
    private sealed class Case : IPeerCase
    {
        private readonly Random _random = new(1);
        private readonly TensorScope _operands = new();
        private readonly Action _call;
        private IDisposable? _network;

        public Case(CaseRequest request)
        {
            var (words, sizes) = (request.Words, request.Sizes);
            _call = request.Kind switch
            {
                "matmul" => MatMul(sizes[0], sizes[1], sizes[2], words[^1] == "t"),
                "conv" => Convolution(sizes),
                "lstm" => Lstm(sizes),
                "map" => Map(words[0], sizes[0]),
                "reduce" => Reduce(words[0], sizes[0]),
                "permute" => Permute(sizes[..(sizes.Length / 2)], sizes[(sizes.Length / 2)..]),
                "softmax" => Backward(x => x.Softmax(), Random(sizes, grad: true)),
                "batchnorm" => BatchNorm(sizes),
                "maxpool" => Backward(x => Tensor.MaxPool2d(x, Pool2dOptions.Square(2)), Random(sizes, grad: true)),
                "recipe" => Step(words[0], words[1]),
                "infer" => Infer(words[0], sizes[^1]),
                "rfft" => Rfft(sizes[0], sizes[1]),
                "stft" => SpectrogramOf(sizes[0]),
                "avgpool" => Backward(x => Tensor.AveragePool2d(x, Pool2dOptions.Square(2)), Random(sizes, grad: true)),
                _ => throw request.Unknown(),
            };
        }

        public void Call() => _call();

        public void Dispose()
        {
            _network?.Dispose();
            _operands.Dispose();
        }

        private Tensor Random(int[] sizes, bool grad = false)
        {
            var shape = new Shape(sizes);
            var values = new float[shape.Count];
            foreach (ref var v in values.AsSpan()) v = _random.NextSingle() - 0.5f;
            var tensor = Tensor.From(values, shape);
            tensor.RequiresGrad = grad;
            return tensor;
        }

        private Action MatMul(int m, int k, int n, bool transposed)
        {
            var a = Random([m, k]);
            var b = transposed ? a : Random([k, n]);
            return () => Tensor.MatMul(a, b, transposeB: transposed).Dispose();
        }

        // n, c, h, w, filters, kernel height and width, stride, whether the input's gradient is wanted.
        private Action Convolution(int[] s)
        {
            var line = s[2] == 1;
            var weight = Random(line ? [s[4], s[1], s[6]] : [s[4], s[1], s[5], s[6]], grad: true);
            var bias = Random([s[4]], grad: true);
            var options = new Conv2dOptions { StrideHeight = line ? 1 : s[7], StrideWidth = s[7] };
            return Backward(
                x => line ? Tensor.Conv1d(x, weight, bias, options) : Tensor.Conv2d(x, weight, bias, options),
                Random(line ? [s[0], s[1], s[3]] : s[..4], grad: s[8] == 1), weight, bias);
        }

        // n, t, features, then the units of each layer.
        private Action Lstm(int[] s)
        {
            var weights = new List<RecurrentWeights>();
            var leaves = new List<Tensor>();
            for (var layer = 3; layer < s.Length; layer++)
            {
                weights.Add(new(
                    Random([4 * s[layer], s[layer - 1]], grad: true), Random([4 * s[layer], s[layer]], grad: true),
                    Random([4 * s[layer]], grad: true), Random([4 * s[layer]], grad: true)));
                leaves.AddRange([weights[^1].WeightInput, weights[^1].WeightHidden, weights[^1].BiasInput,
                    weights[^1].BiasHidden]);
                leaves[^4].Write([.. leaves[^4].ToArray().Select(v => 0.1f * v)]);
                leaves[^3].Write([.. leaves[^3].ToArray().Select(v => 0.1f * v)]);
            }

            return Backward(x => Tensor.Lstm(x, CollectionsMarshal.AsSpan(weights)).Output, Random(s[..3]), [.. leaves]);
        }

        private Action Map(string name, int count)
        {
            var a = Random([count]);
            var b = Random([count]);
            Func<Tensor> map = name switch
            {
                "add" => () => a + b,
                "mul" => () => a * b,
                "relu" => a.Relu,
                "exp" => a.Exp,
                "sigmoid" => a.Sigmoid,
                "tanh" => a.Tanh,
                "gelu" => a.Gelu,
                _ => throw new ArgumentException($"peers: no map is called '{name}'."),
            };
            return () => map().Dispose();
        }

        private Action Reduce(string name, int count)
        {
            var x = Random([4096, count / 4096]);
            Func<Tensor> reduce = name switch
            {
                "sum" => x.Sum,
                "mean" => x.Mean,
                "sum-rows" => () => x.Sum([1]),
                "sum-columns" => () => x.Sum([0]),
                "max" => () => x.Max([0, 1]),
                "max-rows" => () => x.Max([1]),
                _ => throw new ArgumentException($"peers: no reduction is called '{name}'."),
            };
            return () => reduce().Dispose();
        }

        private Action Permute(int[] sizes, int[] order)
        {
            var x = Random(sizes);
            return () => x.Permute(order).Dispose();
        }

        private Action BatchNorm(int[] sizes)
        {
            Tensor weight = Random([sizes[1]], grad: true), bias = Random([sizes[1]], grad: true);
            Tensor mean = Tensor.Zeros(new Shape(sizes[1])), variance = Tensor.Full(new Shape(sizes[1]), 1);
            return Backward(x => Tensor.BatchNorm(x, weight, bias, mean, variance, training: true), Random(sizes, grad: true),
                weight, bias);
        }

        private Action Step(string name, string batch)
        {
            var step = new RecipeStep(RecipeCatalog.Get(name).With("classifier.training.batch", batch), Device.Default);
            _network = step;
            return () => step.Run();
        }

        // What Evaluation does with a batch that is in memory: the scores of every example.
        private Action Infer(string name, int batch)
        {
            var recipe = RecipeCatalog.Get(name);
            var summary = RecipeSummary.Of(recipe);
            var network = ((NetworkSpec)recipe.Classifier).Build([.. summary.Inputs.Select(i => i.Shape)], summary.Labels, name);
            network.Initialize(1, Device.Default);
            _network = network;
            Tensor[] inputs = [.. summary.Inputs.Select(i => Random([batch, .. i.Shape.Sizes]))];
            return () =>
            {
                using var scope = new TensorScope();
                _ = network.Forward(inputs, ForwardContext.Evaluate()).ToArray();
            };
        }

        private Action Rfft(int size, int frames)
        {
            var (signal, plan) = (Signal(size * frames), new RealFft<float>(size));
            var spectrum = new Complex<float>[plan.Bins * frames];
            return () => plan.Forward(signal, spectrum);
        }

        private Action SpectrogramOf(int samples)
        {
            var (signal, stft) = (Signal(samples), new Stft(new StftOptions { HopLength = 512 }));
            return () => stft.Forward(signal);
        }

        private float[] Signal(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextSingle() - 0.5f)];

        private Action Backward(Func<Tensor, Tensor> forward, Tensor x, params Tensor[] parameters)
        {
            using var shape = new TensorScope();
            var gradient = shape.Keep(Random([.. forward(x).Shape.Sizes]));
            return () =>
            {
                using (var tape = new Tape()) tape.Backward(forward(x), gradient);
                foreach (var leaf in (Tensor[])[x, .. parameters])
                {
                    leaf.Grad?.Dispose();
                    leaf.Grad = null;
                }
            };
        }
    }
}
