/* SystemFirmwareTableInformation: the SMBIOS tables. Linux shows the real ones to root only; from what it shows to everybody
 * (/sys/class/dmi/id) the four that programs read are made again. There are no ACPI tables for user programs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "system.h"
#include "virtual.h"

#define PROVIDER_SMBIOS 0x52534d42u /* 'RSMB' */

/* Appends the bytes of a structure, then its strings; numbers in the structure name strings, from 1. */
struct structure {
    unsigned char bytes[32];
    unsigned size;
    char strings[768];
    unsigned strings_size, count;
};

static void start(struct structure *structure, unsigned char type, unsigned size, unsigned handle)
{
    memset(structure, 0, sizeof(*structure));
    structure->bytes[0] = type;
    structure->bytes[1] = (unsigned char)size;
    structure->bytes[2] = (unsigned char)handle;
    structure->size = size;
}

static void add_string(struct structure *structure, unsigned at, const char *name)
{
    char path[64], text[128];
    int length;

    snprintf(path, sizeof(path), "/sys/class/dmi/id/%s", name);
    length = read_small_file(path, text, sizeof(text));
    if (length <= 0 || structure->strings_size + (unsigned)length + 2 > sizeof(structure->strings)) return;
    memcpy(structure->strings + structure->strings_size, text, (unsigned)length + 1);
    structure->strings_size += (unsigned)length + 1;
    structure->bytes[at] = (unsigned char)++structure->count;
}

static void finish(struct answer *answer, const struct structure *structure)
{
    answer_append(answer, structure->bytes, structure->size);
    answer_append(answer, structure->strings, structure->strings_size);
    answer_add(answer, structure->strings_size ? 1 : 2);
}

static void make_tables(struct answer *answer)
{
    struct structure structure;

    start(&structure, 0, 24, 0); /* BIOS */
    add_string(&structure, 4, "bios_vendor");
    add_string(&structure, 5, "bios_version");
    add_string(&structure, 8, "bios_date");
    structure.bytes[6] = 0x00, structure.bytes[7] = 0xf0;
    structure.bytes[10] = 0x08; /* characteristics are not supported */
    finish(answer, &structure);

    start(&structure, 1, 27, 1); /* system */
    add_string(&structure, 4, "sys_vendor");
    add_string(&structure, 5, "product_name");
    add_string(&structure, 6, "product_version");
    add_string(&structure, 25, "product_sku");
    add_string(&structure, 26, "product_family");
    structure.bytes[24] = 6; /* woken by the power switch */
    finish(answer, &structure);

    start(&structure, 2, 15, 2); /* baseboard */
    add_string(&structure, 4, "board_vendor");
    add_string(&structure, 5, "board_name");
    add_string(&structure, 6, "board_version");
    structure.bytes[9] = 9, structure.bytes[11] = 3, structure.bytes[13] = 10; /* a motherboard */
    finish(answer, &structure);

    start(&structure, 3, 17, 3); /* chassis */
    add_string(&structure, 4, "chassis_vendor");
    structure.bytes[5] = (unsigned char)(read_number("/sys/class/dmi/id/chassis_type", 2) & 0x7f);
    add_string(&structure, 6, "chassis_version");
    structure.bytes[9] = structure.bytes[10] = structure.bytes[11] = 3, structure.bytes[12] = 2;
    finish(answer, &structure);

    start(&structure, 127, 4, 4);
    finish(answer, &structure);
}

static bool read_tables(struct answer *answer)
{
    int fd = open("/sys/firmware/dmi/tables/DMI", O_RDONLY | O_CLOEXEC);
    char part[4096];
    ssize_t got;

    if (fd < 0) return false;
    while ((got = read(fd, part, sizeof(part))) > 0) answer_append(answer, part, (size_t)got);
    close(fd);
    return answer->size > 0;
}

NTSTATUS system_firmware_table(void *buffer, ULONG length, ULONG *returned)
{
    struct {
        ULONG ProviderSignature, Action, TableID, TableBufferLength;
    } header;
    struct { /* RawSMBIOSData */
        unsigned char Used20CallingMethod, MajorVersion, MinorVersion, DmiRevision;
        ULONG Length;
    } raw = { .MajorVersion = 2, .MinorVersion = 8 };
    struct answer tables = { 0 }, answer = { 0 };
    NTSTATUS status = STATUS_SUCCESS;

    if (returned) *returned = 0;
    if (length < sizeof(header)) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(&header, buffer, sizeof(header));
    if (header.ProviderSignature != PROVIDER_SMBIOS) return STATUS_NOT_IMPLEMENTED;
    if (header.Action == 0) { /* SystemFirmwareTable_Enumerate: table 0 */
        answer_add(&answer, sizeof(ULONG));
    } else if (header.Action == 1) {
        if (header.TableID) return STATUS_NOT_FOUND;
        if (!read_tables(&tables)) make_tables(&tables);
        raw.Length = (ULONG)tables.size;
        answer_append(&answer, &raw, sizeof(raw));
        answer_append(&answer, tables.bytes, tables.size);
        free(tables.bytes);
    } else {
        return STATUS_INVALID_PARAMETER;
    }
    if (answer.failed || tables.failed) {
        free(answer.bytes);
        return STATUS_NO_MEMORY;
    }
    header.TableBufferLength = (ULONG)answer.size;
    if (length - sizeof(header) < answer.size) status = STATUS_BUFFER_TOO_SMALL;
    else if (!virtual_write((char *)buffer + sizeof(header), answer.bytes, answer.size)) status = STATUS_ACCESS_VIOLATION;
    free(answer.bytes);
    memcpy(buffer, &header, sizeof(header));
    if (returned) *returned = (ULONG)sizeof(header) + header.TableBufferLength;
    return status;
}
