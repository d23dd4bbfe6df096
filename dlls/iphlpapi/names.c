/* netioapi.h: from one name of an interface to another. ERROR_INVALID_PARAMETER for one that does not exist,
 * ERROR_NOT_ENOUGH_MEMORY for a buffer that is too short. */
#include "network.h"

/* The interface that `match` picks, copied. */
static DWORD find(bool (*match)(const struct ferry_interface *, const void *), const void *key, struct ferry_interface *found)
{
    struct network network;
    DWORD error = network_query(&network);

    if (error) return error;
    error = ERROR_INVALID_PARAMETER;
    for (uint32_t i = 0; i < network.head->interfaces && error; i++) {
        if (!match(&network.interfaces[i], key)) continue;
        *found = network.interfaces[i];
        error = NO_ERROR;
    }
    network_free(&network);
    return error;
}

static bool has_index(const struct ferry_interface *netif, const void *key)
{
    return netif->index == *(const NET_IFINDEX *)key;
}

static bool has_luid(const struct ferry_interface *netif, const void *key)
{
    return luid_of(netif).Value == ((const NET_LUID *)key)->Value;
}

static bool has_guid(const struct ferry_interface *netif, const void *key)
{
    GUID guid = guid_of(netif);

    return !memcmp(&guid, key, sizeof(guid));
}

static bool has_alias(const struct ferry_interface *netif, const void *key)
{
    WCHAR alias[32];
    const WCHAR *name = key;
    int i = 0;

    alias_of(netif, alias);
    while (alias[i] && alias[i] == name[i]) i++;
    return alias[i] == name[i];
}

static bool has_name(const struct ferry_interface *netif, const void *key)
{
    char own[32];
    const char *name = key;
    int i = 0;

    name_of(netif, own);
    while (own[i] && own[i] == name[i]) i++;
    return own[i] == name[i];
}

NETIO_STATUS WINAPI ConvertInterfaceIndexToLuid(NET_IFINDEX index, NET_LUID *luid)
{
    struct ferry_interface netif;
    DWORD error;

    if (!luid) return ERROR_INVALID_PARAMETER;
    luid->Value = 0;
    error = find(has_index, &index, &netif);
    if (!error) *luid = luid_of(&netif);
    return error == ERROR_INVALID_PARAMETER ? ERROR_FILE_NOT_FOUND : error;
}

NETIO_STATUS WINAPI ConvertInterfaceLuidToIndex(const NET_LUID *luid, NET_IFINDEX *index)
{
    struct ferry_interface netif;
    DWORD error;

    if (!luid || !index) return ERROR_INVALID_PARAMETER;
    *index = 0;
    error = find(has_luid, luid, &netif);
    if (!error) *index = netif.index;
    return error;
}

NETIO_STATUS WINAPI ConvertInterfaceLuidToNameA(const NET_LUID *luid, CHAR *name, SIZE_T length)
{
    struct ferry_interface netif;
    char text[32];
    DWORD error;
    SIZE_T size;

    if (!luid || !name) return ERROR_INVALID_PARAMETER;
    error = find(has_luid, luid, &netif);
    if (error) return error;
    name_of(&netif, text);
    size = strnlen(text, sizeof(text)) + 1;
    if (size > length) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(name, text, size);
    return NO_ERROR;
}

NETIO_STATUS WINAPI ConvertInterfaceLuidToNameW(const NET_LUID *luid, WCHAR *name, SIZE_T length)
{
    char text[32];
    DWORD error = name ? ConvertInterfaceLuidToNameA(luid, text, sizeof(text)) : ERROR_INVALID_PARAMETER;
    SIZE_T size = error ? 0 : strnlen(text, sizeof(text)) + 1;

    if (error) return error;
    if (size > length) return ERROR_NOT_ENOUGH_MEMORY;
    while (size--) name[size] = text[size];
    return NO_ERROR;
}

NETIO_STATUS WINAPI ConvertInterfaceNameToLuidA(const CHAR *name, NET_LUID *luid)
{
    struct ferry_interface netif;
    DWORD error;

    if (!luid) return ERROR_INVALID_PARAMETER;
    luid->Value = 0;
    if (!name) return ERROR_INVALID_NAME;
    error = find(has_name, name, &netif);
    if (!error) *luid = luid_of(&netif);
    return error == ERROR_INVALID_PARAMETER ? ERROR_INVALID_NAME : error;
}

NETIO_STATUS WINAPI ConvertInterfaceNameToLuidW(const WCHAR *name, NET_LUID *luid)
{
    char text[32];
    int i = 0;

    if (!luid) return ERROR_INVALID_PARAMETER;
    luid->Value = 0;
    if (!name) return ERROR_INVALID_NAME;
    for (; name[i]; i++) {
        if (name[i] > 126 || i == sizeof(text) - 1) return ERROR_INVALID_NAME;
        text[i] = (char)name[i];
    }
    text[i] = 0;
    return ConvertInterfaceNameToLuidA(text, luid);
}

NETIO_STATUS WINAPI ConvertInterfaceLuidToAlias(const NET_LUID *luid, WCHAR *alias, SIZE_T length)
{
    struct ferry_interface netif;
    WCHAR text[32];
    SIZE_T size = 0;
    DWORD error;

    if (!luid || !alias) return ERROR_INVALID_PARAMETER;
    error = find(has_luid, luid, &netif);
    if (error) return error;
    alias_of(&netif, text);
    while (text[size++]) {}
    if (size > length) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(alias, text, size * sizeof(WCHAR));
    return NO_ERROR;
}

NETIO_STATUS WINAPI ConvertInterfaceAliasToLuid(const WCHAR *alias, NET_LUID *luid)
{
    struct ferry_interface netif;
    DWORD error;

    if (!alias || !luid) return ERROR_INVALID_PARAMETER;
    luid->Value = 0;
    error = find(has_alias, alias, &netif);
    if (!error) *luid = luid_of(&netif);
    return error;
}

NETIO_STATUS WINAPI ConvertInterfaceLuidToGuid(const NET_LUID *luid, GUID *guid)
{
    struct ferry_interface netif;
    DWORD error;

    if (!luid || !guid) return ERROR_INVALID_PARAMETER;
    error = find(has_luid, luid, &netif);
    if (!error) *guid = guid_of(&netif);
    return error;
}

NETIO_STATUS WINAPI ConvertInterfaceGuidToLuid(const GUID *guid, NET_LUID *luid)
{
    struct ferry_interface netif;
    DWORD error;

    if (!guid || !luid) return ERROR_INVALID_PARAMETER;
    error = find(has_guid, guid, &netif);
    if (!error) *luid = luid_of(&netif);
    return error;
}

/* 0 for a name that no interface has. */
NET_IFINDEX WINAPI if_nametoindex(const char *name)
{
    struct ferry_interface netif;

    return name && !find(has_name, name, &netif) ? netif.index : 0;
}

/* `name` has room for IF_MAX_STRING_SIZE + 1; NULL if there is no such interface. */
char *WINAPI if_indextoname(NET_IFINDEX index, char *name)
{
    struct ferry_interface netif;

    if (find(has_index, &index, &netif)) return NULL;
    name_of(&netif, name);
    return name;
}
