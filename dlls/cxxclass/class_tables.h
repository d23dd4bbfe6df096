/* Assembler macros: what MSVC's compiler would emit for an exception class with single inheritance, so that it can be
 * thrown, caught by its bases and asked for its type.
 *
 *     class_tables NAME, DECORATED, DEPTH, SIZE, BASE, …   bases from the nearest on; DEPTH is their number
 *
 * defines type_NAME, vtable_NAME (deleting destructor, what) and throw_NAME, and wants destroy_NAME, copy_NAME,
 * delete_NAME and what_NAME.
 */
#ifdef __x86_64__
#define SYMBOL(name) name
#define POINTER .quad
#define REFERENCE .rva
#else
#define SYMBOL(name) _##name
#define POINTER .long
#define REFERENCE .long
#endif
#define SYMBOL_(prefix, name) SYMBOL(prefix##name)

    .macro class_tables name:req, decorated:req, depth:req, size:req, bases:vararg
    .data
    .balign 8
    .globl SYMBOL(type_\name)
SYMBOL(type_\name):
    POINTER SYMBOL(vtable_type_info), 0
    .asciz "\decorated"

    .section .rdata, "dr"
    .balign 8
base_\name:
    REFERENCE SYMBOL(type_\name)
    .long \depth, 0, -1, 0, 0x40
    REFERENCE hierarchy_\name
bases_\name:
    REFERENCE base_\name
    .ifnb \bases
    .irp base, \bases
    REFERENCE base_\base
    .endr
    .endif
hierarchy_\name:
    .long 0, 0, \depth + 1
    REFERENCE bases_\name
locator_\name:
#ifdef __x86_64__
    .long 1, 0, 0
#else
    .long 0, 0, 0
#endif
    REFERENCE SYMBOL(type_\name), hierarchy_\name
#ifdef __x86_64__
    REFERENCE locator_\name
#endif
    .balign 8
    POINTER locator_\name
    .globl SYMBOL(vtable_\name)
SYMBOL(vtable_\name):
    POINTER SYMBOL(delete_\name), SYMBOL(what_\name)
catchable_\name:
    .long 0
    REFERENCE SYMBOL(type_\name)
    .long 0, -1, 0, \size
    REFERENCE SYMBOL(copy_\name)
catchables_\name:
    .long \depth + 1
    REFERENCE catchable_\name
    .ifnb \bases
    .irp base, \bases
    REFERENCE catchable_\base
    .endr
    .endif
    .globl SYMBOL(throw_\name)
SYMBOL(throw_\name):
    .long 0
    REFERENCE SYMBOL(destroy_\name)
    .long 0
    REFERENCE catchables_\name
    .endm

/* The table of virtual functions of type_info itself: its destructor. */
    .macro type_info_table
    .data
    .balign 8
    .globl SYMBOL(type_type_info)
SYMBOL(type_type_info):
    POINTER SYMBOL(vtable_type_info), 0
    .asciz ".?AVtype_info@@"
    .section .rdata, "dr"
    .balign 8
base_type_info:
    REFERENCE SYMBOL(type_type_info)
    .long 0, 0, -1, 0, 0x40
    REFERENCE hierarchy_type_info
bases_type_info:
    REFERENCE base_type_info
hierarchy_type_info:
    .long 0, 0, 1
    REFERENCE bases_type_info
locator_type_info:
#ifdef __x86_64__
    .long 1, 0, 0
#else
    .long 0, 0, 0
#endif
    REFERENCE SYMBOL(type_type_info), hierarchy_type_info
#ifdef __x86_64__
    REFERENCE locator_type_info
#endif
    .balign 8
    POINTER locator_type_info
    .globl SYMBOL(vtable_type_info)
SYMBOL(vtable_type_info):
    POINTER SYMBOL(delete_type_info)
    .endm
