/* The view table against a plain model: random reservations, releases, splits, joins and protections. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

/* The rest of the host side is not here. */
struct address_space address_space;

#define PAGES 4096u
#define BASE 0x10000000ul

static uint16_t owner[PAGES];    /* number of the view that has the page, 0: free */
static uint32_t protect[PAGES];
static struct view *views[1000];
static unsigned seed = 1;

static unsigned pick(unsigned below)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % below;
}

static uintptr_t address(unsigned page)
{
    return BASE + page * PAGE_SIZE_;
}

static void check_all(void)
{
    unsigned page = 0;
    struct view *view = view_first();

    while (page < PAGES) {
        unsigned end = page;
        while (end < PAGES && owner[end] == owner[page]) end++;
        if (!owner[page]) {
            assert(!view_find(address(page)) && !view_overlaps(address(page), address(end)));
            assert(view_at_or_after(address(page)) == view);
        } else {
            assert(view == views[owner[page]] && view->base == address(page) && view->end == address(end));
            assert(view_find(address(end) - 1) == view && view_before(address(end)) == view);
            for (unsigned i = page; i < end;) {
                uintptr_t run_end;
                assert(view_protect_at(view, address(i), &run_end) == protect[i]);
                unsigned next = (unsigned)((run_end - BASE) / PAGE_SIZE_);
                assert(next > i && next <= end);
                for (unsigned j = i; j < next; j++) assert(protect[j] == protect[i]);
                if (next < end) assert(protect[next] != protect[i]);
                i = next;
            }
            view = view_next(view);
        }
        page = end;
    }
    assert(!view);
}

/* Lowest (or highest) free 64 KiB-aligned range, by looking at every place. */
static uintptr_t model_space(unsigned pages, bool top_down)
{
    uintptr_t found = 0;

    for (unsigned at = 0; at + pages <= PAGES; at += 16) {
        bool is_free = true;
        for (unsigned i = at; i < at + pages && is_free; i++) is_free = !owner[i];
        if (is_free && (!found || top_down)) found = address(at);
    }
    return found;
}

static void step(void)
{
    unsigned number = 1 + pick(999);
    struct view *view = views[number];

    if (!view) {
        unsigned pages = 1 + pick(40);
        bool top_down = pick(3) == 0;
        uintptr_t at = view_find_space(pages * PAGE_SIZE_, BASE, address(PAGES), ALLOCATION_GRANULARITY, top_down);

        assert(at == model_space(pages, top_down));
        if (!at) return;
        views[number] = view_new(at, at + pages * PAGE_SIZE_, MEM_PRIVATE, 0);
        view_insert(views[number]);
        for (unsigned i = 0; i < pages; i++) {
            owner[(at - BASE) / PAGE_SIZE_ + i] = (uint16_t)number;
            protect[(at - BASE) / PAGE_SIZE_ + i] = 0;
        }
        return;
    }
    unsigned first = (unsigned)((view->base - BASE) / PAGE_SIZE_), last = (unsigned)((view->end - BASE) / PAGE_SIZE_);
    switch (pick(8)) {
    case 0:
    case 1:
        view_remove(view);
        view_free(view);
        views[number] = NULL;
        memset(owner + first, 0, (last - first) * sizeof(*owner));
        break;
    case 2: { /* split */
        unsigned other = 1 + pick(999), at = first + pick(last - first);
        if (views[other] || at == first) break;
        views[other] = view_split(view, address(at));
        for (unsigned i = at; i < last; i++) owner[i] = (uint16_t)other;
        break;
    }
    case 3: { /* join */
        if (last == PAGES || !owner[last]) break;
        unsigned other = owner[last];
        assert(view_join(view, views[other]));
        views[other] = NULL;
        for (unsigned i = last; i < PAGES && owner[i] == other; i++) owner[i] = (uint16_t)number;
        break;
    }
    default: {
        unsigned from = first + pick(last - first), to = from + 1 + pick(last - from), value = pick(4);
        assert(view_set_protect(view, address(from), address(to), value));
        for (unsigned i = from; i < to; i++) protect[i] = value;
        unsigned committed = 0;
        for (unsigned i = first; i < last; i++) committed += protect[i] != 0;
        assert(view_committed(view, view->base, view->end) == committed);
    }
    }
}

int main(void)
{
    for (int i = 0; i < 60000; i++) {
        step();
        if (i % 50 == 0) check_all();
    }
    check_all();
    puts("1..1\n# CHECKS 1 0 0");
    return 0;
}
