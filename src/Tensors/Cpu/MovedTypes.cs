using System.Runtime.CompilerServices;
using Engine.Tensors.Cpu;

[assembly: TypeForwardedTo(typeof(WorkerPool))]
