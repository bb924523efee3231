namespace Engine.Fuzzing;

/// <summary>Looks every second whether a case has come to an end.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly Timer _timer;
    private TimeSpan _processor;
    private long _case = -1;

    /// <summary>Calls <paramref name="hung"/> with a case that took <paramref name="limit"/> of processor time.</summary>
    public Watchdog(Campaign campaign, TimeSpan limit, Action<Finding> hung, string target)
    {
        _timer = new(_ =>
        {
            var (number, input, running) = campaign.InHand;
            var worked = Environment.CpuUsage.TotalTime;
            if (running < TimeSpan.FromSeconds(1) || number != _case)
            {
                (_case, _processor) = (number, worked);
                return;
            }

            // A process that is not given the processor is not hung, one that sleeps is.
            if (worked - _processor > limit || running > 20 * limit) hung(new(target, input,
                $"no end after {running.TotalSeconds:0} s", number));
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    public void Dispose() => _timer.Dispose();
}
