using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline;

namespace Engine.Cli.Commands;

/// <summary><c>engine models</c>: lists the models that have names, or prints the card of one.</summary>
internal static class ModelsCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "The model whose card is printed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "models",
            "List the models that engine predict takes by name, or print the card of one.",
            "engine models",
            "engine models gtzan57",
            "engine models --json")
        {
            name, json,
        };
        command.SetAction(parsed =>
        {
            var (one, isJson) = (parsed.GetValue(name), parsed.GetValue(json));
            session.Output.Write((one, isJson) switch
            {
                ({ }, true) => ModelsReport.Json(ModelCatalog.Find(one)),
                ({ }, false) => ModelCatalog.Card(one) ?? ModelsReport.Of(ModelCatalog.Find(one), session.Layout),
                (null, true) => ModelsReport.Json(ModelCatalog.List()),
                _ => ModelsReport.Of(ModelCatalog.List(), session.Layout),
            });
            return CommandLine.Done;
        });
        return command;
    }
}
