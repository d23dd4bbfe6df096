/* The environment: a block of "NAME=value" strings, each terminated, an empty one at the end, sorted by name without
 * regard to case as Windows keeps it. Names may start with '='.
 */
#include "ntdll.h"

static SIZE_T block_units(const WCHAR *block)
{
    const WCHAR *at = block;

    while (*at) at += wcslen(at) + 1;
    return at - block + (at == block ? 2 : 1);
}

/* Units of the name of one entry. */
static SIZE_T name_units(const WCHAR *entry)
{
    SIZE_T i = 1; /* a leading '=' belongs to the name */

    if (!*entry) return 0;
    while (entry[i] && entry[i] != '=') i++;
    return i;
}

static const WCHAR *find(const WCHAR *block, const WCHAR *name, SIZE_T units)
{
    for (; *block; block += wcslen(block) + 1) {
        SIZE_T length = name_units(block);
        if (length == units && block[length] == '=' && !RtlCompareUnicodeStrings(block, length, name, units, TRUE)) return block;
    }
    return NULL;
}

/* *length gets the units of the value, or with STATUS_BUFFER_TOO_SMALL what it takes, terminator included. */
NTSTATUS NTAPI RtlQueryEnvironmentVariable(const WCHAR *environment, const WCHAR *name, SIZE_T units, WCHAR *value,
                                           SIZE_T value_units, SIZE_T *length)
{
    NTSTATUS status = STATUS_VARIABLE_NOT_FOUND;

    *length = 0;
    if (!environment) RtlAcquirePebLock();
    const WCHAR *block = environment ? environment : ferry_peb()->ProcessParameters->Environment;
    const WCHAR *entry = block && units ? find(block, name, units) : NULL;
    if (entry) {
        const WCHAR *text = entry + units + 1;
        SIZE_T text_units = wcslen(text);
        if (text_units < value_units) {
            memcpy(value, text, (text_units + 1) * sizeof(WCHAR));
            *length = text_units;
            status = STATUS_SUCCESS;
        } else {
            *length = text_units + 1;
            status = STATUS_BUFFER_TOO_SMALL;
        }
    }
    if (!environment) RtlReleasePebLock();
    return status;
}

/* value->Length: the bytes of the value without terminator, in both cases. */
NTSTATUS NTAPI RtlQueryEnvironmentVariable_U(const WCHAR *environment, const UNICODE_STRING *name, UNICODE_STRING *value)
{
    NTSTATUS status = STATUS_VARIABLE_NOT_FOUND;

    value->Length = 0;
    if (!environment) RtlAcquirePebLock();
    const WCHAR *block = environment ? environment : ferry_peb()->ProcessParameters->Environment;
    const WCHAR *entry = block && name->Length ? find(block, name->Buffer, name->Length / sizeof(WCHAR)) : NULL;
    if (entry) {
        const WCHAR *text = entry + name->Length / sizeof(WCHAR) + 1;
        SIZE_T bytes = wcslen(text) * sizeof(WCHAR);
        value->Length = bytes > 0xfffe ? 0xfffe : (USHORT)bytes;
        if (bytes <= value->MaximumLength) {
            memcpy(value->Buffer, text, bytes);
            if (bytes + sizeof(WCHAR) <= value->MaximumLength) value->Buffer[bytes / sizeof(WCHAR)] = 0;
            status = STATUS_SUCCESS;
        } else {
            status = STATUS_BUFFER_TOO_SMALL;
        }
    }
    if (!environment) RtlReleasePebLock();
    return status;
}

/* A new block for the process: the old one is freed when it came from the heap. Under the PEB lock. */
static void replace_block(WCHAR *block, SIZE_T bytes)
{
    FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;
    WCHAR *old = parameters->Environment;

    parameters->Environment = block;
    parameters->EnvironmentSize = bytes;
    parameters->EnvironmentVersion++;
    /* The first one lies in the parameters' allocation. */
    static WCHAR *ours;
    if (old == ours) heap_free(old);
    ours = block;
}

/* Sets, or deletes with `value` NULL, a variable in *environment (a heap block, replaced) or in the process's. */
NTSTATUS NTAPI RtlSetEnvironmentVar(WCHAR **environment, const WCHAR *name, SIZE_T units, const WCHAR *value, SIZE_T value_units)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!units) return STATUS_INVALID_PARAMETER;
    for (SIZE_T i = 1; i < units; i++)
        if (name[i] == '=') return STATUS_INVALID_PARAMETER;
    if (value)
        for (SIZE_T i = 0; i < value_units; i++)
            if (!value[i]) value_units = i;

    if (!environment) RtlAcquirePebLock();
    WCHAR *block = environment ? *environment : ferry_peb()->ProcessParameters->Environment;
    SIZE_T total = block ? block_units(block) : 2;
    const WCHAR *old = block ? find(block, name, units) : NULL;
    if (!old && !value) {
        goto out;
    }
    SIZE_T old_units = old ? wcslen(old) + 1 : 0, new_units = value ? units + value_units + 2 : 0;
    SIZE_T room = total - old_units + new_units + 1;
    WCHAR *fresh = heap_allocate(room * sizeof(WCHAR)), *at = fresh;
    if (!fresh) {
        status = STATUS_NO_MEMORY;
        goto out;
    }
    bool placed = !value;
    for (const WCHAR *entry = block; entry && *entry; entry += wcslen(entry) + 1) {
        SIZE_T length = wcslen(entry) + 1;
        if (!placed && (entry == old || (!old && RtlCompareUnicodeStrings(entry, name_units(entry), name, units, TRUE) > 0))) {
            memcpy(at, name, units * sizeof(WCHAR));
            at[units] = '=';
            memcpy(at + units + 1, value, value_units * sizeof(WCHAR));
            at[units + 1 + value_units] = 0;
            at += new_units;
            placed = true;
        }
        if (entry == old) continue;
        memcpy(at, entry, length * sizeof(WCHAR));
        at += length;
    }
    if (!placed) {
        memcpy(at, name, units * sizeof(WCHAR));
        at[units] = '=';
        memcpy(at + units + 1, value, value_units * sizeof(WCHAR));
        at[units + 1 + value_units] = 0;
        at += new_units;
    }
    if (at == fresh) *at++ = 0;
    *at++ = 0;
    if (environment) {
        heap_free(block);
        *environment = fresh;
    } else {
        replace_block(fresh, (at - fresh) * sizeof(WCHAR));
    }
out:
    if (!environment) RtlReleasePebLock();
    return status;
}

NTSTATUS NTAPI RtlSetEnvironmentVariable(WCHAR **environment, const UNICODE_STRING *name, const UNICODE_STRING *value)
{
    return RtlSetEnvironmentVar(environment, name->Buffer, name->Length / sizeof(WCHAR), value ? value->Buffer : NULL,
                                value ? value->Length / sizeof(WCHAR) : 0);
}

/* ---- whole blocks ---- */

NTSTATUS NTAPI RtlCreateEnvironment(BOOLEAN inherit, WCHAR **environment)
{
    NTSTATUS status = STATUS_SUCCESS;
    SIZE_T units = 2;

    if (inherit) RtlAcquirePebLock();
    WCHAR *from = inherit ? ferry_peb()->ProcessParameters->Environment : NULL;
    if (from) units = block_units(from);
    if ((*environment = heap_allocate_zeroed(units * sizeof(WCHAR)))) {
        if (from) memcpy(*environment, from, units * sizeof(WCHAR));
    } else {
        status = STATUS_NO_MEMORY;
    }
    if (inherit) RtlReleasePebLock();
    return status;
}

#define RTL_CREATE_ENVIRONMENT_TRANSLATE 1
#define RTL_CREATE_ENVIRONMENT_TRANSLATE_FROM_OEM 2
#define RTL_CREATE_ENVIRONMENT_EMPTY 4

/* Copies `source` (the process's when NULL); with TRANSLATE it is in the ANSI or OEM code page. */
NTSTATUS NTAPI RtlCreateEnvironmentEx(void *source, WCHAR **environment, ULONG flags)
{
    if (flags & ~7u) return STATUS_INVALID_PARAMETER;
    if (flags & RTL_CREATE_ENVIRONMENT_EMPTY) return RtlCreateEnvironment(FALSE, environment);
    if (!source) return RtlCreateEnvironment(TRUE, environment);
    if (!(flags & (RTL_CREATE_ENVIRONMENT_TRANSLATE | RTL_CREATE_ENVIRONMENT_TRANSLATE_FROM_OEM))) {
        SIZE_T units = block_units(source);
        if (!(*environment = heap_allocate(units * sizeof(WCHAR)))) return STATUS_NO_MEMORY;
        memcpy(*environment, source, units * sizeof(WCHAR));
        return STATUS_SUCCESS;
    }
    const char *at = source;
    while (*at) at += strlen(at) + 1;
    ULONG size = (ULONG)(at - (char *)source) + 1, bytes = size * 2 * sizeof(WCHAR);
    if (!(*environment = heap_allocate_zeroed(bytes + 2 * sizeof(WCHAR)))) return STATUS_NO_MEMORY;
    if (flags & RTL_CREATE_ENVIRONMENT_TRANSLATE_FROM_OEM) RtlOemToUnicodeN(*environment, bytes, NULL, source, size);
    else RtlMultiByteToUnicodeN(*environment, bytes, NULL, source, size);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDestroyEnvironment(WCHAR *environment)
{
    heap_free(environment);
    return STATUS_SUCCESS;
}

/* Makes `environment` (RtlCreateEnvironment) the process's; the old one goes to *old or is freed. */
void NTAPI RtlSetCurrentEnvironment(WCHAR *environment, WCHAR **old)
{
    RtlAcquirePebLock();
    WCHAR *previous = ferry_peb()->ProcessParameters->Environment;
    if (old) {
        FERRY_PROCESS_PARAMETERS *parameters = ferry_peb()->ProcessParameters;
        *old = previous;
        parameters->Environment = environment;
        parameters->EnvironmentSize = block_units(environment) * sizeof(WCHAR);
        parameters->EnvironmentVersion++;
    } else {
        replace_block(environment, block_units(environment) * sizeof(WCHAR));
    }
    RtlReleasePebLock();
}

/* ---- %NAME% ---- */

/* *length: units of the result with terminator, whether it fits (STATUS_BUFFER_TOO_SMALL) or not. Unknown names and
 * lone percent signs stay as they are. */
NTSTATUS NTAPI RtlExpandEnvironmentStrings(const WCHAR *environment, const WCHAR *source, SIZE_T units, WCHAR *to, SIZE_T room,
                                           SIZE_T *length)
{
    SIZE_T out = 0;
    bool overflow = false;

    if (!environment) RtlAcquirePebLock();
    const WCHAR *block = environment ? environment : ferry_peb()->ProcessParameters->Environment;
    for (SIZE_T i = 0; i < units;) {
        const WCHAR *text = source + i;
        SIZE_T count = 1, used = 1;
        if (*text == '%') {
            SIZE_T end = i + 1;
            while (end < units && source[end] != '%') end++;
            if (end < units) {
                const WCHAR *entry = block && end > i + 1 ? find(block, text + 1, end - i - 1) : NULL;
                if (entry) {
                    text = entry + (end - i - 1) + 1;
                    count = wcslen(text);
                    used = end - i + 1;
                } else {
                    count = used = end - i; /* up to the second percent sign, which may start a name */
                }
            } else {
                count = used = units - i;
            }
        } else {
            while (i + count < units && source[i + count] != '%') count++;
            used = count;
        }
        if (!overflow && out + count < room) memcpy(to + out, text, count * sizeof(WCHAR));
        else overflow = true;
        out += count;
        i += used;
    }
    if (!environment) RtlReleasePebLock();
    if (!overflow && out < room) to[out] = 0;
    else overflow = true;
    if (length) *length = out + 1;
    return overflow ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
}

/* *length: bytes with terminator. */
NTSTATUS NTAPI RtlExpandEnvironmentStrings_U(const WCHAR *environment, const UNICODE_STRING *source, UNICODE_STRING *to,
                                             ULONG *length)
{
    SIZE_T units;
    NTSTATUS status = RtlExpandEnvironmentStrings(environment, source->Buffer, source->Length / sizeof(WCHAR), to->Buffer,
                                                  to->MaximumLength / sizeof(WCHAR), &units);

    if (length) *length = (ULONG)(units * sizeof(WCHAR));
    if (status >= 0) to->Length = (USHORT)((units - 1) * sizeof(WCHAR));
    return status;
}
