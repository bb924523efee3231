using Engine.Classifiers;
using Engine.Nn.Training;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Fitting.Needs;

/// <summary>What trainings in parts, and on several ranks, need.</summary>
internal static class RankNeeds
{
    /// <summary>Throws unless a training can run on a device.</summary>
    /// <exception cref="EngineException">It has parts, ranks or measurements, which are for the processor only.</exception>
    public static void RequireProcessor(Device device, Communicator ranks, int parts, StepProfile? profile)
    {
        if (device == Device.Cpu) return;
        var what = ranks.Size > 1 ? $"{ranks.Size} ranks share a training"
            : parts > 1 ? $"a training has {parts} parts"
            : profile is not null ? "steps are measured" : null;
        if (what is not null) throw new EngineException($"{what} on the processor only, not on {device}; choose --device cpu.");
    }
}
