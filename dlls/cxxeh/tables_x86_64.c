/* Reading the tables of functions with C++ exceptions. The compressed encoding is known from programs that carry it. */
#ifdef __x86_64__

#include "tables.h"

/* ---- fixed structures: __CxxFrameHandler3 ---- */

struct fixed_unwind {
    int next;   /* state */
    int action; /* funclet, 0: none */
};

struct fixed_handler {
    unsigned adjectives;
    int type, object, address, frame;
};

struct fixed_ip {
    unsigned ip;
    int state;
};

#define FUNCTION_SYNCHRONOUS 1
#define FUNCTION_NOEXCEPT 4
struct cxx_function {
    unsigned magic; /* low 29 bits */
    int state_count;
    int unwinds;
    unsigned try_count;
    int tries;
    unsigned ip_count;
    int ips;
    int unwind_help;
    int specification; /* from magic 0x19930521 on */
    int flags;         /* from magic 0x19930522 on */
};

static const void *at(const struct cxx_tables *tables, int offset)
{
    return (const void *)(tables->image + offset);
}

unsigned cxx_begin(const DISPATCHER_CONTEXT *dispatcher)
{
    const RUNTIME_FUNCTION *entry = dispatcher->FunctionEntry;

    for (int i = 0; i < 32; i++) {
        const BYTE *info = (const BYTE *)(dispatcher->ImageBase + entry->UnwindData);
        if (!(info[0] >> 3 & UNW_FLAG_CHAININFO)) break;
        entry = (const RUNTIME_FUNCTION *)(info + 4 + ((info[2] + 1) & ~1) * 2);
    }
    return entry->BeginAddress;
}

bool cxx_read_tables(struct cxx_tables *tables, const DISPATCHER_CONTEXT *dispatcher)
{
    const struct cxx_function *function =
        (const void *)(dispatcher->ImageBase + *(const int *)dispatcher->HandlerData);
    unsigned magic = function->magic & 0x1fffffff;

    *tables = (struct cxx_tables){ .image = dispatcher->ImageBase, .function = function };
    if (magic >= CXX_MAGIC_LAST) {
        tables->synchronous = function->flags & FUNCTION_SYNCHRONOUS;
        tables->noexcept = function->flags & FUNCTION_NOEXCEPT;
    }
    return magic >= CXX_MAGIC && magic <= CXX_MAGIC_LAST;
}

static int fixed_state(const struct cxx_tables *tables, ULONG64 pc)
{
    const struct cxx_function *function = tables->function;
    const struct fixed_ip *ips = at(tables, function->ips);
    unsigned low = 0, high = function->ip_count, ip = (unsigned)(pc - tables->image);

    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (ips[middle].ip <= ip) low = middle + 1;
        else high = middle;
    }
    return low ? ips[low - 1].state : -1;
}

/* ---- compressed: __CxxFrameHandler4 ---- */

enum {
    HEADER_CATCH = 0x01,     /* of a catch funclet */
    HEADER_SEPARATED = 0x02, /* the function's code lies in several pieces */
    HEADER_BBT = 0x04,
    HEADER_UNWINDS = 0x08,
    HEADER_TRIES = 0x10,
    HEADER_SYNCHRONOUS = 0x20,
    HEADER_NOEXCEPT = 0x40,
};

/* The lowest bits of the first byte tell how many bytes a number takes: 0: 1, 01: 2, 011: 3, 0111: 4, 1111: 5. */
static unsigned read_number(const BYTE **from)
{
    const BYTE *p = *from;
    unsigned length = !(p[0] & 1) ? 1 : !(p[0] & 2) ? 2 : !(p[0] & 4) ? 3 : !(p[0] & 8) ? 4 : 5, value = 0;

    *from += length;
    if (length == 5) return p[1] | p[2] << 8 | p[3] << 16 | (unsigned)p[4] << 24;
    for (unsigned i = 0; i < length; i++) value |= (unsigned)p[i] << 8 * i;
    return value >> length;
}

static int read_offset(const BYTE **from)
{
    int value;

    memcpy(&value, *from, sizeof(value));
    *from += sizeof(value);
    return value;
}

/* The table of this piece of the function. */
static const BYTE *piece_table(const struct cxx_tables *tables, const BYTE *pieces, unsigned begin)
{
    for (unsigned count = read_number(&pieces); count; count--) {
        unsigned start = read_offset(&pieces);
        int table = read_offset(&pieces);
        if (start == begin) return at(tables, table);
    }
    return NULL;
}

void cxx_read_compressed(struct cxx_tables *tables, const DISPATCHER_CONTEXT *dispatcher)
{
    const BYTE *p = (const BYTE *)(dispatcher->ImageBase + *(const int *)dispatcher->HandlerData);
    BYTE header = *p++;

    *tables = (struct cxx_tables){
        .image = dispatcher->ImageBase,
        .begin = dispatcher->ImageBase + cxx_begin(dispatcher),
        .compressed = true,
        .synchronous = header & HEADER_SYNCHRONOUS,
        .noexcept = header & HEADER_NOEXCEPT,
        .is_catch = header & HEADER_CATCH,
    };
    if (header & HEADER_BBT) read_number(&p);
    if (header & HEADER_UNWINDS) tables->unwinds = at(tables, read_offset(&p));
    if (header & HEADER_TRIES) tables->tries = at(tables, read_offset(&p));
    tables->ips = at(tables, read_offset(&p));
    if (header & HEADER_SEPARATED)
        tables->ips = piece_table(tables, tables->ips, (unsigned)(tables->begin - tables->image));
    if (header & HEADER_CATCH) tables->catch_frame = read_number(&p);
}

/* Distances from one entry's code to the next one's, from the function's begin on; states plus one. */
static int compressed_state(const struct cxx_tables *tables, const DISPATCHER_CONTEXT *dispatcher)
{
    const BYTE *p = tables->ips;
    unsigned ip = (unsigned)(dispatcher->ControlPc - tables->begin), code = 0;
    int state = -1;

    if (!p) return -1;
    for (unsigned count = read_number(&p); count; count--) {
        code += read_number(&p);
        if (ip < code) break;
        state = (int)read_number(&p) - 1;
    }
    return state;
}

static const BYTE *skip_unwind(const BYTE *p, unsigned *distance, struct cxx_unwind *step)
{
    unsigned number = read_number(&p);

    *distance = number >> 2;
    *step = (struct cxx_unwind){ .kind = number & 3 };
    if (step->kind != CXX_UNWIND_NOTHING) step->action = read_offset(&p);
    if (step->kind == CXX_UNWIND_OBJECT || step->kind == CXX_UNWIND_POINTER) step->object = read_number(&p);
    return p;
}

/* An entry names the next state by its distance in bytes, backwards; before the first entry is state -1. */
static bool compressed_step(const BYTE *p, int state, struct cxx_unwind *step)
{
    unsigned count = read_number(&p), distance;
    const BYTE *first = p, *wanted;
    struct cxx_unwind other;

    if ((unsigned)state >= count) return false;
    for (int i = 0; i < state; i++) p = skip_unwind(p, &distance, &other);
    wanted = p;
    skip_unwind(p, &distance, step);
    step->next = -1;
    if (distance > (size_t)(wanted - first)) return true;
    wanted -= distance;
    for (p = first, step->next = 0; p < wanted; step->next++) p = skip_unwind(p, &distance, &other);
    return true;
}

enum {
    CATCH_ADJECTIVES = 0x01,
    CATCH_TYPE = 0x02,
    CATCH_OBJECT = 0x04,
    CATCH_RESUME_IMAGE = 0x08, /* where the parent goes on is an offset in the image, not in the function */
};

static void compressed_handler(const struct cxx_tables *tables, struct cxx_cursor *cursor, struct cxx_handler *handler)
{
    const BYTE **p = &cursor->next;
    BYTE header = *(*p)++;

    *handler = (struct cxx_handler){ 0 };
    if (header & CATCH_ADJECTIVES) handler->adjectives = read_number(p);
    if (header & CATCH_TYPE) handler->type = read_offset(p);
    if (header & CATCH_OBJECT) handler->object = read_number(p);
    handler->address = read_offset(p);
    for (int i = 0; i < (header >> 4 & 3) && i < CXX_RESUME_COUNT; i++)
        handler->resume[i] = header & CATCH_RESUME_IMAGE ? tables->image + (unsigned)read_offset(p)
                                                         : tables->begin + read_number(p);
}

/* ---- either ---- */

int cxx_state_of_ip(const struct cxx_tables *tables, const DISPATCHER_CONTEXT *dispatcher)
{
    return tables->compressed ? compressed_state(tables, dispatcher) : fixed_state(tables, dispatcher->ControlPc);
}

bool cxx_unwind_step(const struct cxx_tables *tables, int state, struct cxx_unwind *step)
{
    const struct cxx_function *function = tables->function;
    const struct fixed_unwind *fixed;

    if (state < 0) return false;
    if (tables->compressed) return tables->unwinds && compressed_step(tables->unwinds, state, step);
    if (state >= function->state_count) return false;
    fixed = (const struct fixed_unwind *)at(tables, function->unwinds) + state;
    *step = (struct cxx_unwind){ fixed->next, fixed->action ? CXX_UNWIND_FUNCLET : CXX_UNWIND_NOTHING, fixed->action, 0 };
    return true;
}

void cxx_tries(const struct cxx_tables *tables, struct cxx_cursor *cursor)
{
    const struct cxx_function *function = tables->function;

    *cursor = (struct cxx_cursor){ 0 };
    if (!tables->compressed) {
        cursor->next = at(tables, function->tries);
        cursor->left = function->try_count;
    } else if (tables->tries) {
        cursor->next = tables->tries;
        cursor->left = read_number(&cursor->next);
    }
}

bool cxx_next_try(const struct cxx_tables *tables, struct cxx_cursor *cursor, struct cxx_try *block)
{
    if (!cursor->left) return false;
    cursor->left--;
    if (!tables->compressed) {
        *block = *(const struct cxx_try *)cursor->next;
        cursor->next += sizeof(*block);
        return true;
    }
    block->low = read_number(&cursor->next);
    block->high = read_number(&cursor->next);
    block->catch_high = read_number(&cursor->next);
    block->handlers = read_offset(&cursor->next);
    block->handler_count = -1; /* stands with the handlers */
    return true;
}

void cxx_handlers(const struct cxx_tables *tables, const struct cxx_try *block, struct cxx_cursor *cursor)
{
    cursor->next = at(tables, block->handlers);
    cursor->left = tables->compressed ? read_number(&cursor->next) : block->handler_count;
}

bool cxx_next_handler(const struct cxx_tables *tables, struct cxx_cursor *cursor, struct cxx_handler *handler)
{
    if (!cursor->left) return false;
    cursor->left--;
    if (tables->compressed) {
        compressed_handler(tables, cursor, handler);
    } else {
        const struct fixed_handler *fixed = (const struct fixed_handler *)cursor->next;
        *handler = (struct cxx_handler){ fixed->adjectives, fixed->type, fixed->object, fixed->address, fixed->frame, { 0 } };
        cursor->next += sizeof(*fixed);
    }
    return true;
}

#endif
