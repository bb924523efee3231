using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// a · b + c in one instruction. ILGPU writes a product and a sum as two statements, which NVIDIA's driver fuses and OpenCL's
/// compilers may not; so on OpenCL it is the function <c>fma</c>.
/// </summary>
internal static class Fused
{
    /// <summary>a · b + c.</summary>
    [IntrinsicImplementation]
    public static float MultiplyAdd(float a, float b, float c) => a * b + c;

    /// <summary>Tells ILGPU what it is on each kind of device.</summary>
    public static Context.Builder Register(Context.Builder builder)
    {
        var method = ((Func<float, float, float, float>)MultiplyAdd).Method;
        var manager = builder.GetIntrinsicManager();
        manager.RegisterMethod(method, new PTXIntrinsic(typeof(Fused), nameof(Separate), IntrinsicImplementationMode.Redirect));
        manager.RegisterMethod(
            method, new CLIntrinsic(typeof(Fused), nameof(WriteOpenCl), IntrinsicImplementationMode.GenerateCode));
        return builder;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Separate(float a, float b, float c) => a * b + c;

    private static void WriteOpenCl(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var (a, b, c) = (generator.Load(call[0]), generator.Load(call[1]), generator.Load(call[2]));
        using var statement = generator.BeginStatement(generator.Allocate(value), "fma");
        statement.BeginArguments();
        statement.AppendArgument(a);
        statement.AppendArgument(b);
        statement.AppendArgument(c);
        statement.EndArguments();
    }
}
