using Engine.Classifiers;
using Engine.Plots.Figures;
using Engine.Plots.Songs;
using Engine.Plots.Subjects;

namespace Engine.Tests.Plots;

public class PlotCatalogTests
{
    private static readonly SongSubject s_song = new SongSubject();
    private static readonly IPlotSubject[] s_subjects = [new Run(), new Table(), s_song];

    [Theory]
    [InlineData(null, "wave mel chroma")]
    [InlineData("rms", "rms")]
    [InlineData("hpss, wave", "hpss wave")]
    public void KindsOf_Fitting_AreInTheOrderGiven(string? text, string kinds) =>
        Assert.Equal(kinds, string.Join(' ', PlotCatalog.KindsOf(s_song, "song.wav", text, s_subjects)));

    [Fact]
    public void KindsOf_KindOfAnotherSubject_SaysWhichOne()
    {
        Assert.Equal("--kind: history is drawn from a run; song.wav is a recording: it has " + SongKinds(), Error("history"));
        Assert.Equal("--kind: pca is drawn from a run or a table; song.wav is a recording: it has " + SongKinds(),
            Error("wave,pca"));
        Assert.Equal("--kind: '' is not a kind of picture of a recording; it has " + SongKinds(), Error("wave,"));
    }

    [Fact]
    public void KindsOf_SeveralOfASubjectThatDoesNotStack_IsRefused() =>
        Assert.Equal("--kind: pca,history: pictures of a run do not stack; name one kind.", Assert.Throws<EngineException>(
            () => PlotCatalog.KindsOf(s_subjects[0], "run", "pca,history", s_subjects)).Message);

    private static string SongKinds() => string.Join(", ", s_song.Kinds.Select(k => k.Name)) + ".";

    private static string Error(string kinds) => Assert.Throws<EngineException>(
        () => PlotCatalog.KindsOf(s_song, "song.wav", kinds, s_subjects)).Message;

    private class Run : IPlotSubject
    {
        public virtual string Noun => "a run";

        public virtual IReadOnlyList<PlotKind> Kinds => [new("history", "learning curves"), new("pca", "principal components")];

        public IReadOnlyList<string> Standard => ["pca"];

        public bool Stacks => false;

        public IReadOnlyList<string> Options => [];

        public bool Fits(IReadOnlyList<string> paths) => false;

        public Figure Draw(IReadOnlyList<string> paths, IReadOnlyList<string> kinds, PlotRequest request) =>
            throw new InvalidOperationException("nothing is drawn");
    }

    private sealed class Table : Run
    {
        public override string Noun => "a table";

        public override IReadOnlyList<PlotKind> Kinds => [new("pca", "principal components")];
    }
}
