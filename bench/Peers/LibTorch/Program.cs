using Engine.Peers;
using Engine.Peers.LibTorch;
using TorchSharp;

// LibTorch's side of compare.sh: answers as CaseServer says. A request's last word is the layout.
NativeLibraries.Prepare();
var flush = args is ["--flush-denormals"];
if (!flush && args.Length > 0)
{
    Console.Error.WriteLine("compare.sh starts this program, with --flush-denormals or without.");
    return 2;
}

if (flush) Context.FlushDenormals();
var server = new CaseServer(Prepare) { SetThreads = torch.set_num_threads };
server.Serve($"LibTorch {torch.__version__}, {Context.Libraries()}");
return 0;

static IPeerCase Prepare(CaseRequest request)
{
    (var layout, request) = Layouts.Of(request);
    return request.Kind switch
    {
        "recipe" => new NetworkCase(request.First, request.Sizes[^1], layout, training: true),
        "infer" => new NetworkCase(request.First, request.Sizes[^1], layout, training: false),
        _ => new OperationCase(request, layout),
    };
}
