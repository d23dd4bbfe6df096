/* KUSER_SHARED_DATA.
 *
 * Windows keeps the times in this page current from its clock interrupt, and some programs (Go's run time, most of
 * all) read the clock there and nowhere else. Most programs never look: our own DLLs ask the host for the time. So the
 * page is made without access, and the first access fills it and starts a host thread that advances the times every
 * timer tick: 15.6 ms, or 1 ms once the program asked for that (NtSetTimerResolution).
 */
#include "shareddata.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <time.h>
#include "host.h"
#include "processor.h"
#include "timing.h"
#include "view.h"

/* Offsets as of Windows 10 (ntddk.h reference: KUSER_SHARED_DATA). */
struct shared_time { /* KSYSTEM_TIME */
    uint32_t low;
    int32_t high1, high2;
};

struct shared_data {
    uint32_t tick_count_low;               /* 0x000, deprecated */
    uint32_t tick_count_multiplier;        /* 0x004: milliseconds per tick, 8.24 fixed point */
    struct shared_time interrupt_time;     /* 0x008 */
    struct shared_time system_time;        /* 0x014 */
    struct shared_time time_zone_bias;     /* 0x020 */
    uint16_t image_number_low, image_number_high; /* 0x02c: machine types that run */
    WCHAR system_root[260];                /* 0x030 */
    uint32_t max_stack_trace_depth;        /* 0x238 */
    uint32_t crypto_exponent;
    uint32_t time_zone_id;                 /* 0x240 */
    uint32_t large_page_minimum;
    uint32_t reserved1[6];
    uint32_t build_number;                 /* 0x260 */
    uint32_t product_type;
    uint8_t product_type_is_valid;         /* 0x268 */
    uint8_t reserved2;
    uint16_t native_architecture;
    uint32_t major_version;                /* 0x26c */
    uint32_t minor_version;
    uint8_t processor_features[64];        /* 0x274 */
    uint32_t reserved3[7];                 /* 0x2b4 */
    uint32_t suite_mask;                   /* 0x2d0 */
    uint8_t debugger_enabled;
    uint8_t mitigation_policies;           /* 0x2d5 */
    uint16_t cycles_per_yield;
    uint32_t active_console_id;            /* 0x2d8 */
    uint32_t dismount_count;
    uint32_t com_plus_package;             /* 0x2e0 */
    uint32_t last_input_tick_count;
    uint32_t physical_pages;               /* 0x2e8 */
    uint32_t safe_boot_mode;
    uint32_t flags;                        /* 0x2f0 */
    uint32_t reserved4;
    uint64_t test_ret_instruction;         /* 0x2f8 */
    uint64_t counter_frequency;            /* 0x300 */
    uint32_t system_call;                  /* 0x308 */
    uint32_t reserved5[5];
    struct shared_time tick_count;         /* 0x320 */
    uint32_t reserved6;
    uint32_t cookie;                       /* 0x330 */
    uint32_t reserved7[13];
    uint16_t reserved8;                    /* 0x368 */
    uint16_t unparked_processors;          /* 0x36a */
    uint32_t reserved9[17];
    uint64_t interrupt_time_bias;          /* 0x3b0 */
    uint64_t counter_bias;                 /* 0x3b8 */
    uint32_t active_processors;            /* 0x3c0 */
    uint8_t active_groups;
    uint8_t reserved10;
    uint16_t counter_flags;                /* 0x3c6: 0, so the counter is read by system call */
    uint64_t reserved11[2];
    uint64_t xstate_features;              /* 0x3d8 */
    uint64_t xstate_volatile_features;
    uint32_t xstate_size;
    uint32_t xstate_flags;
    struct {
        uint32_t offset, size;
    } xstate[64];
};
_Static_assert(offsetof(struct shared_data, build_number) == 0x260, "KUSER_SHARED_DATA");
_Static_assert(offsetof(struct shared_data, processor_features) == 0x274, "KUSER_SHARED_DATA");
_Static_assert(offsetof(struct shared_data, suite_mask) == 0x2d0, "KUSER_SHARED_DATA");
_Static_assert(offsetof(struct shared_data, counter_frequency) == 0x300, "KUSER_SHARED_DATA");
_Static_assert(offsetof(struct shared_data, tick_count) == 0x320, "KUSER_SHARED_DATA");
_Static_assert(offsetof(struct shared_data, unparked_processors) == 0x36a, "KUSER_SHARED_DATA");
_Static_assert(offsetof(struct shared_data, interrupt_time_bias) == 0x3b0, "KUSER_SHARED_DATA");
_Static_assert(offsetof(struct shared_data, xstate_features) == 0x3d8, "KUSER_SHARED_DATA");

#define TICK 156250 /* 15.625 ms: what tick_count counts */

static struct shared_data *writable; /* our own mapping of the page */
static atomic_uint period = TICK;    /* 100 ns */

/* Readers take high1, low, high2 and try again while the two differ. */
static void set_time(struct shared_time *time, uint64_t value)
{
    __atomic_store_n(&time->high2, (int32_t)(value >> 32), __ATOMIC_RELEASE);
    __atomic_store_n(&time->low, (uint32_t)value, __ATOMIC_RELEASE);
    __atomic_store_n(&time->high1, (int32_t)(value >> 32), __ATOMIC_RELEASE);
}

static void advance(struct shared_data *data)
{
    uint64_t interrupt = time_interrupt();

    set_time(&data->interrupt_time, interrupt);
    set_time(&data->system_time, time_system());
    set_time(&data->tick_count, interrupt / TICK);
    data->tick_count_low = (uint32_t)(interrupt / TICK);
    data->interrupt_time_bias = interrupt - time_unbiased();
}

static void *clock_thread(void *argument)
{
    struct timespec wait;

    for (;;) {
        uint64_t nanoseconds = (uint64_t)atomic_load_explicit(&period, memory_order_relaxed) * 100;
        wait.tv_sec = 0;
        wait.tv_nsec = (long)nanoseconds;
        clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, NULL);
        advance(argument);
    }
    return NULL;
}

static void fill(struct shared_data *data)
{
    static const char root[] = "C:\\windows";
    unsigned registers[4];
    struct sysinfo info;

    data->tick_count_multiplier = 0x0fa00000;
    data->image_number_low = data->image_number_high = IMAGE_FILE_MACHINE_AMD64;
    for (unsigned i = 0; i < sizeof(root); i++) data->system_root[i] = (unsigned char)root[i];
    data->large_page_minimum = 0x200000;
    data->build_number = 19045;
    data->product_type = VER_NT_WORKSTATION;
    data->product_type_is_valid = 1;
    data->native_architecture = PROCESSOR_ARCHITECTURE_AMD64;
    data->major_version = 10;
    processor_features(data->processor_features);
    data->suite_mask = VER_SUITE_SINGLEUSERTS | VER_SUITE_TERMINAL;
    data->mitigation_policies = 0x0a; /* NX and SEH validation: opt-out, as on 64-bit client systems */
    data->active_console_id = 1;
    data->com_plus_package = 0xffffffff;
    if (!sysinfo(&info)) {
        uint64_t pages = (uint64_t)info.totalram * info.mem_unit / PAGE_SIZE_;
        data->physical_pages = pages > UINT32_MAX ? UINT32_MAX : (uint32_t)pages;
    }
    data->test_ret_instruction = 0xc3;
    data->counter_frequency = TICKS_PER_SECOND;
    data->unparked_processors = (uint16_t)processor_count();
    data->active_processors = processor_count();
    data->active_groups = 1;
    set_time(&data->time_zone_bias, (uint64_t)time_zone_bias());

    data->xstate_features = data->xstate_volatile_features = processor_xstate_mask();
    data->xstate_size = processor_xstate_size();
    data->xstate[0].size = 160; /* legacy x87 */
    data->xstate[1].offset = 160;
    data->xstate[1].size = 256; /* SSE */
    for (unsigned i = 2; i < 63; i++) {
        if (!(data->xstate_features >> i & 1)) continue;
        processor_cpuid(13, i, registers);
        data->xstate[i].offset = registers[1];
        data->xstate[i].size = registers[0];
    }
    advance(data);
}

static bool make_page(void)
{
    struct shared_data *data;
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    bool started;

    data = mmap(NULL, PAGE_SIZE_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return false;
    fill(data);
    /* Old size 0: a second mapping of the same shared page, over the one without access. */
    if (mremap(data, 0, PAGE_SIZE_, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)SHARED_DATA_ADDRESS) == MAP_FAILED ||
        mprotect((void *)SHARED_DATA_ADDRESS, PAGE_SIZE_, PROT_READ))
        return false;
    writable = data;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    started = !pthread_create(&thread, &attributes, clock_thread, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

void shared_data_init(void)
{
    struct view *view = view_new(SHARED_DATA_ADDRESS, SHARED_DATA_ADDRESS + PAGE_SIZE_, MEM_PRIVATE, PAGE_READONLY);
    uintptr_t at;
    struct placement placement = { .base = SHARED_DATA_ADDRESS, .size = PAGE_SIZE_ };

    if (!view) return;
    view->flags |= VIEW_SYSTEM;
    pthread_mutex_lock(&virtual_lock);
    if (place_mapping(&placement, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0, &at)) {
        host_report("address %#lx is taken: programs that read KUSER_SHARED_DATA will fail", SHARED_DATA_ADDRESS);
        view_free(view);
    } else {
        view_insert(view);
    }
    pthread_mutex_unlock(&virtual_lock);
}

NTSTATUS shared_data_fault(bool read)
{
    if (!read) return STATUS_ACCESS_VIOLATION;
    if (writable) return STATUS_SUCCESS; /* another thread was faster */
    return make_page() ? STATUS_SUCCESS : STATUS_IN_PAGE_ERROR;
}

void shared_data_set_period(ULONG ticks)
{
    atomic_store_explicit(&period, ticks, memory_order_relaxed);
}
