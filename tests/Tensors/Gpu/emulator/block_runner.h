// Runs the threads of one block on one thread of the processor. A thread runs until it ends or meets a barrier; there it
// stays on a stack of its own, a fibre, and another goes on. Kernels without barriers so cost no switches at all.
#pragma once

#include <csetjmp>
#include <cstdlib>
#include <functional>
#include <string>
#include <sys/mman.h>
#include <ucontext.h>
#include <vector>

class BlockRunner
{
public:
    // Runs body(0) ... body(count - 1); begin(i) says whose turn it is. The error, or nothing.
    std::string run(int count, const std::function<void(int)> &begin, const std::function<void()> &body)
    {
        _count = count;
        _next = 0;
        _begin = &begin;
        _body = &body;
        while (true)
        {
            // Threads that have not begun, on one fibre until a barrier holds it.
            while (_next < _count) resume(idle());
            if (_waiting.empty()) return "";
            if ((int)_waiting.size() < _count) return fail(std::to_string(_waiting.size()) + " of " + std::to_string(_count) + " threads wait at a barrier that the others passed by");
            for (Fibre *fibre : _waiting)
            {
                if (fibre->line != _waiting[0]->line) return fail("threads wait at different barriers, lines " + std::to_string(_waiting[0]->line) + " and " + std::to_string(fibre->line));
            }

            std::vector<Fibre *> ready;
            ready.swap(_waiting);
            for (Fibre *fibre : ready)
            {
                begin(fibre->thread);
                resume(fibre);
            }

            // Those that met the next barrier wait again; the rest must all have ended.
            if (!_waiting.empty() && _waiting.size() < ready.size()) return fail("some threads ended while others wait at a barrier");
        }
    }

    // Called by a thread of the kernel.
    void barrier(int line)
    {
        Fibre *fibre = _current;
        fibre->line = line;
        _waiting.push_back(fibre);
        if (_setjmp(fibre->context) == 0) _longjmp(_scheduler, 1);
    }

private:
    static const size_t StackBytes = 128 * 1024;

    struct Fibre
    {
        BlockRunner *runner;
        char *stack;
        int thread = 0, line = 0;
        bool is_started = false;
        jmp_buf context;
        ucontext_t start;
    };

    // A fibre that no thread is on; the threads of a block that failed are given up, with their stacks.
    Fibre *idle()
    {
        if (!_idle.empty())
        {
            Fibre *fibre = _idle.back();
            _idle.pop_back();
            return fibre;
        }

        Fibre *fibre = new Fibre;
        fibre->runner = this;
        fibre->stack = (char *)mmap(nullptr, StackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        if (fibre->stack == MAP_FAILED) abort();
        return fibre;
    }

    void resume(Fibre *fibre)
    {
        _current = fibre;
        if (_setjmp(_scheduler) != 0) return;
        if (fibre->is_started) _longjmp(fibre->context, 1);
        fibre->is_started = true;
        getcontext(&fibre->start);
        fibre->start.uc_stack.ss_sp = fibre->stack;
        fibre->start.uc_stack.ss_size = StackBytes;
        fibre->start.uc_link = nullptr;
        const auto address = (unsigned long)fibre;
        makecontext(&fibre->start, (void (*)())enter, 2, (unsigned)(address >> 32), (unsigned)address);
        setcontext(&fibre->start);
    }

    static void enter(unsigned high, unsigned low) { live((Fibre *)((unsigned long)high << 32 | low)); }

    // A fibre takes threads that have not begun, one after the other; one that a barrier held ends with its own thread.
    [[noreturn]] static void live(Fibre *fibre)
    {
        BlockRunner *runner = fibre->runner;
        while (true)
        {
            while (runner->_next < runner->_count)
            {
                fibre->thread = runner->_next++;
                (*runner->_begin)(fibre->thread);
                (*runner->_body)();
            }

            runner->_idle.push_back(fibre);
            if (_setjmp(fibre->context) == 0) _longjmp(runner->_scheduler, 1);
        }
    }

    std::string fail(const std::string &reason)
    {
        _waiting.clear();
        return reason;
    }

    int _count = 0, _next = 0;
    const std::function<void(int)> *_begin = nullptr;
    const std::function<void()> *_body = nullptr;
    Fibre *_current = nullptr;
    std::vector<Fibre *> _idle, _waiting;
    jmp_buf _scheduler;
};
