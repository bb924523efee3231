using Engine.Classifiers.Evaluation.Names;

namespace Engine.Tests.Classifiers;

public class NfcTests
{
    // From Unicode's NormalizationTest.txt and its standard annex 15.
    [Theory]
    [InlineData("plain ASCII.wav", "plain ASCII.wav")]
    [InlineData("canc\u0327a\u0303o", "can\u00E7\u00E3o")]
    [InlineData("e\u0301", "\u00E9")]
    [InlineData("e\u0323\u0302", "\u1EC7")]
    [InlineData("e\u0302\u0323", "\u1EC7")]
    [InlineData("\u00EA\u0323", "\u1EC7")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\u2126", "\u03A9")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1E0B\u0323", "\u1E0D\u0307")]
    [InlineData("a\u0301\u0301", "\u00E1\u0301")]
    [InlineData("\u0301a", "\u0301a")]
    [InlineData("a\u0328b\u0301", "\u0105b\u0301")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\u1112\u1161", "\uD558")]
    [InlineData("\uD558\u11AB", "\uD55C")]
    [InlineData("\u304B\u3099", "\u304C")]
    [InlineData("\u0438\u0306", "\u0439")]
    [InlineData("\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\U0001D11E e\u0301", "\U0001D11E \u00E9")]
    public void Compose_Text_GivesFormC(string text, string expected)
    {
        Assert.Equal(expected, Nfc.Compose(text));
        Assert.Equal(expected, Nfc.Compose(expected));
    }

    [Fact]
    public void Compose_EveryPairOfTheTable_GivesItsCharacter()
    {
        for (var i = 0; i < NfcTable.Composed.Length; i += 3)
            Assert.Equal(NfcTable.Composed[i..(i + 1)], Nfc.Compose(NfcTable.Composed[(i + 1)..(i + 3)]));
        for (var i = 0; i < NfcTable.TakenApart.Length; i += 3)
            Assert.DoesNotContain(NfcTable.TakenApart[i], Nfc.Compose(NfcTable.TakenApart[i..(i + 1)]));
    }
}
