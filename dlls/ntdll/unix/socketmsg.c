/* Control messages of WSASendMsg and WSARecvMsg (ws2def.h: WSACMSGHDR). */
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include "socket.h"

/* Windows' numbers; IPPROTO_IP and IPPROTO_IPV6 are the same on both sides */
#define W_IP_TOS 3
#define W_IP_TTL 4
#define W_PKTINFO 19 /* IP_PKTINFO, IPV6_PKTINFO */
#define W_HOPLIMIT 21 /* IP_HOPLIMIT (IP_RECVTTL), IPV6_HOPLIMIT */
#define W_IPV6_TCLASS 39

/* IN_PKTINFO */
struct windows_pktinfo {
    struct in_addr address;
    uint32_t netif;
};

/* WSACMSGHDR: length, counting itself, in `word` bytes; level; type. Data starts at the next multiple of `word`. */
static unsigned header_size(unsigned word)
{
    return (word + 8 + word - 1) & ~(word - 1);
}

static unsigned aligned(unsigned size, unsigned word)
{
    return (size + word - 1) & ~(word - 1);
}

/* Appends one message; false without room. */
static bool append(void *control, size_t room, size_t *used, int level, int type, const void *data, size_t size)
{
    struct cmsghdr *header = (struct cmsghdr *)((char *)control + *used);

    if (*used + CMSG_SPACE(size) > room)
        return false;
    memset(header, 0, CMSG_SPACE(size));
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), data, size);
    *used += CMSG_SPACE(size);
    return true;
}

int socket_control_to_linux(const unsigned char *windows, uint32_t size, unsigned word, void *control, size_t room)
{
    unsigned header = header_size(word), at = 0;
    size_t used = 0;

    while (size - at >= header) {
        uint64_t length = 0;
        int level, type, number = 0;
        const unsigned char *data = windows + at + header;
        bool good = false;

        memcpy(&length, windows + at, word);
        memcpy(&level, windows + at + word, sizeof(level));
        memcpy(&type, windows + at + word + 4, sizeof(type));
        if (length < header || length > size - at)
            return -1;
        length -= header;
        if (length)
            memcpy(&number, data, length < sizeof(number) ? length : sizeof(number));
        if (level == IPPROTO_IP && type == W_PKTINFO && length >= sizeof(struct windows_pktinfo)) {
            struct windows_pktinfo from;
            memcpy(&from, data, sizeof(from));
            struct in_pktinfo to = {.ipi_ifindex = from.netif, .ipi_spec_dst = from.address};
            good = append(control, room, &used, level, IP_PKTINFO, &to, sizeof(to));
        } else if (level == IPPROTO_IPV6 && type == W_PKTINFO && length >= sizeof(struct in6_pktinfo)) {
            good = append(control, room, &used, level, IPV6_PKTINFO, data, sizeof(struct in6_pktinfo));
        } else if (level == IPPROTO_IP && (type == W_IP_TTL || type == W_HOPLIMIT) && length) {
            good = append(control, room, &used, level, IP_TTL, &number, sizeof(number));
        } else if (level == IPPROTO_IP && type == W_IP_TOS && length) {
            good = append(control, room, &used, level, IP_TOS, &number, sizeof(number));
        } else if (level == IPPROTO_IPV6 && type == W_HOPLIMIT && length) {
            good = append(control, room, &used, level, IPV6_HOPLIMIT, &number, sizeof(number));
        } else if (level == IPPROTO_IPV6 && type == W_IPV6_TCLASS && length) {
            good = append(control, room, &used, level, IPV6_TCLASS, &number, sizeof(number));
        }
        if (!good)
            return -1;
        at += aligned(header + length, word);
        if (at > size)
            break;
    }
    return used;
}

static bool put(unsigned char *windows, uint32_t room, uint32_t *used, unsigned word, int level, int type,
                const void *data, uint32_t size)
{
    unsigned header = header_size(word);
    uint64_t length = header + size;

    if (*used + length > room)
        return false;
    memset(windows + *used, 0, header);
    memcpy(windows + *used, &length, word);
    memcpy(windows + *used + word, &level, sizeof(level));
    memcpy(windows + *used + word + 4, &type, sizeof(type));
    memcpy(windows + *used + header, data, size);
    *used += aligned(length, word);
    if (*used > room)
        *used = room;
    return true;
}

int socket_control_from_linux(const struct msghdr *message, unsigned word, unsigned char *windows, uint32_t room,
                              uint32_t *used)
{
    struct cmsghdr *header;

    *used = 0;
    for (header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR((struct msghdr *)message, header)) {
        int level = header->cmsg_level, type = -1, number;
        const void *data = CMSG_DATA(header);
        uint32_t size = sizeof(number);
        struct windows_pktinfo pktinfo;

        if (level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            const struct in_pktinfo *from = data;
            pktinfo = (struct windows_pktinfo){from->ipi_addr, from->ipi_ifindex};
            data = &pktinfo;
            size = sizeof(pktinfo);
            type = W_PKTINFO;
        } else if (level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
            size = sizeof(struct in6_pktinfo);
            type = W_PKTINFO;
        } else if (level == IPPROTO_IP && header->cmsg_type == IP_TTL) {
            type = W_HOPLIMIT;
        } else if (level == IPPROTO_IP && header->cmsg_type == IP_TOS) {
            number = *(const unsigned char *)data;
            data = &number;
            type = W_IP_TOS;
        } else if (level == IPPROTO_IPV6 && header->cmsg_type == IPV6_HOPLIMIT) {
            type = W_HOPLIMIT;
        } else if (level == IPPROTO_IPV6 && header->cmsg_type == IPV6_TCLASS) {
            type = W_IPV6_TCLASS;
        }
        if (type >= 0 && !put(windows, room, used, word, level, type, data, size))
            return -1;
    }
    return *used;
}
