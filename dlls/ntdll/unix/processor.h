/* Facts of the processor, from cpuid and Linux. */
#ifndef HOST_PROCESSOR_H
#define HOST_PROCESSOR_H

#include <stdint.h>
#include "ferry/nt.h"

void processor_features(UCHAR features[64]); /* PF_*: IsProcessorFeaturePresent */
unsigned processor_count(void);              /* online, at most 64: one processor group */
uint64_t processor_mask(void);
uint64_t processor_xstate_mask(void);        /* XCR0 */
unsigned processor_xstate_size(void);        /* of the XSAVE area for XCR0, bytes */
void processor_cpuid(unsigned leaf, unsigned subleaf, unsigned registers[4]); /* eax, ebx, ecx, edx; 0 beyond */

#endif
