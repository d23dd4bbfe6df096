/* Run-time type information as MSVC's ABI lays it out. References between the structures are offsets from the image's
 * base on x86_64, pointers on i386. */
#ifndef CXXEH_RTTI_H
#define CXXEH_RTTI_H

#include "match.h"

#define BASE_NOT_VISIBLE 0x01 /* private somewhere on the way */
#define BASE_AMBIGUOUS 0x02
#define BASE_PRIVATE 0x04 /* in its own derived class */
#define BASE_HAS_HIERARCHY 0x40
struct rtti_base {
    int type;
    unsigned contained_count; /* of the entries that follow in the array, those that are bases of this one */
    struct cxx_member where;
    unsigned attributes;
    int hierarchy; /* with BASE_HAS_HIERARCHY */
};

struct rtti_hierarchy {
    unsigned signature;
    unsigned attributes;
    unsigned base_count;
    int bases; /* array of references, the class itself first, depth first */
};

/* The word before a virtual function table refers to it. */
struct rtti_locator {
    unsigned signature; /* 1: `self` is there */
    unsigned offset;              /* of this table's pointer in the complete object */
    unsigned constructor_offset;  /* of its displacement while virtual bases are constructed, 0: none */
    int type;
    int hierarchy;
    int self;
};

#endif
