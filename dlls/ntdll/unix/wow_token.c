/* NtQueryInformationToken, as 32-bit programs call it: classes whose answer is SIDs behind pointers to them. */
#include <string.h>

#include "ferry/syscall_table.h"
#include "wow_query.h"

#define ANSWER 2048

/* The host's answer has `pointers` structures of a pointer (and attributes) after `head` bytes; what they point to
 * follows them, and keeps its distance from the end. */
static NTSTATUS convert(void *narrow, ULONG room, unsigned char *wide, ULONG size, ULONG head, ULONG count, bool attributes,
                        ULONG *returned)
{
    unsigned char answer[ANSWER];
    ULONG item = attributes ? sizeof(SID_AND_ATTRIBUTES) : sizeof(void *);
    ULONG narrow_item = attributes ? sizeof(SID_AND_ATTRIBUTES_32) : sizeof(uint32_t);
    ULONG narrow_head = head ? 4 : 0, data = head + count * item, narrow_data = narrow_head + count * narrow_item;
    ULONG bytes = narrow_data + (size > data ? size - data : 0);

    if (returned) *returned = bytes;
    if (room < bytes) return STATUS_BUFFER_TOO_SMALL;
    memcpy(answer, wide, narrow_head);
    for (ULONG i = 0; i < count; i++) {
        uint64_t pointer;
        uint32_t short_pointer;
        memcpy(&pointer, wide + head + i * item, sizeof(pointer));
        short_pointer = pointer ? (uint32_t)(uintptr_t)narrow + (uint32_t)(pointer - (uintptr_t)wide) - data + narrow_data : 0;
        memcpy(answer + narrow_head + i * narrow_item, &short_pointer, 4);
        if (attributes) memcpy(answer + narrow_head + i * narrow_item + 4, wide + head + i * item + 8, 4);
    }
    if (size > data) memcpy(answer + narrow_data, wide + data, size - data);
    memcpy(narrow, answer, bytes);
    return STATUS_SUCCESS;
}

NTSTATUS wow_NtQueryInformationToken(HANDLE TokenHandle, ULONG TokenInformationClass, void *TokenInformation,
                                     ULONG TokenInformationLength, ULONG *ReturnLength)
{
    _Alignas(16) unsigned char wide[ANSWER];
    ULONG size = 0, head = 0, count = 1;
    bool attributes = false;
    NTSTATUS status;

    switch (TokenInformationClass) {
    case TokenUser:
    case TokenIntegrityLevel: attributes = true; break;
    case TokenOwner:
    case TokenPrimaryGroup:
    case TokenDefaultDacl:
    case TokenAppContainerSid: break;
    case TokenGroups:
    case TokenLogonSid:
    case TokenRestrictedSids:
    case TokenCapabilities:
        attributes = true;
        head = offsetof(TOKEN_GROUPS, Groups);
        break;
    case TokenLinkedToken: return sys_NtQueryInformationToken(TokenHandle, TokenInformationClass, wide, sizeof(wide), &size);
    default:
        return sys_NtQueryInformationToken(TokenHandle, TokenInformationClass, TokenInformation, TokenInformationLength,
                                           ReturnLength);
    }
    status = sys_NtQueryInformationToken(TokenHandle, TokenInformationClass, wide, sizeof(wide), &size);
    if (status) return status;
    if (head) memcpy(&count, wide, sizeof(count));
    if (head && !count) { /* an empty list is as large as one with one entry */
        if (ReturnLength) *ReturnLength = 4 + sizeof(SID_AND_ATTRIBUTES_32);
        if (TokenInformationLength < 4 + sizeof(SID_AND_ATTRIBUTES_32)) return STATUS_BUFFER_TOO_SMALL;
        memset(TokenInformation, 0, 4 + sizeof(SID_AND_ATTRIBUTES_32));
        return STATUS_SUCCESS;
    }
    return convert(TokenInformation, TokenInformationLength, wide, size, head, count, attributes, ReturnLength);
}
