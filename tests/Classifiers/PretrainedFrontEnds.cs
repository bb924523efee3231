using System.Text.Json.Nodes;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Tests.Classifiers;

/// <summary>The front ends of three published networks, and the made-up signal that their references start from.</summary>
internal static class PretrainedFrontEnds
{
    public const string Efficientat = """
        { "set": "mel-frames", "n_fft": 1024, "win_length": 800, "hop_length": 320, "symmetric": true, "pad_mode": "reflect",
          "pre_emphasis": 0.97, "n_mels": 128, "fmax": 15000, "htk": true, "norm": "none", "triangles": "mel",
          "log": "ln", "log_offset": 1e-5, "mean": -4.5, "std": 5 }
        """;

    public const string Musicnn = """
        { "set": "mel-frames", "n_fft": 512, "hop_length": 256, "n_mels": 96,
          "log": "log10", "log_factor": 10000, "log_offset": 1 }
        """;

    public const string Choi = """{ "set": "mel-frames", "n_fft": 512, "hop_length": 256, "n_mels": 96, "ref": "max" }""";

    private static readonly (double Hertz, double Amplitude, double Decay)[] s_tones =
        [(220, 0.30, 0.5), (554.37, 0.20, 0.8), (1318.5, 0.12, 1.3), (4186, 0.06, 2.0)];

    /// <summary>Rising tones that are struck every 0.75 s, and a little noise.</summary>
    public static float[] Signal(int rate, int count)
    {
        var (samples, state) = (new float[count], 12345L);
        for (var n = 0; n < count; n++)
        {
            var t = (double)n / rate;
            var sum = 0.0;
            for (var k = 0; k < s_tones.Length; k++)
            {
                var (hertz, amplitude, decay) = s_tones[k];
                sum += amplitude * Math.Sin(2 * Math.PI * (hertz * t + 3 * (k + 1) * t * t)) * Math.Exp(-decay * (t % 0.75));
            }

            state = (1103515245 * state + 12345) % (1L << 31);
            samples[n] = (float)(sum + 0.02 * (state / (double)(1 << 30) - 1));
        }

        return samples;
    }

    /// <summary>A small set of mel frames with some keys set.</summary>
    public static string Keys(string keys)
    {
        var features = JsonNode.Parse("""{ "set": "mel-frames", "n_fft": 200, "hop_length": 64, "n_mels": 20 }""")!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(keys)!.AsObject()) features[key] = value?.DeepClone();
        return features.ToJsonString();
    }

    /// <summary>A recipe of a network that reads a set.</summary>
    public static Recipe Recipe(
        string features, int rate, double segment, string more = "\"window_scaler\":\"none\"", string augmentation = "{}") =>
        Pipeline.Recipes.Recipe.Parse(
            $$"""
            { "name": "x", "description": "x",
              "front_end": { "sample_rate": {{rate}}, "features": {{features}}, "segment": {{segment}} },
              "scaler": "none", {{more}},
              "classifier": { "kind": "network", "layers": [{ "layer": "flatten" }, { "layer": "output" }],
                "training": { "optimizer": { "kind": "sgd", "learning_rate": 0.1 }, "batch": 4, "epochs": 1 },
                "augmentation": {{augmentation}} } }
            """, "x.json");

    /// <summary>The window [bands, frames] of a signal.</summary>
    public static WindowArray Extract(string features, int rate, float[] samples) =>
        new FrontEnd(Recipe(features, rate, (double)samples.Length / rate).FrontEnd).Extract(samples, rate).Only();
}
