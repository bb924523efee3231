using Engine.Peers;
using Engine.Peers.OnnxRuntime;
using Microsoft.ML.OnnxRuntime;

// ONNX Runtime's side of compare.sh: answers `infer recipe,batch threads calls` as CaseServer says.
var server = new CaseServer(request => request.Kind == "infer"
    ? new NetworkCase(request.First, request.Sizes[^1], request.Threads) : throw request.Unknown());
server.Serve($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
