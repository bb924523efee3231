using static Engine.Tensors.Gpu.Cuda.CudaNative;

namespace Engine.Tensors.Gpu.Cuda;

internal sealed unsafe partial class CudaDriver : IGpuGraphs
{
    private bool _capturing;

    /// <inheritdoc/>
    public nint Capture(Action work)
    {
        Enter(waits: true);

        // Relaxed: the pool may ask for memory meanwhile, which is not part of the recording.
        _status.Check(StreamBeginCapture(_stream, CaptureModeRelaxed), "cuStreamBeginCapture");
        _capturing = true;
        nint graph = 0;
        try
        {
            work();
        }
        catch
        {
            // The work's own error is the one to report.
            if (StreamEndCapture(_stream, &graph) == Success && graph != 0) _ = GraphDestroy(graph);
            throw;
        }
        finally
        {
            _capturing = false;
        }

        _status.Check(StreamEndCapture(_stream, &graph), "cuStreamEndCapture");
        nint executable;
        var status = GraphInstantiateWithFlags(&executable, graph, 0);
        _status.Check(GraphDestroy(graph), "cuGraphDestroy");
        _status.Check(status, "cuGraphInstantiate");
        return executable;
    }

    /// <inheritdoc/>
    public void Replay(nint graph)
    {
        Enter();
        _status.Check(GraphLaunch(graph, _stream), "cuGraphLaunch");
    }

    /// <inheritdoc/>
    public void Release(nint graph)
    {
        Enter(waits: true);
        _status.Check(StreamSynchronize(_stream), "cuStreamSynchronize");
        _status.Check(GraphExecDestroy(graph), "cuGraphExecDestroy");
    }
}
