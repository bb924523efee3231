using Engine.Dsp.Files;

namespace Engine.Tests.Support;

/// <summary>
/// Ends work before a change of a file as a kill would: nothing of it changes a file afterwards, not even to clean up.
/// </summary>
internal static class Killing
{
    /// <summary>
    /// Runs <paramref name="work"/> until it is about to make its change number <paramref name="change"/>, from 1; false if it
    /// ended before.
    /// </summary>
    public static bool Before(int change, Action work)
    {
        var (count, killed) = (0, false);
        Disk.Before.Value = (_, _) =>
        {
            if (Interlocked.Increment(ref count) < change) return;
            killed = true;
            throw new KilledException();
        };
        try
        {
            work();
            return killed;
        }
        catch (Exception) when (killed)
        {
            // Whatever the work made of it.
            return true;
        }
        finally
        {
            Disk.Before.Value = null;
        }
    }

    private sealed class KilledException : Exception;
}
