using Engine.Peers.Comparing;

namespace Engine.Tests.Peers;

public class ComparisonOptionsTests
{
    [Fact]
    public void Parse_NoGroup_MeansAllOfThem()
    {
        var options = ComparisonOptions.Parse(["--rounds", "1", "--only", "mlp", "--instructions", "avx2"]);
        Assert.Equal(CaseList.Groups, options.Groups);
        Assert.Equal((1, "mlp", Instructions.Avx2), (options.Rounds, options.Only, options.Instructions));
    }

    [Theory]
    [InlineData("there is no group 'steps'", "steps")]
    [InlineData("there is no option '--round'", "step", "--round", "3")]
    [InlineData("--rounds is '0'", "--rounds", "0")]
    [InlineData("--instructions is 'sse'", "--instructions", "sse")]
    [InlineData("--out needs a value", "step", "--out")]
    public void Parse_WrongArguments_AreNamed(string message, params string[] arguments) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => ComparisonOptions.Parse(arguments)).Message);

    // Labels select and replace rows; requests are what sides are asked.
    [Fact]
    public void Cases_AreToldApartByTheirLabels()
    {
        foreach (var group in CaseList.Groups)
        {
            var cases = CaseList.Of(group, 2).ToArray();
            Assert.NotEmpty(cases);
            Assert.Equal(cases.Length, cases.Select(c => (c.Section, c.Label, c.Threads)).Distinct().Count());
            Assert.All(cases, c => Assert.True(c.Work > 0 && c.Group == group && c.Request.Split(' ').Length == 2));
        }
    }
}
