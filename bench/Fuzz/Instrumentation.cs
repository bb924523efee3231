using dnlib.DotNet;
using dnlib.DotNet.Emit;
using SharpFuzz;

namespace Engine.Fuzzing;

/// <summary>
/// Puts SharpFuzz's counters at every branch of Engine's assemblies, in this program's own folder, before the first of them is
/// loaded. A build copies the plain assemblies there again.
/// </summary>
internal static class Instrumentation
{
    private const string TraceAssembly = "SharpFuzz.Common";

    private static readonly string[] s_assemblies = ["Engine.Dsp", "Engine.Tensors", "Engine.Nn", "Engine.Classifiers", "engine"];

    /// <summary>Instruments what is not instrumented yet.</summary>
    /// <returns>Why it cannot be done; null if it is.</returns>
    public static string? Prepare(string folder)
    {
        try
        {
            foreach (var name in s_assemblies) Prepare(Path.Combine(folder, name + ".dll"), name);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InstrumentationException)
        {
            return e.Message;
        }
    }

    private static void Prepare(string path, string name)
    {
        var plain = File.ReadAllBytes(path);
        using (var module = ModuleDefMD.Load(plain))
        {
            if (module.GetAssemblyRefs().Any(r => r.Name == TraceAssembly)) return;
        }

        // Instrumented beside its place and then moved: another run may be starting.
        var copy = Path.Combine(Path.GetDirectoryName(path)!, $"{name}.{Environment.ProcessId}.tmp");
        try
        {
            File.WriteAllBytes(copy, plain);
            _ = Fuzzer.Instrument(copy, _ => true, SharpFuzz.Options.Value).Count();
            var bytes = Number(File.ReadAllBytes(copy), name);
            File.WriteAllBytes(copy, bytes);
            File.Move(copy, path, overwrite: true);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>
    /// Gives the branches numbers that follow from their assembly and order. SharpFuzz draws them at random, so that each build
    /// would lead the same seed to other cases.
    /// </summary>
    private static byte[] Number(byte[] instrumented, string name)
    {
        using var module = ModuleDefMD.Load(instrumented);
        var seed = Hash.Of(name);
        uint branch = 0;
        foreach (var method in module.GetTypes().SelectMany(t => t.Methods).Where(m => m.HasBody))
        {
            var code = method.Body.Instructions;
            var id = 0;
            for (var i = 0; i + 1 < code.Count; i++)
            {
                if (!code[i].IsLdcI4() || code[i + 1].Operand is not IField { Name.String: "PrevLocation" }) continue;
                var enters = code[i + 1].OpCode == OpCodes.Ldsfld;
                if (enters) id = (int)(Hash.Mix(seed + branch++) & 0xFFFF);
                code[i].OpCode = OpCodes.Ldc_I4;
                code[i].Operand = enters ? id : id >> 1;
            }
        }

        using var output = new MemoryStream();
        module.Write(output);
        return output.ToArray();
    }
}
