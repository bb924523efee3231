// The part of the CUDA driver that Engine calls, for machines without CUDA: memory is the host's, kernels come from
// nvrtc_emulator.cpp as shared libraries, and a stream is a list that is worked off when somebody waits, so that whoever
// takes a queued command for a finished one is found out. It is strict where a GPU would go wrong silently: addresses
// outside of a block, grids beyond the limits, barriers that not all threads meet, memory and shared memory full of NaN.
#include "emulator.h"

#include "block_runner.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>
#include <memory>
#include <mutex>
#include <unistd.h>

#define EXPORT extern "C" __attribute__((visibility("default")))
#define LOCKED std::lock_guard<std::recursive_mutex> lock(s_lock)
#define ENTER                                           \
    LOCKED;                                             \
    if (s_lost != 0) return s_lost;                     \
    if (t_context != s_context || s_context == nullptr) return InvalidContext

namespace
{
    const int InvalidValue = 1, OutOfMemory = 2, NotInitialized = 3, NoDevice = 100, InvalidDevice = 101, InvalidImage = 200, InvalidContext = 201,
              InvalidHandle = 400, NotFound = 500, NotReady = 600, LaunchFailed = 719;

    // As in kernel_prologue.h.
    struct Size3
    {
        unsigned x, y, z;
    };
    struct Thread
    {
        Size3 thread, block, block_size, grid_size;
        void (*barrier)(int line);
        char *shared_begin, *shared_end;
    };

    typedef std::function<int()> Command;

    struct Stream
    {
        std::deque<Command> queue;
    };
    struct Event
    {
        bool is_passed = true;
        std::chrono::steady_clock::time_point time;
        Stream *stream = nullptr;
    };
    struct Module
    {
        void *library;
        std::vector<std::unique_ptr<struct Function>> functions;
    };
    struct Function
    {
        Module *module;
        void (*call)(void **);
        std::vector<unsigned long> sizes;
        Thread *state;
    };

    // CUDA_KERNEL_NODE_PARAMS, first version.
    struct NodeParameters
    {
        Function *function;
        unsigned grid_x, grid_y, grid_z, block_x, block_y, block_z, shared;
        void **parameters, **extra;
    };
    struct Launch
    {
        Function *function;
        Size3 grid, block;
        std::vector<std::vector<char>> values;
    };
    struct Node
    {
        struct Graph *graph;
        size_t number;
    };
    struct Graph
    {
        std::vector<std::unique_ptr<Node>> nodes;
        std::vector<Launch> launches;
    };
    struct Executable
    {
        Graph *graph;
        std::vector<Launch> launches;
    };

    std::recursive_mutex s_lock;
    std::map<std::string, long> s_settings;
    bool s_is_initialized;
    int s_lost, s_context_holders;
    long s_events, s_modules;
    std::map<Graph *, std::unique_ptr<Graph>> s_graphs;
    std::map<Executable *, std::unique_ptr<Executable>> s_executables;
    char *s_context;
    thread_local char *t_context;
    std::map<uint64_t, size_t> s_blocks;
    std::map<char *, size_t> s_pinned;
    std::map<Stream *, std::unique_ptr<Stream>> s_streams;
    BlockRunner s_runner;
    unsigned s_turns;

    // Whether bytes from an address lie within one of the blocks.
    template <typename Key>
    bool within(const std::map<Key, size_t> &blocks, Key address, size_t bytes)
    {
        auto after = blocks.upper_bound(address);
        if (after == blocks.begin()) return false;
        --after;
        return address + bytes <= after->first + after->second;
    }

    bool on_device(uint64_t address, size_t bytes) { return within(s_blocks, address, bytes); }

    int lose(int status, const std::string &reason)
    {
        fprintf(stderr, "emulated CUDA device: %s\n", reason.c_str());
        return s_lost = status;
    }

    int work_off(Stream *stream, size_t left = 0)
    {
        while (stream->queue.size() > left)
        {
            if (s_lost != 0) return s_lost;
            Command command = std::move(stream->queue.front());
            stream->queue.pop_front();
            if (int status = command()) return s_lost = status;
        }
        return 0;
    }

    int push(Stream *stream, Command command)
    {
        if (s_streams.count(stream) == 0) return InvalidHandle;
        stream->queue.push_back(std::move(command));
        return 0;
    }

    void at_barrier(int line) { s_runner.barrier(line); }

    // A launch with the values that its parameters have now.
    int take(const NodeParameters &from, Launch &launch)
    {
        const Size3 grid = {from.grid_x, from.grid_y, from.grid_z}, block = {from.block_x, from.block_y, from.block_z};
        const bool fits = grid.x > 0 && grid.y > 0 && grid.z > 0 && grid.x <= INT32_MAX && grid.y <= 65535 && grid.z <= 65535 && block.x > 0 && block.y > 0
            && block.z > 0 && block.x <= 1024 && block.y <= 1024 && block.z <= 64 && block.x * block.y * block.z <= 1024;
        if (!fits || from.shared != 0 || from.extra != nullptr) return InvalidValue;
        std::vector<std::vector<char>> values;
        for (size_t i = 0; i < from.function->sizes.size(); i++)
            values.emplace_back((char *)from.parameters[i], (char *)from.parameters[i] + from.function->sizes[i]);
        launch = {from.function, grid, block, values};
        return 0;
    }

    int run(Launch &launch)
    {
        const Function &function = *launch.function;
        const Size3 grid = launch.grid, block = launch.block;
        std::vector<void *> parameters;
        for (auto &value : launch.values) parameters.push_back(value.data());
        Thread &state = *function.state;
        state.grid_size = grid;
        state.block_size = block;
        state.barrier = at_barrier;
        for (unsigned z = 0; z < grid.z; z++)
        {
            for (unsigned y = 0; y < grid.y; y++)
            {
                for (unsigned x = 0; x < grid.x; x++)
                {
                    memset(state.shared_begin, 0xFF, state.shared_end - state.shared_begin);
                    state.block = {x, y, z};
                    // Forwards and backwards by turns: a barrier that is missing shows in one of them.
                    const int count = (int)(block.x * block.y * block.z);
                    const bool backwards = s_turns++ % 2 != 0;
                    const auto begin = [&](int i) {
                        const unsigned at = backwards ? count - 1 - i : i;
                        state.thread = {at % block.x, at / block.x % block.y, at / block.x / block.y};
                    };
                    const std::string error = s_runner.run(count, begin, [&] { function.call(parameters.data()); });
                    if (!error.empty()) return lose(LaunchFailed, error);
                }
            }
        }
        return 0;
    }
}

long setting(const std::string &name, long otherwise)
{
    LOCKED;
    const auto found = s_settings.find(name);
    return found == s_settings.end() ? otherwise : found->second;
}

// It runs when its turn comes.
static int push(Stream *stream, const Launch &launch)
{
    return push(stream, [waiting = launch]() mutable {
        if (int status = (int)setting("run", 0)) return lose(status, "told to fail");
        return run(waiting);
    });
}

// For tests: makes the device behave otherwise from now on.
EXPORT void emulator_set(const char *name, long value)
{
    LOCKED;
    if (strcmp(name, "lost") == 0) s_lost = (int)value;
    else s_settings[name] = value;
}

// For tests: what the program did not give back.
EXPORT long emulator_count(const char *name)
{
    LOCKED;
    const std::string kind = name;
    return kind == "blocks" ? (long)s_blocks.size() : kind == "pinned" ? (long)s_pinned.size() : kind == "streams" ? (long)s_streams.size()
        : kind == "events" ? s_events : kind == "modules" ? s_modules : kind == "graphs" ? (long)(s_graphs.size() + s_executables.size()) : -1;
}

EXPORT int cuGetErrorName(int status, const char **name)
{
    static const std::map<int, const char *> names = {
        {0, "CUDA_SUCCESS"}, {InvalidValue, "CUDA_ERROR_INVALID_VALUE"}, {OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY"},
        {NotInitialized, "CUDA_ERROR_NOT_INITIALIZED"}, {34, "CUDA_ERROR_STUB_LIBRARY"}, {46, "CUDA_ERROR_DEVICE_UNAVAILABLE"},
        {NoDevice, "CUDA_ERROR_NO_DEVICE"}, {InvalidDevice, "CUDA_ERROR_INVALID_DEVICE"}, {InvalidImage, "CUDA_ERROR_INVALID_IMAGE"},
        {InvalidContext, "CUDA_ERROR_INVALID_CONTEXT"}, {214, "CUDA_ERROR_ECC_UNCORRECTABLE"}, {InvalidHandle, "CUDA_ERROR_INVALID_HANDLE"},
        {NotFound, "CUDA_ERROR_NOT_FOUND"}, {NotReady, "CUDA_ERROR_NOT_READY"}, {700, "CUDA_ERROR_ILLEGAL_ADDRESS"},
        {LaunchFailed, "CUDA_ERROR_LAUNCH_FAILED"}, {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"}, {999, "CUDA_ERROR_UNKNOWN"}};
    const auto found = names.find(status);
    if (found == names.end()) return InvalidValue;
    *name = found->second;
    return 0;
}

EXPORT int cuInit(unsigned flags)
{
    LOCKED;
    if (flags != 0) return InvalidValue;
    if (int status = (int)setting("init", 0)) return status;
    s_is_initialized = true;
    return 0;
}

EXPORT int cuDriverGetVersion(int *version) { return *version = (int)setting("driver", 12060), 0; }

EXPORT int cuDeviceGetCount(int *count)
{
    LOCKED;
    if (!s_is_initialized) return NotInitialized;
    return *count = (int)setting("devices", 1), 0;
}

EXPORT int cuDeviceGet(int *device, int ordinal) { return ordinal >= setting("devices", 1) ? InvalidDevice : (*device = 40 + ordinal, 0); }

EXPORT int cuDeviceGetName(char *name, int length, int) { return snprintf(name, length, "Emulated GPU"), 0; }

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int) { return *bytes = (size_t)setting("memory", 4L << 30), 0; }

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int)
{
    switch (attribute)
    {
    case 1: return *value = 1024, 0;
    case 8: return *value = 48 * 1024, 0;
    case 16: return *value = 2, 0;
    case 75: return *value = (int)setting("capability", 80) / 10, 0;
    case 76: return *value = (int)setting("capability", 80) % 10, 0;
    default: return InvalidValue;
    }
}

EXPORT int cuDevicePrimaryCtxRetain(char **context, int device)
{
    LOCKED;
    if (device < 40) return InvalidDevice;
    if (int status = (int)setting("retain", 0)) return status;
    if (s_context_holders++ == 0) s_context = new char;
    return *context = s_context, 0;
}

// The last holder takes the device's error with it, as a new context on real hardware does.
EXPORT int cuDevicePrimaryCtxRelease_v2(int)
{
    LOCKED;
    if (s_context_holders == 0) return InvalidContext;
    if (--s_context_holders > 0) return 0;
    delete s_context;
    s_context = nullptr;
    s_lost = 0;
    return 0;
}

EXPORT int cuCtxSetCurrent(char *context) { return t_context = context, 0; }

EXPORT int cuStreamCreate(Stream **stream, unsigned)
{
    ENTER;
    *stream = new Stream;
    s_streams[*stream].reset(*stream);
    return 0;
}

EXPORT int cuStreamSynchronize(Stream *stream)
{
    ENTER;
    if (s_streams.count(stream) == 0) return InvalidHandle;
    return work_off(stream);
}

EXPORT int cuStreamDestroy_v2(Stream *stream)
{
    ENTER;
    const int status = work_off(stream);
    s_streams.erase(stream);
    return status;
}

EXPORT int cuMemAlloc_v2(uint64_t *address, size_t bytes)
{
    ENTER;
    size_t used = 0;
    for (const auto &block : s_blocks) used += block.second;
    if (bytes == 0) return InvalidValue;
    if (used + bytes > (size_t)setting("memory", 4L << 30)) return OutOfMemory;
    void *block = aligned_alloc(256, (bytes + 255) / 256 * 256);
    memset(block, 0xFF, bytes);
    *address = (uint64_t)block;
    s_blocks[*address] = bytes;
    return 0;
}

EXPORT int cuMemFree_v2(uint64_t address)
{
    ENTER;
    if (s_blocks.count(address) == 0) return InvalidValue;
    for (auto &stream : s_streams)
    {
        if (int status = work_off(stream.first)) return status;
    }
    s_blocks.erase(address);
    free((void *)address);
    return 0;
}

EXPORT int cuMemHostAlloc(char **block, size_t bytes, unsigned)
{
    ENTER;
    *block = (char *)malloc(bytes);
    s_pinned[*block] = bytes;
    return 0;
}

EXPORT int cuMemFreeHost(char *block)
{
    ENTER;
    if (s_pinned.erase(block) == 0) return InvalidValue;
    free(block);
    return 0;
}

EXPORT int cuMemcpyHtoDAsync_v2(uint64_t target, char *source, size_t bytes, Stream *stream)
{
    ENTER;
    if (!on_device(target, bytes) || !within(s_pinned, source, bytes)) return InvalidValue;
    return push(stream, [=] { return memcpy((void *)target, source, bytes), 0; });
}

EXPORT int cuMemcpyDtoHAsync_v2(char *target, uint64_t source, size_t bytes, Stream *stream)
{
    ENTER;
    if (!on_device(source, bytes) || !within(s_pinned, target, bytes)) return InvalidValue;
    return push(stream, [=] { return memcpy(target, (void *)source, bytes), 0; });
}

EXPORT int cuModuleLoadDataEx(Module **module, const char *image, unsigned count, int *options, void **values)
{
    ENTER;
    std::string path;
    if (memcmp(image, ELFMAG, SELFMAG) == 0)
    {
        // The section headers come last.
        const auto *header = (const Elf64_Ehdr *)image;
        static int s_files;
        path = std::string(EMULATOR_TEMPORARY) + "/module-" + std::to_string(getpid()) + "-" + std::to_string(s_files++) + ".so";
        std::ofstream(path, std::ios::binary).write(image, header->e_shoff + (size_t)header->e_shnum * header->e_shentsize);
    }
    else
    {
        const std::string mark = "// emulated\n";
        path = strncmp(image, mark.c_str(), mark.size()) == 0 ? image + mark.size() : "no emulated PTX";
    }

    void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    unlink(path.c_str());
    if (library == nullptr)
    {
        if (count == 2 && options[0] == 5 && options[1] == 6) snprintf((char *)values[0], (size_t)values[1], "%s", dlerror());
        return InvalidImage;
    }

    *module = new Module{library, {}};
    s_modules++;
    return 0;
}

EXPORT int cuModuleUnload(Module *module)
{
    ENTER;
    dlclose(module->library);
    delete module;
    s_modules--;
    return 0;
}

EXPORT int cuModuleGetFunction(Function **function, Module *module, const char *name)
{
    ENTER;
    const auto call = (void (*)(void **))dlsym(module->library, (std::string("emulator_call_") + name).c_str());
    const auto sizes = (int (*)(unsigned long *))dlsym(module->library, (std::string("emulator_sizes_") + name).c_str());
    const auto state = (Thread *)dlsym(module->library, "emulator_thread");
    if (call == nullptr || sizes == nullptr || state == nullptr) return NotFound;
    unsigned long all[256];
    const int count = sizes(all);
    module->functions.emplace_back(new Function{module, call, {all, all + count}, state});
    return *function = module->functions.back().get(), 0;
}

EXPORT int cuLaunchKernel(
    Function *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared, Stream *stream,
    void **parameters, void **extra)
{
    ENTER;
    Launch launch;
    const NodeParameters all = {function, grid_x, grid_y, grid_z, block_x, block_y, block_z, shared, parameters, extra};
    if (int status = take(all, launch)) return status;
    if (int status = (int)setting("launch", 0)) return status;
    return push(stream, launch);
}

EXPORT int cuEventCreate(Event **event, unsigned)
{
    ENTER;
    s_events++;
    return *event = new Event, 0;
}

EXPORT int cuEventRecord(Event *event, Stream *stream)
{
    ENTER;
    if (s_streams.count(stream) == 0) return InvalidHandle;
    event->is_passed = false;
    event->stream = stream;
    return push(stream, [=] {
        event->is_passed = true;
        event->time = std::chrono::steady_clock::now();
        return 0;
    });
}

// Each query lets the device do one command.
EXPORT int cuEventQuery(Event *event)
{
    ENTER;
    if (event->is_passed) return 0;
    if (event->stream->queue.empty()) return InvalidHandle;
    if (int status = work_off(event->stream, event->stream->queue.size() - 1)) return status;
    return event->is_passed ? 0 : NotReady;
}

EXPORT int cuEventSynchronize(Event *event)
{
    ENTER;
    while (!event->is_passed)
    {
        if (event->stream->queue.empty()) return InvalidHandle;
        if (int status = work_off(event->stream, event->stream->queue.size() - 1)) return status;
    }
    return 0;
}

EXPORT int cuEventElapsedTime(float *milliseconds, Event *start, Event *end)
{
    ENTER;
    if (!start->is_passed || !end->is_passed) return NotReady;
    return *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count(), 0;
}

EXPORT int cuEventDestroy_v2(Event *event)
{
    ENTER;
    if (!event->is_passed) return InvalidHandle;
    delete event;
    s_events--;
    return 0;
}

EXPORT int cuGraphCreate(Graph **graph, unsigned flags)
{
    ENTER;
    if (flags != 0) return InvalidValue;
    *graph = new Graph;
    s_graphs[*graph].reset(*graph);
    return 0;
}

// Graphs are chains here: a node follows the last one.
EXPORT int cuGraphAddKernelNode(Node **node, Graph *graph, Node **before, size_t count, const NodeParameters *parameters)
{
    ENTER;
    if (s_graphs.count(graph) == 0) return InvalidValue;
    const bool follows = graph->nodes.empty() ? count == 0 : count == 1 && before[0] == graph->nodes.back().get();
    if (!follows) return InvalidValue;
    Launch launch;
    if (int status = take(*parameters, launch)) return status;
    graph->nodes.emplace_back(new Node{graph, graph->nodes.size()});
    graph->launches.push_back(launch);
    return *node = graph->nodes.back().get(), 0;
}

EXPORT int cuGraphInstantiateWithFlags(Executable **executable, Graph *graph, unsigned long long)
{
    ENTER;
    if (s_graphs.count(graph) == 0) return InvalidValue;
    if (int status = (int)setting("instantiate", 0)) return status;
    *executable = new Executable{graph, graph->launches};
    s_executables[*executable].reset(*executable);
    return 0;
}

EXPORT int cuGraphExecKernelNodeSetParams(Executable *executable, Node *node, const NodeParameters *parameters)
{
    ENTER;
    if (s_executables.count(executable) == 0 || s_graphs.count(executable->graph) == 0 || node->graph != executable->graph) return InvalidValue;
    return take(*parameters, executable->launches[node->number]);
}

EXPORT int cuGraphLaunch(Executable *executable, Stream *stream)
{
    ENTER;
    if (s_executables.count(executable) == 0) return InvalidValue;
    if (int status = (int)setting("launch", 0)) return status;
    for (const Launch &launch : executable->launches)
    {
        if (int status = push(stream, launch)) return status;
    }
    return 0;
}

EXPORT int cuGraphExecDestroy(Executable *executable)
{
    ENTER;
    return s_executables.erase(executable) == 0 ? InvalidValue : 0;
}

EXPORT int cuGraphDestroy(Graph *graph)
{
    ENTER;
    return s_graphs.erase(graph) == 0 ? InvalidValue : 0;
}
