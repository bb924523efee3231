namespace Engine.Tests.Support;

/// <summary>
/// Has <see cref="InstructionSetTests"/> run the class again without some vector instructions, so that every width of its kernels
/// is tested on a machine that has the widest.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EveryInstructionSetAttribute : Attribute;
