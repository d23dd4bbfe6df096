/* Access tokens. Every token describes the Linux user that runs the prefix: member of Administrators and Users, high
 * integrity, not filtered. What is real state are the privileges, which NtAdjustPrivilegesToken switches.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "thread.h"
#include "token.h"
#include "ferry/syscall_table.h"

struct privilege {
    UCHAR luid;
    bool by_default;
};

/* What an administrator's token holds: winnt.h's SE_*_PRIVILEGE, by their well-known LUIDs. */
static const struct privilege privileges[] = {
    { 5, 0 },  { 8, 0 },  { 9, 0 },  { 10, 0 }, { 11, 0 }, { 12, 0 }, { 13, 0 }, { 14, 0 },
    { 15, 0 }, { 17, 0 }, { 18, 0 }, { 19, 0 }, { 20, 0 }, { 22, 0 }, { 23, 1 }, { 24, 0 },
    { 25, 0 }, { 28, 0 }, { 29, 1 }, { 30, 1 }, { 33, 0 }, { 34, 0 }, { 35, 0 },
};
#define PRIVILEGE_COUNT (sizeof(privileges) / sizeof(*privileges))

struct token {
    struct object object;
    TOKEN_TYPE type;
    SECURITY_IMPERSONATION_LEVEL level;
    uint32_t number; /* of this token, for its id */
    uint32_t changes;
    ULONG attributes[PRIVILEGE_COUNT]; /* SE_PRIVILEGE_*; SE_PRIVILEGE_REMOVED: gone */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct token *process_token;
static uint32_t token_number;

/* ---- SIDs ---- */

ULONG sid_make(void *to, UCHAR authority, unsigned count, ...)
{
    SID *sid = to;
    va_list args;

    memset(sid, 0, 8);
    sid->Revision = SID_REVISION;
    sid->SubAuthorityCount = (BYTE)count;
    sid->IdentifierAuthority.Value[5] = authority;
    va_start(args, count);
    for (unsigned i = 0; i < count; i++) sid->SubAuthority[i] = va_arg(args, unsigned);
    va_end(args);
    return 8 + count * 4;
}

/* S-1-5-21-A-B-C-rid, where A-B-C stands for this machine. */
static ULONG machine_sid(void *sid, unsigned rid)
{
    static unsigned part[3];

    if (!part[0]) {
        char text[64] = "ferry";
        int fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            if (read(fd, text, sizeof(text) - 1) < 0) text[0] = 0;
            close(fd);
        }
        unsigned hash = 2166136261u;
        for (int i = 0; i < 3; i++) {
            for (const char *at = text; *at; at++) hash = (hash ^ (unsigned char)*at) * 16777619u;
            hash = (hash ^ (unsigned)i) * 16777619u;
            part[2 - i] = hash | 1;
        }
    }
    return sid_make(sid, 5, 5, 21, part[0], part[1], part[2], rid);
}

ULONG sid_user(void *sid)
{
    return machine_sid(sid, 1000 + (unsigned)getuid());
}

ULONG sid_primary_group(void *sid)
{
    return machine_sid(sid, 513);
}

#define GROUP_COUNT 10
#define ENABLED (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

static ULONG group_sid(unsigned i, void *sid, ULONG *attributes)
{
    *attributes = ENABLED;
    switch (i) {
    case 0: return sid_primary_group(sid);
    case 1: return sid_make(sid, 1, 1, 0);         /* Everyone */
    case 2: *attributes |= SE_GROUP_OWNER; return sid_make(sid, 5, 2, 32, 544); /* Administrators */
    case 3: return sid_make(sid, 5, 2, 32, 545);   /* Users */
    case 4: return sid_make(sid, 5, 1, 4);         /* INTERACTIVE */
    case 5: return sid_make(sid, 2, 1, 1);         /* CONSOLE LOGON */
    case 6: return sid_make(sid, 5, 1, 11);        /* Authenticated Users */
    case 7: return sid_make(sid, 2, 1, 0);         /* LOCAL */
    case 8: *attributes |= SE_GROUP_LOGON_ID; return sid_make(sid, 5, 3, 5, 0, 1000); /* logon session */
    default: *attributes = SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED; return sid_make(sid, 16, 1, 0x3000); /* high */
    }
}

/* ---- tokens ---- */

static void token_destroy(struct object *object)
{
    free(object);
}

static const struct object_ops token_ops = {
    .type = OBJECT_TOKEN,
    .type_name = "Token",
    .mapping = { TOKEN_READ, TOKEN_WRITE, TOKEN_EXECUTE, TOKEN_ALL_ACCESS },
    .destroy = token_destroy,
};

static struct token *token_make(const struct token *from)
{
    struct token *token = calloc(1, sizeof(*token));

    if (!token) return NULL;
    if (from) {
        memcpy(token->attributes, from->attributes, sizeof(token->attributes));
    } else {
        for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
            token->attributes[i] = privileges[i].by_default ? SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT : 0;
    }
    token->type = TokenPrimary;
    token->level = SecurityAnonymous;
    token->number = ++token_number;
    object_init(&token->object, &token_ops, -1);
    return token;
}

/* The token of this process, with a reference. */
static struct token *own_token(void)
{
    pthread_mutex_lock(&lock);
    if (!process_token) process_token = token_make(NULL);
    struct token *token = process_token;
    if (token) object_retain(&token->object);
    pthread_mutex_unlock(&lock);
    return token;
}

/* -4, -5 and -6 name the process's token, the thread's (there is none), and whichever counts. */
static NTSTATUS token_from_handle(HANDLE handle, ACCESS_MASK access, struct token **token)
{
    LONG_PTR value = (LONG_PTR)handle;

    if (value == -5) return STATUS_NO_TOKEN;
    if (value != -4 && value != -6) return handle_object(handle, OBJECT_TOKEN, access, (struct object **)token, NULL);
    if (access & ~(TOKEN_QUERY | TOKEN_QUERY_SOURCE)) return STATUS_ACCESS_DENIED;
    *token = own_token();
    return *token ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS sys_NtOpenProcessTokenEx(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, ULONG HandleAttributes,
                                  HANDLE *TokenHandle)
{
    HANDLE handle;
    uint32_t slot;
    NTSTATUS status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_QUERY_LIMITED_INFORMATION, &slot);

    if (status == STATUS_ACCESS_DENIED)
        status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_QUERY_INFORMATION, &slot);
    if (status) return status;
    *TokenHandle = NULL;
    /* All processes of a prefix run as one user; another's token is described by a new one. */
    struct token *token = slot == process_slot ? own_token() : token_make(NULL);
    if (!token) return STATUS_NO_MEMORY;
    status = handle_create(&token->object, OBJECT_TOKEN, 0, DesiredAccess, HandleAttributes, &handle);
    object_release(&token->object);
    if (!status) *TokenHandle = handle;
    return status;
}

NTSTATUS sys_NtOpenProcessToken(HANDLE ProcessHandle, ACCESS_MASK DesiredAccess, HANDLE *TokenHandle)
{
    return sys_NtOpenProcessTokenEx(ProcessHandle, DesiredAccess, 0, TokenHandle);
}

NTSTATUS sys_NtOpenThreadTokenEx(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf,
                                 ULONG HandleAttributes, HANDLE *TokenHandle)
{
    uint32_t slot;
    NTSTATUS status = handle_slot(ThreadHandle, OBJECT_THREAD, THREAD_QUERY_LIMITED_INFORMATION, &slot);

    if (status == STATUS_ACCESS_DENIED) status = handle_slot(ThreadHandle, OBJECT_THREAD, THREAD_QUERY_INFORMATION, &slot);
    if (status) return status;
    *TokenHandle = NULL;
    return STATUS_NO_TOKEN; /* no thread impersonates */
}

NTSTATUS sys_NtOpenThreadToken(HANDLE ThreadHandle, ACCESS_MASK DesiredAccess, BOOLEAN OpenAsSelf, HANDLE *TokenHandle)
{
    return sys_NtOpenThreadTokenEx(ThreadHandle, DesiredAccess, OpenAsSelf, 0, TokenHandle);
}

NTSTATUS sys_NtDuplicateToken(HANDLE ExistingTokenHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes,
                              BOOLEAN EffectiveOnly, ULONG TokenType, HANDLE *NewTokenHandle)
{
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
    ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
    ACCESS_MASK granted = TOKEN_QUERY;
    struct token *token, *copy;
    HANDLE handle;

    if (TokenType != TokenPrimary && TokenType != TokenImpersonation) return STATUS_INVALID_PARAMETER;
    if (ObjectAttributes && ObjectAttributes->SecurityQualityOfService)
        level = ((SECURITY_QUALITY_OF_SERVICE *)ObjectAttributes->SecurityQualityOfService)->ImpersonationLevel;
    if (level > SecurityDelegation) return STATUS_BAD_IMPERSONATION_LEVEL;
    NTSTATUS status = handle_object(ExistingTokenHandle, OBJECT_TOKEN, TOKEN_DUPLICATE, (struct object **)&token, &granted);
    if (status) return status;
    *NewTokenHandle = NULL;
    if (token->type == TokenImpersonation &&
        (TokenType == TokenPrimary ? token->level < SecurityImpersonation : level > token->level)) {
        object_release(&token->object);
        return STATUS_BAD_IMPERSONATION_LEVEL;
    }
    pthread_mutex_lock(&lock);
    copy = token_make(token);
    pthread_mutex_unlock(&lock);
    object_release(&token->object);
    if (!copy) return STATUS_NO_MEMORY;
    copy->type = (TOKEN_TYPE)TokenType;
    copy->level = TokenType == TokenImpersonation ? level : SecurityAnonymous;
    if (EffectiveOnly)
        for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
            if (!(copy->attributes[i] & SE_PRIVILEGE_ENABLED)) copy->attributes[i] = SE_PRIVILEGE_REMOVED;
    status = handle_create(&copy->object, OBJECT_TOKEN, 0, DesiredAccess ? DesiredAccess : granted, attributes, &handle);
    object_release(&copy->object);
    if (!status) *NewTokenHandle = handle;
    return status;
}

/* ---- queries ---- */

/* An answer under construction: pointers in it are where they will be in the caller's buffer. */
struct answer {
    _Alignas(16) unsigned char bytes[2048];
    ULONG size;
    uintptr_t base;
};

static ULONG reserve(struct answer *answer, ULONG size)
{
    ULONG at = (answer->size + 7) & ~7u;

    memset(answer->bytes + at, 0, size);
    answer->size = at + size;
    return at;
}

static void *pointer(const struct answer *answer, ULONG at)
{
    return (void *)(answer->base + at);
}

/* Appends a SID; its address in the caller's buffer. */
static void *add_sid(struct answer *answer, const void *sid, ULONG size)
{
    ULONG at = reserve(answer, size);

    memcpy(answer->bytes + at, sid, size);
    return pointer(answer, at);
}

static void add_groups(struct answer *answer, ULONG array, unsigned first, unsigned end)
{
    unsigned char sid[SID_ROOM];

    for (unsigned i = first; i < end; i++) {
        SID_AND_ATTRIBUTES entry = { 0 };
        ULONG attributes, size = group_sid(i, sid, &attributes);
        entry.Attributes = attributes;
        entry.Sid = add_sid(answer, sid, size);
        memcpy(answer->bytes + array + (i - first) * sizeof(entry), &entry, sizeof(entry));
    }
}

static ULONG count_privileges(const struct token *token)
{
    ULONG count = 0;

    for (size_t i = 0; i < PRIVILEGE_COUNT; i++) count += !(token->attributes[i] & SE_PRIVILEGE_REMOVED);
    return count;
}

static void put_privileges(const struct token *token, LUID_AND_ATTRIBUTES *to)
{
    for (size_t i = 0; i < PRIVILEGE_COUNT; i++) {
        if (token->attributes[i] & SE_PRIVILEGE_REMOVED) continue;
        *to++ = (LUID_AND_ATTRIBUTES){ { privileges[i].luid, 0 }, token->attributes[i] };
    }
}

static void add_single_sid(struct answer *answer, const void *sid, ULONG size, ULONG attributes, ULONG head)
{
    SID_AND_ATTRIBUTES entry = { .Attributes = attributes };
    ULONG at = reserve(answer, head);

    entry.Sid = add_sid(answer, sid, size);
    memcpy(answer->bytes + at, &entry, head);
}

static void add_default_dacl(struct answer *answer)
{
    unsigned char sid[SID_ROOM];
    ULONG head = reserve(answer, sizeof(TOKEN_DEFAULT_DACL)), at = reserve(answer, sizeof(ACL));
    void *address = pointer(answer, at);
    ACL acl = { .AclRevision = ACL_REVISION, .AceCount = 2 };

    memcpy(answer->bytes + head, &address, sizeof(address));
    for (int i = 0; i < 2; i++) {
        ULONG size = i ? sid_make(sid, 5, 1, 18) : sid_user(sid);
        ACE_HEADER ace = { .AceType = ACCESS_ALLOWED_ACE_TYPE, .AceSize = (USHORT)(sizeof(ACE_HEADER) + sizeof(ACCESS_MASK) + size) };
        ACCESS_MASK mask = GENERIC_ALL;
        memcpy(answer->bytes + answer->size, &ace, sizeof(ace));
        memcpy(answer->bytes + answer->size + sizeof(ace), &mask, sizeof(mask));
        memcpy(answer->bytes + answer->size + sizeof(ace) + sizeof(mask), sid, size);
        answer->size += ace.AceSize;
    }
    acl.AclSize = (USHORT)(answer->size - at);
    memcpy(answer->bytes + at, &acl, sizeof(acl));
}

static void add_value(struct answer *answer, const void *value, ULONG size)
{
    memcpy(answer->bytes + reserve(answer, size), value, size);
}

static void add_statistics(struct answer *answer, const struct token *token)
{
    TOKEN_STATISTICS statistics = { .TokenId = { 0x10000 + token->number, 0 }, .AuthenticationId = { 1000, 0 },
                                    .ExpirationTime.QuadPart = INT64_MAX, .TokenType = token->type,
                                    .ImpersonationLevel = token->level, .DynamicCharged = 4096, .DynamicAvailable = 4096,
                                    .GroupCount = GROUP_COUNT, .PrivilegeCount = count_privileges(token),
                                    .ModifiedId = { 0x20000 + token->changes, 0 } };

    add_value(answer, &statistics, sizeof(statistics));
}

static NTSTATUS describe(const struct token *token, ULONG class, struct answer *answer)
{
    unsigned char sid[SID_ROOM];
    ULONG value = 0, attributes, size, at;

    switch (class) {
    case TokenUser: add_single_sid(answer, sid, sid_user(sid), 0, sizeof(TOKEN_USER)); break;
    case TokenOwner: add_single_sid(answer, sid, sid_user(sid), 0, sizeof(TOKEN_OWNER)); break;
    case TokenPrimaryGroup: add_single_sid(answer, sid, sid_primary_group(sid), 0, sizeof(TOKEN_PRIMARY_GROUP)); break;
    case TokenIntegrityLevel:
        size = group_sid(GROUP_COUNT - 1, sid, &attributes);
        add_single_sid(answer, sid, size, attributes, sizeof(TOKEN_MANDATORY_LABEL));
        break;
    case TokenGroups:
    case TokenLogonSid:
        value = class == TokenGroups ? GROUP_COUNT : 1;
        at = reserve(answer, offsetof(TOKEN_GROUPS, Groups) + value * sizeof(SID_AND_ATTRIBUTES));
        memcpy(answer->bytes + at, &value, sizeof(value));
        add_groups(answer, at + offsetof(TOKEN_GROUPS, Groups), class == TokenGroups ? 0 : 8, class == TokenGroups ? GROUP_COUNT : 9);
        break;
    case TokenRestrictedSids:
    case TokenCapabilities: reserve(answer, sizeof(TOKEN_GROUPS)); break; /* none of them */
    case TokenPrivileges:
        value = count_privileges(token);
        at = reserve(answer, offsetof(TOKEN_PRIVILEGES, Privileges) + value * sizeof(LUID_AND_ATTRIBUTES));
        memcpy(answer->bytes + at, &value, sizeof(value));
        put_privileges(token, (LUID_AND_ATTRIBUTES *)(answer->bytes + at + offsetof(TOKEN_PRIVILEGES, Privileges)));
        break;
    case TokenDefaultDacl: add_default_dacl(answer); break;
    case TokenSource: {
        TOKEN_SOURCE source = { .SourceName = "User32 ", .SourceIdentifier = { 0x1f0, 0 } };
        add_value(answer, &source, sizeof(source));
        break;
    }
    case TokenType: add_value(answer, &token->type, sizeof(token->type)); break;
    case TokenImpersonationLevel:
        if (token->type != TokenImpersonation) return STATUS_INVALID_PARAMETER;
        add_value(answer, &token->level, sizeof(token->level));
        break;
    case TokenStatistics: add_statistics(answer, token); break;
    case TokenSessionId: value = 1; add_value(answer, &value, sizeof(value)); break;
    case TokenOrigin: add_value(answer, &(TOKEN_ORIGIN){ { 999, 0 } }, sizeof(TOKEN_ORIGIN)); break;
    case TokenElevationType: value = TokenElevationTypeDefault; add_value(answer, &value, sizeof(value)); break;
    case TokenElevation: value = 1; add_value(answer, &value, sizeof(value)); break;
    case TokenMandatoryPolicy: value = TOKEN_MANDATORY_POLICY_VALID_MASK; add_value(answer, &value, sizeof(value)); break;
    case TokenLinkedToken: return STATUS_NO_SUCH_LOGON_SESSION; /* not filtered: there is no other */
    case TokenAppContainerSid: reserve(answer, sizeof(void *)); break;
    case TokenSandBoxInert:
    case TokenHasRestrictions:
    case TokenVirtualizationAllowed:
    case TokenVirtualizationEnabled:
    case TokenUIAccess:
    case TokenIsAppContainer:
    case TokenAppContainerNumber: add_value(answer, &value, sizeof(value)); break;
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtQueryInformationToken(HANDLE TokenHandle, ULONG TokenInformationClass, void *TokenInformation,
                                     ULONG TokenInformationLength, ULONG *ReturnLength)
{
    struct answer answer = { .base = (uintptr_t)TokenInformation };
    struct token *token;
    NTSTATUS status =
        token_from_handle(TokenHandle, TokenInformationClass == TokenSource ? TOKEN_QUERY_SOURCE : TOKEN_QUERY, &token);

    if (status) return status;
    pthread_mutex_lock(&lock);
    status = describe(token, TokenInformationClass, &answer);
    pthread_mutex_unlock(&lock);
    object_release(&token->object);
    if (status) return status;
    if (ReturnLength) *ReturnLength = answer.size;
    if (TokenInformationLength < answer.size) return STATUS_BUFFER_TOO_SMALL;
    memcpy(TokenInformation, answer.bytes, answer.size);
    return STATUS_SUCCESS;
}

/* ---- privileges ---- */

static int find_privilege(const struct token *token, const LUID *luid)
{
    for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
        if (luid->HighPart == 0 && luid->LowPart == privileges[i].luid && !(token->attributes[i] & SE_PRIVILEGE_REMOVED))
            return (int)i;
    return -1;
}

NTSTATUS sys_NtAdjustPrivilegesToken(HANDLE TokenHandle, BOOLEAN DisableAllPrivileges, TOKEN_PRIVILEGES *NewState,
                                     ULONG BufferLength, TOKEN_PRIVILEGES *PreviousState, ULONG *ReturnLength)
{
    LUID_AND_ATTRIBUTES wanted[64], previous[PRIVILEGE_COUNT];
    ULONG count = 0, changed = 0;
    struct token *token;
    bool missing = false;

    if (!DisableAllPrivileges) {
        if (!NewState) return STATUS_INVALID_PARAMETER;
        count = NewState->PrivilegeCount;
        if (count > sizeof(wanted) / sizeof(*wanted)) return STATUS_INVALID_PARAMETER;
        memcpy(wanted, NewState->Privileges, count * sizeof(*wanted));
    }
    NTSTATUS status = handle_object(TokenHandle, OBJECT_TOKEN, TOKEN_ADJUST_PRIVILEGES | (PreviousState ? TOKEN_QUERY : 0),
                                    (struct object **)&token, NULL);
    if (status) return status;

    pthread_mutex_lock(&lock);
    ULONG attributes[PRIVILEGE_COUNT];
    memcpy(attributes, token->attributes, sizeof(attributes));
    if (DisableAllPrivileges) {
        for (size_t i = 0; i < PRIVILEGE_COUNT; i++) attributes[i] &= ~(ULONG)SE_PRIVILEGE_ENABLED;
    }
    for (ULONG i = 0; i < count; i++) {
        int at = find_privilege(token, &wanted[i].Luid);
        if (at < 0) {
            missing = true;
            continue;
        }
        if (wanted[i].Attributes & SE_PRIVILEGE_REMOVED) attributes[at] = SE_PRIVILEGE_REMOVED;
        else attributes[at] = (attributes[at] & ~(ULONG)SE_PRIVILEGE_ENABLED) | (wanted[i].Attributes & SE_PRIVILEGE_ENABLED);
    }
    for (size_t i = 0; i < PRIVILEGE_COUNT; i++)
        if (attributes[i] != token->attributes[i])
            previous[changed++] = (LUID_AND_ATTRIBUTES){ { privileges[i].luid, 0 }, token->attributes[i] };
    ULONG needed = (ULONG)offsetof(TOKEN_PRIVILEGES, Privileges) + (changed ? changed : 0) * sizeof(*previous);
    if (PreviousState && BufferLength < needed) {
        status = STATUS_BUFFER_TOO_SMALL; /* then nothing is changed */
    } else if (changed) {
        memcpy(token->attributes, attributes, sizeof(attributes));
        token->changes++;
    }
    pthread_mutex_unlock(&lock);
    object_release(&token->object);
    if (PreviousState && ReturnLength) *ReturnLength = needed;
    if (status) return status;
    if (PreviousState) {
        PreviousState->PrivilegeCount = changed;
        memcpy(PreviousState->Privileges, previous, changed * sizeof(*previous));
    }
    return missing ? STATUS_NOT_ALL_ASSIGNED : STATUS_SUCCESS;
}
