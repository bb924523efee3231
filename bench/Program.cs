using BenchmarkDotNet.Running;
using Engine.Bench.Peers;

if (args is ["peers"]) return PeerServer.Run();
if (args is ["peers", "tensors"]) return TensorPeer.Run("cpu");
if (args is ["peers", "tensors", var device]) return TensorPeer.Run(device);
if (args is ["peers", "classifiers"]) return ClassifierPeer.Run();

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
