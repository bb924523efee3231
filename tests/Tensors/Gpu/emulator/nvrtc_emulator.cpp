// NVRTC for machines without CUDA: "compiles" a kernel family to a shared library with g++, which cuda_emulator.cpp
// loads and runs. Its log is g++'s, which names our files and lines as NVRTC's does.
#include "emulator.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <unistd.h>
#include <vector>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace
{
    struct Program
    {
        std::string source, name, log, binary, ptx;
    };

    const int InvalidInput = 3, InvalidOption = 5, Compilation = 6;

    std::string read(const std::string &path)
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    void write(const std::string &path, const std::string &text) { std::ofstream(path, std::ios::binary) << text; }

    std::vector<int> architectures()
    {
        std::vector<int> all;
        for (int each : {50, 52, 60, 61, 70, 75, 80, 86, 89, 90})
        {
            if (each >= setting("oldest_architecture", 50) && each <= setting("newest_architecture", 90)) all.push_back(each);
        }
        return all;
    }

    // After the preprocessor a kernel reads: extern "C" <the text of __global__> void NAME(
    std::string thunks(const std::string &text)
    {
        static const std::regex kernel(
            R"re(extern\s+"C"\s+__attribute__\(\(noinline, used, visibility\("default"\)\)\)\s+void\s+(\w+)\s*\()re");
        std::string all;
        for (std::sregex_iterator match(text.begin(), text.end(), kernel), end; match != end; ++match)
        {
            const std::string name = (*match)[1];
            all += "\nextern \"C\" void emulator_call_" + name + "(void **parameters) { emulator_call(" + name + ", parameters); }";
            all += "\nextern \"C\" int emulator_sizes_" + name + "(unsigned long *sizes) { return emulator_sizes(" + name + ", sizes); }\n";
        }
        return all;
    }

    // asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x)) becomes emulated_cvt_rna_tf32_f32(bits, x), which the prologue
    // defines for the instructions that it knows: the first word names the function, the operands keep their order.
    std::string without_assembly(std::string text)
    {
        const std::string marked = "asm volatile(";
        for (size_t place; (place = text.find(marked)) != std::string::npos;) text.replace(place, marked.size(), "asm(");
        std::string result;
        size_t at = 0;
        while (true)
        {
            const size_t begin = text.find("asm(", at);
            if (begin == std::string::npos) return result + text.substr(at);
            result += text.substr(at, begin - at);
            int depth = 0, first = -1;
            std::string name, operands;
            for (at = begin + 3;; at++)
            {
                const char c = text[at];
                if (c == '"')
                {
                    const size_t end = text.find('"', at + 1);
                    // What stands in quotes before a parenthesis is a constraint; the first in quotes is the instruction.
                    if (name.empty()) name = text.substr(at + 1, text.find_first_of(" ;\"", at + 1) - at - 1);
                    at = end;
                    continue;
                }
                if (c == '(' && depth++ == 1) first = (int)at;
                if (c != ')' || --depth > 1) continue;
                if (depth == 0) break;
                operands += (operands.empty() ? "" : ", ") + text.substr(first, at - first + 1);
            }
            for (char &c : name) c = c == '.' ? '_' : c;
            result += "emulated_" + name + "(" + operands + ")";
            at++;
        }
    }

    bool run(const std::string &command, const std::string &log_path, std::string &log)
    {
        const bool done = std::system((command + " 2> '" + log_path + "'").c_str()) == 0;
        log += read(log_path);
        return done;
    }

    void give(const std::string &text, char *target, bool with_end) { memcpy(target, text.c_str(), text.size() + (with_end ? 1 : 0)); }
}

EXPORT const char *nvrtcGetErrorString(int result)
{
    switch (result)
    {
    case 0: return "NVRTC_SUCCESS";
    case InvalidInput: return "NVRTC_ERROR_INVALID_INPUT";
    case InvalidOption: return "NVRTC_ERROR_INVALID_OPTION";
    case Compilation: return "NVRTC_ERROR_COMPILATION";
    default: return "NVRTC_ERROR unknown";
    }
}

EXPORT int nvrtcVersion(int *major, int *minor)
{
    *major = (int)setting("nvrtc_major", 12);
    *minor = 6;
    return 0;
}

EXPORT int nvrtcGetNumSupportedArchs(int *count)
{
    *count = (int)architectures().size();
    return 0;
}

EXPORT int nvrtcGetSupportedArchs(int *target)
{
    for (int each : architectures()) *target++ = each;
    return 0;
}

EXPORT int nvrtcCreateProgram(Program **program, const char *source, const char *name, int headers, const char *const *, const char *const *)
{
    if (headers != 0) return InvalidInput;
    *program = new Program{source, name, "", "", ""};
    return 0;
}

EXPORT int nvrtcDestroyProgram(Program **program)
{
    delete *program;
    *program = nullptr;
    return 0;
}

EXPORT int nvrtcCompileProgram(Program *program, int count, const char *const *options)
{
    std::string architecture, standard;
    for (int i = 0; i < count; i++)
    {
        const std::string option = options[i];
        if (option.rfind("--gpu-architecture=", 0) == 0) architecture = option.substr(19);
        else if (option.rfind("--std=", 0) == 0) standard = option.substr(6);
        else return InvalidOption;
    }

    const auto known = architectures();
    bool is_known = false;
    for (int each : known) is_known |= architecture == "sm_" + std::to_string(each) || architecture == "compute_" + std::to_string(each);
    if (!is_known) return InvalidOption;

    static std::atomic<int> s_programs;
    const std::string base = std::string(EMULATOR_TEMPORARY) + "/" + std::to_string(getpid()) + "-" + std::to_string(s_programs++);
    write(base + ".cu", program->source);
    // Products and sums may be contracted, as NVRTC does by default.
    const std::string compiler = "g++ -w -std=" + standard + " -O1 -fPIC -march=native -ffp-contract=fast -fno-trapping-math ";
    bool done = run(compiler + "-E -x c++ -include '" EMULATOR_SOURCES "/kernel_prologue.h' '" + base + ".cu' -o '" + base + ".ii'", base + ".log", program->log);
    if (done)
    {
        const std::string text = without_assembly(read(base + ".ii"));
        write(base + ".ii", text + thunks(text));
        done = run(compiler + "-shared -Wl,-Bsymbolic -x c++-cpp-output '" + base + ".ii' -o '" + base + ".so'", base + ".log", program->log);
    }

    for (const char *end : {".cu", ".ii", ".log"}) unlink((base + end).c_str());
    if (!done) return Compilation;
    program->binary = read(base + ".so");
    // PTX is text: here the name of the library, which stays.
    program->ptx = "// emulated\n" + base + ".so";
    if (architecture[0] == 's') unlink((base + ".so").c_str());
    return 0;
}

EXPORT int nvrtcGetCUBINSize(Program *program, size_t *size) { return *size = program->binary.size(), 0; }

EXPORT int nvrtcGetCUBIN(Program *program, char *target) { return give(program->binary, target, false), 0; }

EXPORT int nvrtcGetPTXSize(Program *program, size_t *size) { return *size = program->ptx.size() + 1, 0; }

EXPORT int nvrtcGetPTX(Program *program, char *target) { return give(program->ptx, target, true), 0; }

EXPORT int nvrtcGetProgramLogSize(Program *program, size_t *size) { return *size = program->log.size() + 1, 0; }

EXPORT int nvrtcGetProgramLog(Program *program, char *target) { return give(program->log, target, true), 0; }
