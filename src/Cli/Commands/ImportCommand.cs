using System.CommandLine;
using Engine.Classifiers;
using Engine.Cli.Reports;
using Engine.Pipeline.Data;
using Engine.Pipeline.Importing;
using Engine.Pipeline.Pretrained;

namespace Engine.Cli.Commands;

/// <summary><c>engine import</c>: makes a network of Engine from a public file of weights.</summary>
internal static class ImportCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The weights: PyTorch's .pt or .pth, HDF5 or Keras' .h5, .safetensors or .npz. No code in it is run.",
        };
        var known = new Option<string>("--as")
        {
            HelpName = "NAME",
            Description = $"A network that Engine describes: {string.Join(", ", DescriptionCatalog.Names)}.",
        };
        var map = new Option<string>("--map")
        {
            HelpName = "FILE",
            Description = "A description of another network: its layers, and where each tensor belongs.",
        };
        var output = new Option<string>("--out")
        {
            HelpName = "NAME.safetensors",
            Description = "The network to write. Default: the file of the network's name in the user's folder of weights, " +
                "where recipes find it by that name.",
        };
        var reference = new Option<string>("--reference")
        {
            HelpName = "FILE",
            Description = "A safetensors file with a spectrogram and the outputs that the network must give for it, within " +
                $"{ReferenceCheck.MostError:0.0000} of the largest.",
        };
        var device = DeviceOption.Create();
        var list = new Option<bool>("--list") { Description = "List the tensors of the file instead." };
        var json = CommonOptions.Json();
        var force = CommonOptions.Force("Overwrite the network.");
        var command = new ExampleCommand(
            "import",
            "Make a pre-trained network from a public file of weights: rename and turn its tensors as the network needs them, " +
                "check that they are all there, and store them with the network's description, source and licence.",
            "engine import weights.pt --list",
            "engine import mn04_as_mAP_432.pt --as efficientat-mn04",
            "engine import weights.h5 --map network.json --out network.safetensors --reference reference.safetensors")
        {
            file, known, map, output, reference, device, list, json, force,
        };
        command.SetAction(parsed =>
        {
            var (path, isJson, target) = (parsed.GetRequiredValue(file), parsed.GetValue(json), parsed.GetValue(output));
            var (name, mapFile) = (parsed.GetValue(known), parsed.GetValue(map));
            if (parsed.GetValue(list))
            {
                if ((name ?? mapFile ?? target ?? parsed.GetValue(reference)) is not null)
                    throw new CommandLineException("--list: it cannot be combined with --as, --map, --out or --reference.");
                using var opened = WeightsImport.Open(path);
                session.Output.Write(isJson ? ImportReport.Json(path, opened) : ImportReport.Of(path, opened, session.Layout));
                return CommandLine.Done;
            }

            if (name is null == mapFile is null)
                throw new CommandLineException(
                    "name the network: either --as NAME or --map FILE; --list shows what the file holds.");
            if (target?.EndsWith(UserWeights.Extension, StringComparison.OrdinalIgnoreCase) == false)
                throw new CommandLineException($"--out: {target} must end in {UserWeights.Extension}.");
            var description = name is not null ? DescriptionCatalog.Get(name) : NetworkDescription.Load(mapFile!);
            target ??= PretrainedWeights.PlaceFor(description.Name);
            OutputFile.Check(target, parsed.GetValue(force));
            using var network = description.Build(mapFile ?? $"network {name}");
            var import = WeightsImport.Run(path, description, network, session.Cancel);
            var errors = import.Weights is { } weights && parsed.GetValue(reference) is { } stored
                ? ReferenceCheck.Run(stored, description, network, weights, DeviceOption.Resolve(parsed.GetValue(device)!)) : [];
            var problem = import.Problem(path) ?? Problem(errors);
            if (problem is null) import.Write(target);
            session.Output.Write(isJson ? ImportReport.Json(path, target, import, errors, problem)
                : ImportReport.Of(path, target, import, errors, problem, session.Layout));
            return problem is null ? CommandLine.Done : throw new EngineException(problem);
        });
        return command;
    }

    private static string? Problem(IReadOnlyList<ReferenceError> errors)
    {
        ReferenceError[] far = [.. errors.Where(e => !(e.Error <= ReferenceCheck.MostError))];
        return far.Length == 0 ? null
            : $"the network does not give the reference: {string.Join(", ", far.Select(e => $"{e.Output} is off by "
                + ImportReport.Number(e.Error)))}, relative to the largest value; at most "
                + $"{ImportReport.Number(ReferenceCheck.MostError)} is allowed. Nothing was written.";
    }
}
