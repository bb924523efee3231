using System.Diagnostics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using dnlib.DotNet;
using dnlib.DotNet.Emit;
using SharpFuzz;

namespace Engine.Fuzzing;

/// <summary>
/// Puts SharpFuzz's counters at every branch of Engine's assemblies, in this program's own folder, before the first of them is
/// loaded. A build copies the plain assemblies there again.
/// </summary>
/// <remarks>
/// A child process does it: what rewrites assemblies maps their files into memory and may unmap an address a second time when it
/// is collected, and then something else lies there.
/// </remarks>
internal static class Instrumentation
{
    /// <summary>The argument that makes this program the child.</summary>
    public const string ChildArgument = "--instrument-only";

    private const string TraceAssembly = "SharpFuzz.Common";

    private static readonly string[] s_assemblies =
        ["Engine.Dsp", "Engine.Tensors", "Engine.Nn", "Engine.Classifiers", "Engine.Pipeline", "engine"];

    /// <summary>Has instrumented what is not instrumented yet.</summary>
    /// <returns>Why it cannot be done; null if it is.</returns>
    public static string? Prepare(string folder)
    {
        if (Array.TrueForAll(s_assemblies, n => IsDone(PathOf(folder, n)))) return null;
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true };
        var isHost = Path.GetFileNameWithoutExtension(start.FileName) == "dotnet";
        if (isHost) start.ArgumentList.Add(typeof(Instrumentation).Assembly.Location);
        start.ArgumentList.Add(ChildArgument);
        using var child = Process.Start(start)!;
        var said = child.StandardError.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? null : said.Trim();
    }

    /// <summary>What the child does; its exit code.</summary>
    public static int Instrument(string folder)
    {
        try
        {
            foreach (var name in s_assemblies.Where(n => !IsDone(PathOf(folder, n)))) Instrument(PathOf(folder, name), name);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InstrumentationException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static string PathOf(string folder, string name) => Path.Combine(folder, name + ".dll");

    private static bool IsDone(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences.Any(r =>
            metadata.StringComparer.Equals(metadata.GetAssemblyReference(r).Name, TraceAssembly));
    }

    private static void Instrument(string path, string name)
    {
        // Instrumented beside its place and then moved: another run may be starting.
        var copy = Path.Combine(Path.GetDirectoryName(path)!, $"{name}.{Environment.ProcessId}.tmp");
        try
        {
            File.Copy(path, copy);
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
