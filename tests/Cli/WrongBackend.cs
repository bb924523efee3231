using Engine.Tensors;
using Engine.Tensors.Cpu;
using Engine.Tensors.Operators;

namespace Engine.Tests.Cli;

/// <summary>The processor's operations, of which one leaves the last number of its results a little wrong, or throws.</summary>
/// <param name="wrong">The operation; null for none.</param>
/// <param name="throws">Whether it throws instead.</param>
internal sealed class WrongBackend(string? wrong, bool throws = false) : IBackend
{
    private readonly CpuBackend _inner = new();

    /// <summary>Every operation that has a result.</summary>
    public static IEnumerable<string> Operations { get; } =
        typeof(IBackend).GetMethods().Select(m => m.Name)
            .Except([nameof(Allocate), nameof(Trim), nameof(Wait), nameof(LstmHistory), nameof(MaxPool2dPlaces)]).Distinct();

    private IBackend Inner => _inner;

    public Storage Allocate(long byteLength) => Inner.Allocate(byteLength);

    public void Trim() => Inner.Trim();

    public void Wait() => Inner.Wait();

    public Shape LstmHistory(int batch, int steps, int units) => Inner.LstmHistory(batch, steps, units);

    public Shape MaxPool2dPlaces(in Pool2dGeometry geometry) => Inner.MaxPool2dPlaces(geometry);

    public void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        Inner.Upload(source, target);
        Spoil(nameof(Upload), target);
    }

    public void Download(Tensor source, Span<byte> target)
    {
        Inner.Download(source, target);
        if (wrong != nameof(Download) || target.Length == 0) return;
        if (throws) throw new NotSupportedException("Download is out of order.");
        target[^1] ^= 1;
    }

    public void Copy(Tensor source, Tensor target)
    {
        Inner.Copy(source, target);
        Spoil(nameof(Copy), target);
    }

    public void Fill(Tensor target, float value)
    {
        Inner.Fill(target, value);
        Spoil(nameof(Fill), target);
    }

    public void Binary<TOperator>(Tensor a, Tensor b, Tensor result)
        where TOperator : struct, IBinaryOperator
    {
        Inner.Binary<TOperator>(a, b, result);
        Spoil(nameof(Binary), result);
    }

    public void Unary<TOperator>(Tensor x, float parameter, Tensor result)
        where TOperator : struct, IUnaryOperator
    {
        Inner.Unary<TOperator>(x, parameter, result);
        Spoil(nameof(Unary), result);
    }

    public void UnaryGradient<TOperator>(Tensor saved, float parameter, Tensor gradOutput, Tensor gradInput)
        where TOperator : struct, IDifferentiableOperator
    {
        Inner.UnaryGradient<TOperator>(saved, parameter, gradOutput, gradInput);
        Spoil(nameof(UnaryGradient), gradInput);
    }

    public void NonZeroBits(Tensor x, Tensor bits)
    {
        Inner.NonZeroBits(x, bits);
        Spoil(nameof(NonZeroBits), bits);
    }

    public void MaskGradient(Tensor bits, Tensor gradOutput, Tensor gradInput)
    {
        Inner.MaskGradient(bits, gradOutput, gradInput);
        Spoil(nameof(MaskGradient), gradInput);
    }

    public void AddScaled(Tensor source, float scale, Tensor target)
    {
        Inner.AddScaled(source, scale, target);
        Spoil(nameof(AddScaled), target);
    }

    public void CopyStrided(Tensor source, int offset, ReadOnlySpan<int> strides, Tensor result)
    {
        Inner.CopyStrided(source, offset, strides, result);
        Spoil(nameof(CopyStrided), result);
    }

    public void CopyToStrided(Tensor source, Tensor target, int offset, ReadOnlySpan<int> strides)
    {
        Inner.CopyToStrided(source, target, offset, strides);
        Spoil(nameof(CopyToStrided), target);
    }

    public void GatherRows(Tensor source, Tensor indices, Tensor result)
    {
        Inner.GatherRows(source, indices, result);
        Spoil(nameof(GatherRows), result);
    }

    public void ScatterAddRows(Tensor source, Tensor indices, Tensor target)
    {
        Inner.ScatterAddRows(source, indices, target);
        Spoil(nameof(ScatterAddRows), target);
    }

    public void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor result, bool accumulate = false, Tensor? bias = null,
        bool relu = false)
    {
        Inner.MatMul(a, transposeA, b, transposeB, result, accumulate, bias, relu);
        Spoil(nameof(MatMul), result);
    }

    public void Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output)
    {
        Inner.Conv2d(geometry, input, weight, bias, relu, output);
        Spoil(nameof(Conv2d), output);
    }

    public void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor weight, Tensor gradInput)
    {
        Inner.Conv2dInputGradient(geometry, gradOutput, weight, gradInput);
        Spoil(nameof(Conv2dInputGradient), gradInput);
    }

    public void Conv2dWeightGradient(
        in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias)
    {
        Inner.Conv2dWeightGradient(geometry, input, gradOutput, gradWeight, gradBias);
        Spoil(nameof(Conv2dWeightGradient), gradBias ?? gradWeight);
    }

    public void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? places)
    {
        Inner.MaxPool2d(geometry, input, output, places);
        Spoil(nameof(MaxPool2d), output);
    }

    public void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor places, Tensor gradOutput, Tensor gradInput)
    {
        Inner.MaxPool2dGradient(geometry, places, gradOutput, gradInput);
        Spoil(nameof(MaxPool2dGradient), gradInput);
    }

    public void AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output)
    {
        Inner.AveragePool2d(geometry, input, output);
        Spoil(nameof(AveragePool2d), output);
    }

    public void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput)
    {
        Inner.AveragePool2dGradient(geometry, gradOutput, gradInput);
        Spoil(nameof(AveragePool2dGradient), gradInput);
    }

    public void ChannelStatistics(Tensor x, Tensor mean, Tensor variance)
    {
        Inner.ChannelStatistics(x, mean, variance);
        Spoil(nameof(ChannelStatistics), variance);
    }

    public void FollowStatistics(
        Tensor mean, Tensor variance, float momentum, float correction, Tensor runningMean, Tensor runningVariance)
    {
        Inner.FollowStatistics(mean, variance, momentum, correction, runningMean, runningVariance);
        Spoil(nameof(FollowStatistics), runningVariance);
    }

    public void ChannelScale(Tensor variance, float epsilon, Tensor weight, Tensor inverse, Tensor scale)
    {
        Inner.ChannelScale(variance, epsilon, weight, inverse, scale);
        Spoil(nameof(ChannelScale), scale);
    }

    public void NormalizeChannels(Tensor x, Tensor mean, Tensor scale, Tensor shift, Tensor result)
    {
        Inner.NormalizeChannels(x, mean, scale, shift, result);
        Spoil(nameof(NormalizeChannels), result);
    }

    public void BatchNormGradient(
        Tensor x, Tensor mean, Tensor inverseDeviation, Tensor weight, bool batchStatistics, Tensor gradOutput, Tensor gradInput,
        Tensor gradWeight, Tensor gradBias)
    {
        Inner.BatchNormGradient(x, mean, inverseDeviation, weight, batchStatistics, gradOutput, gradInput, gradWeight, gradBias);
        Spoil(nameof(BatchNormGradient), gradInput);
    }

    public void LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor result, Tensor statistics)
    {
        Inner.LayerNorm(x, weight, bias, epsilon, result, statistics);
        Spoil(nameof(LayerNorm), statistics);
    }

    public void LayerNormGradient(
        Tensor x, Tensor statistics, Tensor weight, Tensor gradOutput, Tensor gradInput, Tensor gradWeight, Tensor gradBias)
    {
        Inner.LayerNormGradient(x, statistics, weight, gradOutput, gradInput, gradWeight, gradBias);
        Spoil(nameof(LayerNormGradient), gradWeight);
    }

    public void Softmax(Tensor x, bool logarithm, Tensor result)
    {
        Inner.Softmax(x, logarithm, result);
        Spoil(nameof(Softmax), result);
    }

    public void SoftmaxGradient(Tensor output, bool logarithm, Tensor gradOutput, Tensor gradInput)
    {
        Inner.SoftmaxGradient(output, logarithm, gradOutput, gradInput);
        Spoil(nameof(SoftmaxGradient), gradInput);
    }

    public void CrossEntropy(Tensor x, Tensor labels, float smoothing, Tensor losses, Tensor? gradient)
    {
        Inner.CrossEntropy(x, labels, smoothing, losses, gradient);
        Spoil(nameof(CrossEntropy), gradient ?? losses);
    }

    public void Sum(Tensor source, Tensor result)
    {
        Inner.Sum(source, result);
        Spoil(nameof(Sum), result);
    }

    public void Max(Tensor source, Tensor? values, Tensor? indices)
    {
        Inner.Max(source, values, indices);
        Spoil(nameof(Max), indices ?? values!);
    }

    public void Scatter(Tensor values, Tensor indices, Tensor target)
    {
        Inner.Scatter(values, indices, target);
        Spoil(nameof(Scatter), target);
    }

    public void Dropout(Tensor x, float rate, ulong key, ulong stream, ulong counter, Tensor result)
    {
        Inner.Dropout(x, rate, key, stream, counter, result);
        Spoil(nameof(Dropout), result);
    }

    public void Update<TOperator>(in UpdateFactors factors, Tensor? gradientScale, ReadOnlySpan<ParameterUpdate> updates)
        where TOperator : struct, IUpdateOperator
    {
        Inner.Update<TOperator>(factors, gradientScale, updates);
        Spoil(nameof(Update), updates[^1].Second ?? updates[^1].Parameter);
    }

    public void SumSquares(ReadOnlySpan<Tensor> tensors, Tensor result)
    {
        Inner.SumSquares(tensors, result);
        Spoil(nameof(SumSquares), result);
    }

    public void ClipScale(Tensor squares, double limit, Tensor result)
    {
        Inner.ClipScale(squares, limit, result);
        Spoil(nameof(ClipScale), result);
    }

    public void Spectrogram(in SpectrogramGeometry geometry, Tensor samples, Tensor window, Tensor result)
    {
        Inner.Spectrogram(geometry, samples, window, result);
        Spoil(nameof(Spectrogram), result);
    }

    public void Decibels(in DecibelOptions options, Tensor x, Tensor? counts, Tensor result)
    {
        Inner.Decibels(options, x, counts, result);
        Spoil(nameof(Decibels), result);
    }

    public void Lstm(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor bias, bool reverse, Tensor output, Tensor cell,
        Tensor history)
    {
        Inner.Lstm(input, weightInput, weightHidden, bias, reverse, output, cell, history);
        Spoil(nameof(Lstm), cell);
    }

    public void LstmGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history,
        Tensor gradOutput, Tensor? gradCell, Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBias)
    {
        Inner.LstmGradient(input, weightInput, weightHidden, reverse, output, history, gradOutput, gradCell, gradInput,
            gradWeightInput, gradWeightHidden, gradBias);
        Spoil(nameof(LstmGradient), gradWeightHidden);
    }

    public void Gru(
        Tensor input, Tensor weightInput, Tensor weightHidden, Tensor biasInput, Tensor biasHidden, bool reverse, Tensor output,
        Tensor history)
    {
        Inner.Gru(input, weightInput, weightHidden, biasInput, biasHidden, reverse, output, history);
        Spoil(nameof(Gru), output);
    }

    public void GruGradient(
        Tensor input, Tensor weightInput, Tensor weightHidden, bool reverse, Tensor output, Tensor history, Tensor gradOutput,
        Tensor? gradInput, Tensor gradWeightInput, Tensor gradWeightHidden, Tensor gradBiasInput, Tensor gradBiasHidden)
    {
        Inner.GruGradient(input, weightInput, weightHidden, reverse, output, history, gradOutput, gradInput, gradWeightInput,
            gradWeightHidden, gradBiasInput, gradBiasHidden);
        Spoil(nameof(GruGradient), gradBiasHidden);
    }

    // The last number becomes a hundredth larger and then some.
    private void Spoil(string operation, Tensor result)
    {
        if (wrong != operation || result.Count == 0) return;
        if (throws) throw new NotSupportedException($"{operation} is out of order.");
        var all = new byte[4 * result.Count];
        Inner.Download(result, all);
        if (result.Type == ElementType.Int32) all[^4] ^= 1;
        else BitConverter.TryWriteBytes(all.AsSpan(all.Length - 4), Larger(BitConverter.ToSingle(all, all.Length - 4)));
        Inner.Upload(all, result);
    }

    private static float Larger(float value) => value + 0.01f * (1 + MathF.Abs(value));
}
