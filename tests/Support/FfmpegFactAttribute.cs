using Engine.Dsp.Audio;

namespace Engine.Tests.Support;

/// <summary>A test that needs the real <c>ffmpeg</c>; skipped, visibly, where none is on the PATH.</summary>
public sealed class FfmpegFactAttribute : FactAttribute
{
    public FfmpegFactAttribute()
    {
        if (FfmpegDecoder.FindOnPath() is null) Skip = "ffmpeg is not on the PATH.";
    }
}

/// <summary>A test whose stand-in programs are shell scripts.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "It runs shell scripts.";
    }
}

/// <summary>A theory that needs the real <c>ffmpeg</c>; skipped, visibly, where none is on the PATH.</summary>
public sealed class FfmpegTheoryAttribute : TheoryAttribute
{
    public FfmpegTheoryAttribute()
    {
        if (FfmpegDecoder.FindOnPath() is null) Skip = "ffmpeg is not on the PATH.";
    }
}

/// <summary>A theory whose stand-in programs are shell scripts.</summary>
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows()) Skip = "It runs shell scripts.";
    }
}
