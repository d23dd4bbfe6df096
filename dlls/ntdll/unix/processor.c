/* Facts of the processor, from cpuid and Linux. */
#include "processor.h"

#include <cpuid.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

void processor_cpuid(unsigned leaf, unsigned subleaf, unsigned registers[4])
{
    memset(registers, 0, 4 * sizeof(*registers));
    __get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2], &registers[3]);
}

unsigned processor_count(void)
{
    static unsigned count;
    cpu_set_t set;
    long online;

    if (count) return count;
    /* what this process may run on: a container's share counts, not the whole machine */
    online = sched_getaffinity(0, sizeof(set), &set) ? sysconf(_SC_NPROCESSORS_ONLN) : CPU_COUNT(&set);
    return count = online < 1 ? 1 : online > 64 ? 64 : (unsigned)online;
}

uint64_t processor_mask(void)
{
    unsigned count = processor_count();
    return count == 64 ? ~(uint64_t)0 : ((uint64_t)1 << count) - 1;
}

uint64_t processor_xstate_mask(void)
{
    unsigned registers[4], low, high;

    processor_cpuid(1, 0, registers);
    if (!(registers[2] & 1u << 27)) return 3; /* no OSXSAVE: x87 and SSE */
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

unsigned processor_xstate_size(void)
{
    unsigned registers[4];

    processor_cpuid(13, 0, registers);
    return registers[1] ? registers[1] : 576;
}

void processor_features(UCHAR features[64])
{
    unsigned basic[4], extended[4], more[4];
    uint64_t xstate = processor_xstate_mask();
    bool avx_usable = (xstate & 6) == 6, avx512_usable = (xstate & 0xe6) == 0xe6;

    memset(features, 0, 64);
    processor_cpuid(1, 0, basic);
    processor_cpuid(7, 0, extended);
    processor_cpuid(0x80000001, 0, more);
    features[2] = 1;                             /* PF_COMPARE_EXCHANGE_DOUBLE */
    features[3] = basic[3] >> 23 & 1;            /* PF_MMX_INSTRUCTIONS_AVAILABLE */
    features[6] = basic[3] >> 25 & 1;            /* PF_XMMI_INSTRUCTIONS_AVAILABLE: SSE */
    features[7] = more[3] >> 31 & 1;             /* PF_3DNOW_INSTRUCTIONS_AVAILABLE */
    features[8] = basic[3] >> 4 & 1;             /* PF_RDTSC_INSTRUCTION_AVAILABLE */
    features[9] = 1;                             /* PF_PAE_ENABLED */
    features[10] = basic[3] >> 26 & 1;           /* PF_XMMI64_INSTRUCTIONS_AVAILABLE: SSE2 */
    features[12] = 1;                            /* PF_NX_ENABLED */
    features[13] = basic[2] & 1;                 /* PF_SSE3_INSTRUCTIONS_AVAILABLE */
    features[14] = basic[2] >> 13 & 1;           /* PF_COMPARE_EXCHANGE128 */
    features[17] = basic[2] >> 27 & 1;           /* PF_XSAVE_ENABLED */
    features[22] = getauxval(AT_HWCAP2) >> 1 & 1; /* PF_RDWRFSGSBASE_AVAILABLE: HWCAP2_FSGSBASE */
    features[23] = 1;                            /* PF_FASTFAIL_AVAILABLE */
    features[28] = basic[2] >> 30 & 1;           /* PF_RDRAND_INSTRUCTION_AVAILABLE */
    features[32] = more[3] >> 27 & 1;            /* PF_RDTSCP_INSTRUCTION_AVAILABLE */
    features[33] = extended[2] >> 22 & 1;        /* PF_RDPID_INSTRUCTION_AVAILABLE */
    features[36] = basic[2] >> 9 & 1;            /* PF_SSSE3_INSTRUCTIONS_AVAILABLE */
    features[37] = basic[2] >> 19 & 1;           /* PF_SSE4_1_INSTRUCTIONS_AVAILABLE */
    features[38] = basic[2] >> 20 & 1;           /* PF_SSE4_2_INSTRUCTIONS_AVAILABLE */
    features[39] = avx_usable && basic[2] >> 28 & 1;      /* PF_AVX_INSTRUCTIONS_AVAILABLE */
    features[40] = avx_usable && extended[1] >> 5 & 1;    /* PF_AVX2_INSTRUCTIONS_AVAILABLE */
    features[41] = avx512_usable && extended[1] >> 16 & 1; /* PF_AVX512F_INSTRUCTIONS_AVAILABLE */
    features[42] = extended[1] >> 9 & 1;         /* PF_ERMS_AVAILABLE */
}
