using System.IO.Compression;

namespace Engine.Fuzzing.Targets;

/// <summary>
/// Small files of weights as other programs write them: PyTorch 1.13.0a0, and h5py 3.7.0 with HDF5 1.10.8; deflated.
/// </summary>
internal static class WeightSeeds
{
    public static byte[] TorchZip { get; } = Inflate(
        "eNqllltvG0UYhmd3feoWkpBwaDmEQgo4kDrxIU4KoTFL2JZuoc62haWVsDb21mt16/W3Ow7iLgKawh23IIF6y0/gBkX8A1DVa24QPwGpV8zB2e" +
        "5MSds0I48sj+d93ndmvxm7aWkZhAoFdF+bQJPIjdp+b9Ob77jYLQ2uBaYxhi4LbUttt8Mg8Nq4F/Zj/XzU8SKvs9ZrYx3QrA1K0TlMYO2wv1n6" +
        "wut1fQxqG4eEW2oNcS+I9VbkbQx7Qac1cCP3uoe9SAdtjynY68dh1Nqs6JApFp08Icdkptv1IMsluhmELr7AB3XIOQqZswB5R6MpBkMoWDkMh9" +
        "YtZKmWtg26pVnKNhz+zqdpn8DwpA1j37IP4zdhwoan7uXHw6jvdWDSJ95+1s/5eZ/RpihNs9RteNpSKPQZTnsWw3M2HHEO7QLICjEcleXPr1sZ" +
        "oiPyF3iYF7n8JQzTNrzskOeDfDe4Cse4crTQM2QoWecrbJ1leJUgVQwzbH034Lil3IDXOO51DG/YUHSyZOJG5Pb6MCvwDLZz5XrCfJMxK/AWZ8" +
        "6NmCcos8SZ8xgWbCg7OTKxEw43Ag8qAnSNDSbIKkNWocaRiyNknSKXOHIZw0kb3mYxY+wNYnhHIJ4L+92Et8J4NXiX8BQMpwhvdpZzVjE0bHiP" +
        "L/dL7MVgiMslYwnnfcZZhDWe64NRLpPmOs15ZzB8aMNZxrsauN0YLJEXhkHCO8d4dfiI8z4e8c5TXpPz1jHYNlxgT7cf9j24uFsXTLsEl4gWYf" +
        "iEahGtqk95dThc/xmGyzZcGZaaVr4Q3vzp2lekwmlv7nmix5AhnOj5BdM4JZ3n/TaEtlYJukFepG+Rfov0nQZNdfzvk0ePkC9pf1CqOTFV2TSK" +
        "j5wKLaMd6vXNL873dCszD/FqiF4V01g50A7srDaYvzo9M/UY/tWD+v/4A22/0mdwrHVLNWgWt/D5vxPsBn9wlpqYpWYaC/vOkh/RqO/gzj8hNS" +
        "o8xHdF9F00jeXH3oO7GnWOzn5dVwlbRfuq//rB619hK/9t5ndH9EeP4r90cP+9VzuOphK3TS+Kye+zaYzLdlWd5v/j5+6le/kV+pYw03fLxH0u" +
        "8j8EWZ2+A8YE5Z8akm4jWZs+06LWz0jasqxNn0dRe1vWVmRt+vyI2otZSVuVtekzIGr/krU1WZuuYlFLf2DFMyNr0xUo7bOsre9q/79G083OS9" +
        "ol2TddOeOCdielHdVf08rl5kZfT2snkqm69H6Fx0OThd3LJcfumeujCQoby+a4Rmfz+dz/ADn3ar0=");

    public static byte[] TorchModule { get; } = Inflate(
        "eNrFlU1PE0EYx6fb0pdVCiL4iiCo2CoU2vKmoMWKRV0TsUazITHNdjvpLpQuz+60nppwEeOdg15MvHjS72DiF9CzB/wIHj14cGdn23SHKARNmG" +
        "Rndnbm9//Py/O0y5I/gFA4jHaVbtSDFFPV9DoeLylESWysVXLZKFrxlE2hASgmd9gA3jBUDXySXxbtnkUUggslXSUgqKpRqWCV6EbVEh+aJWzi" +
        "0qI9IoI/nodATKb2E4nnWC9rBDpUYti+iUKN6BVLLJi4WNMrpQLBVcswC/WUCMFYTA45JoaplDGEGCLmKoZCHrOPIoRlH9WFiOy3W3WjBqIkED" +
        "jySEKSTxK24KgkSL4t6Hyl0XVECXTloVsOOosp6ooFxzTbSQtpTCkJPZoo+QgcdxReQC+t+hh9gsDJPJxytpJsbuW0h0/BGcafdfl+Wp1j/ACB" +
        "wTycd9yTzH3IQ6dhmNEXXPoirS4xeoTA5TzE5KhDm7VqVa+WC+tYqULcozIJV5jKVVdllFZjTCVBYDwPE3KnR6WumJD0iExBiomkXZFJWk0xkW" +
        "kCM3mYlfsckWptvVBUiKphq0BMRV3DJbjGxNw7e2BUy60ru+7oT8Mc05+39eNxpnuDwM08ZGoNWJAj9iR7d0ShgQm3nPFsTKZhC7cbsOgERx2b" +
        "lh1xcEfyWW4k5BqwpLX6SbjbgHt2X7BqVtE5+YphWdiC+89Aii1lvrNMWMp8YS+4lliWQuGfbz5aPwSE6LP8x/yJol5P/oxP5LLdXPasrCC0mb" +
        "Enf6K6T0defqZC9Pmb7rxXN5nLzu7S3W+x/W9S718r77/Zhiiwh/eC1zuVy84f2Lu5f+q/uvruwwH80//uT/1C4f6dxaED+E8esv/UIZ//9P/Y" +
        "f/MM9J1hvHf8d6G51hrcFM9lZw66iLRInb++LT+xkxkJjrOPNi3v9mzv3rUa/h+Sp9tzOuohF/yI+33g2fac9LKveTbJs+336WV7Axyb4tn2WP" +
        "Sy2zyb3j/b28Gxk/tf8zbPTvFse+xwvkGOnebZ9tvv8p5zG+vG2rIUDI66wwP+sdbUCNcOCqztCTUDPOi8Jd0JPudbR5AxEWc+m/sbHdsTaA==");

    public static byte[] TorchLegacy { get; } = Inflate(
        "eNp11FlT01AUAOAsXSCI4i6uuBeXSktbghsVEdGwBpe4MJnSXpo4MelJbnFwhpm+gOg/0PGBR/+Cb/07/gQdHzzJTeM0M2SaNLm997vnnnvSlv" +
        "BFsv5+n/499O7H4mC2Jcz9EvG6CVxGG+A4ruE61Kk6lr5OXM90bOCxg9aPv1gmpRbRiV0zKzYIO5qEjXSjQXTP/Eg8EDchkdGS2OgZjkshqQia" +
        "iE+mTSGlJLSEbzh2HdJKotnEOas4jUWqFGfxpAW3RlxSmzKrVAJuWAU+o/XhiKpjr2c/ELNuUBCq1HGrRlZvUtPyJN0lq03TqumNilt5TyhxJR" +
        "D36EKJ7Tmuvp6XMMiMlvajxJ6VOoEkGyJNW06FLrNGCVJaL/YpjI+PlXIjsgzpYC3VRhN6lNQ8hd4lhVMERdwGSREVfhv6Pht+2Pso9Kuwfyd4" +
        "OPAJBlQ4+H8htOnapAaHDAzCSBrxSQ4bDD/i46IibMNRhffnOMbw4xROqDAYjAo8XDmFk3top0Lt9JKSQAa1MyzUs0w7R2FIhfPBxhgVaw0uMC" +
        "jMxww2Rem42LGLcmmkVIBLaAtoXw7SsAVXFH4LrjI3QwGv14JSWHUrpg3Xu+DJINO5UoTf6OClUmG0mIebIZ4N8Vs+PsLwHIW8CqNaCkfUnOaq" +
        "RaDQpU8FjZFdjJIi53IlGUqhPRbasm+PM/s2hTsq3GU1TEnDg3td9CxWbwTfj2BMyVgeJhDmES4jPDzMwAcUJlV4yDKxQfElmerOBLZF4KMOKB" +
        "eKObkA02Gkj8NIZ/xInzD4KQVFhdkAXrMqdQ/mumHHsSJ4PoKLozLWxUIIL4bwkg+rDF6m8EyF50FN2I5N4EW8uOTiuF9cLxHhENF8hPNr9BUr" +
        "rtcMekPhrQor/nu+4v+3dJcPH9txIZZMMVbKidguJmO5SsWWmI5F20OyAhceMtfu3Lcnym0+vE+H36lOP641gZcyfvBs4bmLZ7vcGfvtq3/89P" +
        "sM6bvCZKf9j9i54yPpH2QPZfs=");

    public static byte[] Keras { get; } = Inflate(
        "eNrtms1O20AQx2ftuFguKEathKFf7o3ekOCAqko2atLmUJWq7YFb6ySGRASnIqkI4gDH9A1oTz3yCr1xpLdKvASv0FPq/bK8RnGo2qoE5idF49" +
        "0d2+vZ/9jedT5VSs+mrDkLKKYJBbAhzUBgP1LLsv29sETYvrBHmqzXWZsj6m1xfFdX93/7ulym3oMM8jz+DW5NQK4jlfLKK2rXEh1xTjTVrx5G" +
        "nTClx8ofnndanCmr60nwhb5NuB3/qkFtM4zqMEsI28NO+mAq+WGlRExy8qM/wcuNC+aHPcvtMkoF8yOl+zND9dsMt6Ow9XhBlqvNoENL1eYG11" +
        "vQWqe21v4YdWPbDXvUQLj1obub0rHMvzcvV0uEZQHnQFefB0eifGLgGF3kPpON16QYSQJTcYwd2AmbG43uuyjYCju0/hbhtxNCeMTl7VDLjLcc" +
        "5yzPn66+IKkBVe5TbPyjTnt7vdXeUff7UcQxQxAEQRAEQRAEQZBxgYDB5/xElue51dT1BLEsca6sg8N2nXYfQIHVuDBjwsy+aDfAZO2axg9oip" +
        "VOncSODCfTo95/jQdfz5pIerU2l+8vLgIad/L95NJL/16+ny835vP9ZHPvbr5f8r3EyfeT68aH9/+VrngH5DqVPlRHnuizD0s3YWmgj9KRM0RH" +
        "/UueZ2o8tHP5JeLx8HfzasHNjPzViodbFHU2WAZYxZHxWBbxKIxZPNTvRnp8vXTbNiHJj/zrfjJEB1/H9Lk0Sh88DnQ9XMuNS2mIHg6v82uAB3" +
        "AQ/449LizX//KZ8s3j9ru3yDj1vOPYiz0wBns/xTfIoFqr45sUgiAIglyd+T9k5mnw1+b/2X8wXY75/y8laKCK");

    public static byte[] Latest { get; } = Inflate(
        "eNrr9HBx4+WS4mLm4GCAgf9QYAAVMoCKfy59/MLfwyWISYHrNU82Mq5gEkLWCANcTAyMDAxsAgxAijUlNa849TDMDhcGqoAtHAsYyHGSIMhJbN" +
        "mpRXmpOWGMELPY+EGCLEmZicVJTAyoXicBlPauvQ92EiMDI6MKAwMTEyMjzDhmKI3OZxZhYBRUkGdgAfMUGMQ5GMTrgSxWoGuZuTiAPmFhZIDG" +
        "hgTMogUMgx68Krl8Eh4WIkB/MzIyMmP1uz3Uew4MJtwMJv+ZUf0uge73DQxDDrySLMpjGAWjYBSMgsEG7BkYGoD4gD24CGZQcJg1EwR22kPok/" +
        "bGYHDZHgC+C2Pl");

    public static byte[] ManyMembers { get; } = Inflate(
        "eNrtWrtOAkEUneVhNkYT8BHwvb4tLHZ8YmLikoChMErUwhILEwsLY4WVlNhZUlL6CZZ+ip9gaacX9lx1iJkOdfWe5ObssGfvbM7cmR0WbkuF3f" +
        "7e0V7VguuqhEqpz3gFXhbNNp+vgB1wHXwf48+d9rksPk8jf6fu+LBYVNT7awe4Hz8Rsod2KhNygHZj3LwfbybkphL8BZSK+XJ7fFFo9zzuC93t" +
        "11HJsLYdbrtGvcepslvHaW9KJVChGVdlbnA+SfrW+Vgs1r7ExUyIcyJc9YHGrx6Ho/2DgkP37PI8i9v1vJpUk3Ydrw/1HrvO60wcUXSvrhKRrK" +
        "vu+eFG0o/vRW0nfJQGFDWKJsUjxVPr8ZqnyUbhUfgUAUWZokJxSVGjqFPcUTTy4qVAIBAIBP95H9on+1DDj5T4YfgxJH4YfmTFD8OPcfHD8MOT" +
        "77HfAH6/tcSvmdJ2vQ/2Buy6HOsH7bqAeUj2FV/PgzlZFww/lsQPw49l8cPww4/07wwltMvDdn0ZfJK1607A5yN2XQVcHZV1+Ou6WpN5ZviREz" +
        "8MP7bFD8OPIMLrsKvO0a6P2fWX4KcJu64Kfp6062p84Nl1/H+S1LRdd8fr/6xdx6NSnbPrmtz//E/VVUHmmeFHSfww/NiL9HuDi9PrsyvfB2vw" +
        "CngVvAZeB2+AN8E58FbIGvk08mnk08inkU8jn0Y+jXwa+fTW+/g8RGxf+AaX268E");

    public static byte[] Chunked { get; } = Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KTARQ+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzx4AFQnMwjIKRCDxcHQNAdASUD0" +
        "ulJ5hQ1SWipUcPCu1lZGCDmMUI42tAaCaIQApUHS6aGZjyQSoFFeQZIElYgUGcg0G8HirPCkzRIHkmZogN3EB5EIMRbh8HOAelpKblJJakQs0A" +
        "5QNIjmJmYq5ghQgZQTFUSQBN4iHYz9+FEewqCFBgHk2b5ABQeccIjCr08k6RgL4N/BAaXZ0RGv8imjojHOZ9wqEOXb2wAHb7YDTLaJSOglEwCk" +
        "bBKBgFo2AU0ARUxL09yMgLZBxa8N0/l898AVzmwX0GdQEGRjooAAAwzmne");

    public static byte[] Compact { get; } = Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KOlhR+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzx4EFQnMwjIKRCDxcHQNAdASUD0" +
        "ulJ5hQ1SWipUcPCu1lZGADmyXACONDUjIjI0SAGaoOQUuA1QsqyDNAkqwCgzgHg3g9VJ4VmIJB8kyMTIyQ9CwA1ccDJBvsQUkdiByEoCkdpIjr" +
        "NU82A8OEQRkvwX7+LqAcDsuXCsyjaZUcAABGJDBS");

    public static byte[] Unwritten { get; } = Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KKlhR+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzx4AFQnMwjIKRCDxcHQNAdASUD0" +
        "ulJ5hQ1SWipUcPCu1lZGCFmMUI40NSMiMjzAa4U8A0M1AeJCOoIM8ASbIKDOIcDOL1UEWswBQMkmdiYmKEpGeIecyMSCneAdkFHYMqHoL9/F1A" +
        "ORqWDxWYR9MmOQAA1ac1Yw==");

    public static byte[] Cycle { get; } = Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KejhR+TD5BCjNCKU7oPQKJpg4IwOIKQEVF4Saj64uJMjVFaT6PxqA2fOAFUJzMIyCkQg8XB0DQHQElA" +
        "9LpSeYUNWlo6VHDwrtZQRDzPTrwQzhZ7ASl3412EfT72j6RaRfWHrqYEVVV1oAoRPR0rEDmfYG+/m7gFIwLN0pMKPlD7R0PArwhSMTvNwpIJCR" +
        "OYisH0caYGRghYQFI4wPyQmMjBABaHJEoiXASgUV5IFtE3AKZhDnYBCvh8qzAkMaJM/ExMQICXeIecyMDdAWCw+aCzoGWYg02MMwAOu0SrQ=");

    public static byte[] Soft { get; } = Inflate(
        "eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KeDhQ+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACzx4AFQqO6bhSMFODh6hgAoiOgfA" +
        "UofYIJVV0ilE6C0vqJqOnTgkR7GRlYIXoZYXxISmZkhAgwQ9UhaAmwUkEFeQYWqEvFORjE66HyrAwcYHkmJiawARxQ85gZGaA5jAfNBR2DKh6C" +
        "/fxdGBmYYI5lUGDGr14ArRyBRZfEaJIeBaNgEIAGexgGAOOOOBY=");

    public static byte[] TrackOrder { get; } = Inflate(
        "eNrtWl9IU1EY/+7d5tZ0bnOWYla3/8uEZpkZpM41x6DUsa0/j4OELH0QKguCNCJaFBH0kGLBHnoYReBDVC+RIIQQ0R8IQgqECoVeqqd6KDv3nP" +
        "Od6xlEURGI58Nv3/f9zuc95/7Od8/uOXo+Ho153FVuMMXlAjv4YK7McknUyDG2Z7jVuM1ym9cR12hbJcf9/PqFeelkW5uZPVsg2M9SO7MuULIQ" +
        "Jd7WmjDtfh5jlU7oct7BgnqM/2W/nfFoUq91fyjpmatT+iraaivnaX0VzOq8zoPcunU+kpvzi+7S6s/nUh2dUfPhxUfOsKky/BPRwMGKQMPYJZ" +
        "WojSyOpu83VgBb5QyocEHFAG93kHyzXdd1jS2BrLhsYmrsBT0OLVA+7POSj1gq1QYdfMHQmgDGzdu66DH2/bchDLaQjzD5ITpINEd0jOgUUWgl" +
        "qy1Rg2iIaJhogmiGaB/RQaJZopeJDrWqx12JEiVKlChZyC+nLvVyKvFRoviQ+PApPiQ+yhUfEh+Vig+Jj2rFh8SHMT83+8l4ApzmDc09aMfT7i" +
        "Ye42kA6AWWS/lv9maf85saZ1eDRBCxqnR2JJKORwnNJK+YIF3BXCX2gb305q4/p1lFZpaXZVUVZmk3jnfGUiQLmqQeLWuNKgEnyEiw5YyTjwZk" +
        "e9Iz3R9J746Bo719vw96SPYS8HUvWwenqavdSW+C29RN3s3vhAB1j50d7YUW6kZ6u/vhCrnSYhj23u+HqxQ9WjuZhT3U3VGz8TbkaULw8bV78A" +
        "1M9OW7oXFooejIydfj8IK6M58OP4IH1L3XfOslHGLo7NFJ2EAv9vRr9xuooWj+xKu3xJhutvnCe5im1x0dXv0Z0hTdtffmdzhF3b7Mw0vqPfRn" +
        "Que/SISMU1FQjG1R4mzOxDE1o1qsD2zCHBgy9sWlWZk4MWRFIf7axOZ9EYasItwYsuktxpBVUQmGrCw9GLJiKRVjpqEXQ1aXYmlgNe/HkNV9GY" +
        "asngMYskchNHzlidqf/Pr7Y436PpX4CCo+JD5qFR8SHyHFh8RHveJD4qNR8SHxsUPxIfERVnxIfEQVHxIfccWHxMfu+Xm+EY9GxH9DmTIzMPFF" +
        "E/egd4UO8B2YZtcEWHekCEFx4tG1GbdBmt0mwC0+P4J2AdYbZQg6BLg1FECwSIAN4XIEnQLclliMoEuAjZklCC4S4PZcNYK4+bN11YVGlyFabK" +
        "F1Y8sRLbHQzc9WIOqx0C1TBqKlFlr/cSWiXgvdCqsR9Vlog28Non4L3WasRbTMQhtD6xANWOj28Pp/MP8/ABto9Yk=");

    private static byte[] Inflate(string text)
    {
        using var bytes = new ZLibStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        bytes.CopyTo(inflated);
        return inflated.ToArray();
    }
}
