namespace Engine.Cli.Reports;

/// <summary>Counts what is done and estimates how long the rest takes. Not safe for several threads.</summary>
/// <param name="clock">Measures time.</param>
internal sealed class ProgressClock(TimeProvider clock)
{
    private string _unit = "";
    private long _start = clock.GetTimestamp(), _last;
    private int _done, _before;
    private int? _total;

    /// <summary>Whether it tells how many are done in a second.</summary>
    public bool ShowsRate { get; init; }

    /// <summary>Begins work that is not counted.</summary>
    public void Begin(string unit) => (_unit, _start, _done, _total) = (unit, clock.GetTimestamp(), 0, null);

    /// <summary>
    /// Notes that <paramref name="done"/> of <paramref name="total"/> are done. Work that goes on where it was stopped has not
    /// taken the time of what was done before.
    /// </summary>
    public void Count(string unit, int done, int total)
    {
        _last = clock.GetTimestamp();
        if (_total is null || _unit != unit) _before = Math.Max(0, done - 1);
        (_unit, _done, _total) = (unit, done, total);
    }

    /// <summary>How far it is now.</summary>
    public ProgressState Now()
    {
        var elapsed = clock.GetElapsedTime(_start);
        if (_total is not { } total || _done <= _before) return new(_unit, _done, _total, elapsed, null);
        var each = clock.GetElapsedTime(_start, _last) / (_done - _before);
        var left = each * (total - _done) - clock.GetElapsedTime(_last);
        return new(_unit, _done, total, elapsed, left > TimeSpan.Zero ? left : TimeSpan.Zero)
        {
            Rate = ShowsRate && each > TimeSpan.Zero ? 1 / each.TotalSeconds : null,
        };
    }
}
