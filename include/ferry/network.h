/* The machine's network, as NtFerryQueryHost("network") gives it: struct ferry_network, then its arrays in the order of their
 * counts. Numbers are in this machine's byte order, addresses in the network's; families are Windows' values. */
#ifndef FERRY_NETWORK_H
#define FERRY_NETWORK_H

#include <stdint.h>

#define FERRY_AF_INET 2
#define FERRY_AF_INET6 23

struct ferry_network {
    uint32_t interfaces, addresses, routes, servers;
};

#define FERRY_INTERFACE_UP 1u
#define FERRY_INTERFACE_RUNNING 2u /* has a carrier */
#define FERRY_INTERFACE_MULTICAST 4u
#define FERRY_INTERFACE_BROADCAST 8u
#define FERRY_INTERFACE_POINT_TO_POINT 16u

enum { FERRY_COUNT_IN_BYTES, FERRY_COUNT_IN_PACKETS, FERRY_COUNT_IN_ERRORS, FERRY_COUNT_IN_DROPPED, FERRY_COUNT_OUT_BYTES,
       FERRY_COUNT_OUT_PACKETS, FERRY_COUNT_OUT_ERRORS, FERRY_COUNT_OUT_DROPPED, FERRY_COUNTS };

struct ferry_interface {
    uint32_t index;
    uint32_t type; /* IF_TYPE_*: 6 Ethernet, 24 loopback, 23 PPP, 71 wireless, 131 tunnel, 1 other */
    uint32_t flags;
    uint32_t mtu;         /* bytes */
    uint64_t speed;       /* bits a second, 0 unknown */
    uint32_t mac_length;
    uint8_t mac[12];
    uint64_t counts[FERRY_COUNTS];
    char name[32]; /* UTF-8 */
};

enum { FERRY_ADDRESS_UNICAST, FERRY_ADDRESS_MULTICAST };

struct ferry_address {
    uint32_t netif;
    uint32_t kind;
    uint32_t family;
    uint32_t prefix; /* bits */
    uint8_t bytes[16];
};

struct ferry_route {
    uint32_t netif;
    uint32_t family;
    uint32_t prefix; /* bits */
    uint32_t metric;
    uint8_t destination[16], gateway[16];
};

struct ferry_server { /* of names */
    uint32_t family;
    uint8_t bytes[16];
};

#endif
