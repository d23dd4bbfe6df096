/* Generic tables on AVL trees. An element's data follows its links; the caller's routines allocate, free and
 * compare.
 */
#include "ntdll.h"

/* ---- AVL: the root is the right child of BalancedRoot ---- */

struct avl_node {
    RTL_BALANCED_LINKS links;
    ULONGLONG data[];
};

void NTAPI RtlInitializeGenericTableAvl(RTL_AVL_TABLE *table, PRTL_AVL_COMPARE_ROUTINE compare,
                                        PRTL_AVL_ALLOCATE_ROUTINE allocate, PRTL_AVL_FREE_ROUTINE release, void *context)
{
    memset(table, 0, sizeof(*table));
    table->BalancedRoot.Parent = &table->BalancedRoot;
    table->CompareRoutine = compare;
    table->AllocateRoutine = allocate;
    table->FreeRoutine = release;
    table->TableContext = context;
}

static void *data_of(RTL_BALANCED_LINKS *links)
{
    return ((struct avl_node *)links)->data;
}

static TABLE_SEARCH_RESULT find(RTL_AVL_TABLE *table, void *key, RTL_BALANCED_LINKS **node)
{
    RTL_BALANCED_LINKS *at = table->BalancedRoot.RightChild;

    *node = &table->BalancedRoot;
    if (!at) return TableEmptyTree;
    for (;;) {
        *node = at;
        switch (table->CompareRoutine(table, key, data_of(at))) {
        case GenericLessThan:
            if (!at->LeftChild) return TableInsertAsLeft;
            at = at->LeftChild;
            break;
        case GenericGreaterThan:
            if (!at->RightChild) return TableInsertAsRight;
            at = at->RightChild;
            break;
        default: return TableFoundNode;
        }
    }
}

static void replace_child(RTL_BALANCED_LINKS *parent, RTL_BALANCED_LINKS *old, RTL_BALANCED_LINKS *new)
{
    if (parent->RightChild == old) parent->RightChild = new;
    else parent->LeftChild = new;
    if (new) new->Parent = parent;
}

static RTL_BALANCED_LINKS *rotate(RTL_BALANCED_LINKS *node, bool left)
{
    RTL_BALANCED_LINKS *up = left ? node->RightChild : node->LeftChild;
    RTL_BALANCED_LINKS *inner = left ? up->LeftChild : up->RightChild;

    replace_child(node->Parent, node, up);
    if (left) {
        node->RightChild = inner;
        up->LeftChild = node;
    } else {
        node->LeftChild = inner;
        up->RightChild = node;
    }
    if (inner) inner->Parent = node;
    node->Parent = up;
    return up;
}

/* `node` leans by two to one side; returns the new top, whose balance is 0 when the height shrank. */
static RTL_BALANCED_LINKS *rebalance(RTL_BALANCED_LINKS *node)
{
    bool right = node->Balance > 0;
    RTL_BALANCED_LINKS *child = right ? node->RightChild : node->LeftChild, *top;
    CHAR lean = right ? 1 : -1;

    if (child->Balance == -lean) {
        RTL_BALANCED_LINKS *grand = right ? child->LeftChild : child->RightChild;
        rotate(child, !right);
        top = rotate(node, right);
        node->Balance = grand->Balance == lean ? -lean : 0;
        child->Balance = grand->Balance == -lean ? lean : 0;
        grand->Balance = 0;
        return top;
    }
    top = rotate(node, right);
    if (child->Balance == 0) {
        node->Balance = lean;
        child->Balance = -lean;
    } else {
        node->Balance = child->Balance = 0;
    }
    return top;
}

void *NTAPI RtlInsertElementGenericTableFullAvl(RTL_AVL_TABLE *table, void *buffer, ULONG size, BOOLEAN *inserted,
                                                void *node_or_parent, TABLE_SEARCH_RESULT search)
{
    RTL_BALANCED_LINKS *root = &table->BalancedRoot, *parent = node_or_parent;

    if (inserted) *inserted = FALSE;
    if (search == TableFoundNode) return data_of(parent);
    struct avl_node *node = table->AllocateRoutine(table, (LONG)(sizeof(*node) + size));
    if (!node) return NULL;
    memset(&node->links, 0, sizeof(node->links));
    memcpy(node->data, buffer, size);
    RTL_BALANCED_LINKS *at = &node->links;
    if (search == TableEmptyTree) parent = root;
    at->Parent = parent;
    if (search == TableInsertAsLeft) parent->LeftChild = at;
    else parent->RightChild = at;
    for (; parent != root; at = parent, parent = parent->Parent) {
        parent->Balance += parent->RightChild == at ? 1 : -1;
        if (!parent->Balance) break;
        if (parent->Balance == 2 || parent->Balance == -2) {
            rebalance(parent);
            break;
        }
    }
    table->NumberGenericTableElements++;
    table->OrderedPointer = NULL;
    if (inserted) *inserted = TRUE;
    return node->data;
}

void *NTAPI RtlInsertElementGenericTableAvl(RTL_AVL_TABLE *table, void *buffer, ULONG size, BOOLEAN *inserted)
{
    RTL_BALANCED_LINKS *node;
    TABLE_SEARCH_RESULT search = find(table, buffer, &node);

    return RtlInsertElementGenericTableFullAvl(table, buffer, size, inserted, node, search);
}

void *NTAPI RtlLookupElementGenericTableFullAvl(RTL_AVL_TABLE *table, void *key, void **node_or_parent,
                                                TABLE_SEARCH_RESULT *search)
{
    RTL_BALANCED_LINKS *node;

    *search = find(table, key, &node);
    *node_or_parent = node;
    return *search == TableFoundNode ? data_of(node) : NULL;
}

void *NTAPI RtlLookupElementGenericTableAvl(RTL_AVL_TABLE *table, void *key)
{
    RTL_BALANCED_LINKS *node;

    return find(table, key, &node) == TableFoundNode ? data_of(node) : NULL;
}

static RTL_BALANCED_LINKS *first_of(RTL_BALANCED_LINKS *node)
{
    while (node && node->LeftChild) node = node->LeftChild;
    return node;
}

static RTL_BALANCED_LINKS *next_of(RTL_AVL_TABLE *table, RTL_BALANCED_LINKS *node)
{
    if (node->RightChild) return first_of(node->RightChild);
    while (node->Parent != &table->BalancedRoot && node->Parent->RightChild == node) node = node->Parent;
    return node->Parent == &table->BalancedRoot ? NULL : node->Parent;
}

BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(RTL_AVL_TABLE *table, void *key)
{
    RTL_BALANCED_LINKS *root = &table->BalancedRoot, *node, *parent, *child;

    if (find(table, key, &node) != TableFoundNode) return FALSE;
    if (table->RestartKey == node) table->RestartKey = NULL;
    /* One with two children changes places with the next in order. */
    if (node->LeftChild && node->RightChild) {
        RTL_BALANCED_LINKS *next = first_of(node->RightChild), *next_parent = next->Parent, *next_right = next->RightChild;
        next->Balance = node->Balance;
        replace_child(node->Parent, node, next);
        next->LeftChild = node->LeftChild;
        next->LeftChild->Parent = next;
        if (next_parent == node) {
            parent = next;
            parent->Balance--; /* its right side lost a level */
        } else {
            parent = next_parent;
            parent->LeftChild = next_right;
            if (next_right) next_right->Parent = parent;
            next->RightChild = node->RightChild;
            next->RightChild->Parent = next;
            parent->Balance++;
        }
    } else {
        child = node->LeftChild ? node->LeftChild : node->RightChild;
        parent = node->Parent;
        bool right = parent->RightChild == node;
        replace_child(parent, node, child);
        if (parent != root) parent->Balance += right ? -1 : 1;
    }
    while (parent != root) {
        if (parent->Balance == 1 || parent->Balance == -1) break;
        if (parent->Balance) {
            parent = rebalance(parent);
            if (parent->Balance) break;
        }
        RTL_BALANCED_LINKS *up = parent->Parent;
        if (up != root) up->Balance += up->RightChild == parent ? -1 : 1;
        parent = up;
    }
    table->NumberGenericTableElements--;
    table->DeleteCount++;
    table->OrderedPointer = NULL;
    table->FreeRoutine(table, node);
    return TRUE;
}

void *NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(RTL_AVL_TABLE *table, void **restart)
{
    RTL_BALANCED_LINKS *node = *restart ? next_of(table, *restart) : first_of(table->BalancedRoot.RightChild);

    *restart = node;
    return node ? data_of(node) : NULL;
}

void *NTAPI RtlEnumerateGenericTableAvl(RTL_AVL_TABLE *table, BOOLEAN restart)
{
    if (restart) table->RestartKey = NULL;
    return RtlEnumerateGenericTableWithoutSplayingAvl(table, (void **)&table->RestartKey);
}

void *NTAPI RtlGetElementGenericTableAvl(RTL_AVL_TABLE *table, ULONG index)
{
    RTL_BALANCED_LINKS *node = first_of(table->BalancedRoot.RightChild);

    if (index >= table->NumberGenericTableElements) return NULL;
    while (index--) node = next_of(table, node);
    return data_of(node);
}

ULONG NTAPI RtlNumberGenericTableElementsAvl(RTL_AVL_TABLE *table)
{
    return table->NumberGenericTableElements;
}

BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(RTL_AVL_TABLE *table)
{
    return !table->NumberGenericTableElements;
}
