/* What the libraries of libloaderapi.c tell about the order of things: one letter each, in a named section that the
 * test makes. */
#ifndef ORDER_H
#define ORDER_H

#include <windows.h>

struct order {
    LONG count;
    char text[252];
};

static struct order *order_map(void)
{
    static struct order *order;
    char name[64], *at = name;
    HANDLE section;

    if (order) return order;
    for (const char *from = "ferry-order-"; *from;) *at++ = *from++;
    for (DWORD id = GetCurrentProcessId(); id; id /= 10) *at++ = (char)('0' + id % 10);
    *at = 0;
    section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof(struct order), name);
    order = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);
    return order;
}

static void order_add(char letter)
{
    struct order *order = order_map();

    if (order && order->count < (LONG)sizeof(order->text) - 1) order->text[InterlockedIncrement(&order->count) - 1] = letter;
}

/* Upper case for an attach, lower case for a detach; digits are threads. */
static inline void order_reason(DWORD reason, char letter)
{
    if (reason == DLL_PROCESS_ATTACH) order_add(letter);
    else if (reason == DLL_PROCESS_DETACH) order_add((char)(letter | 0x20));
}

#endif
