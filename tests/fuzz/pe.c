/* libFuzzer target of the PE header parser: `make fuzz-pe`, corpus in tests/fuzz/corpus/pe. */
#include <assert.h>
#include <stdlib.h>

#include "ferry/pe.h"

/* What pe_parse promises about a file it accepts. */
static void check_promises(const struct pe_info *info, uint64_t file_size)
{
    assert(info->image_size && info->headers_size <= info->image_size);
    assert(info->entry < info->image_size || !info->entry);
    assert(info->section_count <= PE_MAX_SECTIONS);
    for (uint32_t i = 0; i < info->section_count; i++) {
        const struct pe_section *section = &info->sections[i];
        if (!section->size) continue;
        assert((uint64_t)section->rva + section->size <= info->image_size);
        if (section->file_size) assert((uint64_t)section->file_offset + section->file_size <= file_size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pe_info info;

    if (pe_parse(data, size, size, &info) == PE_OK) check_promises(&info, size);
    if (size > 64) pe_parse(data, 64, size, &info);
    return 0;
}
