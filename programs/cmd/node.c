/* Trees of commands: release, and their text. */
#include "cmd.h"

void node_free(struct node *node)
{
    if (!node) return;
    for (struct redirect *redirect = node->redirects, *next; redirect; redirect = next) {
        next = redirect->next;
        memory_free(redirect->target);
        memory_free(redirect);
    }
    node_free(node->left);
    node_free(node->right);
    memory_free(node->command);
    memory_free(node->arguments);
    memory_free(node->first);
    memory_free(node->second);
    memory_free(node->options);
    memory_free(node->set);
    memory_free(node);
}

static void print_redirects(const struct redirect *redirect, struct text *text)
{
    static const WCHAR *const signs[] = { L"<", L">", L">>", L"<&", L">&" };

    for (; redirect; redirect = redirect->next)
        text_format(text, L" %d%s%s", redirect->handle, signs[redirect->kind], redirect->target);
}

static void print_if(const struct node *node, struct text *text)
{
    static const WCHAR *const names[] = { L"ERRORLEVEL", L"EXIST", L"DEFINED", L"CMDEXTVERSION", L"==", L"EQU",
                                          L"NEQ", L"LSS", L"LEQ", L"GTR", L"GEQ" };

    text_add_string(text, L"if ");
    if (node->ignore_case) text_add_string(text, L"/I ");
    if (node->negated) text_add_string(text, L"not ");
    if (node->condition < IF_EQUAL) text_format(text, L"%s %s ", names[node->condition], node->first);
    else text_format(text, L"%s %s %s ", node->first, names[node->condition], node->second);
    node_print(node->left, text);
    if (node->right) {
        text_add_string(text, L" else ");
        node_print(node->right, text);
    }
}

static void print_for(const struct node *node, struct text *text)
{
    static const WCHAR *const switches[] = { L"", L"/D ", L"/R ", L"/L ", L"/F " };

    text_add_string(text, L"for ");
    text_add_string(text, switches[node->for_kind]);
    if (node->options) text_format(text, L"%s ", node->options);
    text_format(text, L"%%%c in (%s) do ", node->variable, node->set);
    node_print(node->left, text);
}

void node_print(const struct node *node, struct text *text)
{
    static const WCHAR *const operators[] = { [NODE_THEN] = L"&", [NODE_AND] = L"&&", [NODE_OR] = L"||", [NODE_PIPE] = L"|" };

    if (!node) return;
    if (node->quiet && node->kind != NODE_COMMAND) text_add_string(text, L"@");
    switch (node->kind) {
    case NODE_COMMAND:
        if (node->quiet) text_add_string(text, L"@");
        text_format(text, L"%s%s ", node->command, node->arguments);
        break;
    case NODE_THEN: case NODE_AND: case NODE_OR: case NODE_PIPE:
        node_print(node->left, text);
        text_format(text, L" %s ", node->lines ? L"\r\n" : operators[node->kind]);
        node_print(node->right, text);
        break;
    case NODE_BLOCK:
        text_add_string(text, L"(\r\n");
        node_print(node->left, text);
        text_add_string(text, L"\r\n)");
        break;
    case NODE_IF: print_if(node, text); break;
    case NODE_FOR: print_for(node, text); break;
    }
    print_redirects(node->redirects, text);
}
