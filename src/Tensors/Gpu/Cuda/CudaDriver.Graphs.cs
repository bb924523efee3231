using static Engine.Tensors.Gpu.Cuda.CudaNative;

namespace Engine.Tensors.Gpu.Cuda;

internal sealed unsafe partial class CudaDriver : IGpuGraphs
{
    // By what can be run: the description that it was made of, which must outlive it because changes name its nodes.
    private readonly Dictionary<nint, (nint Description, nint[] Nodes)> _graphs = [];

    /// <inheritdoc/>
    public nint BuildGraph(ReadOnlySpan<GraphLaunch> launches)
    {
        Enter();
        nint description, graph;
        _status.Check(GraphCreate(&description, 0), "cuGraphCreate");
        try
        {
            var nodes = new nint[launches.Length];
            for (var i = 0; i < nodes.Length; i++) nodes[i] = AddNode(description, i == 0 ? 0 : nodes[i - 1], launches[i]);
            _status.Check(GraphInstantiateWithFlags(&graph, description, 0), $"cuGraphInstantiate of {nodes.Length} launches");
            _graphs.Add(graph, (description, nodes));
            return graph;
        }
        catch
        {
            _ = GraphDestroy(description);
            throw;
        }
    }

    /// <inheritdoc/>
    public void ChangeGraph(nint graph, int number, in GraphLaunch launch)
    {
        Enter();
        var values = stackalloc ulong[2 * launch.Arguments.Length];
        var parameters = stackalloc void*[2 * launch.Arguments.Length];
        var node = Node(launch, values, parameters);
        _status.Check(GraphExecKernelNodeSetParams(graph, _graphs[graph].Nodes[number], &node),
            $"cuGraphExecKernelNodeSetParams of {launch.Name}");
    }

    /// <inheritdoc/>
    public void ReplayGraph(nint graph)
    {
        Enter();
        _status.Check(GraphLaunch(graph, _stream), $"cuGraphLaunch of {_graphs[graph].Nodes.Length} launches");
    }

    /// <inheritdoc/>
    public void ReleaseGraph(nint graph)
    {
        Enter();
        _status.Check(StreamSynchronize(_stream), "cuStreamSynchronize");
        Destroy(graph);
    }

    // The values are copied.
    private nint AddNode(nint description, nint before, in GraphLaunch launch)
    {
        var values = stackalloc ulong[2 * launch.Arguments.Length];
        var parameters = stackalloc void*[2 * launch.Arguments.Length];
        var node = Node(launch, values, parameters);
        nint added;
        _status.Check(GraphAddKernelNode(&added, description, &before, before == 0 ? 0u : 1u, &node),
            $"cuGraphAddKernelNode {launch.Name} ({launch.Grid})");
        return added;
    }

    private void Destroy(nint graph)
    {
        _graphs.Remove(graph, out var parts);
        _status.Check(GraphExecDestroy(graph), "cuGraphExecDestroy");
        _status.Check(GraphDestroy(parts.Description), "cuGraphDestroy");
    }

    private static KernelNode Node(in GraphLaunch launch, ulong* values, void** parameters)
    {
        SetParameters(launch.Arguments, values, parameters);
        var grid = launch.Grid;
        return new()
        {
            Kernel = launch.Kernel,
            GridX = (uint)grid.GroupsX,
            GridY = (uint)grid.GroupsY,
            GridZ = (uint)grid.GroupsZ,
            BlockX = (uint)grid.ItemsX,
            BlockY = (uint)grid.ItemsY,
            BlockZ = (uint)grid.ItemsZ,
            Parameters = parameters,
        };
    }
}
