/* The view table: a treap by address, each node knowing the largest gap below it, and the page runs of a view. */
#include "view.h"

#include <stdlib.h>
#include <string.h>

pthread_mutex_t virtual_lock = PTHREAD_MUTEX_INITIALIZER;

static struct view *root;

struct view *view_new(uintptr_t base, uintptr_t end, uint32_t type, uint32_t protect)
{
    static uint32_t random = 2463534242u;
    struct view *view = malloc(sizeof(*view));

    if (!view) return NULL;
    memset(view, 0, sizeof(*view));
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    view->priority = random;
    view->base = base;
    view->end = end;
    view->type = type;
    view->allocation_protect = protect;
    view->runs = view->own_runs;
    view->run_room = sizeof(view->own_runs) / sizeof(view->own_runs[0]);
    view->run_count = 1;
    view->runs[0] = (struct run){ .page = 0, .protect = protect };
    return view;
}

void view_free(struct view *view)
{
    if (view->runs != view->own_runs) free(view->runs);
    if (view->locked) view_free(view->locked);
    free(view->written);
    free(view->name);
    free(view);
}

/* ---- the treap ---- */

static uintptr_t space_between(uintptr_t end, uintptr_t base)
{
    end = granularity_up(end);
    return base > end ? base - end : 0;
}

static void update(struct view *view)
{
    uintptr_t gap = 0, space;

    view->first = view->base;
    view->last = view->end;
    if (view->left) {
        gap = view->left->gap;
        space = space_between(view->left->last, view->base);
        if (space > gap) gap = space;
        view->first = view->left->first;
    }
    if (view->right) {
        if (view->right->gap > gap) gap = view->right->gap;
        space = space_between(view->end, view->right->first);
        if (space > gap) gap = space;
        view->last = view->right->last;
    }
    view->gap = gap;
}

static void split(struct view *tree, uintptr_t at, struct view **below, struct view **above)
{
    if (!tree) {
        *below = *above = NULL;
        return;
    }
    if (tree->base < at) {
        split(tree->right, at, &tree->right, above);
        *below = tree;
    } else {
        split(tree->left, at, below, &tree->left);
        *above = tree;
    }
    update(tree);
}

static struct view *merge(struct view *below, struct view *above)
{
    if (!below) return above;
    if (!above) return below;
    if (below->priority > above->priority) {
        below->right = merge(below->right, above);
        update(below);
        return below;
    }
    above->left = merge(below, above->left);
    update(above);
    return above;
}

static struct view *insert(struct view *tree, struct view *view)
{
    if (!tree || view->priority > tree->priority) {
        split(tree, view->base, &view->left, &view->right);
        update(view);
        return view;
    }
    if (view->base < tree->base) tree->left = insert(tree->left, view);
    else tree->right = insert(tree->right, view);
    update(tree);
    return tree;
}

static struct view *delete(struct view *tree, const struct view *view)
{
    if (tree == view) return merge(tree->left, tree->right);
    if (view->base < tree->base) tree->left = delete(tree->left, view);
    else tree->right = delete(tree->right, view);
    update(tree);
    return tree;
}

void view_insert(struct view *view)
{
    view->left = view->right = NULL;
    root = insert(root, view);
}

void view_remove(struct view *view)
{
    root = delete(root, view);
    view->left = view->right = NULL;
}

struct view *view_at_or_after(uintptr_t address)
{
    struct view *view = root, *found = NULL;

    while (view) {
        if (view->end > address) {
            found = view;
            view = view->left;
        } else {
            view = view->right;
        }
    }
    return found;
}

struct view *view_before(uintptr_t address)
{
    struct view *view = root, *found = NULL;

    while (view) {
        if (view->base < address) {
            found = view;
            view = view->right;
        } else {
            view = view->left;
        }
    }
    return found;
}

struct view *view_find(uintptr_t address)
{
    struct view *view = view_at_or_after(address);
    return view && view->base <= address ? view : NULL;
}

bool view_overlaps(uintptr_t start, uintptr_t end)
{
    struct view *view = view_at_or_after(start);
    return view && view->base < end;
}

struct view *view_first(void)
{
    return view_at_or_after(0);
}

struct view *view_next(const struct view *view)
{
    return view_at_or_after(view->end);
}

struct search {
    uintptr_t size, low, high, align;
    bool top_down;
};

static uintptr_t fit(const struct search *search, uintptr_t after, uintptr_t before)
{
    uintptr_t low = after > search->low ? after : search->low;
    uintptr_t high = before < search->high ? before : search->high;
    uintptr_t start = (low + search->align - 1) & ~(search->align - 1);

    if (start < low || start > high || high - start < search->size) return 0;
    return search->top_down ? (high - search->size) & ~(search->align - 1) : start;
}

/* Looks at the free space of a subtree that has `after` before it and `before` behind it. */
static uintptr_t look(const struct search *search, const struct view *tree, uintptr_t after, uintptr_t before)
{
    uintptr_t found;

    if (before <= search->low || after >= search->high) return 0;
    if (!tree) return fit(search, after, before);
    if (tree->gap < search->size && space_between(after, tree->first) < search->size &&
        space_between(tree->last, before) < search->size)
        return 0;
    if (search->top_down) {
        found = look(search, tree->right, tree->end, before);
        return found ? found : look(search, tree->left, after, tree->base);
    }
    found = look(search, tree->left, after, tree->base);
    return found ? found : look(search, tree->right, tree->end, before);
}

uintptr_t view_find_space(uintptr_t size, uintptr_t low, uintptr_t high, uintptr_t align, bool top_down)
{
    struct search search = { .size = size, .low = low, .high = high, .align = align, .top_down = top_down };
    return look(&search, root, 0, high);
}

/* ---- runs ---- */

/* Index of the run that holds page `page`. */
static uint32_t run_index(const struct view *view, uint64_t page)
{
    uint32_t low = 0, high = view->run_count;

    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (view->runs[middle].page <= page) low = middle;
        else high = middle;
    }
    return low;
}

static bool reserve_runs(struct view *view, uint32_t count)
{
    struct run *runs;
    uint32_t room;

    if (count <= view->run_room) return true;
    room = count * 2;
    runs = malloc(room * sizeof(*runs));
    if (!runs) return false;
    memcpy(runs, view->runs, view->run_count * sizeof(*runs));
    if (view->runs != view->own_runs) free(view->runs);
    view->runs = runs;
    view->run_room = room;
    return true;
}

uint32_t view_protect_at(const struct view *view, uintptr_t address, uintptr_t *run_end)
{
    uint32_t index = run_index(view, (address - view->base) / PAGE_SIZE_);

    if (run_end)
        *run_end = index + 1 < view->run_count ? view->base + view->runs[index + 1].page * PAGE_SIZE_ : view->end;
    return view->runs[index].protect;
}

bool view_set_protect(struct view *view, uintptr_t start, uintptr_t end, uint32_t protect)
{
    uint64_t from = (start - view->base) / PAGE_SIZE_, to = (end - view->base) / PAGE_SIZE_;
    uint64_t all = (view->end - view->base) / PAGE_SIZE_;
    uint32_t first, last, at, behind, new_count = 0;
    struct run new_runs[3];

    if (from >= to) return true;
    if (from == 0 && to == all) {
        view->run_count = 1;
        view->runs[0] = (struct run){ .page = 0, .protect = protect };
        return true;
    }
    if (!reserve_runs(view, view->run_count + 2)) return false;
    first = run_index(view, from);
    last = run_index(view, to - 1);

    /* Runs first to last give way to: what is left of `first`, the new run, what is left of `last`. */
    at = first;
    if (view->runs[first].page < from) {
        if (view->runs[first].protect != protect) at++;
        else from = view->runs[first].page;
    }
    if (at > 0 && at == first && view->runs[first].page == from && view->runs[first - 1].protect == protect) {
        at--; /* grows the run before it */
        from = view->runs[at].page;
    }
    new_runs[new_count++] = (struct run){ .page = from, .protect = protect };
    behind = last + 1;
    if (to < (behind < view->run_count ? view->runs[behind].page : all)) {
        if (view->runs[last].protect != protect)
            new_runs[new_count++] = (struct run){ .page = to, .protect = view->runs[last].protect };
    } else if (behind < view->run_count && view->runs[behind].protect == protect) {
        behind++;
    }
    memmove(view->runs + at + new_count, view->runs + behind, (view->run_count - behind) * sizeof(struct run));
    memcpy(view->runs + at, new_runs, new_count * sizeof(struct run));
    view->run_count = at + new_count + (view->run_count - behind);
    return true;
}

uint64_t view_committed(const struct view *view, uintptr_t start, uintptr_t end)
{
    uint64_t bytes = 0;

    for (uintptr_t at = start, run_end; at < end; at = run_end) {
        uint32_t protect = view_protect_at(view, at, &run_end);
        if (run_end > end) run_end = end;
        if (protect) bytes += run_end - at;
    }
    return bytes / PAGE_SIZE_;
}

struct view *view_split(struct view *view, uintptr_t at)
{
    struct view *rest = view_new(at, view->end, view->type, view->allocation_protect);
    uint64_t pages = (at - view->base) / PAGE_SIZE_;
    uint32_t index = run_index(view, pages), count = view->run_count - index;

    if (!rest) return NULL;
    if (view->locked) { /* what was locked is forgotten, as it would be by a release */
        view_free(view->locked);
        view->locked = NULL;
    }
    if (!reserve_runs(rest, count)) {
        view_free(rest);
        return NULL;
    }
    rest->flags = view->flags;
    rest->section_protect = view->section_protect;
    for (uint32_t i = 0; i < count; i++) {
        rest->runs[i] = view->runs[index + i];
        rest->runs[i].page = i ? rest->runs[i].page - pages : 0;
    }
    rest->run_count = count;
    view_remove(view);
    view->run_count = view->runs[index].page < pages ? index + 1 : index;
    view->end = at;
    view_insert(view);
    view_insert(rest);
    return rest;
}

bool view_join(struct view *view, struct view *next)
{
    uint64_t pages = (view->end - view->base) / PAGE_SIZE_;

    if (!reserve_runs(view, view->run_count + next->run_count)) return false;
    for (uint32_t i = 0; i < next->run_count; i++) {
        struct run run = { .page = next->runs[i].page + pages, .protect = next->runs[i].protect };
        if (run.protect != view->runs[view->run_count - 1].protect) view->runs[view->run_count++] = run;
    }
    if (view->locked) view_free(view->locked);
    view->locked = NULL;
    view_remove(next);
    view_remove(view);
    view->end = next->end;
    view_insert(view);
    view_free(next);
    return true;
}
