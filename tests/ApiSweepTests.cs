using System.ComponentModel;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using Engine.Classifiers;
using Engine.Dsp.Audio;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests;

/// <summary>
/// Every public member of Engine.Dsp, Engine.Nn, Engine.Classifiers and Engine.Pipeline, called with arguments that nobody should
/// give, in a process
/// with little memory: it works, or says what is wrong as it is documented to.
/// </summary>
public class ApiSweepTests
{
    internal const string Variable = "ENGINE_TESTS_SWEEP";

    [Fact]
    public void Members_HostileArguments_AreTakenOrRefused()
    {
        using var folder = new TemporaryFolder();
        try
        {
            ChildTests.Run([typeof(SweptApiTests)], "a heap of 512 MiB", (Variable, folder["last"]),
                ("DOTNET_GCHeapHardLimit", "0x20000000"));
        }
        catch (Exception e) when (File.Exists(folder["last"]))
        {
            Assert.Fail($"{e.Message}\nThe last call was {File.ReadLines(folder["last"]).First()}");
        }
    }
}

/// <summary>What <see cref="ApiSweepTests"/> runs; an ordinary run passes it over.</summary>
public class SweptApiTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    // Writes where it is told to, or does a day's work when its arguments are right.
    private static readonly string[] s_passedOver = ["RecipeStep", "Trainer"];

    public static TheoryData<string> Assemblies => ["Engine.Dsp", "Engine.Nn", "Engine.Classifiers", "Engine.Pipeline"];

    private static string? Log { get; } = Environment.GetEnvironmentVariable(ApiSweepTests.Variable);

    private static Caller? s_caller;
    private static FileStream? s_log;

    [Theory, MemberData(nameof(Assemblies))]
    public void Members_HostileArguments_AreTakenOrRefused(string name)
    {
        if (Log is null) return;
        using var folder = new TemporaryFolder();
        Directory.SetCurrentDirectory(folder[""]);
        var (faults, calls, members) = (new List<string>(), 0, 0);
        foreach (var type in Assembly.Load(name).GetExportedTypes().SelectMany(Closed).OrderBy(t => t.FullName))
        {
            if (type.IsAbstract && !type.IsSealed || type.IsEnum || typeof(Delegate).IsAssignableFrom(type)
                || s_passedOver.Contains(type.Name)) continue;
            // shared between Engine's projects
            if (type.GetCustomAttribute<EditorBrowsableAttribute>() is { State: EditorBrowsableState.Never }) continue;
            foreach (var member in type.GetMembers(Declared).OfType<MethodBase>()
                .Where(m => !m.ContainsGenericParameters && m.Name is not ("Equals" or "GetHashCode" or "ToString")))
            {
                var before = calls;
                foreach (var fault in Sweep(type, member, () => calls++)) faults.Add(fault);
                if (calls > before) members++;
            }
        }

        Assert.True(members >= 80 && calls >= 400, $"{name}: only {members} members were called, {calls} times.");
        Assert.True(faults.Count == 0,
            $"{name}, {calls} calls of {members} members:\n{string.Join('\n', faults.Distinct().Take(200))}");
    }

    private static IEnumerable<Type> Closed(Type type)
    {
        if (!type.ContainsGenericParameters) return [type];
        if (type.GetGenericArguments().Length != 1) return [];
        try
        {
            return [type.MakeGenericType(typeof(float))];
        }
        catch (ArgumentException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Sweep(Type type, MethodBase member, Action count)
    {
        var parameters = member.GetParameters();
        if (parameters.Any(p => p.ParameterType.IsByRef && !p.IsIn || p.ParameterType.IsPointer
            || p.ParameterType.IsByRefLike && HostileArguments.Span(p.ParameterType) is null)) yield break;
        var types = Array.ConvertAll(parameters,
            p => p.ParameterType.IsByRef ? p.ParameterType.GetElementType()! : p.ParameterType);
        if (!member.IsStatic && member is MethodInfo && (type.IsByRefLike || HostileArguments.Typical(type) is null)) yield break;
        var call = Compile(member, types);
        for (var i = -1; i < parameters.Length; i++)
        {
            foreach (var (value, text) in i < 0 ? [(null, "")] : HostileArguments.Of(types[i]).ToList())
            {
                var arguments = types.Select((t, k) => k == i ? value : HostileArguments.Typical(t)).ToArray();
                if (arguments.Where((a, k) => k != i && a is null && !parameters[k].HasDefaultValue).Any()) continue;
                if (arguments.Where((a, k) => a is null && types[k].IsValueType && Nullable.GetUnderlyingType(types[k]) is null)
                    .Any()) continue;
                if (i >= 0 && value is null && types[i].IsValueType && Nullable.GetUnderlyingType(types[i]) is null) continue;
                var instance = member.IsStatic || member is ConstructorInfo ? null : HostileArguments.Typical(type);
                count();
                var with = i < 0 ? "" : $" with {parameters[i].Name} = {text}";
                var what = $"{type.Name}.{member.Name}({string.Join(", ", types.Select(t => t.Name))}){with}";
                Note(what);
                if (Fault(() => call(instance, arguments)) is { } fault) yield return $"{what}: {fault}";
            }
        }
    }

    private static string? Fault(Action call)
    {
        s_caller ??= new();
        if (!s_caller.Run(call, s_limit, out var error))
        {
            s_caller = null;
            return "no end";
        }

        return error switch
        {
            null or ArgumentException or InvalidOperationException or NotSupportedException or OperationCanceledException => null,
            EngineException or AudioFormatException or TrainingException or DeviceException or IOException or InvalidDataException
                or UnauthorizedAccessException => null,
            _ => $"{error.GetType().Name}: {error.Message} " + error.StackTrace?.Split('\n')
                .FirstOrDefault(l => l.Contains("Engine.") && !l.Contains("Tests"))?.Trim(),
        };
    }

    // What is read if the process ends with the call.
    private static void Note(string call)
    {
        s_log ??= new(Log!, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        // Over the last one: a file that is truncated waits for the disk.
        s_log.Position = 0;
        s_log.Write(Encoding.UTF8.GetBytes(call + "\n"));
    }

    // Reflection cannot pass spans: a method of our own makes them from arrays.
    private static Action<object?, object?[]> Compile(MethodBase member, Type[] types)
    {
        var method = new DynamicMethod("call", null, [typeof(object), typeof(object[])], typeof(SweptApiTests).Module, true);
        var il = method.GetILGenerator();
        if (member is MethodInfo { IsStatic: false })
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(member.DeclaringType!.IsValueType ? OpCodes.Unbox : OpCodes.Castclass, member.DeclaringType);
        }

        for (var i = 0; i < types.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldelem_Ref);
            if (HostileArguments.Span(types[i]) is { } element)
            {
                il.Emit(OpCodes.Castclass, element.MakeArrayType());
                il.Emit(OpCodes.Newobj, types[i].GetConstructor([element.MakeArrayType()])!);
            }
            else
            {
                il.Emit(OpCodes.Unbox_Any, types[i]);
            }

            if (!member.GetParameters()[i].ParameterType.IsByRef) continue;
            var local = il.DeclareLocal(types[i]);
            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldloca, local);
        }

        if (member is ConstructorInfo constructor)
        {
            il.Emit(OpCodes.Newobj, constructor);
            il.Emit(OpCodes.Pop);
        }
        else
        {
            il.Emit(member.IsStatic || member.DeclaringType!.IsValueType ? OpCodes.Call : OpCodes.Callvirt, (MethodInfo)member);
            if (((MethodInfo)member).ReturnType != typeof(void)) il.Emit(OpCodes.Pop);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Action<object?, object?[]>>();
    }

    /// <summary>A thread that makes calls, one at a time; one of them may never end.</summary>
    private sealed class Caller
    {
        private readonly object _gate = new();
        private Action? _call;
        private Exception? _error;

        public Caller() => new Thread(Work) { IsBackground = true }.Start();

        /// <summary>Makes a call; false if it does not end in time, and then this thread is of no more use.</summary>
        public bool Run(Action call, TimeSpan limit, out Exception? error)
        {
            lock (_gate)
            {
                (_call, _error) = (call, null);
                Monitor.PulseAll(_gate);
                for (var end = DateTime.UtcNow + limit; _call is not null && DateTime.UtcNow < end;)
                    Monitor.Wait(_gate, limit);
                error = _error;
                return _call is null;
            }
        }

        private void Work()
        {
            while (true)
            {
                lock (_gate)
                {
                    while (_call is null) Monitor.Wait(_gate);
                }

                try
                {
                    using var scope = new TensorScope();
                    _call();
                }
                catch (Exception e)
                {
                    _error = e;
                }

                lock (_gate)
                {
                    _call = null;
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }
}
