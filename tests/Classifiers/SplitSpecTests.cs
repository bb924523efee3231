using Engine.Classifiers;
using Engine.Classifiers.Evaluation;

namespace Engine.Tests.Classifiers;

public class SplitSpecTests
{
    [Theory]
    [InlineData("stratified", SplitKind.Stratified)]
    [InlineData("stratified:0.3", SplitKind.Stratified)]
    [InlineData("holdout:10", SplitKind.Holdout)]
    [InlineData("kfold:5", SplitKind.KFold)]
    [InlineData("files:a.txt,b.txt", SplitKind.Files)]
    [InlineData("files:a.txt,C:/v.txt,b.txt", SplitKind.Files)]
    [InlineData("groups:my:artists.tsv", SplitKind.Groups)]
    [InlineData("groups-kfold:5:my:artists.tsv", SplitKind.GroupsKFold)]
    [InlineData("artists", SplitKind.Artists)]
    [InlineData("column", SplitKind.Column)]
    [InlineData("column:set.split", SplitKind.Column)]
    [InlineData("leaky-windows", SplitKind.LeakyWindows)]
    [InlineData("overfit:16", SplitKind.Overfit)]
    public void Parse_Name_RoundTrips(string text, SplitKind kind)
    {
        var spec = SplitSpec.Parse(text);
        Assert.Equal(kind, spec.Kind);
        Assert.Equal(text, spec.ToString());
        Assert.Equal(spec, SplitSpec.Parse(text));
        Assert.Equal(spec.GetHashCode(), SplitSpec.Parse(text).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("stratified:")]
    [InlineData("holdout:")]
    [InlineData("groups-kfold:")]
    public void Parse_LongText_IsQuotedInPart(string start)
    {
        var text = start + new string('x', 5000);
        Assert.InRange(Assert.Throws<EngineException>(() => SplitSpec.Parse(text)).Message.Length, 1, 600);
    }

    [Fact]
    public void Parse_Arguments_AreTaken()
    {
        Assert.Equal(0.2, SplitSpec.Parse("stratified").TestShare);
        Assert.Equal(0.35, SplitSpec.Parse("stratified:0.35").TestShare);
        Assert.Equal(7, SplitSpec.Parse("holdout:7").Rounds);
        Assert.Equal(["a", "v", "b"], SplitSpec.Parse("files:a, v ,b").Files);
        Assert.Equal(["artists.tsv"], SplitSpec.Parse("groups:artists.tsv").Files);
        Assert.Equal(SplitSpec.Stratified, SplitSpec.Parse("stratified:0.2"));
    }

    [Theory]
    [InlineData("", "'' is unknown; use one of stratified")]
    [InlineData("random", "'random' is unknown")]
    [InlineData("overfit", "'overfit' is unknown")]
    [InlineData("overfit:1", "'1' for N")]
    [InlineData("Stratified", "'Stratified' is unknown")]
    [InlineData("stratified:", "test share ''")]
    [InlineData("stratified:1", "test share '1'")]
    [InlineData("stratified:0", "test share '0'")]
    [InlineData("stratified:-0.2", "test share '-0.2'")]
    [InlineData("stratified:NaN", "test share 'NaN'")]
    [InlineData("stratified:0,2", "test share '0,2'")]
    [InlineData("holdout", "'holdout' is unknown")]
    [InlineData("holdout:0", "'0' for K; it must be a whole number from 1 to 1000")]
    [InlineData("holdout:ten", "'ten' for K")]
    [InlineData("holdout:1001", "'1001' for K")]
    [InlineData("kfold:1", "'1' for K; it must be a whole number from 2")]
    [InlineData("kfold:99999999999", "'99999999999' for K")]
    [InlineData("files:a", "names 1 lists")]
    [InlineData("files:a,,b", "names 2 lists")]
    [InlineData("files:a,b,c,d", "names 4 lists")]
    [InlineData("groups:", "'groups:' is unknown")]
    [InlineData("artists:5", "'artists:5' is unknown")]
    [InlineData("column:", "'column:' is unknown")]
    [InlineData("leaky-windows:2", "'leaky-windows:2' is unknown")]
    public void Parse_WrongText_NamesIt(string text, string message) =>
        Assert.Contains(message, Assert.Throws<EngineException>(() => SplitSpec.Parse(text)).Message);
}
