using System.Globalization;
using Engine.Cli.Reports;
using Engine.Dsp.Audio;

namespace Engine.Cli.Demo;

/// <summary>
/// Writes the synthetic corpus: one folder per genre, tracks named <c>genre.00000.wav</c>, 22,050 Hz mono 16 bit.
/// </summary>
internal static class SynthCorpus
{
    /// <summary>The path of a track under <paramref name="folder"/>.</summary>
    public static string PathOf(string folder, Genre genre, int number) =>
        Path.Combine(folder, genre.Name, genre.Name + "." + number.ToString("00000", CultureInfo.InvariantCulture) + ".wav");

    /// <summary>
    /// Writes <paramref name="tracks"/> tracks of each genre into <paramref name="folder"/>, all of them or, if stopped, none.
    /// </summary>
    /// <exception cref="CommandLineException">The folder is not empty, and <paramref name="force"/> is not set.</exception>
    public static void Write(string folder, int tracks, double seconds, ulong seed, int threads, bool force, Session session)
    {
        OutputFolder.Fill(folder, force, staging =>
        {
            var jobs = Genres.All.SelectMany(genre => Enumerable.Range(0, tracks).Select(number => (genre, number))).ToArray();
            foreach (var genre in Genres.All) Directory.CreateDirectory(Path.Combine(staging, genre.Name));
            var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = session.Cancel };
            var done = 0;
            Progress.Show(session, "track", "writing", progress => Parallel.ForEach(jobs, options, job =>
            {
                var path = PathOf(staging, job.genre, job.number);
                WavWriter.Write(path, Synthesizer.Render(job.genre, job.number, seconds, seed), Sound.SampleRate);
                progress.Report(new(Interlocked.Increment(ref done), jobs.Length, path));
            }));
        });
    }
}
