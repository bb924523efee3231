namespace Engine.Cli.Demo;

/// <summary>
/// Loudness of a note over time: a linear rise, an exponential fall towards the sustained level, and an exponential
/// release once the note ends. Times are in seconds; a fall is to a thousandth (60 dB).
/// </summary>
internal readonly record struct Envelope(double Attack, double Fall, double Sustain, double Release)
{
    /// <summary>Samples from the start of a note of <paramref name="length"/> samples until it is inaudible.</summary>
    public int Samples(int length) => length + Sound.Samples(Release);

    /// <summary>Starts following the envelope for a note of <paramref name="length"/> samples.</summary>
    public Follower Start(int length) => new(this, length);

    /// <summary>The envelope, one sample at a time.</summary>
    public struct Follower(Envelope envelope, int length)
    {
        private readonly int _attack = Math.Max(Sound.Samples(envelope.Attack), 1);
        private readonly float _sustain = (float)envelope.Sustain;
        private readonly float _fall = Sound.Decay(envelope.Fall * Sound.SampleRate);
        private readonly float _release = Sound.Decay(envelope.Release * Sound.SampleRate);
        private int _sample;
        private float _level;

        /// <summary>The level of the next sample.</summary>
        public float Next()
        {
            if (_sample >= length) _level *= _release;
            else if (_sample < _attack) _level += 1f / _attack;
            else _level = _sustain + (_level - _sustain) * _fall;
            _sample++;
            return _level;
        }
    }
}
