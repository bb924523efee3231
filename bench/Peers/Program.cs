using System.Reflection;
using Engine.Peers;
using Engine.Peers.Comparing;

switch (args)
{
    case ["fft"]:
        return FftPeer.Run();
    case ["classifiers"]:
        return ClassifierPeer.Run();
    case ["tensors", var device]:
        return TensorPeer.Run(device);
    case ["compare", .. var arguments]:
        return Comparison.Run(arguments);
    case ["recipes"]:
        RecipeList.Write(Console.Out);
        return 0;
    case ["commit"]:
        // What follows the version's plus is the commit that it was built from.
        var version = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Console.WriteLine(version.Split('+') is [_, var commit] ? commit : "unknown");
        return 0;
    default:
        Console.Error.WriteLine(
            "The scripts beside this program's source start it: fft, classifiers, tensors DEVICE, compare, recipes or commit.");
        return 2;
}
