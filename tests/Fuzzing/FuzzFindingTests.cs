using Engine.Classifiers.Pipeline;

namespace Engine.Tests.Fuzzing;

/// <summary>Inputs that a campaign found, cut down to what the fault needs.</summary>
public class FuzzFindingTests
{
    // No row, so that no value is missing, of windows whose sizes multiply to more than an array holds; the checksum is right.
    [Fact]
    public void FeatureEntry_NoRowsOfImpossibleWindows_IsNotTaken()
    {
        const string Entry = "RU5HRkVBVDECAAAAAwAAAAAAAAAAAAAAe30AAAAAAwAAAAAAAAIA/wAAAG1IFwAAAADM11niIcmFAAAAe30AAAAAAwAAAAAA"
            + "AAIA/wAAkALBgvUOv23GbCoinwJbS0yrbAusKWf8/QP0AO1po24Vxw==";
        var (features, frontEnd) = FeatureEncoding.Decode(Convert.FromBase64String(Entry));
        Assert.Null(features);
        Assert.Null(frontEnd);
    }
}
