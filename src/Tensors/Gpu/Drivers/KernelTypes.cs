using System.Diagnostics.CodeAnalysis;
using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>Every kernel there is, with every combination of its type parameters.</summary>
internal static class KernelTypes
{
    /// <summary>The kernels, ordered by name.</summary>
    [RequiresUnreferencedCode("Looks for kernels among all types of the assembly, which a trimmed program must keep.")]
    [RequiresDynamicCode("Combines generic kernels with their type arguments.")]
    public static IReadOnlyList<Type> All()
    {
        Type[] structs = [.. typeof(IKernel).Assembly.GetTypes().Where(t => t.IsValueType && !t.IsGenericParameter)];
        return [.. structs.Where(t => t.IsAssignableTo(typeof(IKernel))).SelectMany(Closed)
            .OrderBy(KernelName.Of, StringComparer.Ordinal)];

        IEnumerable<Type> Closed(Type kernel)
        {
            if (!kernel.IsGenericTypeDefinition) return [kernel];
            IEnumerable<Type[]> combinations = [[]];
            foreach (var parameter in kernel.GetGenericArguments())
            {
                Type[] arguments =
                [
                    .. structs.Where(t => !t.IsGenericTypeDefinition && parameter.GetGenericParameterConstraints()
                        .Where(c => c.IsInterface).All(t.IsAssignableTo)),
                ];
                combinations = combinations.SelectMany(c => arguments.Select(a => (Type[])[.. c, a]));
            }

            return combinations.Select(kernel.MakeGenericType);
        }
    }
}
